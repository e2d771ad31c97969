// SPDX-License-Identifier: MIT
// What every way of running udp_client (chat, pipe, measurement) works with.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <asio/io_context.hpp>

#include "apps/cli/exit_code.h"
#include "apps/cli/output.h"
#include "apps/cli/text_escape.h"
#include "apps/client/client_options.h"
#include "apps/client/conversation_log.h"
#include "apps/client/outcome_text.h"
#include "apps/client/room_place.h"
#include "apps/client/summary.h"
#include "apps/client/tally.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

struct client_session {
  asio::io_context& context;
  const client_options& options;
  message_endpoint& endpoint;
  peer_id peer;
  wire on;
  std::size_t largest_message;
  std::string server;  // address and port, for people
  conversation_log& log;
  tally counts{};
  output words{2};
  time_point started = time_point::clock::now();
  room_place place{options.name, options.room};
  // As async_request to the peer; bytes are copied.
  using on_answer = std::function<void(std::error_code, answer)>;
  std::function<void(std::string_view, const send_options&, on_answer)> request =
      [this](std::string_view text, const send_options& how, on_answer then) {
        endpoint.async_request(peer, as_bytes(text), how, std::move(then));
      };
  bool greeting = false;  // a room's server has not answered yet; nobody leaves before that

  send_options sending() const;
  // As of now.
  run_summary summary() const;
};

class client_mode {
 public:
  virtual ~client_mode() = default;
  virtual void start() = 0;
  // Asked to end now (a signal). Afterwards it calls nobody.
  virtual void stop() = 0;
  // A line for stderr, or where the mode shows such things.
  virtual void say(const std::string& line) = 0;
  virtual void on_trace(const trace_record&) {}
  // session.greeting is over.
  virtual void on_greeted() {}
  // A message that nobody here asked for.
  virtual void on_message(std::string_view) {}
};

using on_finished = std::function<void(exit_code)>;

}  // namespace dgram::app
