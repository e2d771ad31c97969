// SPDX-License-Identifier: MIT
#include "udp/net/pending_operations.h"

#include <utility>

namespace dgram {

ticket pending_operations::add(completion<answer> done) {
  if (free_ == none) {
    free_ = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  }
  const std::uint32_t index = free_;
  slot& s = slots_[index];
  free_ = std::exchange(s.next, none);
  s.done = std::move(done);
  s.waited = duration{0};
  s.now = phase::pending;
  return ticket{std::uint64_t{s.generation} << 32 | index};
}

void pending_operations::waited(ticket t, duration d) {
  if (slot* s = find(t)) s->waited = d;
}

bool pending_operations::resolve(ticket t, std::error_code error, const delivery_report& report,
                                 std::span<const std::byte> reply) {
  slot* s = find(t);
  if (!s) return false;
  s->error = error;
  s->result.report = report;
  s->result.report.since_sent += s->waited;
  s->result.bytes.assign(reply.begin(), reply.end());
  s->now = phase::ready;
  s->next = none;
  const auto index = static_cast<std::uint32_t>(t.value);
  (last_ready_ == none ? first_ready_ : slots_[last_ready_].next) = index;
  last_ready_ = index;
  ++ready_;
  return true;
}

void pending_operations::resolve_all(std::error_code error, const delivery_report& report) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    resolve(ticket{std::uint64_t{slots_[i].generation} << 32 | i}, error, report, {});
  }
}

std::optional<pending_operations::finished> pending_operations::take_ready() {
  if (first_ready_ == none) return std::nullopt;
  const std::uint32_t index = first_ready_;
  slot& s = slots_[index];
  first_ready_ = std::exchange(s.next, free_);
  if (first_ready_ == none) last_ready_ = none;
  free_ = index;
  --ready_;
  s.now = phase::free;
  if (++s.generation == 0) s.generation = 1;
  return finished{std::move(s.done), s.error, std::exchange(s.result, {})};
}

pending_operations::slot* pending_operations::find(ticket t) {
  const auto index = static_cast<std::uint32_t>(t.value);
  if (index >= slots_.size()) return nullptr;
  slot& s = slots_[index];
  return s.generation == t.value >> 32 && s.now == phase::pending ? &s : nullptr;
}

}  // namespace dgram
