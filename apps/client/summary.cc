// SPDX-License-Identifier: MIT
#include "apps/client/summary.h"

#include <array>
#include <chrono>
#include <utility>

#include "apps/cli/json_object.h"
#include "apps/cli/statistics_json.h"
#include "apps/cli/statistics_text.h"
#include "apps/cli/units.h"

namespace dgram::app {
namespace {

struct named_quantile {
  const char* key;
  const char* text;
  double fraction;
};
constexpr std::array<named_quantile, 4> quantiles{
    {{"p50", "p50", 0.5}, {"p90", "p90", 0.9}, {"p99", "p99", 0.99}, {"p999", "p99.9", 0.999}}};

double milliseconds(duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

std::string place(const run_summary& run) {
  return std::string(to_text(run.on)) + ' ' + run.server;
}

json_object round_trips(const latency_histogram& latency) {
  json_object object;
  const bool known = latency.count() != 0;
  for (const auto& q : quantiles) {
    if (known) {
      object.add(q.key, milliseconds(latency.quantile(q.fraction)));
    } else {
      object.add_null(q.key);
    }
  }
  if (known) return object.add("max", milliseconds(latency.max()));
  return object.add_null("max");
}

json_object reasons(const tally& counts) {
  json_object object;
  object.add("expired", counts.expired)
      .add("no_reply", counts.no_reply)
      .add("unknown", counts.unknown)
      .add("lost", counts.lost)
      .add("refused", counts.refused)
      .add("too_large", counts.too_large)
      .add("given_up", counts.given_up)
      .add("never_sent", counts.never_sent);
  return object;
}

std::string latency_line(const latency_histogram& latency) {
  if (latency.count() == 0) return "not measured";
  std::string line;
  for (const auto& q : quantiles) {
    line += std::string(q.text) + ' ' + format_duration(latency.quantile(q.fraction)) + "   ";
  }
  return line + "max " + format_duration(latency.max());
}

}  // namespace

std::string one_line(const run_summary& run) {
  const std::uint64_t unanswered = run.counts.unanswered();
  const std::uint64_t all = run.counts.answered + unanswered;
  const std::string where = " (" + place(run) + ", " + format_duration(run.elapsed);
  if (unanswered != 0) {
    return std::to_string(unanswered) + " of " + counted(all, "message", "messages") +
           " went unanswered: " + run.counts.reasons() + where + ')';
  }
  return counted(all, "message", "messages") + (all == 1 ? " answered" : ", all answered") + where +
         "; round trip " + format_duration(run.counts.latency.quantile(0.5)) + ", 99 % within " +
         format_duration(run.counts.latency.quantile(0.99)) + ')';
}

std::string table(const run_summary& run) {
  const statistics& s = run.statistics;
  const bool datagrams = is_udp(run.on);
  const std::string why = run.counts.reasons();
  std::string text = "server       " + place(run) + ", for " + format_duration(run.elapsed);
  text += table_row("messages", std::to_string(run.counts.sent) + " sent, " +
                                    std::to_string(run.counts.answered) + " answered, " +
                                    std::to_string(run.counts.unanswered()) + " unanswered" +
                                    (why.empty() ? "" : " (" + why + ')'));
  text += table_row("round trip", latency_line(run.counts.latency));
  text += table_row("sent", format_size(s.bytes_sent) + " in " +
                                (datagrams ? counted(s.datagrams_sent, "datagram", "datagrams")
                                           : counted(s.datagrams_sent, "write", "writes")));
  text += table_row("received", format_size(s.bytes_received) + " in " +
                                    (datagrams ? counted(s.datagrams_received, "datagram", "datagrams")
                                               : counted(s.datagrams_received, "read", "reads")));
  if (datagrams) text += transport_rows(s);
  if (s.discarded.total() != 0) text += table_row("", discards_text(s.discarded));
  return text;
}

std::string json(const run_summary& run) {
  const statistics& s = run.statistics;
  json_object object;
  object.add("transport", is_udp(run.on) ? "udp" : "tcp")
      .add("plain", run.on == wire::plain_udp || run.on == wire::plain_tcp)
      .add("server", run.server)
      .add("sent", run.counts.sent)
      .add("answered", run.counts.answered)
      .add("unanswered", run.counts.unanswered())
      .add("unanswered_by_reason", reasons(run.counts))
      .add("elapsed_ms", milliseconds(run.elapsed))
      .add("rtt_ms", round_trips(run.counts.latency))
      .add("datagrams_sent", s.datagrams_sent)
      .add("datagrams_received", s.datagrams_received)
      .add("bytes_sent", s.bytes_sent)
      .add("bytes_received", s.bytes_received)
      .add("retransmitted", s.messages_retransmitted)
      .add("packets_lost", s.packets_lost)
      .add("duplicates", s.duplicates_received)
      .add("discarded", s.discarded.total())
      .add("statistics", to_json(s))
      .add("exit_code", static_cast<int>(run.code));
  if (run.error.empty()) {
    object.add_null("error");
  } else {
    object.add("error", run.error);
  }
  return object.text();
}

}  // namespace dgram::app
