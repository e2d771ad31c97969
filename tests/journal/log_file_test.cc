// SPDX-License-Identifier: MIT
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/start_up_error.h"
#include "apps/journal/log_file.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace dgram::app::journal;

namespace {

const std::error_code disk_full = std::make_error_code(std::errc::no_space_on_device);

// A disk that takes what it is told to take.
struct disk {
  std::vector<std::string> lines;
  std::error_code when_opened;
  std::error_code when_written;
  int opened = 0;

  log_file::open_file opener() {
    return [this](const file_options&, std::error_code& error) -> std::unique_ptr<line_file> {
      ++opened;
      error = when_opened;
      if (error) return nullptr;
      struct on_disk : line_file {
        explicit on_disk(disk& d) : its(d) {}
        std::error_code write(level, std::string_view object) override {
          if (!its.when_written) its.lines.emplace_back(object);
          return its.when_written;
        }
        disk& its;
      };
      return std::make_unique<on_disk>(*this);
    };
  }
};

json_object event(const char* name) {
  json_object one;
  return one.add("event", name);
}

file_options with_rate(std::size_t rate) {
  file_options options;
  options.path = "x.log";
  options.rate = rate;
  return options;
}

}  // namespace

TEST_CASE("A log file that cannot be opened ends the program with its name and the reason") {
  disk d;
  d.when_opened = std::make_error_code(std::errc::permission_denied);
  try {
    log_file file(with_rate(1), d.opener());
    FAIL_CHECK("accepted");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::output);
    CHECK(std::string(e.what()) == "--log: 'x.log' cannot be opened: Permission denied");
  }
}

TEST_CASE("So many messages of a second have a line and the others are counted in one") {
  disk d;
  log_file file(with_rate(3), d.opener());
  int admitted = 0;
  for (int i = 0; i < 10; ++i) admitted += file.admits(flood::messages) ? 1 : 0;
  CHECK(admitted == 3);
  CHECK(file.admits(flood::peers));
  file.second_passed();
  CHECK(d.lines == std::vector<std::string>{R"({"event":"suppressed","messages":7})"});
  CHECK(file.admits(flood::messages));
  file.second_passed();
  CHECK(d.lines.size() == 1);
}

TEST_CASE("Whoever comes and goes all the time is suppressed by an allowance of its own") {
  disk d;
  log_file file(with_rate(2), d.opener());
  for (int i = 0; i < 5; ++i) file.admits(flood::peers);
  CHECK(file.admits(flood::messages));
  file.second_passed();
  CHECK(d.lines == std::vector<std::string>{R"({"event":"suppressed","messages":0,"joined_and_left":3})"});
}

TEST_CASE("A full disk is said once and the lines that are missing are counted") {
  disk d;
  log_file file(with_rate(10), d.opener());
  file.write(level::info, event("a"));
  CHECK_FALSE(file.failed());
  d.when_written = disk_full;
  for (int i = 0; i < 4; ++i) file.write(level::info, event("b"));
  CHECK(file.failed());
  CHECK(file.missing() == 4);
  CHECK(file.take_problem() == "--log: 'x.log' cannot be written: No space left on device");
  CHECK_FALSE(file.take_problem());
  // Once a second, and not for every line.
  CHECK(d.opened == 1);
  file.second_passed();
  CHECK(d.opened == 2);
  file.write(level::info, event("c"));
  CHECK(d.opened == 2);
  CHECK(file.missing() == 5);
  CHECK_FALSE(file.take_problem());
}

TEST_CASE("A disk that has room again is written again, and says what is missing") {
  disk d;
  log_file file(with_rate(10), d.opener());
  d.when_written = disk_full;
  for (int i = 0; i < 3; ++i) file.write(level::info, event("b"));
  d.when_written = {};
  file.second_passed();
  file.write(level::info, event("c"));
  CHECK(d.lines == std::vector<std::string>{R"({"event":"missing","lines":3})", R"({"event":"c"})"});
  CHECK(file.failed());
  CHECK(file.missing() == 3);
  // A second gap has its own number.
  d.when_written = disk_full;
  file.write(level::info, event("d"));
  d.when_written = {};
  file.second_passed();
  CHECK(d.lines.back() == R"({"event":"missing","lines":1})");
}

TEST_CASE("A log file that cannot be opened again is tried each second") {
  disk d;
  log_file file(with_rate(10), d.opener());
  d.when_written = disk_full;
  file.write(level::info, event("a"));
  d.when_opened = std::make_error_code(std::errc::permission_denied);
  d.when_written = {};
  file.second_passed();
  file.second_passed();
  CHECK(d.opened == 3);
  d.when_opened = {};
  file.second_passed();
  CHECK(d.lines == std::vector<std::string>{R"({"event":"missing","lines":1})"});
}
