// SPDX-License-Identifier: MIT
#include "apps/exec/child_start.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "apps/cli/descriptor_limit.h"
#include "apps/exec/child_isolation.h"

namespace dgram::app::exec {
namespace {

constexpr const char* shell = "/bin/sh";
constexpr const char* usual_path = "PATH=/usr/local/bin:/usr/bin:/bin";

struct pipe_ends {
  pipe_ends() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
  }
  ~pipe_ends() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;

  bool open() const { return ends[0] >= 0; }
  int write_end() const { return ends[1]; }
  int take_read_end() { return std::exchange(ends[0], -1); }

  std::array<int, 2> ends{-1, -1};
};

// Everything the child needs, made before it is there: it may not allocate.
struct preparation {
  char* const* arguments;
  char* const* environment;
  int out;
  int err;
  volatile int* failure;  // the parent's memory, an errno
};

// Between vfork and exec, in the parent's memory: only system calls, and nothing of the parent's is written
// but the failure.
[[noreturn]] void become_shell(const preparation& made) {
  ::setsid();
  die_with_parent();
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(made.out, STDOUT_FILENO) >= 0 &&
      ::dup2(made.err, STDERR_FILENO) >= 0) {
    close_from(STDERR_FILENO + 1);
    restore_descriptor_limit();
    reset_signals();
    ::execve(shell, made.arguments, made.environment);
  }
  *made.failure = errno;
  ::_exit(127);
}

// No handler of ours may run in the child, which shares our memory until it is the shell.
pid_t start(const preparation& made, int& fork_error) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  // Not fork(): a server with much memory would stand still while its page tables are copied.
  const pid_t id = ::vfork();
  if (id == 0) become_shell(made);
  fork_error = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return id;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

std::vector<std::string> child_environment() {
  std::vector<std::string> all;
  for (const char* name : {"PATH", "HOME", "LANG", "LC_ALL"}) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + '=' + value);
  }
  if (!std::getenv("PATH")) all.emplace_back(usual_path);
  return all;
}

child start_shell(const std::string& command, std::error_code& error) {
  error.clear();
  pipe_ends out;
  pipe_ends err;
  if (!out.open() || !err.open()) {
    error.assign(errno, std::generic_category());
    return {};
  }
  std::vector<std::string> arguments{"sh", "-c", command};
  std::vector<std::string> environment = child_environment();
  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  volatile int failure = 0;
  int fork_error = 0;
  const pid_t id = start(
      {argument_pointers.data(), environment_pointers.data(), out.write_end(), err.write_end(), &failure},
      fork_error);
  if (id < 0 || failure != 0) {
    error.assign(id < 0 ? fork_error : failure, std::generic_category());
    if (id > 0) {
      while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    return {};
  }
  return {id, out.take_read_end(), err.take_read_end()};
}

}  // namespace dgram::app::exec
