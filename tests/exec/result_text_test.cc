// SPDX-License-Identifier: MIT
#include "apps/exec/result_text.h"

#include <csignal>
#include <string>

#include "tests/support/catch.h"

namespace dgram::app::exec {
namespace {

using ending = run_result::ending;

struct told {
  run_result result;

  explicit told(ending how = ending::exited, int number = 0, std::size_t kept = 4096) {
    result.how = how;
    result.number = number;
    result.limit = std::chrono::seconds(10);
    result.output = kept_output(kept);
  }
  told& out(std::string_view bytes) {
    result.output.add_out(bytes);
    return *this;
  }
  told& err(std::string_view bytes) {
    result.output.add_err(bytes);
    return *this;
  }
  std::string text(std::size_t most = 4096) const {
    std::string scratch = "what was before";
    return std::string(result_text(result, most, scratch));
  }
};

TEST_CASE("what a command wrote comes back byte for byte with nothing added") {
  const std::string bytes("a\0\xff\r\n\n", 6);
  CHECK(told().out(bytes).text() == bytes);
  CHECK(told().out("no end of line").text() == "no end of line");
  CHECK(told().out(std::string(4096, 'x')).text() == std::string(4096, 'x'));
}

TEST_CASE("a command that writes nothing says so") {
  CHECK(told().text() == "no output");
  CHECK(told(ending::exited, 3).text() == "no output\nexit status 3");
}

TEST_CASE("stderr and the ending are told apart from stdout") {
  CHECK(told(ending::exited, 3).out("a\n").err("b\n").text() == "a\n-- stderr --\nb\nexit status 3");
  CHECK(told(ending::exited, 3).out("a").err("b").text() == "a\n-- stderr --\nb\nexit status 3");
  CHECK(told().err("only this\n").text() == "-- stderr --\nonly this\n");
  CHECK(told(ending::killed, SIGKILL).out("a").text() == "a\nkilled by signal 9 (SIGKILL)");
  CHECK(told(ending::killed, 40).text() == "no output\nkilled by signal 40");
  CHECK(told(ending::overran).out("a\n").text() == "a\nstopped after 10 s: time limit");
}

TEST_CASE("a command that could not be started says why") {
  told one(ending::not_started);
  one.result.error = std::make_error_code(std::errc::not_enough_memory);
  CHECK(one.text() == "could not be started: " + one.result.error.message());
}

TEST_CASE("what has no room is left out and counted") {
  CHECK(told(ending::exited, 0, 10).out("0123456789abc").text() == "0123456789\n... 3 bytes left out\n");
  const std::string text = told().out(std::string(1000, 'x')).text(512);
  CHECK(text.size() <= 512);
  const std::size_t shown = text.find('\n');
  CHECK(text.substr(shown) == "\n... " + std::to_string(1000 - shown) + " bytes left out\n");
}

TEST_CASE("a reply stays within its bound and shows the beginning of both streams") {
  for (const std::size_t most : {256u, 300u, 1000u, 2000u, 4000u}) {
    for (const std::size_t outs : {0u, 1u, 100u, 250u, 999u, 100'000u}) {
      for (const std::size_t errs : {0u, 1u, 100u, 250u, 999u, 100'000u}) {
        told one(ending::killed, SIGTERM);
        one.out(std::string(outs, 'o')).err(std::string(errs, 'e'));
        const std::string text = one.text(most);
        INFO(most << ' ' << outs << ' ' << errs << ' ' << text);
        CHECK(text.size() <= most);
        CHECK(text.ends_with("killed by signal 15 (SIGTERM)"));
        CHECK((outs == 0 || text.starts_with("o")));
        CHECK((errs == 0 || text.find("-- stderr --\ne") != text.npos));
      }
    }
  }
}

TEST_CASE("output beyond the bound is counted and never kept") {
  kept_output output(1000);
  for (int i = 0; i < 100; ++i) output.add_out(std::string(100, 'o'));
  CHECK(output.out().size() == 1000);
  CHECK(output.out_lost() == 9000);
  // An error that comes after all of it is still seen.
  output.add_err(std::string(300, 'e'));
  CHECK(output.err() == std::string(250, 'e'));
  CHECK(output.err_lost() == 50);
  CHECK(output.out().size() + output.err().size() == 1000);
  CHECK(output.out_lost() == 9250);
  output.add_out("x");
  output.add_err("x");
  CHECK(output.out_lost() == 9251);
  CHECK(output.err_lost() == 51);
}

TEST_CASE("stderr alone may fill all the room there is") {
  kept_output output(1000);
  output.add_err(std::string(600, 'e'));
  output.add_err(std::string(600, 'f'));
  CHECK(output.err().size() == 1000);
  CHECK(output.err_lost() == 200);
  output.add_out("o");
  CHECK(output.out_lost() == 1);
}

}  // namespace
}  // namespace dgram::app::exec
