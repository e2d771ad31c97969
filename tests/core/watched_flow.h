// SPDX-License-Identifier: MIT
// One flow of packets over a modelled path, in virtual time: the sender's loss detection against the
// receiver's acknowledgements, with the truth known. Nothing is sent again; what counts is what is called
// lost, and when.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include "udp/core/ack_tracker.h"
#include "udp/core/flight.h"
#include "udp/core/loss_meter.h"
#include "udp/core/loss_tolerance.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/splitmix64.h"

namespace dgram::test {

class watched_flow {
 public:
  // One way, for a packet that leaves `at` after the beginning; nullopt: it is lost.
  using way = std::function<std::optional<duration>(duration at, watched_flow&)>;
  struct setup {
    duration spacing{};
    bool prompt = false;
    way there, back;
    std::uint64_t seed = 1;
  };
  struct figures {
    std::uint64_t sent = 0, dropped = 0, called_lost = 0, spurious = 0;
    std::vector<duration> delays;  // from its sending until a packet that was dropped was called lost, sorted

    double spurious_share() const { return static_cast<double>(spurious) / static_cast<double>(sent); }
    duration delay(double quantile) const {
      if (delays.empty()) return {};
      return delays[static_cast<std::size_t>(quantile * static_cast<double>(delays.size() - 1))];
    }
    friend std::ostream& operator<<(std::ostream& out, const figures& f) {
      const auto ms = [](duration d) { return static_cast<double>(d.count()) / 1e6; };
      return out << f.sent << " sent, " << f.dropped << " dropped, " << f.called_lost << " called lost, "
                 << f.spurious << " of them not (" << 100 * f.spurious_share() << " % of all); found after "
                 << ms(f.delay(0)) << " / " << ms(f.delay(0.5)) << " / " << ms(f.delay(0.99)) << " / "
                 << ms(f.delay(1)) << " ms (least / median / 99 % / most)";
    }
  };

  explicit watched_flow(setup s) : setup_(std::move(s)), random_(setup_.seed) {}

  void run(duration length) {
    const time_point end = now_ + length;
    for (time_point next = now_; now_ < end;) {
      next = std::min(next_send_, events_.empty() ? end : events_.begin()->first);
      if (sender_.loss_time()) next = std::min(next, *sender_.loss_time());
      if (receiver_.deadline()) next = std::min(next, *receiver_.deadline());
      now_ = std::max(now_, next);
      if (now_ >= end) break;
      step();
    }
    std::sort(figures_.delays.begin(), figures_.delays.end());
  }

  const figures& seen() const { return figures_; }
  loss_limits limits() const { return tolerance_.limits(rtt_, now_); }
  void clear() { figures_ = {}; }
  const loss_tolerance& tolerance() const { return tolerance_; }
  const rtt_estimator& rtt() const { return rtt_; }
  const loss_meter& meter() const { return meter_; }
  // Uniform in [0, 1).
  double draw() { return static_cast<double>(splitmix64(random_) >> 11) * 0x1p-53; }

 private:
  void step() {
    if (!events_.empty() && events_.begin()->first <= now_) {
      const auto happens = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      happens();
    } else if (next_send_ <= now_) {
      send();
      next_send_ += setup_.spacing;
    }
    if (receiver_.pending() && receiver_.due(now_)) acknowledge();
    if (sender_.loss_time() && *sender_.loss_time() <= now_) detect();
  }

  void send() {
    sender_.make_room([&](const sent_packet& p) { call_lost(p); });
    const packet_number n = sender_.next_number();
    sender_.sent(now_, {.bytes = 100, .carried = {}, .asks_ack = true, .prompt = setup_.prompt});
    ++figures_.sent;
    const auto delay = setup_.there(now_ - start, *this);
    if (!delay) {
      ++figures_.dropped;
      dropped_.insert(n.value);
      return;
    }
    at(now_ + *delay, [this, n] { receiver_.received(n, true, setup_.prompt, now_, rtt_.max_ack_delay()); });
  }

  void acknowledge() {
    const wire::ack a = receiver_.report(now_);
    receiver_.reported();
    if (const auto delay = setup_.back(now_ - start, *this)) at(now_ + *delay, [this, a] { take(a); });
  }

  void take(const wire::ack& a) {
    const packet_number largest = sender_.restore(a.largest).value();
    std::optional<duration> measured;
    bool progress = false;
    sender_.acknowledge(largest, a, now_, tolerance_, [&](const sent_packet& p) {
      progress = true;
      if (p.number == largest) measured = now_ - p.sent;
      if (p.state != sent_packet::fate::lost) return meter_.delivered(p.number);
      ++figures_.spurious;
      tolerance_.spurious(now_, now_ - p.sent);
      meter_.spurious(p.number);
    });
    if (measured) rtt_.sample(*measured, a.delay * wire::ack_delay_unit);
    if (progress) detect();
  }

  void detect() {
    sender_.detect_losses(now_, tolerance_.limits(rtt_, now_), [&](const sent_packet& p) { call_lost(p); });
  }

  void call_lost(const sent_packet& p) {
    ++figures_.called_lost;
    meter_.lost(p.number);
    if (dropped_.count(p.number.value) != 0) figures_.delays.push_back(now_ - p.sent);
  }

  void at(time_point when, std::function<void()> what) { events_.emplace(when, std::move(what)); }

  static constexpr time_point start{std::chrono::hours(1)};
  setup setup_;
  std::uint64_t random_;
  time_point now_ = start;
  time_point next_send_ = start;
  std::multimap<time_point, std::function<void()>> events_;  // of one time in the order of their making
  flight sender_;
  loss_tolerance tolerance_;
  loss_meter meter_;
  rtt_estimator rtt_{std::chrono::milliseconds(250)};
  ack_tracker receiver_;
  std::set<std::uint64_t> dropped_;
  figures figures_;
};

// A way of constant length that loses some.
inline watched_flow::way constant(duration delay, double loss = 0) {
  return [=](duration, watched_flow& f) { return f.draw() < loss ? std::nullopt : std::optional(delay); };
}

}  // namespace dgram::test
