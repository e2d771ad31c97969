// SPDX-License-Identifier: MIT
#include "apps/link/command_start.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace dgram::app {
namespace {

constexpr std::array<unsigned, 3> kept_capabilities{CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE};

// An unprivileged user's programs lose what the user namespace gave when they are executed, but for these:
// enough for ping, tcpdump, ip and servers on low ports, and only inside.
void keep_network_capabilities() {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &head, sets.data()) != 0) return;
  for (const unsigned kept : kept_capabilities) {
    sets[0].inheritable |= 1U << kept;
  }
  if (::syscall(SYS_capset, &head, sets.data()) != 0) return;
  for (const unsigned kept : kept_capabilities) {
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept, 0, 0);
  }
}

void take_terminal() {
  sigset_t stop{};
  sigset_t before{};
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  ::sigprocmask(SIG_BLOCK, &stop, &before);
  ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

// Standard output and input belong to the client's command.
void stand_aside() {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace

int become_command(const link_command& command, side s, const tun_pair& pair) try {
  pair.enter(s);
  std::signal(SIGPIPE, SIG_DFL);  // udp_link itself ignores it
  if (command.own_group) ::setpgid(0, 0);
  if (command.foreground) take_terminal();
  if (!command.owns_streams) stand_aside();
  if (::geteuid() != 0) keep_network_capabilities();
  ::setenv("UDP_LINK_SIDE", s == side::client ? "client" : "server", 1);

  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words.front(), words.data());
  return errno;
} catch (const std::system_error& e) {
  return e.code().value();
}

}  // namespace dgram::app
