// SPDX-License-Identifier: MIT
// What the server says: a line per message on stdout and words on stderr, or one JSON object per event on
// stdout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/output.h"
#include "apps/server/server_control.h"

namespace dgram::app {

class server_log {
 public:
  server_log(bool json, bool quiet) : json_(json), quiet_(quiet) {}

  // `where` is an address with its port, `transports` such as "UDP and TCP".
  void ready(std::string_view where, std::uint16_t port, std::string_view transports);
  void joined(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain);
  void message(std::uint64_t peer, std::string_view bytes);
  void left(std::uint64_t peer, std::string_view reason);
  void problem(std::string_view text);
  // A terminal has shown ^C and left the cursor behind it.
  void after_control_c();
  void summary(const server_totals&, exit_code);

  // Nothing is written before the flush, so that many events of one wake-up are one write.
  void flush();
  bool pending() const { return out_.pending() || err_.pending(); }
  // stdout cannot be written any more.
  bool failed() const { return out_.failed(); }
  std::error_code error() const { return out_.error(); }

 private:
  output out_{1};
  output err_{2};
  bool json_;
  bool quiet_;
};

}  // namespace dgram::app
