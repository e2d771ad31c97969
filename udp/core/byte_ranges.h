// SPDX-License-Identifier: MIT
// Which bytes of a message are here? Sorted ranges that neither overlap nor touch, so that whole means one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dgram {

class byte_ranges {
 public:
  // Adds [begin, end), not empty, and returns how many of its bytes are new. Nothing is added, and nothing
  // returned, when there would be more than `most` ranges afterwards. Costs a search and one move of the
  // ranges above.
  std::optional<std::uint32_t> add(std::uint32_t begin, std::uint32_t end, std::size_t most) {
    const auto first = std::lower_bound(ranges_.begin(), ranges_.end(), begin,
                                        [](const range& r, std::uint32_t at) { return r.end < at; });
    const auto last = std::upper_bound(first, ranges_.end(), end,
                                       [](std::uint32_t at, const range& r) { return at < r.begin; });
    if (first == last) {
      if (ranges_.size() >= most) return std::nullopt;
      ranges_.insert(first, {begin, end});
      covered_ += end - begin;
      return end - begin;
    }
    std::uint32_t here = 0;
    for (auto r = first; r != last; ++r) here += r->end - r->begin;
    first->begin = std::min(begin, first->begin);
    first->end = std::max(end, (last - 1)->end);
    const std::uint32_t added = first->end - first->begin - here;
    ranges_.erase(first + 1, last);
    covered_ += added;
    return added;
  }

  std::size_t count() const { return ranges_.size(); }
  std::uint32_t covered() const { return covered_; }
  // Bytes of memory.
  std::size_t memory() const { return ranges_.capacity() * sizeof(range); }

 private:
  struct range {
    std::uint32_t begin, end;
  };
  std::vector<range> ranges_;
  std::uint32_t covered_ = 0;
};

}  // namespace dgram
