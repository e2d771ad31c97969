// SPDX-License-Identifier: MIT
#include "apps/compare/send_schedule.h"

#include "apps/compare/message_form.h"

namespace dgram::app::compare {

duration send_schedule::intended(duration now) const {
  return run_.waits_for_outcomes() ? now : slot();
}

bool send_schedule::due(duration now, std::size_t outstanding) {
  if (run_.waits_for_outcomes() && now > last_sending(run_.work)) cut_off_ = true;
  if (done()) return false;
  waiting_ = run_.waits_for_outcomes() && outstanding >= (run_.bulk() ? bulk_outstanding(run_.work) : 1);
  return !waiting_ && slot() <= now;
}

std::optional<time_point> send_schedule::next() const {
  if (done() || waiting_) return std::nullopt;
  return run_.started() + slot();
}

std::span<const std::byte> send_schedule::message(duration now) {
  const std::size_t number = run_.intended.size();
  message_.resize(run_.schedule[number].size);
  write_message(message_, {number, intended(now)});
  return message_;
}

void send_schedule::sent(duration now) {
  const duration meant = intended(now);
  // The first one waits for the sockets to be made, which is its own figure.
  if (!run_.intended.empty() && meant > held_until_) run_.send_lateness.record(now - meant);
  run_.intended.push_back(meant);
  ++run_.sent;
  if (done()) run_.sent_all = true;
}

}  // namespace dgram::app::compare
