// SPDX-License-Identifier: MIT
// Which of the lines that one said in a room have not come back yet. A pipe does not leave before that: the
// server's reply says that a line was taken, and its reader wants it among those of the others.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace dgram::app {

class own_lines {
 public:
  void sent(std::string_view line);
  // The oldest that was sent has its reply. Commands that say nothing are not waited for.
  void resolved(bool taken);
  // A line of the room came to who is called `own_name` there.
  void came(std::string_view line, std::string_view own_name);
  // Those that were taken and have not come.
  std::int64_t missing() const { return missing_; }

 private:
  std::deque<bool> says_;  // of those without a reply: whether it comes back
  // Less than nothing while a line came before the word that it was taken.
  std::int64_t missing_ = 0;
};

}  // namespace dgram::app
