// SPDX-License-Identifier: MIT
// A file of lines that begins anew when it is full and keeps some of the full ones: log.txt, log.1.txt, and
// so on. The only part that knows spdlog; its twin rotating_file_none.cc says that a build has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dgram::app::journal {

enum class level : std::uint8_t { info, warning, error };

struct file_options {
  std::string path;
  std::uint64_t size = 10'000'000;  // bytes of one file, which a single longer line may exceed
  std::size_t files = 5;            // the current one among them
  std::size_t rate = 1000;          // lines of messages per second
};

class line_file {
 public:
  virtual ~line_file() = default;
  // The object is a JSON one that is not empty; time and level go before its members. Each line is written
  // at once, by itself, and blocks while the disk is slow. After an error the file is not used any more.
  virtual std::error_code write(level, std::string_view object) = 0;
};

// Throws start_up_error with exit_code::unsupported when this build has no spdlog.
void require_rotating_file();
// Appends to what is there. Null and an error when it cannot be opened.
std::unique_ptr<line_file> open_rotating_file(const file_options&, std::error_code&);

}  // namespace dgram::app::journal
