// SPDX-License-Identifier: MIT
#include "apps/client/outcome_text.h"

#include <asio/error.hpp>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

std::string silence_text(const delivery_report& report, wire on) {
  std::string text = "no answer in " + format_duration(report.since_sent);
  if (on == wire::udp) text += " after " + counted(report.tries, "try", "tries");
  return text;
}

std::string error_text(std::error_code error) {
  if (error == asio::error::message_size) return "too large to be sent";
  if (error == asio::error::operation_aborted) return "given up";
  if (error == asio::error::would_block) return "not sent: too much waits already";
  return error.message();
}

}  // namespace

const char* to_text(wire on) {
  switch (on) {
    case wire::udp: return "UDP";
    case wire::tcp: return "TCP";
    case wire::plain_udp: return "plain UDP";
    case wire::plain_tcp: return "plain TCP";
  }
  return "";
}

bool is_udp(wire on) {
  return on == wire::udp || on == wire::plain_udp;
}

std::string cost_text(const delivery_report& report, wire on) {
  const std::string time = format_duration(report.since_sent);
  return on == wire::udp ? time + ", " + counted(report.tries, "try", "tries") : time;
}

std::string hint_text(std::error_code hint, wire on) {
  if (!hint) return {};
  if (hint == asio::error::connection_refused) {
    return is_udp(on) ? "nobody listens there (ICMP port unreachable)"
                      : "nobody listens there (connection refused)";
  }
  return hint.message();
}

std::string failure_text(std::error_code error, const delivery_report& report, std::error_code hint,
                         wire on) {
  if (error) return error_text(error);
  switch (report.outcome) {
    case outcome::answered:
    case outcome::delivered: return "delivered";
    case outcome::unanswered:
      return "the server has it, but did not reply in " + format_duration(report.since_sent);
    case outcome::expired:
      return hint ? hint_text(hint, on) + "; " + silence_text(report, on) : silence_text(report, on);
    case outcome::lost: return "lost on the way";
    case outcome::refused: return hint ? hint_text(hint, on) : "refused";
    case outcome::unknown: return "the server may or may not have run this";
  }
  return {};
}

std::string ending_text(end_reason reason, wire on) {
  switch (reason) {
    case end_reason::peer_restarted: return "the server was restarted";
    case end_reason::peer_forgot: return "the server had forgotten this session; a new one begins";
    case end_reason::closed_by_peer:
      return is_udp(on) ? "the server ended the session" : "the server closed the connection";
    case end_reason::connection_lost: return "the connection was lost";
    case end_reason::evicted: return "the session was dropped to make room";
    case end_reason::idle:
    case end_reason::closed_here: return {};
  }
  return {};
}

}  // namespace dgram::app
