// SPDX-License-Identifier: MIT
// What a program with an impaired link in it shows and takes while it runs: progress and summary, recordings
// and captures, settings that change. Knows not how packets reach the link.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "apps/cli/exit_code.h"
#include "apps/cli/json_object.h"
#include "apps/cli/output.h"
#include "apps/impairment/capture.h"
#include "apps/impairment/control_server.h"
#include "apps/impairment/fate_recorder.h"
#include "apps/impairment/front_options.h"
#include "apps/impairment/impaired_path.h"

namespace dgram::app {

// What the front asks of its program. All but `end` may be empty.
struct front_hooks {
  // The program shall end with that code: --duration is over, or events cannot be written any more.
  std::function<void(exit_code)> end;
  // The settings of the path were changed.
  std::function<void()> changed;
  // Members for "stats" and "summary", and the same as lines.
  std::function<void(json_object&)> add_counts;
  std::function<std::string()> count_lines;
  // The IP packet that the interface `where` shows of what `from` sent with that tag; empty for none. Without
  // it, packets are IP packets already.
  std::function<std::span<const std::byte>(side where, side from, std::uint64_t tag,
                                           std::span<const std::byte>)>
      ip_packet;
};

class link_front {
 public:
  // Opens what is to be written and the control socket (`label` becomes part of its name), takes both
  // watchers of the path. Throws start_up_error. All that is referred to must outlive this.
  link_front(asio::io_context&, impaired_path&, impairment&, const front_options&, std::string_view program,
             std::string_view label, front_hooks);

  // Says the seed and how to repeat the run, then `words` on a line of their own; as JSON one "ready" event
  // with the members of `ready`. Begins to count --interval and --duration.
  void start(const std::string& command, const std::string& words, const json_object& ready);
  // A line on stderr, whatever --quiet says.
  void problem(std::string_view text);
  // Writes what is left and the summary, removes the control socket. Returns what the program ends with.
  exit_code finish(exit_code);

 private:
  using packet = std::span<const std::byte>;

  void watch_path();
  void capture_packet(side where, side from, std::uint64_t tag, packet, time_point);
  void check_files();
  void every_interval();
  void show_progress();
  void event(json_object&);
  void flush_out();

  std::string answer(std::string_view line);
  std::string settings_text() const;
  std::string change(std::span<const std::string> settings);
  std::string use(const impairment&);
  std::string words_now() const;
  json_object counts_json(const char* name) const;
  duration running() const;

  impaired_path& path_;
  impairment& link_;
  const impairment at_first_;
  const front_options options_;
  std::string program_;
  front_hooks hooks_;
  output out_;  // events
  output err_{2};
  std::unique_ptr<fate_recorder> recorder_;
  std::unique_ptr<capture> capture_;
  bool record_lost_ = false;
  bool capture_lost_ = false;
  bool out_lost_ = false;
  std::chrono::system_clock::duration wall_clock_ahead_;  // of the steady clock
  asio::steady_timer interval_timer_;
  asio::steady_timer end_timer_;
  time_point next_progress_{};
  control_server control_;
};

}  // namespace dgram::app
