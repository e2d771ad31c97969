// SPDX-License-Identifier: MIT
// What the server says: a line per message on stdout and words on stderr, or one JSON object per event on
// stdout; and all of it in the log file, when there is one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/output.h"
#include "apps/journal/log_file.h"
#include "apps/server/interval_figures.h"
#include "apps/server/server_control.h"

namespace dgram::app {

class server_log {
 public:
  // `file` may be null; it outlives the log, and has everything whatever is quiet.
  server_log(bool json, bool quiet, journal::log_file* file = nullptr)
      : json_(json), quiet_(quiet), file_(file) {}

  // `where` is an address with its port, `transports` such as "UDP and TCP"; `metrics` may be empty.
  void ready(std::string_view where, std::uint16_t port, std::string_view transports,
             std::string_view metrics = {});
  void joined(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain);
  void message(std::uint64_t peer, std::string_view bytes);
  void left(std::uint64_t peer, std::string_view reason);
  void problem(std::string_view text);
  void interval(const interval_figures&);
  // A terminal has shown ^C and left the cursor behind it.
  void after_control_c();
  void summary(const server_totals&, exit_code);

  bool keeps_file() const { return file_ != nullptr; }
  // For the log file, once a second.
  void second_passed();

  // Nothing is written before the flush, so that many events of one wake-up are one write. The log file has
  // each of them at once.
  void flush();
  bool pending() const { return out_.pending() || err_.pending(); }
  // stdout cannot be written any more.
  bool failed() const { return out_.failed(); }
  std::error_code error() const { return out_.error(); }

 private:
  void write_file(journal::level, const json_object&);
  void say_file_problem();

  output out_{1};
  output err_{2};
  bool json_;
  bool quiet_;
  journal::log_file* file_;
};

}  // namespace dgram::app
