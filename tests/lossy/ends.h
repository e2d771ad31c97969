// SPDX-License-Identifier: MIT
// A client and a server that exchange messages over an impaired link in virtual time. Whether datagrams or a
// byte stream carry them is the implementation's affair, so the same course runs over both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "tests/support/stream_pipe.h"
#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/sim/link.h"

namespace dgram::test {

enum class side : std::uint32_t { client = 0, server = 1 };
constexpr side other(side s) {
  return s == side::client ? side::server : side::client;
}

enum class transport : std::uint8_t { udp, tcp };
std::string_view to_string(transport);

class ends {
 public:
  using listener = std::function<void(side at, const event&, time_point now)>;

  virtual ~ends() = default;

  // The server can send once it has heard the client: no_peer before.
  virtual send_status send(side from, std::span<const std::byte>, const send_options&, ticket) = 0;
  virtual send_status reply(side at, const request_id&, std::span<const std::byte>) = 0;
  // While false, that side's program takes no messages.
  virtual void take_messages(side at, bool) = 0;
  // A reset from outside; over UDP there is nothing that could break.
  virtual void break_connection() {}

  // Everything up to and including that moment. Throws broken_promise when there is no end of it.
  virtual void run_until(time_point) = 0;
  virtual time_point now() const = 0;
  virtual sim::link& link_from(side) = 0;
  // Damaged on the way and found to be so, by both ends.
  virtual std::uint64_t damage_found() = 0;

  void listen(listener l) { listener_ = std::move(l); }

 protected:
  void tell(side at, const event& e) {
    if (listener_) listener_(at, e, now());
  }

 private:
  listener listener_;
};

std::unique_ptr<ends> over_udp(const sim::link_options& forth, const sim::link_options& back,
                               std::uint64_t seed);
std::unique_ptr<ends> over_tcp(const sim::link_options& forth, const sim::link_options& back,
                               std::uint64_t seed, const stream_pipe_options&);

}  // namespace dgram::test
