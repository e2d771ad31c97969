// SPDX-License-Identifier: MIT
#include "tests/scenario/board_watch.h"

#include <algorithm>
#include <string>

#include "tests/scenario/ledger.h"
#include "udp/core/assembly_table.h"
#include "udp/core/credit_grant.h"

namespace dgram::test {
namespace {

void expect_at_most(std::uint64_t most, std::uint64_t held, const char* what) {
  if (held <= most) return;
  throw broken_promise("a session holds " + std::to_string(held) + " bytes " + what + ", more than " +
                       std::to_string(most));
}

void expect_equal(std::uint64_t a, std::uint64_t b, const char* what) {
  if (a == b) return;
  throw broken_promise(std::string(what) + ": " + std::to_string(a) + " and " + std::to_string(b));
}

}  // namespace

// At least one message is always taken (options.h), one that all others of its channel wait for is always let
// in, and what is sent once takes at most what was free (inbox.h). Replies have a reserve besides: a largest
// message on each side.
board_watch::board_watch(const session_options& o, std::uint32_t largest, bool replies)
    : most_to_send_(std::max<std::uint64_t>(o.send_buffer, largest)) {
  const std::uint64_t buffer = std::max<std::uint64_t>(o.receive_buffer, initial_credit);
  const std::uint64_t once = assembly_table::limit * max_unreliable_message;
  most_to_deliver_ = buffer + largest + std::min(buffer, once);
  if (!replies) return;
  most_to_send_ += max_message_size;
  most_to_deliver_ += max_message_size;
}

void board_watch::see(const switchboard& board, peer_id peer) const {
  const auto s = board.of(peer);
  if (!s) return;
  expect_at_most(most_to_send_, s->held_to_send, "to send");
  expect_at_most(most_to_deliver_, s->held_to_deliver, "to deliver");
  expect_equal(s->resent_lost + s->resent_probe + s->resent_ride + s->resent_request,
               s->messages_retransmitted, "copies by their causes, and copies");
}

void board_watch::see_end(const switchboard& board, std::uint64_t outcomes) {
  const statistics s = board.total();
  expect_equal(s.resent_lost + s.resent_probe + s.resent_ride + s.resent_request, s.messages_retransmitted,
               "copies by their causes, and copies");
  expect_equal(s.sessions, 0, "sessions that are left, and none");
  expect_equal(s.delivered + s.answered + s.unanswered + s.expired + s.lost + s.refused + s.unknown, outcomes,
               "outcomes counted, and outcomes told");
  if (s.messages_sent < outcomes) throw broken_promise("more messages have an outcome than were sent");
  if (s.spurious_losses > s.packets_lost) throw broken_promise("more losses were spurious than there were");
  if (board.next_timeout()) throw broken_promise("a switchboard without a session wants to be woken");
}

}  // namespace dgram::test
