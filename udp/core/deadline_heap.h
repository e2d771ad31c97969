// SPDX-License-Identifier: MIT
// The earliest of many deadlines, each of which can move or go. A binary heap that tells its owner where each
// entry is, so that removal needs no search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "udp/core/time.h"

namespace dgram {

inline constexpr std::uint32_t not_in_heap = 0xffffffff;

// `Places` answers place(key) -> std::uint32_t&, where the owner keeps an entry's position; it must be
// not_in_heap at first.
template <class Key>
class deadline_heap {
 public:
  struct entry {
    time_point when;
    Key key;
  };

  bool empty() const { return entries_.empty(); }
  const entry& top() const { return entries_.front(); }

  // Adds `key`, or moves it to `when`.
  template <class Places>
  void set(Key key, time_point when, Places&& place) {
    std::uint32_t& position = place(key);
    if (position == not_in_heap) {
      entries_.push_back({when, key});
      position = static_cast<std::uint32_t>(entries_.size() - 1);
      rise(position, place);
      return;
    }
    const bool earlier = when < entries_[position].when;
    entries_[position].when = when;
    earlier ? rise(position, place) : sink(position, place);
  }

  template <class Places>
  void remove(Key key, Places&& place) {
    const std::uint32_t position = place(key);
    if (position == not_in_heap) return;
    place(key) = not_in_heap;
    const entry last = entries_.back();
    entries_.pop_back();
    if (position == entries_.size()) return;
    entries_[position] = last;
    place(last.key) = position;
    rise(position, place);
    sink(place(last.key), place);
  }

 private:
  template <class Places>
  void rise(std::uint32_t at, Places& place) {
    while (at > 0 && entries_[at].when < entries_[(at - 1) / 2].when) {
      exchange(at, (at - 1) / 2, place);
      at = (at - 1) / 2;
    }
  }

  template <class Places>
  void sink(std::uint32_t at, Places& place) {
    for (;;) {
      std::uint32_t least = at;
      for (std::uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < entries_.size(); ++child) {
        if (entries_[child].when < entries_[least].when) least = child;
      }
      if (least == at) return;
      exchange(at, least, place);
      at = least;
    }
  }

  template <class Places>
  void exchange(std::uint32_t a, std::uint32_t b, Places& place) {
    std::swap(entries_[a], entries_[b]);
    place(entries_[a].key) = a;
    place(entries_[b].key) = b;
  }

  std::vector<entry> entries_;
};

}  // namespace dgram
