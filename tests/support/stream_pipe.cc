// SPDX-License-Identifier: MIT
#include "tests/support/stream_pipe.h"

#include <algorithm>
#include <utility>

namespace dgram::test {

stream_pipe::stream_pipe(const sim::link_options& link, const stream_pipe_options& options,
                         std::uint64_t seed, std::uint32_t direction)
    : options_(options), link_(link, seed, direction), lengths_(seed ^ (direction + 1)) {}

void stream_pipe::write(std::span<const std::byte> bytes, time_point now) {
  while (!bytes.empty()) {
    const std::size_t length = next_length(bytes.size());
    const std::uint64_t id = next_id_++;
    under_way_[id] = {written_, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)}};
    written_ += length;
    unread_ += length;
    offer(id, now);
    bytes = bytes.subspan(length);
  }
}

std::size_t stream_pipe::next_length(std::size_t left) {
  const std::size_t most = std::min(left, options_.segment);
  return options_.any_length ? lengths_.between(1, static_cast<std::uint32_t>(most)) : most;
}

void stream_pipe::offer(std::uint64_t id, time_point now) {
  segment& s = under_way_.at(id);
  const sim::fate fate = link_.push(s.bytes, now, id);
  s.again = now + 2 * link_.options().delay;
  if (fate != sim::fate::carried) repetitions_.emplace(s.again, id);
}

void stream_pipe::advance(time_point now) {
  while (const auto in = link_.pop_ready(now)) arrived(*in, now);
  while (!repetitions_.empty() && repetitions_.begin()->first <= now) {
    const std::uint64_t id = repetitions_.begin()->second;
    repetitions_.erase(repetitions_.begin());
    if (under_way_.contains(id)) send_again(id, now);
  }
}

// What a smaller MTU swallowed goes on in smaller pieces, as if the router had said so (RFC 1191).
void stream_pipe::send_again(std::uint64_t id, time_point now) {
  ++sent_again_;
  const std::size_t mtu = link_.options().mtu;
  if (mtu == 0 || under_way_.at(id).bytes.size() <= mtu) return offer(id, now);
  const segment whole = std::move(under_way_.extract(id).mapped());
  for (std::size_t at = 0; at < whole.bytes.size(); at += mtu) {
    const std::size_t length = std::min(mtu, whole.bytes.size() - at);
    const auto begin = whole.bytes.begin() + static_cast<std::ptrdiff_t>(at);
    under_way_[next_id_] = {whole.begin + at, {begin, begin + static_cast<std::ptrdiff_t>(length)}};
    offer(next_id_++, now);
  }
}

void stream_pipe::arrived(const sim::arrival& in, time_point now) {
  const auto found = under_way_.find(in.tag);
  if (found == under_way_.end()) return;  // a copy of what arrived before, or of a connection that broke
  segment& s = found->second;
  if (!std::ranges::equal(in.bytes, s.bytes)) {
    ++damaged_;
    repetitions_.emplace(std::max(s.again, now), in.tag);
    return;
  }
  early_[s.begin] = std::move(s.bytes);
  under_way_.erase(found);
  while (!early_.empty() && early_.begin()->first == expected_) {
    const std::vector<std::byte> next = std::move(early_.begin()->second);
    early_.erase(early_.begin());
    inbox_.insert(inbox_.end(), next.begin(), next.end());
    expected_ += next.size();
  }
}

std::optional<time_point> stream_pipe::next_event() const {
  auto next = link_.next_event();
  if (!repetitions_.empty() && (!next || repetitions_.begin()->first < *next)) {
    next = repetitions_.begin()->first;
  }
  return next;
}

std::vector<std::byte> stream_pipe::read(std::size_t most) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, inbox_.size()));
  std::vector<std::byte> out(inbox_.begin(), inbox_.begin() + count);
  inbox_.erase(inbox_.begin(), inbox_.begin() + count);
  unread_ -= out.size();
  return out;
}

void stream_pipe::reset() {
  under_way_.clear();
  repetitions_.clear();
  early_.clear();
  inbox_.clear();
  expected_ = written_;
  unread_ = 0;
}

}  // namespace dgram::test
