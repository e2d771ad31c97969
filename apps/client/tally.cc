// SPDX-License-Identifier: MIT
#include "apps/client/tally.h"

#include <array>
#include <utility>

#include <asio/error.hpp>

namespace dgram::app {

void tally::resolved(std::error_code error, const delivery_report& report, duration elapsed) {
  if (error) {
    const bool waiting = error == asio::error::operation_aborted;
    ++(waiting ? given_up : error == asio::error::message_size ? too_large : never_sent);
    if (!waiting) --sent;
    return;
  }
  switch (report.outcome) {
    case outcome::answered:
      ++answered;
      latency.record(elapsed);
      return;
    case outcome::delivered:
    case outcome::unanswered: ++no_reply; return;
    case outcome::expired: ++expired; return;
    case outcome::lost: ++lost; return;
    case outcome::refused: ++refused; return;
    case outcome::unknown: ++unknown; return;
  }
}

std::string tally::reasons() const {
  const std::array<std::pair<std::uint64_t, const char*>, 8> table{{
      {expired, "without an answer in time"},
      {no_reply, "acknowledged but without a reply"},
      {unknown, "that may or may not have been run"},
      {lost, "lost on the way"},
      {refused, "refused"},
      {too_large, "too large"},
      {given_up, "given up"},
      {never_sent, "never sent"},
  }};
  std::string text;
  for (const auto& [n, reason] : table) {
    if (n == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(n) + ' ' + reason;
  }
  return text;
}

}  // namespace dgram::app
