// SPDX-License-Identifier: MIT
// What left under which message id? A ring by id: a whole message, a fragment of one, a notice that one was
// given up. Its span is bounded by the window in which the receiver tells new ids from seen ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message_window.h"
#include "udp/core/time.h"
#include "udp/core/trace.h"

namespace dgram {

struct sent_item {
  enum class kind : std::uint8_t {
    none,
    whole,
    fragment,
    name,    // of a message in fragments, none of which was acknowledged yet
    notice,  // that a message was given up
  };
  kind what = kind::none;
  bool to_repeat = false;
  send_cause cause = send_cause::fresh;  // of the repetition that is due
  std::uint16_t tries = 0;               // ride-alongs not counted
  std::uint32_t slot = 0;                // of the message
  std::uint32_t offset = 0, length = 0;  // fragments
  std::uint32_t copies = 0;              // in flight
  time_point last_sent{};
};

class sent_items {
 public:
  message_id next() const { return {next_}; }
  // Whether one more id may be used: the receiver remembers so many.
  bool room() const { return next_ - oldest_ < message_window::size; }
  message_id add(sent_item item) {
    if (next_ - oldest_ >= ring_.size()) grow();
    ring_[next_ & (ring_.size() - 1)] = item;
    return {next_++};
  }
  // nullptr when it is no more.
  sent_item* find(message_id id) {
    if (id.value < oldest_ || id.value >= next_) return nullptr;
    sent_item& item = ring_[id.value & (ring_.size() - 1)];
    return item.what == sent_item::kind::none ? nullptr : &item;
  }
  const sent_item* find(message_id id) const { return const_cast<sent_items*>(this)->find(id); }

  void remove(message_id id) {
    if (sent_item* item = find(id)) *item = {};
    while (oldest_ < next_ && ring_[oldest_ & (ring_.size() - 1)].what == sent_item::kind::none) ++oldest_;
  }

  // Calls on_item(message_id, sent_item&) for at most `most` ids, the oldest first, until it returns false.
  template <class OnItem>
  void oldest_first(std::uint64_t most, OnItem&& on_item) {
    const std::uint64_t end = std::min(next_, oldest_ + most);
    for (std::uint64_t n = oldest_; n < end; ++n) {
      if (sent_item* item = find({n}); item != nullptr && !on_item(message_id{n}, *item)) return;
    }
  }
  template <class OnItem>
  void newest_first(std::uint64_t most, OnItem&& on_item) {
    const std::uint64_t end = next_ - std::min(most, next_ - oldest_);
    for (std::uint64_t n = next_; n > end; --n) {
      if (sent_item* item = find({n - 1}); item != nullptr && !on_item(message_id{n - 1}, *item)) return;
    }
  }

 private:
  void grow() {
    std::vector<sent_item> larger(std::max<std::size_t>(8, ring_.size() * 2));
    for (std::uint64_t n = oldest_; n < next_; ++n) {
      larger[n & (larger.size() - 1)] = ring_[n & (ring_.size() - 1)];
    }
    ring_ = std::move(larger);
  }

  std::vector<sent_item> ring_;  // size a power of two
  std::uint64_t oldest_ = 0;     // none below it is left
  std::uint64_t next_ = 0;
};

}  // namespace dgram
