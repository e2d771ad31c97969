// SPDX-License-Identifier: MIT
#include "apps/client/measure_mode.h"

#include <algorithm>
#include <utility>

#include "apps/cli/text_escape.h"

namespace dgram::app {

void fill_payload(std::string& payload, std::uint64_t index) {
  const std::string number = std::to_string(index) + ' ';
  std::fill(payload.begin(), payload.end(), '.');
  std::copy_n(number.begin(), std::min(number.size(), payload.size()), payload.begin());
}

measure_mode::measure_mode(client_session& session, on_finished finished)
    : session_(session),
      finished_(std::move(finished)),
      timer_(session.context),
      payload_(session.options.messages.empty() ? std::string(session.options.size, '.')
                                                : session.options.messages.front()) {}

void measure_mode::start() {
  start_ = time_point::clock::now();
  send_due();
}

void measure_mode::stop() {
  done_ = true;
  timer_.cancel();
  session_.words.flush();
}

void measure_mode::say(const std::string& line) {
  session_.words.add_line(line);
  session_.words.flush();
}

time_point measure_mode::intended(std::uint64_t index) const {
  return start_ + index * session_.options.interval;
}

void measure_mode::send_due() {
  const time_point now = time_point::clock::now();
  // Behind schedule, answers must still have their turn.
  constexpr int most_at_once = 64;
  for (int n = 0; n < most_at_once && next_ < session_.options.count && intended(next_) <= now; ++n) {
    send_one(next_++);
  }
  if (next_ == session_.options.count) return;
  timer_.expires_at(intended(next_));
  timer_.async_wait([this](std::error_code error) {
    if (!error && !done_) send_due();
  });
}

void measure_mode::send_one(std::uint64_t index) {
  if (session_.options.messages.empty()) fill_payload(payload_, index);
  ++session_.counts.sent;
  session_.endpoint.async_request(
      session_.peer, as_bytes(payload_), session_.sending(),
      [this, index](std::error_code error, const answer& got) { resolve(index, error, got.report); });
}

void measure_mode::resolve(std::uint64_t index, std::error_code error, const delivery_report& report) {
  session_.counts.resolved(error, report, time_point::clock::now() - intended(index));
  if (++resolved_ < session_.options.count || done_) return;
  stop();
  finished_(session_.counts.unanswered() == 0 ? exit_code::ok : exit_code::unanswered);
}

}  // namespace dgram::app
