// SPDX-License-Identifier: MIT
#include "apps/client/conversation_log.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>

#include "apps/cli/start_up_error.h"
#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

class local_zone {
 public:
  explicit local_zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~local_zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

std::string temporary_path() {
  std::string path = "/tmp/dgram-log-XXXXXX";
  ::close(::mkstemp(path.data()));
  ::unlink(path.c_str());
  return path;
}

std::string contents(const std::string& path) {
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  return all.str();
}

// Without the time.
std::string words(const std::string& line) {
  return line.substr(std::string("2026-11-21T14:30:48+00:00 ").size());
}

}  // namespace

TEST_CASE("times are local and a date has its offset") {
  const wall_time when{std::chrono::seconds(1'700'000'000)};  // 2023-11-14 22:13:20 UTC
  {
    const local_zone west("EST5");
    CHECK(time_of_day(when) == "17:13:20");
    CHECK(date_and_time(when) == "2023-11-14T17:13:20-05:00");
  }
  const local_zone east("IST-5:30");
  CHECK(date_and_time(when) == "2023-11-15T03:43:20+05:30");
}

TEST_CASE("a log holds one escaped line each and continues a file that is there") {
  const std::string path = temporary_path();
  {
    conversation_log log(path);
    log.said("hello");
    // It is there at once.
    CHECK(words(contents(path)) == "> hello\n");
  }
  {
    conversation_log log(path);
    log.came("two\nlines\x1b[31m\n");
    log.failed("gone");
    CHECK_FALSE(log.lost());
  }
  std::istringstream lines(contents(path));
  std::string line;
  for (const char* wanted : {"> hello", "< two\\x0Alines\\x1B[31m", "! gone"}) {
    REQUIRE(std::getline(lines, line));
    CHECK(words(line) == wanted);
  }
  CHECK_FALSE(std::getline(lines, line));
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0077) == 0);
  ::unlink(path.c_str());
}

TEST_CASE("a log that cannot be opened says which and why") {
  try {
    conversation_log log("/nowhere/at\nall");
    FAIL("it was opened");
  } catch (const start_up_error& e) {
    CHECK(std::string(e.what()) ==
          "--log: '/nowhere/at\\x0Aall' cannot be opened: No such file or directory");
    CHECK(e.code() == exit_code::output);
  }
}

TEST_CASE("a log that cannot be written any more says so once") {
  conversation_log log("/dev/full");
  int told = 0;
  log.on_loss([&](const std::string& why) {
    ++told;
    CHECK(why == "the log '/dev/full' cannot be written: No space left on device; it ends here");
  });
  log.said("one");
  log.said("two");
  CHECK(log.lost());
  CHECK(told == 1);
}

TEST_CASE("without a path there is no log and nothing is lost") {
  conversation_log log("");
  log.said("hello");
  CHECK_FALSE(log.lost());
}
