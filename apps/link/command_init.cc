// SPDX-License-Identifier: MIT
#include "apps/link/command_init.h"

#include <poll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "apps/link/command_start.h"

namespace dgram::app {
namespace {

class command_init {
 public:
  command_init(int channel, const tun_pair& pair, const std::array<link_command, 2>& commands)
      : channel_(channel), pair_(pair), commands_(commands) {}

  [[noreturn]] void run();

 private:
  void tell(command_notice::kind what, side at, int value) const {
    const command_notice notice{what, at, value};
    // Should nobody listen any more, the next read ends us.
    [[maybe_unused]] const ssize_t sent = ::send(channel_, &notice, sizeof notice, MSG_NOSIGNAL);
  }
  command_order next_order() const {
    command_order order{};
    if (::recv(channel_, &order, sizeof order, 0) != sizeof order) ::_exit(0);
    return order;
  }
  pid_t& process(side s) { return processes_[static_cast<std::size_t>(s)]; }
  const link_command& command(side s) const { return commands_[static_cast<std::size_t>(s)]; }

  void obey(const command_order&);
  void start(side);
  void pass_on(side, int number);
  void resume(side, bool foreground);
  void reap();

  int channel_;
  const tun_pair& pair_;
  const std::array<link_command, 2>& commands_;
  std::array<pid_t, 2> processes_{};
  sigset_t signals_of_commands_{};
};

// ps, ss and /proc/net then show what is inside. Where /proc is partly hidden, as in many containers, an
// unprivileged user may not have another.
bool mount_proc() {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
}

void command_init::run() {
  // Should our parent have died before this line, it cannot answer what follows, and next_order ends us.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "udp_link init");
  tell(command_notice::kind::ready, side::client, mount_proc() ? 1 : 0);
  next_order();

  sigset_t children{};
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigaddset(&children, SIGTTOU);  // giving the terminal away must not stop us
  ::sigprocmask(SIG_BLOCK, &children, &signals_of_commands_);
  sigdelset(&children, SIGTTOU);
  const int ended = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  if (ended < 0) ::_exit(1);
  std::array<pollfd, 2> watched{pollfd{channel_, POLLIN, 0}, pollfd{ended, POLLIN, 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) ::_exit(1);
    if (watched[1].revents != 0) {
      signalfd_siginfo drained{};
      while (::read(ended, &drained, sizeof drained) > 0) continue;
      reap();
    }
    if (watched[0].revents != 0) obey(next_order());
  }
}

void command_init::obey(const command_order& order) {
  switch (order.what) {
    case command_order::kind::go: return;
    case command_order::kind::start: return start(order.at);
    case command_order::kind::signal: return pass_on(order.at, order.value);
    case command_order::kind::resume: return resume(order.at, order.value != 0);
  }
}

void command_init::start(side s) {
  const pid_t child = ::fork();
  if (child < 0) return tell(command_notice::kind::not_started, s, errno);
  if (child == 0) {
    ::sigprocmask(SIG_SETMASK, &signals_of_commands_, nullptr);
    const int error = become_command(command(s), s, pair_);
    tell(command_notice::kind::not_started, s, error);
    ::_exit(127);
  }
  process(s) = child;
  if (command(s).own_group) ::setpgid(child, child);  // here too, so that it is done when start returns
}

void command_init::pass_on(side s, int number) {
  if (process(s) > 0) ::kill(command(s).own_group ? -process(s) : process(s), number);
}

void command_init::resume(side s, bool foreground) {
  if (foreground) ::tcsetpgrp(STDIN_FILENO, process(s));
  pass_on(s, SIGCONT);
}

void command_init::reap() {
  int status = 0;
  pid_t child = 0;
  while ((child = ::waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
    for (const side s : {side::client, side::server}) {
      if (child != process(s)) continue;
      if (WIFSTOPPED(status)) {
        tell(command_notice::kind::stopped, s, WSTOPSIG(status));
      } else {
        process(s) = 0;
        tell(command_notice::kind::ended, s, status);
      }
    }
  }
}

}  // namespace

void run_command_init(int channel, const tun_pair& pair, const std::array<link_command, 2>& commands) {
  command_init(channel, pair, commands).run();
}

}  // namespace dgram::app
