// SPDX-License-Identifier: MIT
#include "apps/compare/csv_form.h"

#include <cstdio>

namespace dgram::app::compare {
namespace {

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void add_milliseconds(std::string& line, duration d) {
  const std::int64_t ns = d.count();
  const auto size = static_cast<std::uint64_t>(ns < 0 ? -ns : ns);
  char text[40];
  std::snprintf(text, sizeof text, ",%s%llu.%06llu", ns < 0 ? "-" : "",
                static_cast<unsigned long long>(size / 1'000'000),
                static_cast<unsigned long long>(size % 1'000'000));
  line += text;
}

void add_run(std::string& csv, const std::string& prefix, const run& r) {
  const std::string start = prefix + ',' + std::to_string(r.repetition) + ',';
  for (const sample& s : r.samples) {
    csv += start + std::to_string(s.number) + (s.warm_up ? ",1" : ",0");
    add_milliseconds(csv, s.intended);
    if (s.latency)
      add_milliseconds(csv, *s.latency);
    else
      csv += ',';
    add_milliseconds(csv, s.waited);
    csv += "\r\n";
  }
}

}  // namespace

std::string point_name(const point& p) {
  std::string name;
  for (const auto& [what, value] : p.swept) name += (name.empty() ? "" : " ") + what + '=' + value;
  return name.empty() ? p.link : name;
}

std::string to_csv(const comparison& c) {
  std::string csv = "point,contender,repetition,number,warm_up,intended_ms,latency_ms,waited_ms\r\n";
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      for (const run& r : who.runs) add_run(csv, field(point_name(p)) + ',' + field(who.name), r);
  return csv;
}

}  // namespace dgram::app::compare
