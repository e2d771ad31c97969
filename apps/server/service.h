// SPDX-License-Identifier: MIT
// What a server does with messages. A service knows no sockets, no clock and no printing, so the same object
// serves UDP, TCP and plain peers at once, and the simulator in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/server_control.h"
#include "udp/core/event.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram::app {

// A running number over all transports from 1, never used twice. A peer that ended and comes again gets a
// new one.
using client_id = number<struct client_id_tag, std::uint64_t>;

struct client_description {
  std::string transport;  // "UDP", "TCP"
  std::string host;       // the address alone, "127.0.0.1"
  std::string address;    // with the port, "127.0.0.1:50200"
  bool plain = false;     // speaks no protocol of ours
  bool loopback = false;
};

// Names one message that wants a reply; opaque to a service, which may keep it and answer later.
struct reply_handle {
  client_id to;
  std::uint32_t listener = 0;
  request_id request{};
};

// The bytes are valid during the call.
struct arrival {
  client_id from;
  std::string_view bytes;
  channel_id channel;
  bool wants_reply;
  bool plain;
  reply_handle handle;
};

// What was sent unasked to a client and has no outcome yet.
struct backlog {
  std::size_t messages = 0;
  std::size_t bytes = 0;
};

// What a service may do. All of it may be called at any time on the loop's thread, from inside the calls of
// `service` too; none of it calls the service back before it returns.
class service_port {
 public:
  virtual ~service_port() = default;

  // Answers once. no_peer: the client is gone, or was answered before.
  virtual send_status reply(const reply_handle&, std::string_view bytes) = 0;
  // The same for who goes on trying when it is refused, later (would_block) or with less (too_large): nobody
  // is told of that.
  virtual send_status try_reply(const reply_handle&, std::string_view bytes) = 0;
  // The same with nothing to say. A plain datagram gets none then: to nc an empty one is the end of input.
  virtual send_status acknowledge(const reply_handle&) = 0;
  // Reliable and in order for our own clients, as many bytes as they are for plain ones; lives as long as the
  // session. Never says would_block: bound what you send by `waiting`.
  virtual send_status send(client_id, std::string_view bytes) = 0;
  virtual backlog waiting(client_id) const = 0;
  // Ends the session; what waits is lost. `left` follows.
  virtual void disconnect(client_id) = 0;
  virtual time_point now() const = 0;
};

class service {
 public:
  virtual ~service() = default;

  // The server listens. It outlives the service.
  virtual void started(server_control&) {}
  // Before the first message of a client, and after its last.
  virtual void joined(client_id, const client_description&) {}
  virtual void arrived(const arrival&) = 0;
  virtual void left(client_id, end_reason) {}
  // The server ends: nobody can be told anything any more, and nothing else is called. What the service does
  // besides, such as processes and timers, must end.
  virtual void closing() {}
  // What people call the client; empty when the service knows no names.
  virtual std::string name_of(client_id) const { return {}; }

  // handle_timeout is called at next_timeout or later, which may change with every call of this class; when
  // it changes at another moment, that is seen with the next call.
  virtual std::optional<time_point> next_timeout() const { return std::nullopt; }
  virtual void handle_timeout(time_point) {}
};

// The port outlives the service.
using make_service = std::function<std::unique_ptr<service>(service_port&)>;

}  // namespace dgram::app
