// SPDX-License-Identifier: MIT
// What the server says: a line per message on stdout and words on stderr, or one JSON object per event on
// stdout; and all of it in the log file, when there is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

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
      : json_(json), quiet_(quiet), shows_peers_(!quiet), file_(file) {}

  // `where` is an address with its port, `transports` such as "UDP and TCP"; `metrics` may be empty.
  void ready(std::string_view where, std::uint16_t port, std::string_view transports,
             std::string_view metrics = {});
  void joined(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain);
  void message(std::uint64_t peer, std::string_view bytes);
  void left(std::uint64_t peer, std::string_view reason);
  void problem(std::string_view text);
  void interval(const interval_figures&);
  // Lines of a service that speaks for itself.
  void line(std::string_view text) { out_.add_line(text); }
  void word(std::string_view text) { err_.add_line(text); }
  // A console tells of peers: no line of joined, message and left, but in the log file.
  void leave_peers_to_console() { shows_peers_ = false; }
  // Words go there, until it is empty again.
  void divert_words(std::function<void(std::string_view)> other) { diverted_ = std::move(other); }
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
  void say(std::string_view words);
  void write_file(journal::level, const json_object&);
  void say_file_problem();

  output out_{1};
  output err_{2};
  bool json_;
  bool quiet_;
  bool shows_peers_;
  std::function<void(std::string_view)> diverted_;
  journal::log_file* file_;
};

// Several rows, no newline at the end.
std::string summary_text(const server_totals&);

}  // namespace dgram::app
