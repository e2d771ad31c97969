// SPDX-License-Identifier: MIT
#include "apps/compare/json_form.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "apps/compare/json_node.h"

namespace dgram::app::compare {
namespace {

// Ordered as written: the few words a person looks for stand before the many numbers.
using json = nlohmann::ordered_json;

constexpr std::uint64_t format = 1;
constexpr const char* format_name = "udp_compare";

json nanoseconds(const std::optional<duration>& d) {
  return d ? json(d->count()) : json(nullptr);
}

json number(double d) {
  if (std::isnan(d)) return "nan";
  if (std::isinf(d)) return d > 0 ? "inf" : "-inf";
  return d;
}

json of(const wire_counts& w) {
  return {{"packets", w.packets}, {"bytes", w.bytes}, {"lost", w.lost}, {"largest", w.largest}};
}

json of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json all = json::array();
  for (const auto& [name, value] : pairs) all.push_back(json::array({name, value}));
  return all;
}

json of(const run& r) {
  json losses = json::array();
  for (const loss_mark& l : r.losses) losses.push_back(json::array({l.when.count(), l.up ? "up" : "down"}));
  json samples = json::array();
  for (const sample& s : r.samples)
    samples.push_back(json::array(
        {s.number, s.warm_up ? 1 : 0, s.intended.count(), nanoseconds(s.latency), s.waited.count()}));
  json stalls = json::array();
  for (const stall& s : r.stalls) stalls.push_back(json::array({s.from.count(), s.until.count()}));
  return {{"repetition", r.repetition},
          {"seed", r.seed},
          {"failure", r.failure},
          {"up", of(r.up)},
          {"down", of(r.down)},
          {"duplicates", r.duplicates},
          {"reordered", r.reordered},
          {"retransmissions", r.retransmissions},
          {"rides", r.rides},
          {"beside_bytes", r.beside_bytes},
          {"up_queue_ns", nanoseconds(r.up_queue)},
          {"cpu_ns", nanoseconds(r.cpu)},
          {"first_message_ns", nanoseconds(r.first_message)},
          {"lateness_p99_ns", nanoseconds(r.lateness_p99)},
          {"send_lateness_p99_ns", nanoseconds(r.send_lateness_p99)},
          {"length_ns", nanoseconds(r.length)},
          {"losses", std::move(losses)},
          {"stalls", std::move(stalls)},
          {"samples", std::move(samples)}};
}

json of(const contender& c) {
  json figures = json::object();
  for (const auto& [name, e] : c.figures)
    figures[name] = {{"value", number(e.value)}, {"low", number(e.low)}, {"high", number(e.high)}};
  json runs = json::array();
  for (const run& r : c.runs) runs.push_back(of(r));
  return {{"name", c.name}, {"label", c.label}, {"figures", std::move(figures)}, {"runs", std::move(runs)}};
}

json of(const point& p) {
  json contenders = json::array();
  for (const contender& c : p.contenders) contenders.push_back(of(c));
  return {{"swept", of(p.swept)},
          {"link", p.link},
          {"verdict", p.verdict},
          {"warnings", json(p.warnings)},
          {"contenders", std::move(contenders)}};
}

std::string text_of(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The sides of reading, each beside the writing of the same thing above.
wire_counts read_wire(const json_node& n) {
  return {n["packets"].count(), n["bytes"].count(), n["lost"].count(), n["largest"].count()};
}

std::vector<std::pair<std::string, std::string>> read_pairs(const json_node& n) {
  std::vector<std::pair<std::string, std::string>> all;
  n.each([&](const json_node& pair) { all.emplace_back(pair.at(0, 2).text(), pair.at(1, 2).text()); });
  return all;
}

sample read_sample(const json_node& n) {
  sample s;
  s.number = n.at(0, 5).count();
  s.warm_up = n.at(1, 5).count(1) == 1;
  s.intended = n.at(2, 5).time();
  s.latency = n.at(3, 5).time_or_null();
  s.waited = n.at(4, 5).time();
  return s;
}

run read_run(const json_node& n) {
  run r;
  r.repetition = static_cast<std::uint32_t>(n["repetition"].count(UINT32_MAX));
  r.seed = n["seed"].count();
  r.failure = n["failure"].text();
  r.up = read_wire(n["up"]);
  r.down = read_wire(n["down"]);
  r.duplicates = n["duplicates"].count();
  r.reordered = n["reordered"].count();
  r.retransmissions = n["retransmissions"].count();
  // Files from before these were measured lack them.
  if (n.has("rides")) r.rides = n["rides"].count();
  if (n.has("beside_bytes")) r.beside_bytes = n["beside_bytes"].count();
  if (n.has("up_queue_ns")) r.up_queue = n["up_queue_ns"].time();
  if (n.has("stalls")) {
    n["stalls"].each([&](const json_node& s) { r.stalls.push_back({s.at(0, 2).time(), s.at(1, 2).time()}); });
  }
  r.cpu = n["cpu_ns"].time();
  r.first_message = n["first_message_ns"].time_or_null();
  r.lateness_p99 = n["lateness_p99_ns"].time();
  r.send_lateness_p99 = n["send_lateness_p99_ns"].time();
  r.length = n["length_ns"].time();
  n["losses"].each([&](const json_node& l) {
    r.losses.push_back({l.at(0, 2).time(), l.at(1, 2).choice("up", "down")});
  });
  n["samples"].each([&](const json_node& s) { r.samples.push_back(read_sample(s)); });
  return r;
}

contender read_contender(const json_node& n) {
  contender c;
  c.name = n["name"].text();
  c.label = n["label"].text();
  n["figures"].each_member([&](const std::string& name, const json_node& e) {
    c.figures[name] = {e["value"].real(), e["low"].real(), e["high"].real()};
  });
  n["runs"].each([&](const json_node& r) { c.runs.push_back(read_run(r)); }, json_limits::runs);
  return c;
}

point read_point(const json_node& n) {
  point p;
  p.swept = read_pairs(n["swept"]);
  p.link = n["link"].text();
  p.verdict = n["verdict"].text();
  n["warnings"].each([&](const json_node& w) { p.warnings.push_back(w.text()); });
  n["contenders"].each([&](const json_node& c) { p.contenders.push_back(read_contender(c)); },
                       json_limits::contenders);
  return p;
}

void check_format(const json_node& n) {
  if (n["format"].text() != format_name) n["format"].refuse("must be \"udp_compare\"");
  const std::uint64_t version = n["format_version"].count();
  if (version != format)
    n["format_version"].refuse("is " + std::to_string(version) + ", and this program reads " +
                               std::to_string(format) + " only");
}

}  // namespace

std::string to_json(const comparison& c) {
  json points = json::array();
  for (const point& p : c.points) points.push_back(of(p));
  return text_of({{"format", format_name},
                  {"format_version", format},
                  {"command", c.command},
                  {"version", c.version},
                  {"seed", c.seed},
                  {"simulated", c.simulated},
                  {"workload", c.workload},
                  {"schedule", c.schedule},
                  {"deadline_ns", nanoseconds(c.deadline)},
                  {"environment", of(c.environment)},
                  {"points", std::move(points)}});
}

std::string run_to_json(const run& r) {
  return text_of(of(r));
}

comparison from_json(std::string_view text) {
  const json all = parse_json(text);
  const json_node n(all, "the file");
  check_format(n);
  comparison c;
  c.command = n["command"].text();
  c.version = n["version"].text();
  c.seed = n["seed"].count();
  c.simulated = n["simulated"].truth();
  c.workload = n["workload"].text();
  c.schedule = n["schedule"].text();
  c.deadline = n["deadline_ns"].time();
  c.environment = read_pairs(n["environment"]);
  n["points"].each([&](const json_node& p) { c.points.push_back(read_point(p)); }, json_limits::points);
  return c;
}

run run_from_json(std::string_view text) {
  const json all = parse_json(text);
  return read_run(json_node(all, "the run"));
}

}  // namespace dgram::app::compare
