// SPDX-License-Identifier: MIT
#include "udp/sim/simulator.h"

#include <algorithm>
#include <cassert>

#include "udp/sim/random.h"

namespace dgram::sim {
namespace {

// fd00::n, from the range for private networks (RFC 4193).
address address_of(std::uint32_t n) {
  address a;
  a.ip[0] = 0xfd;
  for (std::size_t i = 0; i < 4; ++i) a.ip[15 - i] = static_cast<std::uint8_t>((n + 1) >> (8 * i));
  a.port = 9000;
  return a;
}

}  // namespace

std::string_view to_string(run_result r) {
  switch (r) {
    case run_result::reached: return "reached";
    case run_result::event_cap: return "too many events";
    case run_result::talks_on: return "a host that never stops sending";
  }
  return "?";
}

simulator::simulator(std::uint64_t seed, std::uint64_t event_cap) : seed_(seed), event_cap_(event_cap) {}

host_id simulator::add_host(const switchboard_options& options) {
  const host_id id{static_cast<std::uint32_t>(hosts_.size())};
  hosts_.emplace_back(address_of(id.value), options, mix(seed_) ^ (std::uint64_t{id.value} << 32), now_);
  return id;
}

void simulator::connect(host_id a, host_id b, const link_options& options) {
  connect(a, b, options, options);
}

void simulator::connect(host_id a, host_id b, const link_options& there, const link_options& back) {
  ways_.push_back({a, b, link(there, seed_, static_cast<std::uint32_t>(ways_.size()), epoch)});
  ways_.push_back({b, a, link(back, seed_, static_cast<std::uint32_t>(ways_.size()), epoch)});
}

link& simulator::between(host_id from, host_id to) {
  const auto found =
      std::find_if(ways_.begin(), ways_.end(), [&](const way& w) { return w.from == from && w.to == to; });
  assert(found != ways_.end());
  return found->link;
}

void simulator::cut(host_id from, host_id to, time_point since, time_point until) {
  link& l = between(from, to);
  link_options options = l.options();
  options.outages.push_back({since, until});
  l.change(options);
}

run_result simulator::run_until(time_point end) {
  for (std::uint64_t events = 0; events < event_cap_; ++events) {
    if (!flush_all()) return run_result::talks_on;
    const std::optional<time_point> next = next_event();
    if (!next || *next > end) {
      now_ = std::max(now_, end);
      return run_result::reached;
    }
    now_ = std::max(now_, *next);
    deliver_ready();
    for (host& h : hosts_) h.wake(now_);
  }
  return run_result::event_cap;
}

void simulator::inject(const address& from, host_id to, std::span<const std::byte> bytes) {
  at(to).receive(bytes, from, now_);
}

std::uint64_t simulator::trace_hash() const {
  fingerprint all = wire_trace_;
  for (const host& h : hosts_) all.add(h.trace_hash());
  return all.value();
}

bool simulator::counts_close() const {
  return std::all_of(ways_.begin(), ways_.end(), [](const way& w) { return w.link.counts().closes(); });
}

std::optional<time_point> simulator::next_event() const {
  std::optional<time_point> next;
  const auto consider = [&next](std::optional<time_point> t) {
    if (t && (!next || *t < *next)) next = t;
  };
  for (const way& w : ways_) consider(w.link.next_event());
  for (const host& h : hosts_) consider(h.next_event());
  return next;
}

bool simulator::flush_all() {
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    const auto out = [this, i](const address& to, std::span<const std::byte> bytes) {
      dispatch(host_id{i}, to, bytes);
    };
    if (!hosts_[i].flush(now_, out)) return false;
  }
  return true;
}

void simulator::deliver_ready() {
  for (way& w : ways_) {
    while (const std::optional<arrival> in = w.link.pop_ready(now_)) {
      record(
          {now_, w.from, w.to, in->index, true, in->copy, in->congestion_marked, fate::carried, in->bytes});
      at(w.to).receive(in->bytes, at(w.from).self(), now_, in->congestion_marked);
    }
  }
}

void simulator::dispatch(host_id from, const address& to, std::span<const std::byte> bytes) {
  ++datagrams_sent_;
  for (way& w : ways_) {
    if (w.from != from || at(w.to).self() != to) continue;
    const std::uint64_t index = w.link.counts().offered;
    // Sessions read the marks, so what they send is capable of them.
    const fate f = w.link.push(bytes, now_, 0, /*ecn_capable=*/true);
    record({now_, w.from, w.to, index, false, false, false, f, bytes});
    return;
  }
  ++unroutable_;
}

void simulator::record(const wire_event& e) {
  wire_trace_.add(e.when);
  wire_trace_.add(std::uint64_t{e.from.value} << 40 | std::uint64_t{e.to.value} << 16 |
                  std::uint64_t{e.arrived} << 8 | static_cast<std::uint64_t>(e.fate));
  wire_trace_.add(e.index);
  wire_trace_.add(e.bytes);
  if (watcher_) watcher_(e);
}

}  // namespace dgram::sim
