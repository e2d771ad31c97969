// SPDX-License-Identifier: MIT
// One run of udp_client from the first message to the summary: chooses the mode, joins it to the endpoint
// and to the signals.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <asio/io_context.hpp>

#include "apps/cli/stop_signals.h"
#include "apps/client/client_options.h"
#include "apps/client/client_session.h"
#include "apps/client/room_presence.h"

namespace dgram::app {

class client_run {
 public:
  // Throws start_up_error.
  explicit client_run(const client_options&);
  exit_code run();

 private:
  std::unique_ptr<client_mode> choose_mode();
  void listen();
  void enter_room();
  void tell(const std::string&);
  void end(exit_code);
  void report();

  const client_options& options_;
  conversation_log log_;
  asio::io_context context_{1};
  address server_;
  std::unique_ptr<message_endpoint> endpoint_;
  client_session session_;
  std::unique_ptr<client_mode> mode_;
  std::optional<room_presence> presence_;
  stop_signals signals_;
  exit_code code_ = exit_code::ok;
};

}  // namespace dgram::app
