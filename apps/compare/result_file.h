// SPDX-License-Identifier: MIT
// A file for what was found, asked for before anything is measured: that it cannot be written is known at
// once, and what stood there stays until something better does.
#pragma once

#include <string>
#include <string_view>

namespace dgram::app::compare {

class result_file {
 public:
  // `flag` is named in complaints. Throws start_up_error(exit_code::output).
  result_file(std::string flag, std::string path);
  // Leaves no trace when nothing was written.
  ~result_file();
  result_file(const result_file&) = delete;
  result_file& operator=(const result_file&) = delete;

  // Once. What went wrong, in one line; empty when nothing did.
  std::string write(std::string_view text);

 private:
  std::string complaint(int error) const;

  std::string flag_;
  std::string path_;
  std::string fresh_;  // where it is written first; a device is written in place
  int descriptor_ = -1;
};

}  // namespace dgram::app::compare
