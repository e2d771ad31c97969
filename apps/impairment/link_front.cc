// SPDX-License-Identifier: MIT
#include "apps/impairment/link_front.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/impairment/control_place.h"
#include "apps/impairment/path_report.h"
#include "udp/net/clock.h"

namespace dgram::app {

link_front::link_front(asio::io_context& context, impaired_path& path, impairment& link,
                       const front_options& options, std::string_view program, std::string_view label,
                       front_hooks hooks)
    : path_(path),
      link_(link),
      at_first_(link),
      options_(options),
      program_(program),
      hooks_(std::move(hooks)),
      out_(options.json_to),
      wall_clock_ahead_(std::chrono::system_clock::now().time_since_epoch() -
                        read_clock().time_since_epoch()),
      interval_timer_(context),
      end_timer_(context),
      control_(context, options.control.empty() ? control_path(program, label) : options.control,
               [this](std::string_view line) { return answer(line); }) {
  if (!options.record.empty()) recorder_ = std::make_unique<fate_recorder>(options.record, link);
  if (!options.pcap.empty()) capture_ = open_capture(options.pcap);
  watch_path();
}

void link_front::start(const std::string& command, const std::string& words, const json_object& ready) {
  if (options_.json) {
    json_object all = ready;
    all.add("link", describe(link_))
        .add("seed", link_.seed)
        .add("command", command)
        .add("control", control_.path());
    event(all);
  } else if (!options_.quiet) {
    err_.add_line("seed " + std::to_string(link_.seed) + ", to repeat: " + command);
    err_.add_line(words);
    err_.flush();
  }
  if (options_.interval) {
    next_progress_ = read_clock();
    every_interval();
  }
  if (options_.duration_limit) {
    end_timer_.expires_after(*options_.duration_limit);
    end_timer_.async_wait([this](std::error_code error) {
      if (!error) hooks_.end(exit_code::ok);
    });
  }
}

void link_front::problem(std::string_view text) {
  err_.add_line(program_ + ": " + std::string(text));
  err_.flush();
}

exit_code link_front::finish(exit_code code) {
  interval_timer_.cancel();
  end_timer_.cancel();
  control_.close();
  path_.watch_offers({});
  path_.watch_departures({});
  if (recorder_) recorder_->flush();
  if (capture_) capture_->flush();
  check_files();
  if (record_lost_ || capture_lost_ || out_lost_) code = exit_code::output;
  if (options_.json) {
    json_object summary = counts_json("summary");
    event(summary.add("exit_code", static_cast<int>(code)));
  } else if (!options_.quiet) {
    if (code == exit_code::interrupted && is_terminal(2)) err_.add("\n");
    err_.add(words_now());
    err_.flush();
  }
  return out_lost_ ? exit_code::output : code;
}

void link_front::watch_path() {
  if (!recorder_ && !capture_) return;
  path_.watch_offers(
      [this](side from, const sim::packet_fate& fate, packet bytes, std::uint64_t tag, time_point now) {
        if (recorder_ && !record_lost_) recorder_->add(from, now - path_.start(), fate);
        if (capture_) capture_packet(from, from, tag, bytes, now);
        check_files();
      });
  if (!capture_) return;
  path_.watch_departures([this](side from, const sim::arrival& out, time_point now) {
    capture_packet(opposite(from), from, out.tag, out.bytes, now);
  });
}

void link_front::capture_packet(side where, side from, std::uint64_t tag, packet bytes, time_point now) {
  if (capture_lost_) return;
  const packet shown = hooks_.ip_packet ? hooks_.ip_packet(where, from, tag, bytes) : bytes;
  if (shown.empty()) return;
  const auto when = now.time_since_epoch() + wall_clock_ahead_;
  capture_->add(where, shown,
                std::chrono::system_clock::time_point(
                    std::chrono::duration_cast<std::chrono::system_clock::duration>(when)));
}

void link_front::check_files() {
  if (recorder_ && recorder_->error() && !std::exchange(record_lost_, true)) {
    problem("--record: '" + options_.record + "' cannot be written: " + recorder_->error().message() +
            "; the link goes on");
  }
  if (capture_ && capture_->error() && !std::exchange(capture_lost_, true)) {
    problem("--pcap: '" + options_.pcap + "' cannot be written: " + capture_->error().message() +
            "; the link goes on");
  }
}

void link_front::every_interval() {
  // After a pause of the machine once, not once for every interval that it missed.
  next_progress_ = std::max(next_progress_ + *options_.interval, read_clock());
  interval_timer_.expires_at(next_progress_);
  interval_timer_.async_wait([this](std::error_code error) {
    if (error) return;
    show_progress();
    every_interval();
  });
}

void link_front::show_progress() {
  if (options_.json) {
    json_object stats = counts_json("stats");
    event(stats);
  } else {
    err_.add_line(path_progress(path_, running()));
    err_.flush();
  }
}

void link_front::event(json_object& what) {
  out_.add_line(what.text());
  out_.flush();
  if (!out_.failed() || std::exchange(out_lost_, true)) return;
  if (const std::string why = loss_of_output(out_.error()); !why.empty()) problem(why);
  hooks_.end(exit_code::output);
}

json_object link_front::counts_json(const char* name) const {
  json_object counts;
  counts.add("event", name).add("running_ms", std::chrono::duration<double, std::milli>(running()).count());
  add_path(counts, path_, link_);
  if (hooks_.add_counts) hooks_.add_counts(counts);
  return counts;
}

std::string link_front::words_now() const {
  return path_summary(path_, link_, running()) + (hooks_.count_lines ? hooks_.count_lines() : "");
}

std::string link_front::answer(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  const std::string command = words.empty() ? "" : words.front();
  if (command == "get" && words.size() == 1) return settings_text();
  if (command == "stats" && words.size() == 1) return words_now();
  if (line == "stats json") return counts_json("stats").text();
  if (command == "reset" && words.size() == 1) return use(at_first_);
  if (command == "set" && words.size() > 1) return change(std::span(words).subspan(1));
  throw usage_error("'" + escaped(line, 60) + "' is not get, set NAME=VALUE..., stats or reset");
}

std::string link_front::settings_text() const {
  std::string text;
  for (const given_flag& g : link_.given) {
    if (g.name != "seed") text += g.name + '=' + g.value + '\n';
  }
  return text + "seed=" + std::to_string(link_.seed);
}

std::string link_front::change(std::span<const std::string> settings) {
  for (const std::string& s : settings) {
    // Fates that were drawn already would not be those of the new seed.
    if (s.starts_with("seed=")) throw usage_error("seed: cannot be changed while the link runs");
  }
  impairment next = link_;
  apply_settings(next, settings, running());
  return use(next);
}

std::string link_front::use(const impairment& next) {
  link_ = next;
  path_.change(link_, read_clock());
  if (hooks_.changed) hooks_.changed();
  const std::string now = describe(link_);
  if (options_.json) {
    json_object changed;
    event(changed.add("event", "changed").add("link", now).add("flags", link_.flags));
  } else if (!options_.quiet) {
    err_.add_line("now " + now);
    err_.flush();
  }
  return now;
}

duration link_front::running() const {
  return read_clock() - path_.start();
}

}  // namespace dgram::app
