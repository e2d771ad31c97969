// SPDX-License-Identifier: MIT
#include "apps/compare/simulated_run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "apps/compare/arrival_log.h"
#include "apps/compare/message_form.h"
#include "apps/compare/simulated_ends.h"
#include "apps/compare/wire_watch.h"
#include "apps/impairment/impaired_path.h"
#include "udp/core/crc32c.h"

namespace dgram::app::compare {
namespace {

// Not the clock's own zero, which a forgotten initialization would also give.
constexpr time_point epoch{std::chrono::hours(1)};
// Headers of IPv4 and UDP, so that rates and sizes mean what they mean on a real link.
constexpr std::size_t headers = 28;

class simulation {
 public:
  simulation(const entrant& who, const plan& p, const impairment& link)
      : plan_(p),
        schedule_(schedule_of(p, link.seed)),
        arrivals_(schedule_.size()),
        path_(link, epoch),
        watch_(path_),
        ends_(simulated_ends::make(
            who, p.work == workload::request, link.seed, epoch,
            [this](std::span<const std::byte> m, time_point now) { arrived(m, now); })) {}

  run to_its_end();

 private:
  bool may_send(time_point now) const;
  // Nothing is sent any more although there would be messages left.
  bool over(time_point now) const { return plan_.closed_loop && now >= epoch + last_sending(plan_); }
  void send_due(time_point now);
  void arrived(std::span<const std::byte>, time_point);
  void deliver(time_point now);
  std::optional<time_point> next_event(time_point now) const;

  const plan& plan_;
  std::vector<planned_message> schedule_;
  std::vector<duration> intended_;  // of those that were sent
  arrival_log arrivals_;
  impaired_path path_;
  wire_watch watch_;
  std::unique_ptr<simulated_ends> ends_;
  std::vector<std::byte> packet_, message_;
};

void simulation::arrived(std::span<const std::byte> message, time_point now) {
  if (const auto stamp = read_message(message)) arrivals_.record(stamp->number, now - epoch);
}

bool simulation::may_send(time_point now) const {
  if (intended_.size() == schedule_.size()) return false;
  if (plan_.work == workload::bulk) return ends_->outstanding() < bulk_outstanding(plan_);
  if (plan_.closed_loop && (ends_->outstanding() > 0 || over(now))) return false;
  return epoch + schedule_[intended_.size()].intended <= now;
}

void simulation::send_due(time_point now) {
  while (may_send(now)) {
    const std::size_t number = intended_.size();
    const duration intended = plan_.waits_for_outcomes() ? now - epoch : schedule_[number].intended;
    message_.resize(schedule_[number].size);
    write_message(message_, {number, intended});
    if (!ends_->send(message_, now)) return;  // goes first when there is room
    intended_.push_back(intended);
  }
}

void simulation::deliver(time_point now) {
  path_.deliver_due(now, [&](side from, const sim::arrival& in) {
    // As UDP's own checksum has it: what was damaged on the way is not delivered.
    if (crc32c(in.bytes) != in.tag) return;
    ends_->receive(opposite(from), in.bytes.subspan(headers), now);
  });
}

std::optional<time_point> simulation::next_event(time_point now) const {
  auto next = path_.next_event();
  const auto consider = [&next](std::optional<time_point> t) {
    if (t && (!next || *t < *next)) next = t;
  };
  consider(ends_->next_event());
  if (plan_.work != workload::bulk && intended_.size() < schedule_.size()) {
    // A message that is due already found no room: it waits for another event.
    const time_point due = epoch + schedule_[intended_.size()].intended;
    if (due > now) consider(due);
  }
  return next;
}

run simulation::to_its_end() {
  const duration sending = plan_.waits_for_outcomes() ? last_sending(plan_) : schedule_.back().intended;
  const time_point end = epoch + sending + plan_.drain;
  time_point now = epoch;
  while (arrivals_.arrived() < schedule_.size()) {
    send_due(now);
    ends_->flush(now, [&](side from, std::span<const std::byte> datagram) {
      packet_.assign(headers, std::byte{0});
      packet_.insert(packet_.end(), datagram.begin(), datagram.end());
      path_.push(from, packet_, crc32c(packet_), now);
    });
    const auto next = next_event(now);
    if (over(now) && arrivals_.arrived() == intended_.size()) break;
    if (!next || *next > end) {
      now = end;
      break;
    }
    now = std::max(now, *next);
    deliver(now);
    ends_->wake(now);
  }
  run r;
  fill_in(r, plan_, schedule_, intended_, arrivals_, now - epoch);
  watch_.fill_in(r, epoch);
  r.retransmissions = ends_->retransmissions();
  return r;
}

}  // namespace

run simulate(const entrant& who, const plan& p, const impairment& link) {
  return simulation(who, p, link).to_its_end();
}

}  // namespace dgram::app::compare
