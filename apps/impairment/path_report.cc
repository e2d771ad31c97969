// SPDX-License-Identifier: MIT
#include "apps/impairment/path_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

// Half of the promise made for an idle machine would still be noise.
constexpr duration too_late = std::chrono::milliseconds(1);

std::string percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %%", 100 * share);
  return text.data();
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double milliseconds(duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

// Rows of a name and one cell for each direction; a row of nothing but zeroes is left out.
class table {
 public:
  void add(std::string name, const std::array<std::string, 2>& cells) {
    if (cells[0] == "0" && cells[1] == "0") return;
    rows_.push_back({std::move(name), cells});
  }

  std::string text() const {
    std::size_t name_width = 0;
    std::size_t width = 0;
    for (const row& r : rows_) {
      name_width = std::max(name_width, r.name.size());
      width = std::max(width, r.cells[0].size());
    }
    std::string all;
    for (const row& r : rows_) {
      all += r.name + std::string(name_width + 3 - r.name.size(), ' ') + r.cells[0] +
             std::string(width + 3 - r.cells[0].size(), ' ') + r.cells[1] + '\n';
    }
    return all;
  }

 private:
  struct row {
    std::string name;
    std::array<std::string, 2> cells;
  };
  std::vector<row> rows_;
};

using cell = std::function<std::string(const impaired_path&, side)>;

std::string packets_and_bytes(std::uint64_t packets, std::uint64_t bytes) {
  return packets == 0 ? "0" : std::to_string(packets) + ", " + format_size(bytes);
}

std::string lost_cell(const impaired_path& path, side from) {
  const sim::link_counts& c = path.link(from).counts();
  if (c.lost == 0) return "0";
  std::string text = std::to_string(c.lost) + ", " + percent(share_of(c.lost, c.offered));
  const double asked = path.asked_lost(from) / static_cast<double>(c.offered);
  return asked > 0 ? text + " of " + percent(asked) + " asked for" : text;
}

// "1: 40, 2: 7, 3: 1".
std::string runs_cell(const impaired_path& path, side from) {
  const auto& runs = path.link(from).counts().loss_runs;
  std::string text;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(i + 1) +
            (i + 1 == runs.size() ? " or more: " : ": ") + std::to_string(runs[i]);
  }
  return text.empty() ? "0" : text;
}

std::string queue_cell(const impaired_path& path, side from) {
  const sim::link_counts& c = path.link(from).counts();
  const std::uint64_t passed = c.delivered + c.in_flight + c.copies_delivered + c.copies_in_flight;
  if (c.queueing_longest == duration{0} || passed == 0) return "0";
  return format_duration(c.queueing_total / static_cast<std::int64_t>(passed)) + " on average, " +
         format_duration(c.queueing_longest) + " at most";
}

std::string copies_cell(const impaired_path& path, side from) {
  const sim::link_counts& c = path.link(from).counts();
  if (c.copies == 0) return "0";
  std::string text = std::to_string(c.copies) + ", " + std::to_string(c.copies_delivered) + " delivered";
  if (c.copies_overflow > 0) text += ", " + std::to_string(c.copies_overflow) + " to a full queue";
  return text;
}

cell count_of(std::uint64_t sim::link_counts::*member) {
  return [member](const impaired_path& path, side from) {
    return std::to_string(path.link(from).counts().*member);
  };
}

cell traffic_of(std::uint64_t sim::link_counts::*packets, std::uint64_t sim::link_counts::*bytes) {
  return [=](const impaired_path& path, side from) {
    const sim::link_counts& c = path.link(from).counts();
    return packets_and_bytes(c.*packets, c.*bytes);
  };
}

std::string lateness_text(const latency_histogram& late) {
  return "p50 " + format_duration(late.quantile(0.5)) + ", p99 " + format_duration(late.quantile(0.99)) +
         ", max " + format_duration(late.max());
}

json_object direction_json(const impaired_path& path, side from) {
  const sim::link_counts& c = path.link(from).counts();
  json_object o;
  o.add("offered", c.offered).add("delivered", c.delivered).add("lost", c.lost);
  o.add("outage", c.outage)
      .add("overflow", c.overflow)
      .add("too_big", c.too_big)
      .add("in_flight", c.in_flight);
  o.add("copies", c.copies).add("copies_delivered", c.copies_delivered);
  o.add("copies_overflow", c.copies_overflow).add("copies_in_flight", c.copies_in_flight);
  o.add("held_back", c.held_back).add("corrupted", c.corrupted);
  o.add("congestion_marked", c.congestion_marked);
  o.add("offered_bytes", c.offered_bytes).add("delivered_bytes", c.delivered_bytes);
  o.add("loss", share_of(c.lost, c.offered))
      .add("loss_asked", c.offered == 0 ? 0 : path.asked_lost(from) / static_cast<double>(c.offered));
  json_object runs;
  for (std::size_t i = 0; i < c.loss_runs.size(); ++i) {
    if (c.loss_runs[i] > 0) runs.add(std::to_string(i + 1), c.loss_runs[i]);
  }
  o.add("loss_runs", runs);
  o.add("queueing_total_ms", milliseconds(c.queueing_total))
      .add("queueing_longest_ms", milliseconds(c.queueing_longest));
  o.add("past_recording", c.past_recording);
  o.add("closes", c.closes());
  return o;
}

}  // namespace

std::string path_summary(const impaired_path& path, const impairment& what, duration running) {
  table rows;
  const auto row = [&](const char* name, const cell& make) {
    rows.add(name, {make(path, side::client), make(path, side::server)});
  };
  rows.add("", {"up (from the client)", "down (from the server)"});
  row("offered", traffic_of(&sim::link_counts::offered, &sim::link_counts::offered_bytes));
  row("delivered", traffic_of(&sim::link_counts::delivered, &sim::link_counts::delivered_bytes));
  row("lost", lost_cell);
  row("runs of losses", runs_cell);
  row("lost in outages", count_of(&sim::link_counts::outage));
  row("queue full", count_of(&sim::link_counts::overflow));
  row("above the MTU", count_of(&sim::link_counts::too_big));
  row("still under way", count_of(&sim::link_counts::in_flight));
  row("copies", copies_cell);
  row("held back", count_of(&sim::link_counts::held_back));
  row("corrupted", count_of(&sim::link_counts::corrupted));
  row("marked (ECN)", count_of(&sim::link_counts::congestion_marked));
  row("in the queue", queue_cell);
  row("beyond the recording", count_of(&sim::link_counts::past_recording));
  const latency_histogram& late = path.lateness();
  std::string text = describe(what) + ", seed " + std::to_string(what.seed) + ", " +
                     format_duration(running) + '\n' + rows.text();
  if (late.count() > 0) text += "the link was late by " + lateness_text(late) + '\n';
  if (late.quantile(0.99) > too_late) {
    text += "warning: this machine could not keep up: 1 in 100 packets left the link " +
            format_duration(late.quantile(0.99)) + " late or more\n";
  }
  return text;
}

std::string path_progress(const impaired_path& path, duration running) {
  std::string text = format_duration(running) + ':';
  for (const side from : {side::client, side::server}) {
    const sim::link_counts& c = path.link(from).counts();
    const std::uint64_t gone = c.lost + c.outage + c.overflow + c.too_big;
    text += from == side::client ? " up " : "; down ";
    text += counted(c.offered, "packet", "packets") + ", " + percent(share_of(gone, c.offered)) + " lost";
  }
  return text + "; late p99 " + format_duration(path.lateness().quantile(0.99));
}

void add_path(json_object& event, const impaired_path& path, const impairment& what) {
  const latency_histogram& late = path.lateness();
  json_object lateness;
  lateness.add("p50_ms", milliseconds(late.quantile(0.5)))
      .add("p99_ms", milliseconds(late.quantile(0.99)))
      .add("max_ms", milliseconds(late.max()));
  event.add("link", describe(what)).add("flags", what.flags).add("seed", what.seed);
  event.add("up", direction_json(path, side::client)).add("down", direction_json(path, side::server));
  event.add("lateness", lateness).add("kept_up", late.quantile(0.99) <= too_late);
}

}  // namespace dgram::app
