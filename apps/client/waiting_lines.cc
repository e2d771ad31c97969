// SPDX-License-Identifier: MIT
#include "apps/client/waiting_lines.h"

#include <utility>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

// Sooner, a status would only flicker.
constexpr auto status_after = std::chrono::milliseconds(100);

}  // namespace

void waiting_lines::add(std::uint64_t id, std::string text, time_point now) {
  lines_.emplace(id, line{std::move(text), now});
}

std::string waiting_lines::take(std::uint64_t id) {
  auto its = lines_.extract(id);
  return its.empty() ? std::string{} : std::move(its.mapped().text);
}

void waiting_lines::repeated(time_point now) {
  for (auto& [id, each] : lines_) {
    if (now <= each.sent) continue;
    ++each.tries;
    each.last_try_after = now - each.sent;
  }
}

std::string waiting_lines::status(time_point now) const {
  if (lines_.empty()) return {};
  const line& oldest = lines_.begin()->second;
  if (oldest.tries == 1 && now - oldest.sent < status_after) return {};
  std::string text = "… waiting";
  if (lines_.size() > 1) text += " for " + std::to_string(lines_.size()) + " answers";
  if (oldest.tries == 1) return text;
  return text + ", try " + std::to_string(oldest.tries) + " after " + format_duration(oldest.last_try_after);
}

}  // namespace dgram::app
