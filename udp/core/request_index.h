// SPDX-License-Identifier: MIT
// Which request does a reply answer? Requests by message id, for as long as they wait. Ids are given in
// growing order, so the index is sorted by itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "udp/core/ids.h"

namespace dgram {

class request_index {
 public:
  // `id` is above all before it.
  void add(message_id id, std::uint32_t slot) { entries_.push_back({id, slot}); }

  std::optional<std::uint32_t> find(message_id id) const {
    const auto found = std::ranges::lower_bound(entries_, id, {}, &entry::id);
    if (found == entries_.end() || found->id != id || found->slot == none) return std::nullopt;
    return found->slot;
  }

  void remove(message_id id) {
    const auto found = std::ranges::lower_bound(entries_, id, {}, &entry::id);
    if (found == entries_.end() || found->id != id || found->slot == none) return;
    found->slot = none;
    // Swept when half are gone, so that each removal costs a constant on average.
    if (++removed_ * 2 <= entries_.size()) return;
    std::erase_if(entries_, [](const entry& e) { return e.slot == none; });
    removed_ = 0;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct entry {
    message_id id;
    std::uint32_t slot;
  };
  std::vector<entry> entries_;
  std::size_t removed_ = 0;
};

}  // namespace dgram
