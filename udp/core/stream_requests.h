// SPDX-License-Identifier: MIT
// The peer's requests that wait for the user's reply. Each is answered once. Ids come in increasing order;
// replies come in any.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "udp/core/ids.h"

namespace dgram {

class stream_requests {
 public:
  std::size_t unreplied() const { return unreplied_; }

  void took(message_id id) {
    entries_.push_back({id, false});
    ++unreplied_;
  }

  // False when it was answered before, or never came.
  bool reply(message_id id) {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), id,
                                        [](const entry& e, message_id wanted) { return e.id < wanted; });
    if (found == entries_.end() || found->id != id || found->replied) return false;
    found->replied = true;
    --unreplied_;
    forget_replied();
    return true;
  }

  void clear() {
    entries_.clear();
    unreplied_ = 0;
  }

 private:
  struct entry {
    message_id id;
    bool replied;
  };

  void forget_replied() {
    while (!entries_.empty() && entries_.front().replied) entries_.pop_front();
    // One request that is never answered must not make all later ones remembered.
    if (entries_.size() <= 2 * unreplied_ + 64) return;
    std::erase_if(entries_, [](const entry& e) { return e.replied; });
  }

  std::deque<entry> entries_;
  std::size_t unreplied_ = 0;
};

}  // namespace dgram
