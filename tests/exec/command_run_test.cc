// SPDX-License-Identifier: MIT
#include "apps/exec/command_run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include "apps/exec/child_start.h"
#include "tests/exec/processes.h"
#include "tests/net/loop.h"
#include "tests/support/catch.h"

namespace dgram::app::exec {
namespace {

using ending = run_result::ending;
using namespace std::chrono_literals;

// Patient: a limit that is not what a test is about must not end it.
run_limits patient(std::size_t output = max_message_size) {
  return {10min, 1s, output};
}

struct running {
  asio::io_context context{1};
  std::optional<run_result> result;
  std::optional<command_run> run;

  running(const std::string& command, const run_limits& limits = patient()) {
    run.emplace(context.get_executor(), command, limits, [this](run_result r) { result = std::move(r); });
  }
  const run_result& to_its_end() {
    REQUIRE(test::run_until(context, [this] { return result.has_value(); }));
    return *result;
  }
  // Runs the loop until the command is there.
  void until_started(const std::string& argument, int count = 1) {
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (test::processes_with(argument) < count && std::chrono::steady_clock::now() < give_up) {
      context.run_for(1ms);
    }
    REQUIRE(test::processes_with(argument) >= count);
  }
};

std::string out_of(const std::string& command) {
  running one(command);
  return one.to_its_end().output.out();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("a command's two streams and its exit status come back apart") {
  running one("echo out; echo err >&2; exit 3");
  const run_result& result = one.to_its_end();
  CHECK(result.how == ending::exited);
  CHECK(result.number == 3);
  CHECK(result.output.out() == "out\n");
  CHECK(result.output.err() == "err\n");
}

TEST_CASE("ten million bytes come back as they were written") {
  const std::string out = out_of("yes | head -c 10000000");
  REQUIRE(out.size() == 10'000'000);
  bool same = true;
  for (std::size_t i = 0; i < out.size(); ++i) same &= out[i] == (i % 2 == 0 ? 'y' : '\n');
  CHECK(same);
}

TEST_CASE("a command whose output is beyond the bound goes on to its end") {
  running one("yes | head -c 5000000; echo fault >&2", patient(100'000));
  const run_result& result = one.to_its_end();
  CHECK(result.how == ending::exited);
  CHECK(result.number == 0);
  CHECK(result.output.err() == "fault\n");
  CHECK(result.output.out().size() == 100'000 - 6);
  CHECK(result.output.out().size() + result.output.out_lost() == 5'000'000);
}

TEST_CASE("a command that closes its streams is waited for") {
  const run_result result = running("exec >&- 2>&-; exit 4").to_its_end();
  CHECK(result.how == ending::exited);
  CHECK(result.number == 4);
}

TEST_CASE("a command that a signal ends says which") {
  const run_result result = running("kill -9 $$").to_its_end();
  CHECK(result.how == ending::killed);
  CHECK(result.number == SIGKILL);
}

TEST_CASE("a command reads nothing from us and has no terminal") {
  CHECK(out_of("cat; readlink /proc/self/fd/0") == "/dev/null\n");
  CHECK(running("exec 2>/dev/null; : </dev/tty").to_its_end().number != 0);
}

TEST_CASE("a command gets no descriptor of ours") {
  // As a socket of asio 1.22 is: not closed on exec.
  std::vector<int> ours;
  for (int i = 0; i < 20; ++i) ours.push_back(::open("/dev/null", O_RDONLY));
  running beside("sleep " + test::unique_seconds());
  // ls itself has one open, for the folder it lists.
  const auto seen = lines_of(out_of("ls /proc/self/fd"));
  CHECK(seen == std::vector<std::string>{"0", "1", "2", "3"});
  const auto open = lines_of(out_of("for n in /proc/self/fd/*; do readlink $n; done; :"));
  CHECK(std::ranges::count_if(open, [](const auto& name) { return name.starts_with("socket:"); }) == 0);
  for (const int descriptor : ours) ::close(descriptor);
}

TEST_CASE("a command gets a clean environment and usual signals") {
  ::setenv("DGRAM_TEST_SECRET", "secret", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  std::vector<std::string> names;
  for (const auto& line : lines_of(out_of("env"))) names.push_back(line.substr(0, line.find('=')));
  // Shells add PWD and some OLDPWD, SHLVL and _.
  const std::vector<std::string> allowed{"PATH", "HOME", "LANG", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"};
  for (const auto& name : names) {
    INFO(name);
    CHECK(std::ranges::count(allowed, name) == 1);
  }
  CHECK(std::ranges::count(names, "PATH") == 1);
  CHECK(std::ranges::count(names, "LC_ALL") == 1);
  ::unsetenv("DGRAM_TEST_SECRET");

  const auto before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked{};
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
  const std::string masks = out_of("grep -E 'Sig(Blk|Ign)' /proc/self/status");
  ::sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, before);
  CHECK(masks == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a command without a path in our environment finds the usual programs") {
  const std::string path = std::getenv("PATH");
  ::unsetenv("PATH");
  const auto environment = child_environment();
  ::setenv("PATH", path.c_str(), 1);
  CHECK(std::ranges::count(environment, "PATH=/usr/local/bin:/usr/bin:/bin") == 1);
}

TEST_CASE("a command that never ends is stopped at its limit with all of its group") {
  const std::string seconds = test::unique_seconds();
  // Grandchildren, one of which takes no notice of being asked.
  running one("(sleep " + seconds + ") & (trap '' TERM; sleep " + seconds + ") & sleep " + seconds,
              {300ms, 1s, 1000});
  const run_result& result = one.to_its_end();
  CHECK(result.how == ending::overran);
  CHECK(result.limit == 300ms);
  CHECK(test::run_until(one.context, [&] { return test::processes_with(seconds) == 0; }));
}

TEST_CASE("a command that takes no notice of being asked is killed after the grace") {
  running one("trap '' TERM; while :; do :; done", {50ms, 50ms, 1000});
  CHECK(one.to_its_end().how == ending::overran);
}

TEST_CASE("a command that stands still is stopped all the same") {
  running one("kill -STOP $$", {50ms, 10min, 1000});
  CHECK(one.to_its_end().how == ending::overran);
}

TEST_CASE("a command that writes without end is stopped at its limit") {
  running one("yes", {200ms, 1s, 1000});
  const run_result& result = one.to_its_end();
  CHECK(result.how == ending::overran);
  CHECK(result.output.out().size() == 1000);
  CHECK(result.output.out_lost() > 0);
}

TEST_CASE("what a command leaves in the background ends with it") {
  const std::string seconds = test::unique_seconds();
  running one("sleep " + seconds + " & echo done");
  CHECK(one.to_its_end().output.out() == "done\n");
  CHECK(test::run_until(one.context, [&] { return test::processes_with(seconds) == 0; }));
}

TEST_CASE("a command that nobody wants any more is stopped") {
  const std::string seconds = test::unique_seconds();
  running one("sleep " + seconds + "; sleep " + seconds);
  one.until_started(seconds);
  one.run->stop();
  one.run->stop();
  CHECK(one.to_its_end().how == ending::stopped);
  CHECK(test::run_until(one.context, [&] { return test::processes_with(seconds) == 0; }));
}

TEST_CASE("a command that is destroyed is killed and no zombie stays") {
  const std::string seconds = test::unique_seconds();
  {
    running one("trap '' TERM; sleep " + seconds + " & sleep " + seconds);
    one.until_started(seconds, 2);
    one.run.reset();
    CHECK_FALSE(one.result);
    CHECK(test::run_until(one.context, [&] { return test::processes_with(seconds) == 0; }));
  }
  CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
}

TEST_CASE("a command may be destroyed by whoever hears of its end") {
  asio::io_context context(1);
  std::unique_ptr<command_run> run;
  bool told = false;
  run = std::make_unique<command_run>(context.get_executor(), "echo x", patient(), [&](run_result) {
    run.reset();
    told = true;
  });
  CHECK(test::run_until(context, [&] { return told; }));
  context.poll();
}

TEST_CASE("a command that is too long to start says so") {
  running one(std::string(200'000, ' '));
  CHECK_FALSE(one.result);
  const run_result& result = one.to_its_end();
  CHECK(result.how == ending::not_started);
  CHECK(result.error == std::errc::argument_list_too_long);
}

TEST_CASE("many commands after another leave no descriptor and no process") {
  const auto open = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  running("true").to_its_end();
  const auto before = open();
  for (int i = 0; i < 50; ++i) CHECK(running("echo x").to_its_end().output.out() == "x\n");
  CHECK(open() == before);
  CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
}

TEST_CASE("what is in a pipe when its command ends is read although nobody waited for it") {
  asio::io_context context(1);
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  std::string seen;
  output_pipe pipe(context.get_executor(), ends[0], [&](std::string_view bytes) { seen += bytes; });
  const std::string written(60'000, 'x');
  REQUIRE(::write(ends[1], written.data(), written.size()) == 60'000);
  // Somebody else holds the other end still, so that there is no end of the stream.
  pipe.finish();
  CHECK(seen == written);
  context.run();
  CHECK(seen == written);
  ::close(ends[1]);
}

TEST_CASE(
    "the end of a child is seen by its descriptor and by the signal, before and after the watch begins") {
  for (const auto by : {exit_watch::means::best, exit_watch::means::signal}) {
    for (const bool ended_before : {false, true}) {
      asio::io_context context(1);
      std::error_code error;
      const child one = start_shell("read x < /dev/zero", error);
      REQUIRE_FALSE(error);
      siginfo_t about{};
      if (ended_before) {
        ::kill(one.id, SIGKILL);
        ::waitid(P_PID, static_cast<id_t>(one.id), &about, WEXITED | WNOWAIT);
      }
      int told = 0;
      exit_watch watch(
          context.get_executor(), one.id, [&] { ++told; }, by);
      if (!ended_before) {
        // Another child's end is not this one's.
        const child other = start_shell(":", error);
        REQUIRE_FALSE(error);
        ::waitpid(other.id, nullptr, 0);
        ::close(other.out);
        ::close(other.err);
        context.poll();
        CHECK(told == 0);
        ::kill(one.id, SIGKILL);
      }
      CHECK(test::run_until(context, [&] { return told != 0; }));
      context.restart();
      context.poll();
      CHECK(told == 1);
      CHECK(::waitpid(one.id, nullptr, 0) == one.id);
      ::close(one.out);
      ::close(one.err);
    }
  }
}

}  // namespace
}  // namespace dgram::app::exec
