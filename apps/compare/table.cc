// SPDX-License-Identifier: MIT
#include "apps/compare/table.h"

#include <functional>
#include <utility>

#include "apps/cli/units.h"
#include "apps/compare/number_text.h"
#include "apps/compare/text_table.h"

namespace dgram::app::compare {
namespace {

constexpr std::size_t width = 100;

using text_of = std::string (*)(double);

struct column {
  std::string heading;
  const char* figure;
  text_of text;
  bool with_interval = false;
};

std::string cell(const contender& c, const column& of) {
  const auto found = c.figures.find(of.figure);
  if (found == c.figures.end()) return "-";
  const estimate& e = found->second;
  if (!of.with_interval || c.runs.size() < 2) return of.text(e.value);
  return of.text(e.value) + " (" + of.text(e.low) + ".." + of.text(e.high) + ")";
}

std::string block(const point& p, const std::vector<column>& columns, bool colour) {
  text_table t;
  std::vector<std::string> heading{""};
  for (const column& c : columns) heading.push_back(c.heading);
  t.add(std::move(heading));
  for (const contender& c : p.contenders) {
    std::vector<std::string> row{c.label};
    if (!c.figures.empty()) {
      for (const column& of : columns) row.push_back(cell(c, of));
    } else {
      row.push_back("-");
    }
    t.add(std::move(row));
  }
  return t.text(colour);
}

std::string microseconds(double us) {
  return us == 0 ? "-" : plain_text(us) + " us";
}

std::vector<column> latency_columns(const comparison& all) {
  return {{"delivered", "delivered", share_text},
          {"p50 ms", "p50_ms", ms_text},
          {"p90 ms", "p90_ms", ms_text},
          {"p99 ms (95 %)", "p99_ms", ms_text, true},
          {"p99.9 ms", "p999_ms", ms_text},
          {"max ms", "max_ms", ms_text},
          {"in " + format_duration(all.deadline), "in_time", share_text}};
}

std::vector<column> cost_columns() {
  return {{"goodput", "goodput_kbps", rate_text},     {"packets", "packets_per_message", plain_text},
          {"bytes", "bytes_per_message", plain_text}, {"CPU", "cpu_us", microseconds},
          {"first", "first_ms", time_text},           {"resent", "retransmissions", plain_text},
          {"twice", "duplicates", plain_text},        {"disordered", "reordered", plain_text}};
}

std::vector<column> short_columns(const comparison& all) {
  return {{"delivered", "delivered", share_text},
          {"p50 ms", "p50_ms", ms_text},
          {"p99 ms (95 %)", "p99_ms", ms_text, true},
          {"in " + format_duration(all.deadline), "in_time", share_text},
          {"goodput", "goodput_kbps", rate_text},
          {"packets", "packets_per_message", plain_text}};
}

// By label, once for each reason.
std::string failures(const point& p) {
  std::string all;
  for (const contender& c : p.contenders) {
    std::string last;
    for (const run& r : c.runs) {
      if (r.failure.empty() || r.failure == last) continue;
      last = r.failure;
      all += c.label + ": " + last + '\n';
    }
  }
  return all;
}

std::string warnings(const point& p) {
  std::string all;
  for (const std::string& w : p.warnings) all += wrapped("Note: " + w, width);
  return all;
}

std::string swept_text(const point& p) {
  std::string all;
  for (const auto& [name, value] : p.swept) all += (all.empty() ? "" : ", ") + name + ' ' + value;
  return all;
}

std::string one_point(const comparison& all, const point& p, bool colour) {
  std::string text = wrapped(p.verdict, width) + '\n';
  text += "latency of a message, from the moment it should have been sent\n";
  text += block(p, latency_columns(all), colour);
  text +=
      "\nwhat it took: packets, bytes on the wire and CPU time per message; the first message from "
      "nothing\n" +
      block(p, cost_columns(), colour);
  return text + failures(p) + warnings(p);
}

std::string short_point(const comparison& all, const point& p, bool colour) {
  return swept_text(p) + ": " + p.link + '\n' + block(p, short_columns(all), colour) + failures(p) +
         warnings(p) + '\n';
}

// One row for each point, one column for each contender.
std::string grid(const comparison& all, bool colour) {
  const bool bulk = all.workload == "bulk";
  text_table t;
  std::vector<std::string> heading{""};
  for (const contender& c : all.points.front().contenders) heading.push_back(c.name);
  t.add(std::move(heading));
  for (const point& p : all.points) {
    std::vector<std::string> row{swept_text(p)};
    for (const contender& c : p.contenders) {
      row.push_back(cell(c, bulk ? column{"", "goodput_kbps", rate_text} : column{"", "p99_ms", time_text}));
    }
    t.add(std::move(row));
  }
  return (bulk ? "goodput\n" : "p99: 99 of 100 messages were there within\n") + t.text(colour);
}

}  // namespace

std::string table_text(const comparison& all, bool colour) {
  std::string text;
  const bool swept = all.points.size() > 1;
  for (const point& p : all.points) {
    text += swept ? short_point(all, p, colour) : one_point(all, p, colour);
  }
  if (swept) text += grid(all, colour);
  text +=
      '\n' + wrapped(all.workload + ": " + all.schedule + (all.simulated ? ", in virtual time" : ""), width);
  return text + "again: " + all.command + '\n';
}

}  // namespace dgram::app::compare
