// SPDX-License-Identifier: MIT
// Which message goes next, and when. A message is never skipped, however late its sender is. Knows no
// sockets.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "apps/compare/real_end.h"

namespace dgram::app::compare {

class send_schedule {
 public:
  explicit send_schedule(shared_run& r) : run_(r) { r.intended.reserve(r.schedule.size()); }

  bool done() const { return cut_off_ || run_.intended.size() == run_.schedule.size(); }
  // Whether the next message is due; `outstanding` messages have no outcome yet.
  bool due(duration now, std::size_t outstanding);
  // When due() will be true by itself; nothing when it waits for an outcome.
  std::optional<time_point> next() const;
  // The bytes of the next message; valid until the next call.
  std::span<const std::byte> message(duration now);
  // It has left.
  void sent(duration now);
  // The transport takes none for now: what is due by then is late by its doing, not by the sender's.
  void held_up(duration now) { held_until_ = now; }

 private:
  duration intended(duration now) const;
  duration slot() const { return run_.schedule[run_.intended.size()].intended; }

  shared_run& run_;
  bool cut_off_ = false;
  bool waiting_ = false;  // for an outcome
  duration held_until_{-1};
  std::vector<std::byte> message_;
};

}  // namespace dgram::app::compare
