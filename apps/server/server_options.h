// SPDX-License-Identifier: MIT
// udp_server's command line as a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "apps/cli/flags.h"
#include "apps/server/exec_service.h"
#include "apps/server/handlers.h"
#include "apps/server/report_options.h"
#include "udp/core/options.h"
#include "udp/core/time.h"

namespace dgram::app {

struct server_options {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 9000;
  bool udp = true;
  bool tcp = false;
  reply_rule reply;
  bool chat = false;                        // rooms instead of the rule
  bool operated = false;                    // by a person instead of the rule
  duration hold = std::chrono::seconds(4);  // until who waits for the person is told so
  exec_options exec;                        // commands instead of the rule
  bool plain = false;                       // also off loopback
  duration idle_timeout = std::chrono::minutes(10);
  std::size_t max_peers = 16384;
  session_options transport{};  // of our protocol over UDP
  bool quiet = false;
  bool json = false;
  bool top = false;  // the live view
  std::string port_file;
  report_options reports;
};

flags server_flags();
// Throws usage_error.
server_options server_options_from(const flags&);

}  // namespace dgram::app
