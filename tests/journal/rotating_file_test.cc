// SPDX-License-Identifier: MIT
// On the disk, in a folder of its own.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "apps/journal/rotating_file.h"
#include "tests/support/catch.h"

using namespace dgram::app::journal;

namespace {

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dgram-journal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  std::string file(const char* name) const { return path_ + '/' + name; }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(path_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

 private:
  std::string path_;
};

file_options at(const std::string& path, std::uint64_t size = 10'000, std::size_t files = 3) {
  file_options options;
  options.path = path;
  options.size = size;
  options.files = files;
  return options;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("A line has the time in UTC to the microsecond and the level before what it tells") {
  const folder where;
  std::error_code error;
  const auto file = open_rotating_file(at(where.file("x.log")), error);
  REQUIRE(file);
  CHECK_FALSE(file->write(level::info, R"({"event":"a","text":"%v {} \" 阿达"})"));
  CHECK_FALSE(file->write(level::warning, R"({"event":"b"})"));
  CHECK_FALSE(file->write(level::error, R"({"event":"c"})"));
  const auto lines = lines_of(where.file("x.log"));
  REQUIRE(lines.size() == 3);
  const std::regex time(
      R"~(^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","level":"(info|warning|error)",)~");
  for (const auto& line : lines) CHECK(std::regex_search(line, time));
  CHECK_THAT(lines[0], ContainsSubstring(R"("level":"info","event":"a","text":"%v {} \" 阿达"})"));
  CHECK_THAT(lines[1], ContainsSubstring(R"("level":"warning","event":"b"})"));
  CHECK_THAT(lines[2], ContainsSubstring(R"("level":"error","event":"c"})"));
}

TEST_CASE("What was in the file stays before what comes") {
  const folder where;
  std::error_code error;
  for (int i = 0; i < 2; ++i) {
    const auto file = open_rotating_file(at(where.file("x.log")), error);
    REQUIRE(file);
    CHECK_FALSE(file->write(level::info, R"({"event":"a"})"));
  }
  CHECK(lines_of(where.file("x.log")).size() == 2);
}

TEST_CASE("A full file gives way to a new one and only so many are kept") {
  const folder where;
  std::error_code error;
  const auto file = open_rotating_file(at(where.file("x.log"), 1000, 3), error);
  REQUIRE(file);
  for (int i = 0; i < 100; ++i) {
    REQUIRE_FALSE(file->write(level::info, "{\"event\":\"a\",\"i\":" + std::to_string(i) + "}"));
  }
  CHECK(where.files() == 3);
  int expected = 100;
  for (const char* name : {"x.log", "x.1.log", "x.2.log"}) {
    CHECK(std::filesystem::file_size(where.file(name)) <= 1000);
    auto lines = lines_of(where.file(name));
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      --expected;
      CHECK_THAT(*line, ContainsSubstring("\"i\":" + std::to_string(expected) + "}"));
    }
  }
  CHECK(expected < 75);
}

TEST_CASE("With one file alone it begins anew") {
  const folder where;
  std::error_code error;
  const auto file = open_rotating_file(at(where.file("x.log"), 1000, 1), error);
  REQUIRE(file);
  for (int i = 0; i < 100; ++i) REQUIRE_FALSE(file->write(level::info, R"({"event":"a"})"));
  CHECK(where.files() == 1);
  CHECK(std::filesystem::file_size(where.file("x.log")) <= 1000);
}

TEST_CASE("A full disk is an error of the line that it did not take") {
  if (::access("/dev/full", W_OK) != 0) {
    WARN("not tested: there is no /dev/full here");
    return;
  }
  std::error_code error;
  const auto file = open_rotating_file(at("/dev/full"), error);
  REQUIRE(file);
  CHECK(file->write(level::info, R"({"event":"a"})") == std::errc::no_space_on_device);
}

TEST_CASE("What cannot be a log file is not opened") {
  const folder where;
  std::error_code error;
  CHECK_FALSE(open_rotating_file(at(where.file("")), error));
  CHECK(error == std::errc::is_a_directory);
  CHECK_FALSE(open_rotating_file(at(where.file("no/x.log")), error));
  CHECK(error == std::errc::no_such_file_or_directory);
  REQUIRE(::mkfifo(where.file("pipe").c_str(), 0600) == 0);
  CHECK_FALSE(open_rotating_file(at(where.file("pipe")), error));
  CHECK(error);
}
