// SPDX-License-Identifier: MIT
// Which was silent longest? Slot numbers in the order in which they were last touched; every step is O(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dgram {

class recency_list {
 public:
  // Makes `slot` the most recent, adding it if need be.
  void touch(std::uint32_t slot) {
    remove(slot);
    if (links_.size() <= slot) links_.resize(slot + std::size_t{1});
    links_[slot] = {newest_, none, true};
    (newest_ == none ? oldest_ : links_[newest_].newer) = slot;
    newest_ = slot;
  }

  void remove(std::uint32_t slot) {
    if (slot >= links_.size() || !links_[slot].listed) return;
    const link gone = links_[slot];
    (gone.older == none ? oldest_ : links_[gone.older].newer) = gone.newer;
    (gone.newer == none ? newest_ : links_[gone.newer].older) = gone.older;
    links_[slot] = {};
  }

  std::optional<std::uint32_t> oldest() const {
    return oldest_ == none ? std::nullopt : std::optional(oldest_);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct link {
    std::uint32_t older = none;
    std::uint32_t newer = none;
    bool listed = false;
  };

  std::vector<link> links_;  // by slot
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
};

}  // namespace dgram
