// SPDX-License-Identifier: MIT
#include "apps/server/server_log.h"

#include <chrono>

#include "apps/cli/json_object.h"
#include "apps/cli/statistics_json.h"
#include "apps/cli/statistics_text.h"
#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

namespace dgram::app {
namespace {

constexpr std::size_t shown_text = 400;

std::string peer_name(std::uint64_t peer) {
  return "peer #" + std::to_string(peer);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return out;
}

json_object seen_reasons(const discard_counters& discarded) {
  json_object reasons;
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    if (discarded.by_reason[i] != 0) {
      reasons.add(to_string(static_cast<discard_reason>(i)), discarded.by_reason[i]);
    }
  }
  return reasons;
}

std::string pieces(std::uint64_t n, const server_totals& totals, const char* of_tcp) {
  const std::string tcp = of_tcp + std::string(n == 1 ? "" : "s");
  const std::string udp = n == 1 ? "datagram" : "datagrams";
  return std::to_string(n) + ' ' + (totals.udp && totals.tcp ? udp + " and " + tcp : totals.tcp ? tcp : udp);
}

std::string text_summary(const server_totals& totals) {
  const statistics& s = totals.statistics;
  std::string text = counted(totals.messages, "message", "messages") + " from " +
                     counted(totals.peers, "peer", "peers") + " in " + format_duration(totals.running) +
                     ", " + std::to_string(totals.answered) + " answered";
  if (totals.unsent != 0) text += ", " + counted(totals.unsent, "reply", "replies") + " not sent";
  if (totals.lost != 0) text += ", " + counted(totals.lost, "message", "messages") + " not delivered";
  return text + "\nreceived " + format_size(s.bytes_received) + " in " +
         pieces(s.datagrams_received, totals, "read") + ", sent " + format_size(s.bytes_sent) + " in " +
         pieces(s.datagrams_sent, totals, "write") + ", " + discards_text(s.discarded) +
         transport_rows(totals.over_udp);
}

std::string json_summary(const server_totals& totals, exit_code code) {
  const statistics& s = totals.statistics;
  json_object summary;
  summary.add("event", "summary")
      .add("peers", totals.peers)
      .add("messages", totals.messages)
      .add("answered", totals.answered)
      .add("replies_not_sent", totals.unsent)
      .add("messages_not_delivered", totals.lost)
      .add("running_ms", std::chrono::duration<double, std::milli>(totals.running).count())
      .add("datagrams_received", s.datagrams_received)
      .add("datagrams_sent", s.datagrams_sent)
      .add("bytes_received", s.bytes_received)
      .add("bytes_sent", s.bytes_sent)
      .add("duplicates", s.duplicates_received)
      .add("replies_repeated", s.replies_repeated)
      .add("discarded", s.discarded.total())
      .add("discarded_by_reason", seen_reasons(s.discarded))
      .add("statistics", to_json(s))
      .add("exit_code", static_cast<int>(code));
  return summary.text();
}

}  // namespace

void server_log::ready(std::string_view where, std::uint16_t port, std::string_view transports) {
  if (json_) {
    json_object event;
    event.add("event", "ready").add("address", where).add("port", port).add("transports", transports);
    out_.add_line(event.text());
  } else if (!quiet_) {
    err_.add_line("listening on " + std::string(where) + ", " + std::string(transports));
  }
}

void server_log::joined(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain) {
  if (quiet_) return;
  if (json_) {
    json_object event;
    event.add("event", "joined").add("peer", peer).add("transport", transport).add("address", where);
    out_.add_line(event.add("plain", plain).text());
  } else {
    err_.add_line(peer_name(peer) + " joined from " + std::string(where) + ", " + (plain ? "plain " : "") +
                  std::string(transport));
  }
}

void server_log::message(std::uint64_t peer, std::string_view bytes) {
  if (quiet_) return;
  if (json_) {
    json_object event;
    event.add("event", "message").add("peer", peer).add("bytes", bytes.size());
    if (is_utf8(bytes)) {
      event.add("text", bytes);
    } else {
      event.add("hex", hex(bytes));
    }
    out_.add_line(event.text());
  } else {
    out_.add_line(peer_name(peer) + ' ' + escaped(bytes, shown_text));
  }
}

void server_log::left(std::uint64_t peer, std::string_view reason) {
  if (quiet_) return;
  if (json_) {
    json_object event;
    out_.add_line(event.add("event", "left").add("peer", peer).add("reason", reason).text());
  } else {
    err_.add_line(peer_name(peer) + " left (" + std::string(reason) + ')');
  }
}

void server_log::problem(std::string_view text) {
  err_.add_line("udp_server: " + std::string(text));
}

void server_log::after_control_c() {
  if (is_terminal(2)) err_.add("\n");
}

void server_log::summary(const server_totals& totals, exit_code code) {
  if (json_) {
    out_.add_line(json_summary(totals, code));
  } else if (!quiet_) {
    err_.add_line(text_summary(totals));
  }
}

void server_log::flush() {
  // Words first: "joined" is written before the line of the message that showed it.
  err_.flush();
  out_.flush();
}

}  // namespace dgram::app
