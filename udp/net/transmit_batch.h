// SPDX-License-Identifier: MIT
// Datagrams on their way to one send call, in memory that is laid out once.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "udp/core/message.h"
#include "udp/core/switchboard.h"
#include "udp/net/datagram_socket.h"

namespace dgram {

class transmit_batch {
 public:
  explicit transmit_batch(std::size_t most)
      : most_(most), memory_(std::make_unique_for_overwrite<std::byte[]>(most * largest_datagram)) {
    departures_.reserve(most);
  }

  // Where the next datagram is to be written.
  std::span<std::byte> place() {
    return {memory_.get() + departures_.size() * largest_datagram, largest_datagram};
  }
  // Ours: the receiver reports congestion marks, and the session measures what the path carries.
  void add(const transmit& t) {
    departures_.push_back({t.to, place().first(t.size), /*ecn_capable=*/true, /*whole=*/true});
  }
  bool full() const { return departures_.size() == most_; }
  void clear() { departures_.clear(); }
  std::span<const datagram_socket::departure> departures() const { return departures_; }

 private:
  std::size_t most_;
  std::unique_ptr<std::byte[]> memory_;
  std::vector<datagram_socket::departure> departures_;
};

}  // namespace dgram
