// SPDX-License-Identifier: MIT
#include "apps/server/peer_numbers.h"

namespace dgram::app {

std::optional<std::uint64_t> peer_numbers::find(peer_id id) const {
  const auto found = numbers_.find(key(id));
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void peer_numbers::add(peer_id id, std::uint64_t number) {
  numbers_[key(id)] = number;
}

std::optional<std::uint64_t> peer_numbers::remove(peer_id id) {
  const auto found = numbers_.find(key(id));
  if (found == numbers_.end()) return std::nullopt;
  const std::uint64_t number = found->second;
  numbers_.erase(found);
  return number;
}

}  // namespace dgram::app
