// SPDX-License-Identifier: MIT
// What the server has to say while the live view has the screen: the last problem is shown there, and all of
// them are said when the screen is given back, or at once where they go somewhere else.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dgram::app {

class kept_words {
 public:
  using say = std::function<void(std::string_view)>;

  // `at_once`: nobody's screen is disturbed.
  kept_words(bool at_once, say to) : at_once_(at_once), say_(std::move(to)) {}

  // Problems begin with the program's name. Other lines are figures, of which the screen has newer ones.
  void take(std::string_view line);
  // Without the program's name; empty: there was none.
  const std::string& last_problem() const { return last_problem_; }
  // Says what was kept: the first hundred, and how many more there were.
  void release();

 private:
  bool at_once_;
  say say_;
  std::vector<std::string> kept_;
  std::size_t left_out_ = 0;
  std::string last_problem_;
};

}  // namespace dgram::app
