// SPDX-License-Identifier: MIT
// A bottleneck in virtual time, to measure congestion controllers alone: a constant rate, a droptail queue in
// bytes, a fixed round trip besides, random loss, coalesced and lost acknowledgements, several flows.
#pragma once

#include <deque>
#include <memory>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "udp/core/congestion.h"
#include "udp/core/delivery_rate.h"
#include "udp/core/pacer.h"

namespace dgram::test {

struct path_options {
  double bits_per_second = 50e6;
  duration round_trip = std::chrono::milliseconds(40);
  std::uint64_t buffer = 250'000;  // bytes of the queue
  double loss = 0;                 // of data
  bool loss_behind_queue = false;  // rather than in front of it
  double ack_loss = 0;
  std::uint64_t mark_above = 0;  // bytes of queue above which packets are marked; 0: never
  std::uint64_t seed = 1;
};

struct flow_options {
  std::unique_ptr<congestion_controller> controller;
  duration starts{0};
  std::uint64_t packets = 0;  // to deliver; 0: without end
  duration every{0};          // one packet at a time, so often; 0: as fast as it may
  std::uint32_t payload = 1472;
  std::uint32_t acks_one_in = 4;  // or after 5 ms
};

class bottleneck_model {
 public:
  static constexpr std::uint32_t headers = 28;
  static constexpr time_point begin{std::chrono::seconds(1)};

  struct flow {
    flow_options options;
    delivery_rate rate;
    dgram::pacer pacer;
    struct packet {
      time_point sent{};
      delivery_snapshot snapshot;
      enum { waiting, acknowledged, lost } state = waiting;
    };
    std::vector<packet> packets;
    std::vector<std::uint32_t> arrivals;  // packets in the order in which they reached the receiver
    std::size_t heard = 0;                // of the arrivals, by the sender
    std::size_t acked_at_receiver = 0;    // of the arrivals, told in an acknowledgement
    std::size_t unresolved = 0;           // no packet before it is waiting
    std::uint64_t in_flight = 0, wanted = 0, lost = 0, marks = 0, marks_told = 0;
    std::uint32_t highest_acked = 0, probes = 0;
    bool held_back = false, wake_due = false, ack_due = false;
    duration least = duration::max(), smoothed{0};
    time_point last_heard{};
    time_point done{};
    std::vector<std::uint64_t> delivered_in_second;  // wire bytes
    std::vector<std::pair<time_point, duration>> trips;
  };

  explicit bottleneck_model(path_options o) : options_(o), random_(o.seed) {}

  time_point now() const { return now_; }
  path_options& options() { return options_; }
  flow& at(std::size_t i) { return flows_[i]; }

  void add(flow_options o) {
    flows_.emplace_back();
    flows_.back().options = std::move(o);
    flows_.back().last_heard = now_;
    push(now_ + flows_.back().options.starts, kind::start, flows_.size() - 1, 0);
  }

  void run(duration d) {
    const time_point end = now_ + d;
    while (!events_.empty() && events_.top().when <= end && !finished()) {
      const event e = events_.top();
      events_.pop();
      now_ = e.when;
      handle(e);
    }
    if (!finished()) now_ = end;
  }
  bool finished() const {
    bool all = !flows_.empty();
    for (const flow& f : flows_) all = all && f.done != time_point{};
    return all;
  }

  // Bytes standing in the queue, on average since the last call.
  double mean_queue() {
    account_queue();
    const double mean = queue_area_ / std::max(1e-9, seconds(now_ - queue_since_));
    queue_area_ = 0;
    queue_since_ = now_;
    return mean;
  }
  std::uint64_t overflowed() const { return overflowed_; }
  // Of the link's bits in these seconds of the run, headers counted.
  double share(std::size_t which, std::size_t from, std::size_t to) const {
    double bytes = 0;
    const auto& seconds = flows_[which].delivered_in_second;
    for (std::size_t s = from; s < std::min(to, seconds.size()); ++s)
      bytes += static_cast<double>(seconds[s]);
    return bytes * 8 / options_.bits_per_second / static_cast<double>(to - from);
  }
  static double seconds(duration d) { return std::chrono::duration<double>(d).count(); }

 private:
  enum class kind : std::uint8_t { start, wake, depart, arrive, ack, ack_timer, timers, message };
  struct event {
    time_point when;
    std::uint64_t order;
    kind what;
    std::uint32_t flow;
    std::uint64_t value, value2;
    bool operator<(const event& o) const { return when != o.when ? when > o.when : order > o.order; }
  };
  struct queued {
    std::uint32_t flow, number, wire;
    bool marked;
  };

  void push(time_point when, kind k, std::size_t which, std::uint64_t value, std::uint64_t value2 = 0) {
    events_.push({when, order_++, k, static_cast<std::uint32_t>(which), value, value2});
  }
  bool chance(double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(random_) < p; }

  void handle(const event& e) {
    flow& f = flows_[e.flow];
    switch (e.what) {
      case kind::start:
        f.last_heard = now_;
        push(now_, kind::timers, e.flow, 0);
        if (f.options.every > duration{0}) push(now_, kind::message, e.flow, 0);
        send(e.flow);
        break;
      case kind::message:
        ++f.wanted;
        push(now_ + f.options.every, kind::message, e.flow, 0);
        send(e.flow);
        break;
      case kind::wake:
        f.wake_due = false;
        send(e.flow);
        break;
      case kind::depart: depart(); break;
      case kind::arrive: arrive(e.flow, static_cast<std::uint32_t>(e.value), e.value2 != 0); break;
      case kind::ack_timer:
        f.ack_due = false;
        acknowledge(e.flow);
        break;
      case kind::ack: heard(e.flow, e.value, e.value2); break;
      case kind::timers: look_at_timers(e.flow); break;
    }
  }

  bool has_more(const flow& f) const {
    if (f.done != time_point{}) return false;
    if (f.options.every > duration{0}) return f.wanted > 0;
    return f.options.packets == 0 || f.heard + f.in_flight / f.options.payload < f.options.packets;
  }

  void send(std::size_t i) {
    flow& f = flows_[i];
    while (has_more(f)) {
      if (f.in_flight >= f.options.controller->window()) {
        f.held_back = true;
        return;
      }
      if (const auto opens = f.pacer.opens_at(now_)) {
        f.held_back = true;
        if (!f.wake_due) push(*opens, kind::wake, i, 0);
        f.wake_due = true;
        return;
      }
      transmit(i);
    }
    if (f.in_flight < f.options.controller->window()) f.rate.application_limited(f.in_flight);
  }

  void transmit(std::size_t i) {
    flow& f = flows_[i];
    if (f.wanted > 0) --f.wanted;
    f.options.controller->sent(now_, f.options.payload, f.in_flight);
    f.packets.push_back({now_, f.rate.sent(now_, f.in_flight), flow::packet::waiting});
    f.in_flight += f.options.payload;
    f.pacer.rate(f.options.controller->pacing_rate(), now_);
    f.pacer.sent(f.options.payload, now_);
    const std::uint32_t wire = f.options.payload + headers;
    if (!options_.loss_behind_queue && chance(options_.loss)) return;
    account_queue();
    if (queue_bytes_ + wire > options_.buffer + wire * (queue_.empty() ? 1u : 0u)) {
      ++overflowed_;
      return;
    }
    const bool marked = options_.mark_above > 0 && queue_bytes_ > options_.mark_above;
    queue_.push_back(
        {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(f.packets.size() - 1), wire, marked});
    queue_bytes_ += wire;
    if (queue_.size() == 1) serve();
  }

  void serve() {
    push(now_ + duration(static_cast<duration::rep>(queue_.front().wire * 8e9 / options_.bits_per_second)),
         kind::depart, 0, 0);
  }

  void depart() {
    account_queue();
    const queued q = queue_.front();
    queue_.pop_front();
    queue_bytes_ -= q.wire;
    if (!queue_.empty()) serve();
    if (options_.loss_behind_queue && chance(options_.loss)) return;
    push(now_ + options_.round_trip / 2, kind::arrive, q.flow, q.number, q.marked ? 1 : 0);
  }

  void account_queue() {
    // What stands in the queue, without the packet in service.
    const double standing = static_cast<double>(queue_bytes_) - (queue_.empty() ? 0.0 : queue_.front().wire);
    queue_area_ += standing * seconds(now_ - queue_at_);
    queue_at_ = now_;
  }

  void arrive(std::size_t i, std::uint32_t number, bool marked) {
    flow& f = flows_[i];
    const bool in_order = f.arrivals.empty() ? number == 0 : number == f.arrivals.back() + 1;
    f.arrivals.push_back(number);
    f.marks += marked;
    const auto second = static_cast<std::size_t>(seconds(now_ - begin));
    if (f.delivered_in_second.size() <= second) f.delivered_in_second.resize(second + 1);
    f.delivered_in_second[second] += f.options.payload + headers;
    if (f.options.packets > 0 && f.arrivals.size() == f.options.packets) f.done = now_;
    if (!in_order || marked || f.arrivals.size() - f.acked_at_receiver >= f.options.acks_one_in) {
      acknowledge(i);
    } else if (!f.ack_due) {
      f.ack_due = true;
      push(now_ + std::chrono::milliseconds(5), kind::ack_timer, i, 0);
    }
  }

  void acknowledge(std::size_t i) {
    flow& f = flows_[i];
    if (f.acked_at_receiver == f.arrivals.size()) return;
    f.acked_at_receiver = f.arrivals.size();
    if (!chance(options_.ack_loss))
      push(now_ + options_.round_trip / 2, kind::ack, i, f.arrivals.size(), f.marks);
  }

  void heard(std::size_t i, std::uint64_t arrivals, std::uint64_t marks) {
    flow& f = flows_[i];
    if (arrivals <= f.heard) return;
    congestion_controller::acknowledgement a;
    f.rate.begin();
    std::uint32_t newest = 0;
    for (; f.heard < arrivals; ++f.heard) {
      const std::uint32_t n = f.arrivals[f.heard];
      flow::packet& p = f.packets[n];
      if (p.state == flow::packet::waiting) f.in_flight -= f.options.payload;
      if (p.state == flow::packet::lost) f.options.controller->spurious_loss(now_, f.options.payload);
      p.state = flow::packet::acknowledged;
      a.acked_bytes += f.options.payload;
      f.rate.delivered(p.sent, p.snapshot, f.options.payload, now_);
      newest = std::max(newest, n);
    }
    if (newest >= f.highest_acked) {
      f.highest_acked = newest;
      measure(f, a);
    }
    detect_losses(f, a);
    a.rate = f.rate.sample(f.least);
    a.congestion_marked = marks > f.marks_told;
    f.marks_told = marks;
    f.probes = 0;
    f.last_heard = now_;
    tell(f, a);
    send(i);
  }

  void measure(flow& f, congestion_controller::acknowledgement& a) {
    const duration trip = now_ - f.packets[f.highest_acked].sent;
    a.round_trip = trip;
    f.least = std::min(f.least, trip);
    f.smoothed = f.smoothed == duration{0} ? trip : (7 * f.smoothed + trip) / 8;
    f.trips.emplace_back(now_, trip);
  }

  // Three later ones were acknowledged, or a later one was and 9/8 of a round trip passed (RFC 9002
  // section 6.1).
  void detect_losses(flow& f, congestion_controller::acknowledgement& a) {
    for (; f.unresolved < f.highest_acked; ++f.unresolved) {
      flow::packet& p = f.packets[f.unresolved];
      if (p.state != flow::packet::waiting) continue;
      if (f.unresolved + 3 > f.highest_acked && p.sent + f.smoothed * 9 / 8 > now_) break;
      lose(f, p, a);
    }
  }
  void lose(flow& f, flow::packet& p, congestion_controller::acknowledgement& a) {
    p.state = flow::packet::lost;
    f.in_flight -= f.options.payload;
    ++f.lost;
    a.lost_bytes += f.options.payload;
    a.newest_lost_sent = std::max(a.newest_lost_sent, p.sent);
  }

  void tell(flow& f, congestion_controller::acknowledgement& a) {
    a.now = now_;
    a.in_flight = f.in_flight;
    a.delivered = f.rate.total_delivered();
    a.least_round_trip = f.least;
    a.window_limited = std::exchange(f.held_back, false);
    f.options.controller->acknowledged(a);
    f.pacer.rate(f.options.controller->pacing_rate(), now_);
  }

  // Losses that only time tells, and the probe timeout: one packet leaves whatever the window says; at the
  // second, all that waited counts as lost.
  void look_at_timers(std::size_t i) {
    flow& f = flows_[i];
    push(now_ + std::chrono::milliseconds(5), kind::timers, i, 0);
    if (f.in_flight == 0 || f.done != time_point{}) {
      f.last_heard = now_;
      return;
    }
    congestion_controller::acknowledgement a;
    detect_losses(f, a);
    const auto timeout = std::max<duration>(f.smoothed * 3 / 2, std::chrono::milliseconds(20));
    const bool probe = now_ >= f.last_heard + timeout * (1 << std::min(6u, f.probes));
    if (probe) f.options.controller->silent(++f.probes);
    if (probe && f.probes == 2) {
      for (; f.unresolved < f.packets.size(); ++f.unresolved)
        if (f.packets[f.unresolved].state == flow::packet::waiting) lose(f, f.packets[f.unresolved], a);
    }
    if (a.lost_bytes > 0) tell(f, a);
    if (probe) transmit(i);
    send(i);
  }

  path_options options_;
  std::mt19937_64 random_;
  time_point now_ = begin;
  std::deque<flow> flows_;
  std::priority_queue<event> events_;
  std::uint64_t order_ = 0;
  std::deque<queued> queue_;
  std::uint64_t queue_bytes_ = 0, overflowed_ = 0;
  double queue_area_ = 0;
  time_point queue_at_ = begin, queue_since_ = begin;
};

}  // namespace dgram::test
