// SPDX-License-Identifier: MIT
#include "udp/net/plain_requests.h"

#include <algorithm>

namespace dgram {

namespace {

// The same steps as between ends of ours: x1.5 twice, then x2, at most 2 s.
duration after(duration timeout, std::uint16_t tries) {
  const duration next = tries <= 3 ? timeout * 3 / 2 : timeout * 2;
  return std::min<duration>(next, std::chrono::seconds(2));
}

}  // namespace

void plain_requests::add(std::span<const std::byte> bytes, const send_options& options, ticket t,
                         time_point now) {
  request& r = waiting_[++last_];
  r.ticket = t;
  r.most_tries = std::max<std::uint16_t>(options.max_tries, 1);
  if (r.most_tries > 1) r.bytes.assign(bytes.begin(), bytes.end());
  r.timeout = first_timeout_;
  r.sent = now;
  r.deadline = now + options.deadline;
  schedule(last_, r, now);
}

void plain_requests::schedule(number n, request& r, time_point now) {
  r.due = r.tries < r.most_tries ? std::min(r.deadline, now + r.timeout) : r.deadline;
  due_.emplace(r.due, n);
}

plain_requests::resolution plain_requests::take(std::map<number, request>::iterator at, outcome what,
                                                time_point now) {
  const request& r = at->second;
  resolution result{r.ticket, {}};
  result.report.outcome = what;
  result.report.tries = r.tries;
  result.report.round_trip = result.report.since_sent = now - r.sent;
  due_.erase({r.due, at->first});
  waiting_.erase(at);
  return result;
}

std::optional<plain_requests::resolution> plain_requests::answered(time_point now) {
  return take_any(outcome::answered, now);
}

std::optional<plain_requests::resolution> plain_requests::take_any(outcome what, time_point now) {
  if (waiting_.empty()) return std::nullopt;
  return take(waiting_.begin(), what, now);
}

std::optional<plain_requests::resolution> plain_requests::take_expired(time_point now) {
  for (const auto& [when, n] : due_) {
    if (when > now) break;
    const auto at = waiting_.find(n);
    if (at->second.deadline <= now) return take(at, outcome::expired, now);
  }
  return std::nullopt;
}

std::optional<std::span<const std::byte>> plain_requests::next_resend(time_point now) {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  const number n = due_.begin()->second;
  request& r = waiting_.at(n);
  if (r.tries >= r.most_tries) return std::nullopt;
  due_.erase(due_.begin());
  ++r.tries;
  r.timeout = after(r.timeout, r.tries);
  schedule(n, r, now);
  return r.bytes;
}

std::optional<time_point> plain_requests::next_timeout() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace dgram
