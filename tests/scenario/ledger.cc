// SPDX-License-Identifier: MIT
#include "tests/scenario/ledger.h"

#include <algorithm>
#include <cstring>

#include "udp/sim/random.h"
#include "udp/sim/simulator.h"

namespace dgram::test {
namespace {

constexpr std::uint64_t message_salt = 1;
constexpr std::uint64_t reply_salt = 2;
// Outcomes come when the core is woken for them; virtual time adds nothing to that.
constexpr duration tick = std::chrono::milliseconds(1);
constexpr duration generous = std::chrono::seconds(60);
// A reply that was given with so much time left must arrive.
constexpr duration ample = std::chrono::seconds(50);

bool resent(delivery_mode m) {
  return m == delivery_mode::reliable || m == delivery_mode::ordered;
}

bool acknowledged(outcome o) {
  return o == outcome::delivered || o == outcome::answered || o == outcome::unanswered;
}

std::string in_s(time_point t) {
  return std::to_string(std::chrono::duration<double>(t - sim::epoch).count()) + " s";
}

}  // namespace

tally& tally::operator+=(const tally& o) {
  messages += o.messages;
  requests += o.requests;
  arrivals += o.arrivals;
  delivered += o.delivered;
  answered += o.answered;
  unanswered += o.unanswered;
  expired += o.expired;
  lost += o.lost;
  refused += o.refused;
  unknown += o.unknown;
  twice_over_restart += o.twice_over_restart;
  return *this;
}

std::uint32_t ledger::post(const sent_message& m) {
  messages_.push_back(m);
  return static_cast<std::uint32_t>(messages_.size() - 1);
}

void ledger::accepted(std::uint32_t index) {
  sent_message& m = messages_[index];
  m.accepted = true;
  ++unresolved_;
  ++tally_.messages;
  tally_.requests += m.options.wants_reply;
  if (m.size < least_numbered) ++crowds_[{m.from.host, m.to, m.size}].sent;
}

std::span<const std::byte> ledger::content(std::uint32_t index) {
  return fill(index, messages_[index].size, message_salt);
}

std::span<const std::byte> ledger::reply_content(std::uint32_t index) {
  return fill(index, reply_size(index), reply_salt);
}

// One in sixteen does not fit a datagram, one in 128 is large.
std::uint32_t ledger::reply_size(std::uint32_t index) const {
  const std::uint64_t bits = sim::mix(seed_ ^ index);
  const std::uint32_t kind = bits % 128;
  const auto most = static_cast<std::uint32_t>(max_whole_message);
  const std::uint32_t range = kind == 0 ? circumstances_.largest : kind < 8 ? 8'000 : most;
  return sim::below(sim::mix(bits), std::min(range, std::max(circumstances_.largest, most)) + 1);
}

std::span<const std::byte> ledger::fill(std::uint32_t index, std::uint32_t size, std::uint64_t salt) {
  scratch_.assign(size, std::byte{0});
  if (size < least_numbered) return scratch_;
  std::memcpy(scratch_.data(), &index, least_numbered);
  sim::random_stream bits(seed_ ^ salt << 32 ^ index);
  for (std::size_t at = least_numbered; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = bits();
    std::memcpy(scratch_.data() + at, &word, std::min(sizeof word, size - at));
  }
  return scratch_;
}

std::optional<std::uint32_t> ledger::arrived(std::uint32_t from, const life& at, const message_arrived& m) {
  ++tally_.arrivals;
  if (m.bytes.size() < least_numbered) {
    crowd& c = crowds_[{from, at.host, static_cast<std::uint32_t>(m.bytes.size())}];
    if (++c.arrived > c.sent && !circumstances_.restarts) {
      throw broken_promise("more messages of " + std::to_string(m.bytes.size()) +
                           " bytes arrived than were sent");
    }
    return std::nullopt;
  }
  std::uint32_t index = 0;
  std::memcpy(&index, m.bytes.data(), least_numbered);
  if (index >= messages_.size()) throw broken_promise("a message arrived that nobody sent");
  const sent_message& sent = messages_[index];
  if (!sent.accepted) fail(index, "arrived although it was not taken");
  if (!std::ranges::equal(m.bytes, content(index))) fail(index, "arrived with other bytes than were sent");
  if (sent.from.host != from || sent.to != at.host) fail(index, "arrived at the wrong host");
  if (m.mode != sent.options.mode || m.channel != sent.options.channel ||
      m.wants_reply != sent.options.wants_reply) {
    fail(index, "arrived with another mode, channel or wish than it was sent with");
  }
  check_first_arrival(index, at);
  check_order(index, at, m);
  return index;
}

void ledger::check_first_arrival(std::uint32_t index, const life& at) {
  sent_message& m = messages_[index];
  ++m.arrivals;
  if (m.arrivals > 1) {
    if (m.last_incarnation == at.incarnation) fail(index, "arrived twice");
    if (m.heard) fail(index, "arrived again after a restart, though its receiver had been heard of");
    ++tally_.twice_over_restart;
  }
  m.last_incarnation = at.incarnation;
}

// Later sends have greater indices, so each channel of a session only ever goes up.
void ledger::check_order(std::uint32_t index, const life& at, const message_arrived& m) {
  if (m.mode != delivery_mode::ordered && m.mode != delivery_mode::sequenced) return;
  const auto [newest, first] = newest_.try_emplace({at, m.id.session.value, m.channel.value, m.mode}, index);
  if (first) return;
  if (newest->second >= index) {
    fail(index, "arrived after message " + std::to_string(newest->second) + " of its channel");
  }
  newest->second = index;
}

void ledger::resolved(const life& at, const message_resolved& r, time_point now) {
  const auto index = static_cast<std::uint32_t>(r.ticket.value);
  if (index >= messages_.size()) throw broken_promise("an outcome for a ticket that was never given");
  sent_message& m = messages_[index];
  if (!m.accepted) fail(index, "has an outcome although it was not taken");
  if (m.from != at) fail(index, "has its outcome at the wrong host");
  if (m.outcome) fail(index, "has a second outcome: " + std::string(to_string(r.report.outcome)));
  check_outcome(index, r, now);
  m.outcome = r.report.outcome;
  --unresolved_;
  count(r.report.outcome);
  // A sequenced one may have been acknowledged and dropped.
  if (m.size < least_numbered && acknowledged(*m.outcome) && m.options.mode != delivery_mode::sequenced) {
    ++crowds_[{m.from.host, m.to, m.size}].acknowledged;
  }
}

void ledger::check_outcome(std::uint32_t index, const message_resolved& r, time_point now) {
  const sent_message& m = messages_[index];
  const outcome o = r.report.outcome;
  const auto what = std::string(to_string(o));
  if (now > m.when + m.options.deadline + tick) fail(index, what + " after its deadline");
  if (o == outcome::expired && now < m.when + m.options.deadline && m.options.max_tries == 0) {
    fail(index, "expired before its deadline");
  }
  if (o == outcome::unanswered && now < m.when + m.options.deadline && circumstances_.gentle()) {
    fail(index, "unanswered before its deadline");
  }
  if (m.options.wants_reply ? o == outcome::delivered : o == outcome::answered || o == outcome::unanswered) {
    fail(index, what + " does not fit what was asked");
  }
  if (o == outcome::lost && resent(m.options.mode)) fail(index, "lost although it is to be resent");
  if ((o == outcome::refused || o == outcome::unknown) && circumstances_.gentle() && !m.stale) {
    fail(index, what + " although both ends ran on");
  }
  if (acknowledged(o) && m.options.mode != delivery_mode::ordered &&
      m.options.mode != delivery_mode::sequenced && m.size >= least_numbered && m.arrivals == 0) {
    fail(index, what + " but never arrived");
  }
  if (o != outcome::answered) return;
  if (!m.replied) fail(index, "answered though nobody replied");
  if (!std::ranges::equal(r.reply, reply_content(index))) fail(index, "answered with other bytes");
}

void ledger::count(outcome o) {
  switch (o) {
    case outcome::delivered: ++tally_.delivered; return;
    case outcome::answered: ++tally_.answered; return;
    case outcome::unanswered: ++tally_.unanswered; return;
    case outcome::expired: ++tally_.expired; return;
    case outcome::lost: ++tally_.lost; return;
    case outcome::refused: ++tally_.refused; return;
    case outcome::unknown: ++tally_.unknown; return;
  }
}

void ledger::life_ended(const life& l) {
  for (sent_message& m : messages_) {
    if (m.from != l || !m.accepted || m.outcome) continue;
    m.outcome = outcome::unknown;
    --unresolved_;
  }
}

void ledger::check_heard(std::uint32_t index) const {
  const auto& o = messages_[index].outcome;
  if (!o || !acknowledged(*o)) {
    fail(index,
         "is " + std::string(o ? to_string(*o) : "without outcome") + ", though nothing was in its way");
  }
}

void ledger::check_end() {
  for (std::uint32_t i = 0; i < messages_.size(); ++i) {
    if (!messages_[i].accepted) continue;
    if (!messages_[i].outcome) fail(i, "never had an outcome");
    if (messages_[i].outcome == outcome::refused && messages_[i].arrivals > 0)
      fail(i, "refused, but arrived");
    check_promises_kept(i);
  }
  if (!circumstances_.gentle()) return;
  for (const auto& [key, c] : crowds_) {
    if (c.arrived < c.acknowledged)
      throw broken_promise("fewer tiny messages arrived than were acknowledged");
  }
}

void ledger::check_promises_kept(std::uint32_t index) {
  const sent_message& m = messages_[index];
  if (!circumstances_.gentle() || !resent(m.options.mode)) return;
  const bool numbered = m.size >= least_numbered;
  if (acknowledged(*m.outcome) && numbered && m.arrivals != 1) {
    fail(index, "acknowledged, and arrived " + std::to_string(m.arrivals) + " times");
  }
  if (m.options.deadline < generous || m.options.max_tries != 0 || m.stale) return;
  if (!acknowledged(*m.outcome)) fail(index, "not delivered in spite of a generous deadline");
  if (circumstances_.harsh) return;
  if (m.replied && *m.replied + ample < m.when + m.options.deadline && *m.outcome != outcome::answered) {
    fail(index, "replied to in good time, but not answered");
  }
}

std::string ledger::describe(std::uint32_t index) const {
  const sent_message& m = messages_[index];
  return "message " + std::to_string(index) + " from host " + std::to_string(m.from.host) + " to " +
         std::to_string(m.to) + " (" + std::string(to_string(m.options.mode)) +
         (m.options.wants_reply ? " request" : "") + ", channel " + std::to_string(m.options.channel.value) +
         ", " + std::to_string(m.size) + " bytes, sent at " + in_s(m.when) + ", " +
         std::to_string(m.options.deadline / std::chrono::milliseconds(1)) + " ms" +
         (m.options.max_tries != 0 ? " and " + std::to_string(m.options.max_tries) + " tries" : "") + ')';
}

void ledger::fail(std::uint32_t index, const std::string& why) const {
  throw broken_promise(describe(index) + ' ' + why);
}

}  // namespace dgram::test
