// SPDX-License-Identifier: MIT
// Running numbers for the peers of one transport, for people to read. A peer that ended and comes again
// gets a new one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "udp/core/ids.h"

namespace dgram::app {

class peer_numbers {
 public:
  std::optional<std::uint64_t> find(peer_id) const;
  void add(peer_id, std::uint64_t number);
  // The number of a peer that ended, if it had one.
  std::optional<std::uint64_t> remove(peer_id);
  std::size_t size() const { return numbers_.size(); }

 private:
  static std::uint64_t key(peer_id id) { return (std::uint64_t{id.slot} << 32) | id.generation; }

  std::unordered_map<std::uint64_t, std::uint64_t> numbers_;
};

}  // namespace dgram::app
