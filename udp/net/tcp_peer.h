// SPDX-License-Identifier: MIT
// One peer of a TCP endpoint: what it says (a stream of messages), the connection it says it over, if there
// is one now, and when to try for another.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>

#include <asio/ip/tcp.hpp>

#include "udp/core/address.h"
#include "udp/core/deadline_heap.h"
#include "udp/core/ids.h"
#include "udp/core/stream_protocol.h"
#include "udp/core/time.h"

namespace dgram {

// How long to wait before the next attempt to connect.
class retry_delay {
 public:
  retry_delay(duration first, duration longest) : first_(first), longest_(longest), next_(first) {}

  void succeeded() { next_ = first_; }
  duration after_failure() {
    const duration now = next_;
    next_ = std::min(2 * next_, longest_);
    return now;
  }

 private:
  duration first_;
  duration longest_;
  duration next_;
};

struct tcp_peer {
  tcp_peer(peer_id i, const address& r, retry_delay d) : id(i), remote(r), retry(d) {}

  peer_id id;
  address remote;
  std::unique_ptr<stream_protocol> stream;

  // Where asio puts what arrives next. Small, since every idle connection has one; what does not fit is read
  // at once into the endpoint's large buffer. Outlives the socket.
  std::array<std::byte, 2048> arriving;
  std::optional<asio::ip::tcp::socket> socket;
  // Counts the sockets, so that a handler of an earlier one is known as such.
  std::uint32_t connection = 0;
  bool connecting = false;
  bool waits_to_read = false;
  bool waits_to_write = false;
  bool heard = false;  // on this connection

  bool accepted = false;   // not made by open()
  bool undecided = false;  // accepted, and has not shown yet which language it speaks
  bool plain = false;
  bool closing = false;  // the user let go of it
  bool touched = false;  // something happened that the end of this wake-up must see to

  retry_delay retry;
  std::optional<time_point> attempt_at;  // no attempt to connect before
  time_point attempt_end{};
  std::error_code hint;
  std::uint32_t deadline_place = not_in_heap;
};

}  // namespace dgram
