// SPDX-License-Identifier: MIT
// The greatest (or least) value of the last so many rounds or seconds, in constant room: the best, and the
// best two among those that came after it, ready to take over when it is too old (K. Nichols' windowed
// filter).
#pragma once

#include <array>
#include <functional>

namespace dgram {

// Better(a, b): a is to be kept rather than b. `Position` counts rounds, or is a time; `Span` is a
// difference.
template <class Value, class Position, class Span, class Better>
class windowed_extreme {
 public:
  explicit windowed_extreme(Span window) : window_(window) {}

  Value best() const { return kept_[0].value; }

  void restart(Value value, Position at) { kept_.fill({value, at}); }

  // Positions never go back.
  void update(Value value, Position at) {
    const entry now{value, at};
    if (!Better{}(kept_[0].value, value) || at - kept_[2].at > window_) {
      restart(value, at);
      return;
    }
    if (!Better{}(kept_[1].value, value)) {
      kept_[1] = kept_[2] = now;
    } else if (!Better{}(kept_[2].value, value)) {
      kept_[2] = now;
    }
    age(now);
  }

 private:
  struct entry {
    Value value{};
    Position at{};
  };

  void age(const entry& now) {
    if (now.at - kept_[0].at > window_) {
      kept_ = {kept_[1], kept_[2], now};
      if (now.at - kept_[0].at > window_) kept_ = {kept_[1], kept_[2], now};
    } else if (kept_[1].at == kept_[0].at && now.at - kept_[1].at > window_ / 4) {
      // A quarter passed without a second best: take one from the second quarter, or there is no heir.
      kept_[1] = kept_[2] = now;
    } else if (kept_[2].at == kept_[1].at && now.at - kept_[2].at > window_ / 2) {
      kept_[2] = now;
    }
  }

  Span window_;
  std::array<entry, 3> kept_{};
};

template <class Value, class Position, class Span = Position>
using windowed_max = windowed_extreme<Value, Position, Span, std::greater<Value>>;

}  // namespace dgram
