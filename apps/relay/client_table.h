// SPDX-License-Identifier: MIT
// The clients of a relay, each with the socket that stands for it towards the server. Bounded: the client
// that was silent longest makes room for a new one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "udp/core/address.h"
#include "udp/core/recency_list.h"
#include "udp/core/time.h"
#include "udp/net/datagram_socket.h"

namespace dgram::app {

// What goes through the link with a client's packets. An id is never used again for another client.
using client_id = std::uint64_t;

struct relay_client {
  client_id id = 0;
  path at;  // where it is, and which address of ours it asked
  std::shared_ptr<datagram_socket> upstream;
  time_point last_heard{};
};

class client_table {
 public:
  explicit client_table(std::size_t most) : most_(most) {}

  bool full() const { return by_path_.size() == most_; }
  std::size_t size() const { return by_path_.size(); }

  // There must be room. References hold until the client is removed.
  relay_client& add(const path& at, std::shared_ptr<datagram_socket> upstream, time_point now);
  void remove(client_id);
  relay_client* find(const path& at);
  relay_client* find(client_id);
  // Something came from or for it.
  void touch(relay_client&, time_point now);
  // The one that was silent longest.
  relay_client* oldest();

  void for_each(const std::function<void(const relay_client&)>& visit) const;

 private:
  struct slot {
    std::uint32_t generation = 0;
    std::unique_ptr<relay_client> client;
  };
  static std::uint32_t slot_of(client_id id) { return static_cast<std::uint32_t>(id); }

  std::size_t most_;
  std::map<path, std::uint32_t> by_path_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  recency_list recency_;
};

}  // namespace dgram::app
