// SPDX-License-Identifier: MIT
#include "udp/core/ordering.h"

namespace dgram {

bool ordering::newest(channel_id id, message_id message) {
  channel& c = at(id);
  if (message.value < c.sequenced_end) return false;
  c.sequenced_end = message.value + 1;
  return true;
}

ordering::verdict ordering::place(channel_id id, order_number order) const {
  const order_number next = expected(id);
  if (order == next) return verdict::deliver;
  const bool reachable = order > next && order.value - next.value < reach;
  return reachable ? verdict::hold : verdict::out_of_range;
}

order_number ordering::restore(channel_id id, std::uint16_t truncated) const {
  return {unwrap<wire::order_number_bits>(truncated, expected(id).value)};
}

void ordering::delivered(channel_id id) {
  ++at(id).expected;
}

bool ordering::hold(channel_id id, order_number order, held_message m) {
  const std::size_t bytes = cost(m.bytes.size());
  if (!held_.emplace(std::pair{id, order}, std::move(m)).second) return false;
  held_bytes_ += bytes;
  return true;
}

std::optional<held_message> ordering::release(channel_id id) {
  const auto found = held_.find({id, expected(id)});
  if (found == held_.end()) return std::nullopt;
  held_message m = std::move(found->second);
  held_bytes_ -= cost(m.bytes.size());
  held_.erase(found);
  delivered(id);
  return m;
}

std::size_t ordering::cost(std::size_t size) {
  constexpr std::size_t bookkeeping = 128;  // an entry costs memory even when it is empty
  return bookkeeping + size;
}

ordering::channel& ordering::at(channel_id id) {
  if (channels_.size() <= id.value) channels_.resize(id.value + std::size_t{1});
  return channels_[id.value];
}

order_number ordering::expected(channel_id id) const {
  return id.value < channels_.size() ? channels_[id.value].expected : order_number{};
}

}  // namespace dgram
