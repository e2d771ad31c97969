// SPDX-License-Identifier: MIT
#include "apps/server/server_log.h"

#include "apps/cli/statistics_text.h"
#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/server/server_events.h"

namespace dgram::app {
namespace {

constexpr std::size_t shown_text = 400;   // bytes of a message on a terminal
constexpr std::size_t filed_text = 1000;  // and in the log file, which is bounded

std::string peer_name(std::uint64_t peer) {
  return "peer #" + std::to_string(peer);
}

std::string pieces(std::uint64_t n, const server_totals& totals, const char* of_tcp) {
  const std::string tcp = of_tcp + std::string(n == 1 ? "" : "s");
  const std::string udp = n == 1 ? "datagram" : "datagrams";
  return std::to_string(n) + ' ' + (totals.udp && totals.tcp ? udp + " and " + tcp : totals.tcp ? tcp : udp);
}

}  // namespace

std::string summary_text(const server_totals& totals) {
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

void server_log::write_file(journal::level of, const json_object& event) {
  file_->write(of, event);
  say_file_problem();
}

void server_log::say_file_problem() {
  if (const auto problem = file_->take_problem()) {
    say("udp_server: " + *problem + "; the server goes on");
  }
}

void server_log::second_passed() {
  if (!file_) return;
  file_->second_passed();
  say_file_problem();
}

void server_log::ready(std::string_view where, std::uint16_t port, std::string_view transports,
                       std::string_view metrics) {
  if (json_ || file_) {
    const json_object event = ready_event(where, port, transports, metrics);
    if (file_) write_file(journal::level::info, event);
    if (json_) out_.add_line(event.text());
  }
  if (json_ || quiet_) return;
  err_.add_line("listening on " + std::string(where) + ", " + std::string(transports));
  if (!metrics.empty()) err_.add_line("metrics on " + std::string(metrics));
}

void server_log::joined(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain) {
  if (file_ && file_->admits(journal::flood::peers)) {
    write_file(journal::level::info, joined_event(peer, transport, where, plain));
  }
  if (!shows_peers_) return;
  if (json_) {
    out_.add_line(joined_event(peer, transport, where, plain).text());
  } else {
    err_.add_line(peer_name(peer) + " joined from " + std::string(where) + ", " + (plain ? "plain " : "") +
                  std::string(transport));
  }
}

void server_log::message(std::uint64_t peer, std::string_view bytes) {
  if (file_ && file_->admits(journal::flood::messages)) {
    write_file(journal::level::info, message_event(peer, bytes, filed_text));
  }
  if (!shows_peers_) return;
  if (json_) {
    out_.add_line(message_event(peer, bytes).text());
  } else {
    out_.add_line(peer_name(peer) + ' ' + escaped(bytes, shown_text));
  }
}

void server_log::left(std::uint64_t peer, std::string_view reason) {
  if (file_ && file_->admits(journal::flood::peers)) {
    write_file(journal::level::info, left_event(peer, reason));
  }
  if (!shows_peers_) return;
  if (json_) {
    out_.add_line(left_event(peer, reason).text());
  } else {
    err_.add_line(peer_name(peer) + " left (" + std::string(reason) + ')');
  }
}

void server_log::problem(std::string_view text) {
  if (file_) write_file(journal::level::warning, problem_event(text));
  say("udp_server: " + std::string(text));
}

void server_log::say(std::string_view words) {
  diverted_ ? diverted_(words) : err_.add_line(words);
}

// Asked for by its own flag: --quiet does not silence it.
void server_log::interval(const interval_figures& figures) {
  if (file_) write_file(journal::level::info, interval_event(figures));
  if (json_) {
    out_.add_line(interval_event(figures).text());
  } else {
    say(interval_text(figures));
  }
}

void server_log::after_control_c() {
  if (is_terminal(2)) err_.add("\n");
}

void server_log::summary(const server_totals& totals, exit_code code) {
  if (json_ || file_) {
    const json_object event = summary_event(totals, code);
    if (file_) {
      second_passed();
      write_file(code == exit_code::output ? journal::level::error : journal::level::info, event);
    }
    if (json_) out_.add_line(event.text());
  }
  if (!json_ && !quiet_) err_.add_line(summary_text(totals));
  if (file_ && file_->missing() != 0) {
    err_.add_line("udp_server: --log: " + counted(file_->missing(), "line is", "lines are") + " missing");
  }
}

void server_log::flush() {
  // Words first: "joined" is written before the line of the message that showed it.
  err_.flush();
  out_.flush();
}

}  // namespace dgram::app
