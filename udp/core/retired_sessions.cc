// SPDX-License-Identifier: MIT
#include "udp/core/retired_sessions.h"

#include <algorithm>

namespace dgram {

void retired_sessions::retire(session_id id, time_point last_heard) {
  if (!last_heard_.emplace(id, last_heard).second) return;
  order_.push(id);
  while (order_.size() > limit_) {
    const auto oldest = last_heard_.find(order_.pop());
    memory_begins_ = std::max(memory_begins_, oldest->second);
    forgot_ = true;
    last_heard_.erase(oldest);
  }
}

std::optional<time_point> retired_sessions::last_heard(session_id id) const {
  const auto found = last_heard_.find(id);
  return found == last_heard_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace dgram
