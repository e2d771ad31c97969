// SPDX-License-Identifier: MIT
// Many clients of one server in one program, each with a socket of its own, and a beat on which one after the
// other of them does something. What they do is for others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "udp/core/options.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

struct many_peers_options {
  address server;
  std::size_t peers = 1000;
  bool tcp = false;
  session_options transport{};  // over UDP
};

class many_peers {
 public:
  struct one {
    std::unique_ptr<message_endpoint> endpoint;
    peer_id server;
  };

  // Throws start_up_error when there are not descriptors enough.
  many_peers(asio::io_context&, const many_peers_options&);

  one& operator[](std::size_t i) { return peers_[i]; }
  std::size_t size() const { return peers_.size(); }

  // Calls `act` with 0, 1, … `beats` - 1, each `interval` after the one before. Beats that are late are made
  // up for at once. One series at a time.
  void beat(std::uint64_t beats, duration interval, std::function<void(std::uint64_t)> act);
  // When beat n of this series was due.
  time_point due(std::uint64_t n) const { return series_.start + series_.interval * n; }

 private:
  void next();

  struct series {
    time_point start{};
    std::uint64_t done = 0, beats = 0;
    duration interval{0};
    std::function<void(std::uint64_t)> act;
  };

  std::vector<one> peers_;
  asio::steady_timer timer_;
  series series_;
};

}  // namespace dgram::app
