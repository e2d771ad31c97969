// SPDX-License-Identifier: MIT
#include "udp/sim/link.h"

#include <algorithm>

#include "udp/sim/jitter.h"

namespace dgram::sim {
namespace {

// How long a packet waits to be overtaken when nothing follows: beyond any round trip that retransmits.
constexpr duration longest_hold = std::chrono::seconds(1);

// Of a packet at the bottleneck; in the order of their coming.
std::uint64_t name_of(std::uint64_t index, bool copy) {
  return 2 * index + (copy ? 1 : 0);
}

}  // namespace

std::string_view to_string(fate f) {
  switch (f) {
    case fate::carried: return "carried";
    case fate::lost: return "lost";
    case fate::outage: return "outage";
    case fate::overflow: return "overflow";
    case fate::too_big: return "too_big";
  }
  return "?";
}

bool link_counts::closes() const {
  return offered == delivered + lost + outage + overflow + too_big + in_flight &&
         copies == copies_delivered + copies_overflow + copies_in_flight;
}

double asked_loss(const link_options& options) {
  return options.chain ? share_of(*options.chain) : options.loss;
}

link::link(const link_options& options, std::uint64_t seed, std::uint32_t direction, time_point start)
    : options_(options),
      seed_(seed),
      direction_(direction),
      outages_(seed, direction, start),
      bottleneck_(start) {}

fate link::push(std::span<const std::byte> datagram, time_point now, std::uint64_t tag, bool ecn_capable) {
  ecn_capable_ = ecn_capable;
  last_.start(counts_.offered++, datagram.size());
  counts_.offered_bytes += datagram.size();
  if (options_.replay && !options_.replay->empty()) {
    const auto& recorded = *options_.replay;
    if (last_.index >= recorded.size()) ++counts_.past_recording;
    return replay(datagram, recorded[last_.index % recorded.size()], now, tag);
  }
  const packet_draws draws(seed_, direction_, last_.index);
  last_.fate = decide(datagram, draws, now);
  if (last_.fate == fate::carried) {
    if (!carry(datagram, tag, draws, passage::original, now)) last_.fate = fate::overflow;
    if (draws.chance(options_.duplicate, draw::duplicate)) {
      ++counts_.copies;
      if (!carry(datagram, tag, draws, passage::copy, now)) ++counts_.copies_overflow;
    }
  }
  count(last_.fate);
  return last_.fate;
}

// Every process is asked about every packet, so that none of them depends on what the others said.
fate link::decide(std::span<const std::byte> datagram, const packet_draws& draws, time_point now) {
  const bool lost = loss_.loses(options_, draws, last_.index);
  const bool out = outages_.out(options_, now);
  if (doomed(last_.index) || lost) return fate::lost;
  if (out) return fate::outage;
  if (options_.mtu > 0 && datagram.size() + options_.overhead > options_.mtu) return fate::too_big;
  return fate::carried;
}

fate link::replay(std::span<const std::byte> datagram, const packet_fate& recorded, time_point now,
                  std::uint64_t tag) {
  last_.fate = recorded.fate;
  if (departures_.size() >= options_.limit && last_.fate == fate::carried) last_.fate = fate::overflow;
  count(last_.fate);
  if (last_.fate == fate::carried) {
    last_.flipped_bits = recorded.flipped_bits;
    last_.held_back = recorded.held_back;
    if (recorded.held_back) ++counts_.held_back;
    const time_point due = now + recorded.delay;
    const std::uint32_t distance = departures_.can_hold() ? recorded.passed_by : 0;
    place(datagram, tag, passage::original,
          {due, due + longest_hold, distance, !recorded.held_back && !recorded.overtakes}, now);
  }
  if (recorded.copy) {
    ++counts_.copies;
    if (departures_.size() >= options_.limit) {
      ++counts_.copies_overflow;
    } else {
      last_.copy_flipped_bits = recorded.copy_flipped_bits;
      place(datagram, tag, passage::copy, {now + *recorded.copy, {}, 0, false}, now);
    }
  }
  return last_.fate;
}

std::optional<arrival> link::pop_ready(time_point now) {
  const std::optional<departure_queue::departure> out = departures_.pop(now);
  if (!out) return std::nullopt;
  --(out->label.copy ? counts_.copies_in_flight : counts_.in_flight);
  ++(out->label.copy ? counts_.copies_delivered : counts_.delivered);
  if (!out->label.copy) counts_.delivered_bytes += out->bytes.size();
  return arrival{out->label.index, out->label.copy, out->due, out->label.tag, out->label.congestion_marked,
                 out->bytes};
}

void link::change(const link_options& options, time_point now) {
  const double from = options_.delivery_trace || options_.replay ? 0 : options_.rate;
  const double to = options.delivery_trace || options.replay ? 0 : options.rate;
  options_ = options;
  if (from <= 0 || to <= 0 || from == to) return;
  const std::vector<bottleneck::rescheduled> moved = bottleneck_.reschedule(from, to, now);
  if (moved.empty()) return;
  for (const auto& m : moved) {
    counts_.queueing_total += m.later;
    counts_.queueing_longest = std::max(counts_.queueing_longest, m.waited);
  }
  // Those that are through keep their times, and those that keep their place still overtake nobody.
  latest_ = time_point{};
  auto next = moved.begin();
  departures_.reschedule([&](const packet_label& label, time_point due) {
    const std::uint64_t name = name_of(label.index, label.copy);
    while (next != moved.end() && next->name < name) ++next;
    if (next != moved.end() && next->name == name) due += next->later;
    if (label.placing == placing::in_order) due = std::max(due, latest_);
    const bool overtakes = label.placing == placing::free && !label.copy;
    if (label.placing == placing::in_order || overtakes) latest_ = std::max(latest_, due);
    return due;
  });
}

bool link::doomed(std::uint64_t index) {
  return std::erase(doomed_, index) > 0;
}

void link::count(fate what) {
  switch (what) {
    case fate::carried: ++counts_.in_flight; break;
    case fate::lost: ++counts_.lost; break;
    case fate::outage: ++counts_.outage; break;
    case fate::overflow: ++counts_.overflow; break;
    case fate::too_big: ++counts_.too_big; break;
  }
  count_run(what == fate::lost);
}

// The histogram is right at any moment, the run that still goes on included.
void link::count_run(bool lost) {
  if (!lost) {
    run_ = 0;
    return;
  }
  auto& runs = counts_.loss_runs;
  if (run_ > 0) --runs[std::min<std::uint64_t>(run_, runs.size()) - 1];
  ++run_;
  ++runs[std::min<std::uint64_t>(run_, runs.size()) - 1];
}

bool link::carry(std::span<const std::byte> datagram, std::uint64_t tag, const packet_draws& draws,
                 passage way, time_point now) {
  if (departures_.size() >= options_.limit) return false;
  const std::optional<plan> found = make_plan(datagram.size(), draws, way, now);
  if (!found) return false;
  if (draws.chance(options_.corrupt, draw::corrupt, way)) draw_flips(datagram.size(), draws, way);
  place(datagram, tag, way, *found, now);
  return true;
}

std::optional<link::plan> link::make_plan(std::size_t size, const packet_draws& draws, passage way,
                                          time_point now) {
  const duration wait = bottleneck_.wait(now);
  const std::optional<time_point> through =
      bottleneck_.pass(options_, size + options_.overhead, now, name_of(last_.index, way == passage::copy));
  if (!through) return std::nullopt;
  counts_.queueing_total += *through - now;
  counts_.queueing_longest = std::max(counts_.queueing_longest, *through - now);
  plan p{*through + options_.delay + jitter_of(options_, draws, way), {}, 0, !options_.jitter_reorders};
  p.congestion_marked = ecn_capable_ && options_.ecn_threshold && wait > *options_.ecn_threshold;
  if (p.congestion_marked) ++counts_.congestion_marked;
  if (!draws.chance(options_.reorder, draw::reorder, way)) return p;
  const bool by_distance = options_.reorder_distance > 0;
  if (by_distance && (way == passage::copy || !departures_.can_hold())) return p;
  // Made to wait it lets others pass, and passes nobody itself by its jitter or a shorter delay. Held back by
  // nothing it has merely no place to keep.
  const bool waits = by_distance || options_.reorder_most > duration{0};
  if (waits && p.in_order) p.due = std::max(p.due, latest_);
  p.in_order = false;
  if (way == passage::original) last_.held_back = true;
  ++counts_.held_back;
  if (by_distance) {
    p.distance = options_.reorder_distance;
    p.latest = p.due + longest_hold;
  } else {
    p.due += draws.between(options_.reorder_least, options_.reorder_most, draw::reorder_delay, way);
  }
  return p;
}

void link::place(std::span<const std::byte> datagram, std::uint64_t tag, passage way, plan p,
                 time_point now) {
  const bool copy = way == passage::copy;
  if (p.in_order) {
    p.due = latest_ = std::max(p.due, latest_);
  } else if (!copy && !last_.held_back) {
    last_.overtakes = p.due < latest_;
    latest_ = std::max(p.due, latest_);
  }
  const placing placed = p.in_order                 ? placing::in_order
                         : p.distance > 0           ? placing::behind_others
                         : copy || !last_.held_back ? placing::free
                                                    : placing::held_back;
  const packet_label label{last_.index, copy, p.congestion_marked, placed, tag};
  const std::span<std::byte> bytes = p.distance > 0
                                         ? departures_.hold(label, datagram, p.due, p.latest, p.distance)
                                         : departures_.put(label, datagram, p.due);
  if (!copy && !last_.held_back) departures_.passed(p.due);

  bool damaged = false;
  for (const std::uint32_t bit : copy ? last_.copy_flipped_bits : last_.flipped_bits) {
    if (bit / 8 >= bytes.size()) continue;  // recorded of a larger packet
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    damaged = true;
  }
  if (damaged) ++counts_.corrupted;
  if (copy) {
    ++counts_.copies_in_flight;
    last_.copy = p.due - now;
  } else {
    last_.delay = p.due - now;
    last_.passed_by = p.distance;
  }
}

// One bit in each of `flips` equal parts, so that no flip takes back another.
void link::draw_flips(std::size_t size, const packet_draws& draws, passage way) {
  auto& chosen = way == passage::copy ? last_.copy_flipped_bits : last_.flipped_bits;
  const auto bits = static_cast<std::uint32_t>(size * 8);
  if (bits == 0) return;
  const std::uint32_t flips = 1 + below(draws.bits(draw::corrupt_count, way), 8);
  for (std::uint32_t i = 0; i < flips; ++i) {
    const std::uint32_t first = static_cast<std::uint32_t>(std::uint64_t{bits} * i / flips);
    const std::uint32_t end = static_cast<std::uint32_t>(std::uint64_t{bits} * (i + 1) / flips);
    chosen.push_back(first + below(draws.bits(draw::corrupt_bits, way, i), end - first));
  }
}

}  // namespace dgram::sim
