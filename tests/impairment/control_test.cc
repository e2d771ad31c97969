// SPDX-License-Identifier: MIT
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include <asio/io_context.hpp>
#include <asio/write.hpp>

#include "apps/cli/flags.h"
#include "apps/cli/start_up_error.h"
#include "apps/impairment/control_client.h"
#include "apps/impairment/control_place.h"
#include "apps/impairment/control_server.h"
#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

// A folder of its own for each test.
class folder {
 public:
  folder() {
    char name[] = "/tmp/dgram-test-XXXXXX";
    path_ = ::mkdtemp(name);
    ::setenv("XDG_RUNTIME_DIR", path_.c_str(), 1);
  }
  ~folder() {
    ::rmdir((path_ + "/dgram").c_str());
    ::rmdir(path_.c_str());
    ::unsetenv("XDG_RUNTIME_DIR");
  }
  std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

// A program that answers until the object is gone.
class answering_program {
 public:
  explicit answering_program(const std::string& path)
      : server_(context_, path, [](std::string_view line) -> std::string {
          if (line == "bad") throw usage_error("that is bad");
          return line == "nothing" ? "" : "you said " + std::string(line) + "\nindeed";
        }) {
    thread_ = std::thread([this] { context_.run(); });
  }
  ~answering_program() {
    context_.stop();
    thread_.join();
  }

 private:
  asio::io_context context_;
  control_server server_;
  std::thread thread_;
};

// As a program that was killed leaves it.
void leave_stale_socket(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(s, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  ::close(s);
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

template <class Do>
std::string start_up_complaint(Do&& act) {
  try {
    act();
  } catch (const start_up_error& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a control socket answers lines and says what is bad") {
  const folder here;
  const std::string path = here / "s";
  {
    const answering_program there(path);
    const control_answer good = ask_control(path, "hello");
    CHECK(good.ok);
    CHECK(good.text == "you said hello\nindeed\n");
    CHECK(ask_control(path, "nothing").ok);
    CHECK(ask_control(path, "nothing").text.empty());
    const control_answer bad = ask_control(path, "bad");
    CHECK_FALSE(bad.ok);
    CHECK(bad.text == "that is bad");
  }
  CHECK_FALSE(exists(path));
}

TEST_CASE("a line without end is answered with an error and bounded") {
  const folder here;
  const answering_program there(here / "s");
  const control_answer answer = ask_control(here / "s", std::string(5000, 'x'));
  CHECK_FALSE(answer.ok);
  CHECK_THAT(answer.text, ContainsSubstring("4095"));
  CHECK(ask_control(here / "s", "hello").ok);
}

TEST_CASE("only this user may use a control socket") {
  const folder here;
  const answering_program there(here / "s");
  struct stat found {};
  REQUIRE(::stat((here / "s").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("a stale control socket is replaced and one that answers is not") {
  const folder here;
  leave_stale_socket(here / "s");
  CHECK(state_of_control_socket(here / "s") == control_socket_state::stale);
  const answering_program there(here / "s");
  CHECK(state_of_control_socket(here / "s") == control_socket_state::answers);
  const std::string why = start_up_complaint([&] { const answering_program second(here / "s"); });
  CHECK_THAT(why, ContainsSubstring("a running program answers there"));
  CHECK(ask_control(here / "s", "hello").ok);
}

TEST_CASE("a file that is no socket is never replaced") {
  const folder here;
  const std::string path = here / "file";
  std::fclose(std::fopen(path.c_str(), "w"));
  CHECK_THAT(start_up_complaint([&] { const answering_program there(path); }),
             ContainsSubstring("no socket"));
  CHECK(exists(path));
  ::unlink(path.c_str());
}

TEST_CASE("a control path that is too long or nowhere is refused") {
  const folder here;
  CHECK_THAT(start_up_complaint([&] { const answering_program there(here / std::string(120, 'x')); }),
             ContainsSubstring("107 bytes"));
  CHECK_THAT(start_up_complaint([&] { const answering_program there(here / "no/such/folder"); }),
             ContainsSubstring("No such file"));
}

TEST_CASE("the one program that runs is found and stale sockets beside it are removed") {
  const folder here;
  const std::string mine = control_path("udp_test", "1");
  const std::string stale = control_folder() + "/udp_test-2-99999999";
  leave_stale_socket(stale);
  const answering_program there(mine);
  CHECK(find_control("udp_test", "") == mine);
  CHECK_FALSE(exists(stale));
  CHECK(find_control("udp_test", "/elsewhere") == "/elsewhere");
}

TEST_CASE("none or several programs are a clear complaint") {
  const folder here;
  CHECK_THAT(start_up_complaint([] { find_control("udp_test", ""); }), ContainsSubstring("no udp_test"));
  const std::string one = control_path("udp_test", "1");
  const std::string other = control_path("udp_test", "2");
  const answering_program a(one);
  const answering_program b(other);
  try {
    find_control("udp_test", "");
    FAIL_CHECK("chose one");
  } catch (const usage_error& e) {
    CHECK_THAT(e.what(), ContainsSubstring(one));
    CHECK_THAT(e.what(), ContainsSubstring(other));
  }
}

TEST_CASE("a folder that others may enter is not used for control sockets") {
  const folder here;
  const std::string open = here / "dgram";
  REQUIRE(::mkdir(open.c_str(), 0700) == 0);
  ::chmod(open.c_str(), 0755);
  CHECK_THAT(start_up_complaint([] { control_folder(); }), ContainsSubstring("0700"));
}

TEST_CASE("nobody at a control socket is a clear complaint") {
  const folder here;
  leave_stale_socket(here / "s");
  CHECK_THAT(start_up_complaint([&] { ask_control(here / "s", "get"); }), ContainsSubstring("refused"));
  ::unlink((here / "s").c_str());
}

TEST_CASE("a control command is checked before anybody is asked") {
  const auto refused = [](const std::vector<std::string>& words) -> std::string {
    try {
      run_control_command("udp_test", "/nowhere", words, false);
    } catch (const usage_error& e) {
      return e.what();
    }
    return {};
  };
  CHECK_THAT(refused({"frob"}), ContainsSubstring("'frob'"));
  CHECK_THAT(refused({"set"}), ContainsSubstring("NAME=VALUE"));
  CHECK_THAT(refused({"get", "loss"}), ContainsSubstring("one argument too many"));
  CHECK_THAT(refused({"set", "loss=1 2"}), ContainsSubstring("spaces"));
}
