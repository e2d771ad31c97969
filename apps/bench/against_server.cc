// SPDX-License-Identifier: MIT
#include "apps/bench/against_server.h"

#include <string>

#include "apps/bench/crowd.h"
#include "apps/bench/load.h"
#include "apps/cli/json_object.h"
#include "apps/cli/output.h"
#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/transport_flags.h"
#include "apps/cli/units.h"
#include "udp/net/address_text.h"
#include "udp/net/resolve.h"

namespace dgram::app {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

many_peers_options peers_from(const flags& given) {
  const auto& words = given.positional();
  if (words.size() > 3) throw usage_error("'" + escaped(words[3], 60) + "' is one word too many");
  const std::string host = words.size() > 1 ? words[1] : "127.0.0.1";
  const auto port =
      static_cast<std::uint16_t>(words.size() > 2 ? number_between("PORT", words[2], 1, 65535) : 9000);
  std::error_code error;
  const auto found = resolve(host, port, address_family::any, error);
  if (error) {
    throw start_up_error(exit_code::network,
                         "'" + escaped(host, 60) + "' has no address: " + error.message());
  }
  many_peers_options options;
  options.server = found.front();
  options.peers = given.number("peers", 1, 60'000).value_or(options.peers);
  options.tcp = given.given("tcp");
  forbid_transport_flags(given, {"tcp"});
  read_transport_flags(given, options.transport);
  return options;
}

void refuse_flag(const flags& given, const char* name, const char* command) {
  if (given.given(name)) throw usage_error("--" + std::string(name) + " means nothing with " + command);
}

json_object as_json(const latency_histogram& h) {
  const auto us = [](duration d) { return std::chrono::duration<double, std::micro>(d).count(); };
  json_object o;
  o.add("count", h.count()).add("p50_us", us(h.quantile(0.5))).add("p99_us", us(h.quantile(0.99)));
  return o.add("p999_us", us(h.quantile(0.999))).add("max_us", us(h.max()));
}

std::string as_text(const latency_histogram& h) {
  return "p50 " + format_duration(h.quantile(0.5)) + ", p99 " + format_duration(h.quantile(0.99)) +
         ", p99.9 " + format_duration(h.quantile(0.999)) + ", at most " + format_duration(h.max());
}

std::string many(const many_peers_options& options) {
  return counted(options.peers, "peer", "peers") + " over " + (options.tcp ? "TCP" : "UDP");
}

exit_code show(const std::string& text, exit_code code) {
  output out(1);
  out.add_line(text);
  out.flush();
  return out.failed() ? exit_code::output : code;
}

}  // namespace

exit_code load_server(const flags& given) {
  refuse_flag(given, "rooms", "load");
  load_options options;
  options.peers = peers_from(given);
  options.interval = given.time("interval", microseconds(100), hours(1)).value_or(options.interval);
  options.time = given.time("time", microseconds(100), hours(24)).value_or(options.time);
  options.size = given.size("size", 1, 65507).value_or(options.size);
  const load_result r = run_load(options);
  const exit_code code = r.unanswered == 0 ? exit_code::ok : exit_code::unanswered;
  if (given.given("json")) {
    json_object o;
    o.add("peers", options.peers.peers).add("answered", r.answered).add("unanswered", r.unanswered);
    return show(o.add("round_trip", as_json(r.round_trips)).add("sent_late", as_json(r.late)).text(), code);
  }
  return show(many(options.peers) + ", each asks every " + format_duration(options.interval) + ": " +
                  std::to_string(r.answered) + " answered, " + std::to_string(r.unanswered) +
                  " not\nround trip  " + as_text(r.round_trips) + "\nsent late   " + as_text(r.late),
              code);
}

exit_code crowd_server(const flags& given) {
  refuse_flag(given, "size", "crowd");
  crowd_options options;
  options.peers = peers_from(given);
  // As udp_client --name has it.
  if (!given.given("redundancy")) options.peers.transport.redundancy = redundancy{2};
  if (!given.given("keep-alive")) options.peers.transport.keep_alive = std::chrono::seconds(12);
  options.rooms = given.number("rooms", 1, options.peers.peers).value_or(options.rooms);
  options.interval = given.time("interval", microseconds(100), hours(1)).value_or(options.interval);
  options.time = given.time("time", microseconds(100), hours(1)).value_or(options.time);
  const crowd_result r = run_crowd(options);
  const exit_code code = r.flawless() ? exit_code::ok : exit_code::check_failed;
  if (given.given("json")) {
    json_object o;
    o.add("peers", options.peers.peers).add("rooms", options.rooms).add("lines", r.lines);
    o.add("expected", r.expected).add("heard", r.heard).add("disorder", r.disorder).add("refused", r.refused);
    return show(o.add("took", as_json(r.took)).add("sent_late", as_json(r.late)).text(), code);
  }
  return show(many(options.peers) + " in " + counted(options.rooms, "room", "rooms") + ", " +
                  counted(r.lines, "line", "lines") + ": heard " + std::to_string(r.heard) + " times of " +
                  std::to_string(r.expected) + ", " + std::to_string(r.disorder) +
                  " twice or out of order, " + std::to_string(r.refused) + " refused\nuntil heard " +
                  as_text(r.took) + "\nsent late   " + as_text(r.late),
              code);
}

}  // namespace dgram::app
