// SPDX-License-Identifier: MIT
#include "apps/exec/command_service.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include "apps/exec/command_run.h"
#include "tests/net/loop.h"
#include "tests/support/catch.h"

namespace dgram::app::exec {
namespace {

// Commands that end when the test says so.
struct stage {
  struct actor final : running_command {
    actor(stage& of, std::string named, std::function<void(run_result)> told)
        : on(of), name(std::move(named)), on_end(std::move(told)) {
      on.running[name] = this;
    }
    ~actor() override { on.running.erase(name); }
    void stop() override { on.stopped.push_back(name); }

    stage& on;
    std::string name;
    std::function<void(run_result)> on_end;
  };

  asio::io_context context{1};
  std::map<std::string, actor*> running;
  std::vector<std::string> started;
  std::vector<std::string> stopped;
  std::vector<std::string> replies;
  std::map<std::string, send_status> refusals;  // by the reply
  std::size_t longest = max_message_size;
  bool may_use_shell = true;
  int tries = 0;
  int last_tries = 0;
  command_service service;

  explicit stage(const service_limits& limits, bool shell = true, command_table table = {})
      : service(
            context.get_executor(), std::move(table), shell,
            [this](const std::string& command, std::function<void(run_result)> on_end) {
              started.push_back(command);
              return std::make_unique<actor>(*this, command, std::move(on_end));
            },
            limits) {}

  void ask(std::uint64_t peer, const std::string& command) {
    service.arrived({peer, may_use_shell}, command, [this](std::string_view reply, bool last_try) {
      ++tries;
      last_tries += last_try ? 1 : 0;
      if (reply.size() > longest) return send_status::too_large;
      const auto found = refusals.find(std::string(reply));
      if (found != refusals.end()) return found->second;
      replies.emplace_back(reply);
      return send_status::accepted;
    });
  }
  void end(const std::string& command, std::string_view out, int status = 0) {
    run_result result;
    result.number = status;
    result.output = kept_output(max_message_size);
    result.output.add_out(out);
    const auto tell = running.at(command)->on_end;
    tell(std::move(result));
  }
};

using names = std::vector<std::string>;

service_limits limits_of(std::size_t in_all, std::size_t per_peer, std::size_t waiting = 100) {
  service_limits limits;
  limits.at_once = in_all;
  limits.at_once_per_peer = per_peer;
  limits.waiting = waiting;
  return limits;
}

TEST_CASE("so many commands run at once and the rest start in the order in which they came") {
  stage on(limits_of(3, 2));
  for (const char* command : {"a1", "a2", "a3", "a4"}) on.ask(1, command);
  CHECK(on.started == names{"a1", "a2"});
  for (const char* command : {"b1", "b2"}) on.ask(2, command);
  CHECK(on.started == names{"a1", "a2", "b1"});
  CHECK(on.service.waiting() == 3);
  on.end("b1", "b1");
  CHECK(on.started == names{"a1", "a2", "b1", "b2"});
  on.end("a2", "a2");
  on.end("a1", "a1");
  CHECK(on.started == names{"a1", "a2", "b1", "b2", "a3", "a4"});
  for (const char* command : {"b2", "a3", "a4"}) on.end(command, command);
  CHECK(on.replies == names{"b1", "a2", "a1", "b2", "a3", "a4"});
  CHECK(on.service.running() == 0);
  CHECK(on.service.counts().ended == 6);
}

TEST_CASE("a command beyond those that may wait is refused with the number") {
  service_limits limits = limits_of(1, 1, 3);
  limits.waiting_per_peer = 2;
  stage on(limits);
  for (const char* command : {"a", "b", "c", "d"}) on.ask(1, command);
  CHECK(on.replies == names{"2 commands of yours wait already; try again later"});
  on.ask(2, "e");
  on.ask(3, "f");
  CHECK(on.replies.back() == "3 commands wait already; try again later");
  CHECK(on.service.counts().refused == 2);
  on.end("a", "a");
  on.ask(3, "f");
  CHECK(on.service.waiting() == 3);
}

TEST_CASE("a name that is not in the table runs nothing and says which there are") {
  stage on(limits_of(1, 1), false, command_table({"list=ls -l", "df -h"}));
  on.ask(1, "ls\n");
  on.ask(1, "\r\n");
  CHECK(on.replies == names{"no such command: ls; there are: list, df -h",
                            "an empty message names no command; there are: list, df -h"});
  CHECK(on.started.empty());
  on.ask(1, " list\r\n");
  CHECK(on.started == names{"ls -l"});
}

TEST_CASE("a shell runs what it is told and what it cannot be told it refuses") {
  stage on(limits_of(2, 2), true, command_table({"list=ls -l"}));
  on.ask(1, "echo a; echo b\n");
  on.ask(1, "list");
  CHECK(on.started == names{"echo a; echo b", "ls -l"});
  on.ask(1, "");
  on.ask(1, std::string("a\0b", 3));
  on.ask(1, std::string(200'000, 'x'));
  CHECK(on.replies == names{"an empty message is no command", "a command holds no zero byte",
                            "a command has 131071 bytes at most"});
}

TEST_CASE("a plain peer has the named commands of a shell and no more") {
  stage on(limits_of(2, 2), true, command_table({"list=ls -l"}));
  on.may_use_shell = false;
  on.ask(1, "list\n");
  on.ask(1, "POST / HTTP/1.1\r\n");
  CHECK(on.started == names{"ls -l"});
  CHECK(on.replies == names{"the shell is not for plain peers"});
}

TEST_CASE("the commands of a peer that left are stopped and no longer waited for") {
  stage on(limits_of(2, 1));
  for (const char* command : {"a1", "a2", "a3"}) on.ask(1, command);
  on.ask(2, "b1");
  on.ask(3, "c1");
  on.service.left(1);
  on.service.left(1);
  on.service.left(9);
  CHECK(on.stopped == names{"a1"});
  CHECK(on.service.waiting() == 1);
  CHECK(on.service.running() == 2);  // until nothing is left of it
  on.end("a1", "nobody reads it");
  CHECK(on.replies.empty());
  CHECK(on.started == names{"a1", "b1", "c1"});
  on.end("b1", "b");
  CHECK(on.replies == names{"b"});
  CHECK(on.service.counts().unwanted == 3);
}

TEST_CASE("a reply that finds no room waits and counts as running until there is some") {
  stage on(limits_of(1, 1));
  on.refusals["big"] = send_status::would_block;
  on.ask(1, "a");
  on.ask(1, "b");
  on.end("a", "big");
  CHECK(on.started == names{"a"});
  // More than one try.
  on.tries = 0;
  CHECK(test::run_until(on.context, [&] { return on.tries >= 3; }));
  CHECK(on.replies.empty());
  CHECK(on.last_tries == 0);
  on.refusals.clear();
  CHECK(test::run_until(on.context, [&] { return on.replies.size() == 1; }));
  CHECK(on.replies == names{"big"});
  CHECK(on.started == names{"a", "b"});
}

TEST_CASE("a reply that never finds room is given up and counted") {
  service_limits limits = limits_of(1, 1);
  limits.patience = std::chrono::milliseconds(1);
  stage on(limits);
  on.refusals["big"] = send_status::would_block;
  on.ask(1, "a");
  on.end("a", "big");
  CHECK(test::run_until(on.context, [&] { return on.service.counts().unsent == 1; }));
  CHECK(on.service.running() == 0);
}

TEST_CASE("a reply too large for the peer's transport is cut to what it carries") {
  stage on(limits_of(1, 1));
  on.ask(1, "a");
  on.longest = 2000;
  on.end("a", std::string(100'000, 'x'));
  REQUIRE(on.replies.size() == 1);
  CHECK(on.replies[0].size() <= 1150);
  CHECK(on.replies[0].size() > 1000);
  CHECK_THAT(on.replies[0], ContainsSubstring("bytes left out"));
  on.ask(1, "b");
  on.longest = 10;
  on.end("b", std::string(100'000, 'x'));
  CHECK(on.service.counts().unsent == 1);
  CHECK(on.last_tries == 1);
  CHECK(on.service.running() == 0);
}

TEST_CASE("a service that is closed runs nothing and says nothing any more") {
  stage on(limits_of(1, 1));
  on.ask(1, "a");
  on.ask(1, "b");
  on.service.close();
  CHECK(on.running.empty());
  CHECK(on.service.running() + on.service.waiting() == 0);
  CHECK(on.replies.empty());
}

TEST_CASE("two hundred real commands at once all come back") {
  asio::io_context context(1);
  const auto executor = context.get_executor();
  std::size_t most_running = 0;
  command_service service(
      executor, {}, true, [&](const std::string& command, std::function<void(run_result)> on_end) {
        return std::make_unique<command_run>(executor, command, run_limits{}, std::move(on_end));
      });
  std::map<std::string, int> replies;
  for (int i = 0; i < 200; ++i) {
    service.arrived({1}, "echo " + std::to_string(i), [&](std::string_view reply, bool) {
      most_running = std::max(most_running, service.running());
      ++replies[std::string(reply)];
      return send_status::accepted;
    });
  }
  CHECK(test::run_until(context, [&] { return service.running() == 0; }));
  CHECK(replies.size() == 200);
  for (int i = 0; i < 200; ++i) CHECK(replies[std::to_string(i) + "\n"] == 1);
  CHECK(most_running <= 4);
}

}  // namespace
}  // namespace dgram::app::exec
