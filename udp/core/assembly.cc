// SPDX-License-Identifier: MIT
#include "udp/core/assembly.h"

#include <algorithm>

namespace dgram {
namespace {

constexpr std::size_t bytes_per_range = 2 * 2 * sizeof(std::uint32_t);  // a vector grows to twice its need

std::size_t most_ranges(std::uint32_t total) {
  return std::min<std::size_t>(assembly::max_ranges, 32 + total / 128);
}

bool same_name(const std::optional<wire::request_name>& a, const std::optional<wire::request_name>& b) {
  if (!a || !b) return !a && !b;
  const std::uint32_t mask = a->is_long && b->is_long ? 0xffffffff : 0xffff;
  return ((a->bits ^ b->bits) & mask) == 0;
}

}  // namespace

std::size_t assembly::cost(std::uint32_t total) {
  return bookkeeping + total + most_ranges(total) * bytes_per_range;
}

bool assembly::in_reach(const wire::message& fragment, std::uint64_t received) {
  const std::uint64_t size = fragment.bytes.size();
  return fragment.part->offset + size <= reach_factor * (received + size) + reach;
}

bool assembly::reliable() const {
  return outline_.mode == delivery_mode::reliable || outline_.mode == delivery_mode::ordered;
}

bool assembly::agrees(const wire::message& m) const {
  const std::size_t total = m.part ? m.part->total : m.bytes.size();
  const bool same_order =
      m.mode != delivery_mode::ordered || m.order == static_cast<std::uint16_t>(outline_.order.value);
  return total == outline_.total && m.mode == outline_.mode && m.channel == outline_.channel &&
         m.wants_reply == outline_.wants_reply && same_order &&
         same_name(m.in_reply_to, outline_.in_reply_to);
}

std::optional<discard_reason> assembly::take(const wire::message& m, time_point now) {
  if (!in_reach(m, received())) return discard_reason::bad_fragment;
  const std::uint32_t begin = m.part->offset;
  const auto end = static_cast<std::uint32_t>(begin + m.bytes.size());
  const auto added = ranges_.add(begin, end, most_ranges(outline_.total));
  if (!added) return discard_reason::buffer_full;
  // A short name means a request near the newest when it was sent: the last one to arrive is the one to go
  // by.
  if (outline_.in_reply_to && !outline_.in_reply_to->is_long) outline_.in_reply_to = m.in_reply_to;
  if (*added == 0) return discard_reason::repeated_message;
  last_byte_ = now;
  store(begin, m.bytes);
  return std::nullopt;
}

void assembly::store(std::size_t offset, std::span<const std::byte> piece) {
  constexpr std::size_t least = 4096;
  const std::size_t end = offset + piece.size();
  if (end > bytes_.capacity()) {
    bytes_.reserve(std::min<std::size_t>(outline_.total, std::max({end, 2 * bytes_.capacity(), least})));
  }
  if (offset > bytes_.size()) bytes_.resize(offset);
  const std::size_t inside = std::min(piece.size(), bytes_.size() - offset);
  std::copy_n(piece.begin(), inside, bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  const auto beyond = piece.subspan(inside);
  bytes_.insert(bytes_.end(), beyond.begin(), beyond.end());
}

}  // namespace dgram
