// SPDX-License-Identifier: MIT
#include "tests/impairment/given_settings.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;

namespace {

// One line that names the flag and the value, and says `more`.
void refuses(const char* flag, const char* value, const char* more = "") {
  CAPTURE(flag, value);
  const std::string complaint = complaint_about({flag, value});
  CHECK_THAT(complaint, ContainsSubstring(std::string(flag) + ": '" + value + "'"));
  CHECK_THAT(complaint, ContainsSubstring(more));
  CHECK(complaint.find('\n') == complaint.npos);
}

}  // namespace

TEST_CASE("a share above one or below none is refused") {
  for (const char* flag :
       {"--loss", "--duplicate", "--corrupt", "--reorder", "--up-loss", "--down-corrupt"}) {
    for (const char* value : {"101%", "1.01", "-5%", "-0.1", "x", "5%%", "nan", "1e-3"}) {
      refuses(flag, value, "is not a share");
    }
  }
  CHECK_THAT(complaint_about({"--loss", ""}), ContainsSubstring("--loss: ''"));
}

TEST_CASE("a time below none or beyond an hour or without sense is refused") {
  for (const char* flag : {"--delay", "--jitter", "--down-delay"}) {
    for (const char* value : {"-5ms", "2h", "5 ms", "soon", "1.2.3s"}) refuses(flag, value, "is not a time");
  }
}

TEST_CASE("a list that is none is refused") {
  for (const char* value : {"3,x", "5-3", ",", "3,", "-1", "0-1000000", "1.5"}) {
    refuses("--lose", value, "packet numbers");
  }
  for (const char* value : {"2s", "7s..2s", "2s..2s", "2s..", "a..b", "1s..2s,"}) refuses("--outage", value);
  for (const char* value : {"2s", "2s/0", "0/2s", "2s/", "~~2s/1s", "-2s/1s"}) refuses("--fade", value);
  for (const char* value : {"1,2", "101%", "1%,2%,3%,4%,5%", "", "1%,,2%", "p"}) {
    refuses("--ge", value, "1 to 4 shares");
  }
}

TEST_CASE("a limit that is none is refused") {
  for (const char* value : {"5", "0p", "-5p", "0B", "64XB", "5x", "", "50p+", "0ms"})
    refuses("--queue", value);
  for (const char* value : {"1x", "-1", "2000g", "0.5", "fast"}) refuses("--rate", value, "bits per second");
  for (const char* value : {"65536", "-1", "big"}) refuses("--mtu", value, "from 1 to 65535");
  for (const char* value : {"0.5", "-1", "x", "1000001"}) refuses("--burst", value);
  for (const char* value : {"0p", "5", "", "0ms", "9ms..3ms", "2h", "p", "-1p"}) {
    if (std::string(value) != "5") refuses("--reorder-by", value);
  }
}

TEST_CASE("a word that is not one of the words is refused") {
  refuses("--jitter-shape", "gauss", "uniform, normal or pareto");
  refuses("--seed", "-1", "whole number");
  refuses("--seed", "18446744073709551616", "whole number");
  refuses("--profile", "string-and-cans");
}

TEST_CASE("a file that cannot be read is refused with the reason") {
  refuses("--trace", "/nonexistent/trace", "No such file or directory");
  refuses("--trace", "/", "directory");
  refuses("--replay", "/nonexistent/recording", "No such file or directory");
}

TEST_CASE("runs that cannot lose so much are refused") {
  CHECK_THAT(complaint_about({"--loss", "90%", "--burst", "2"}), ContainsSubstring("--burst: '2' cannot be"));
  CHECK(complaint_about({"--loss", "60%", "--burst", "2"}).empty());
}

TEST_CASE("what does nothing without another is refused") {
  CHECK_THAT(complaint_about({"--burst", "4"}), ContainsSubstring("--burst does nothing without --loss"));
  CHECK_THAT(complaint_about({"--queue", "5p"}), ContainsSubstring("--queue does nothing without --rate"));
  CHECK_THAT(complaint_about({"--ecn-mark", "5ms"}),
             ContainsSubstring("--ecn-mark does nothing without --rate"));
  CHECK_THAT(complaint_about({"--reorder-by", "5p"}), ContainsSubstring("--reorder"));
  CHECK_THAT(complaint_about({"--jitter-shape", "normal"}), ContainsSubstring("--jitter"));
  CHECK_THAT(complaint_about({"--jitter-reorders"}), ContainsSubstring("--jitter"));
  CHECK_THAT(complaint_about({"--loss", "1%", "--up-queue", "5p", "--down-rate", "1m"}),
             ContainsSubstring("--up-queue"));
  // A series of losses begins with none.
  CHECK(complaint_about({"--loss", "0", "--burst", "4"}).empty());
}

TEST_CASE("what excludes another is refused") {
  CHECK_THAT(complaint_about({"--loss", "5%", "--ge", "1%"}), ContainsSubstring("--loss and --ge exclude"));
  CHECK_THAT(complaint_about({"--up-loss", "5%", "--ge", "1%"}),
             ContainsSubstring("--up-loss and --ge exclude"));
  CHECK(complaint_about({"--up-loss", "5%", "--down-ge", "1%"}).empty());
}

TEST_CASE("a bad value is shown without the power to move the cursor") {
  const std::string complaint = complaint_about({"--loss", "\x1b[31m"});
  CHECK_THAT(complaint, ContainsSubstring("\\x1B"));
}
