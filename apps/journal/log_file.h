// SPDX-License-Identifier: MIT
// The program's log file: what it takes, how much of it in a second, and what becomes of it when the disk is
// full. Knows no clock; whoever owns it calls `second_passed`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "apps/cli/json_object.h"
#include "apps/journal/rotating_file.h"

namespace dgram::app::journal {

// Events of which strangers cause as many as they like; each kind has its own allowance.
enum class flood : std::uint8_t { messages, peers };

class log_file {
 public:
  using open_file = std::function<std::unique_ptr<line_file>(const file_options&, std::error_code&)>;

  // Throws start_up_error when the file cannot be opened.
  explicit log_file(file_options, open_file = open_rotating_file);

  // Whether one more is to be written in this second; when not, it is counted.
  bool admits(flood);
  void write(level, const json_object& event);
  // Says how many were suppressed. After a failure it tries once more to open the file, and says how many
  // lines are missing.
  void second_passed();

  // The file could not be written at some time.
  bool failed() const { return failed_; }
  // Lines that were not written for that.
  std::uint64_t missing() const { return missing_; }
  // The first failure, in words, once.
  std::optional<std::string> take_problem();

 private:
  struct allowance {
    std::size_t left;
    std::uint64_t suppressed = 0;
  };

  void write_text(level, const std::string& object);
  void reopen();
  void say_suppressed();

  file_options options_;
  open_file open_;
  std::unique_ptr<line_file> file_;  // null after a failure
  allowance messages_;
  allowance peers_;
  bool failed_ = false;
  std::uint64_t missing_ = 0;
  std::uint64_t missing_said_ = 0;  // in the file
  std::optional<std::string> problem_;
};

}  // namespace dgram::app::journal
