// SPDX-License-Identifier: MIT
#include "apps/top/kept_words.h"

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

constexpr std::string_view problem = "udp_server: ";
constexpr std::size_t most_kept = 100;

}  // namespace

void kept_words::take(std::string_view line) {
  const bool is_problem = line.starts_with(problem);
  if (is_problem) last_problem_ = line.substr(problem.size());
  if (at_once_) {
    say_(line);
  } else if (is_problem && kept_.size() < most_kept) {
    kept_.emplace_back(line);
  } else if (is_problem) {
    ++left_out_;
  }
}

void kept_words::release() {
  for (const std::string& line : kept_) say_(line);
  if (left_out_ != 0) say_("udp_server: and " + counted(left_out_, "problem", "problems") + " more");
  kept_.clear();
  left_out_ = 0;
  at_once_ = true;
}

}  // namespace dgram::app
