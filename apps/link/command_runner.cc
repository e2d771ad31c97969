// SPDX-License-Identifier: MIT
#include "apps/link/command_runner.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "apps/link/command_init.h"
#include "apps/link/link_obstacle.h"

namespace dgram::app {
namespace {

// fork, into a new PID and a new mount namespace. glibc has no function for it.
pid_t fork_into_namespaces() {
  return static_cast<pid_t>(
      ::syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

}  // namespace

command_runner::command_runner(const tun_pair& pair, const std::array<link_command, 2>& commands) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  init_ = fork_into_namespaces();
  if (init_ < 0) {
    const int error = errno;
    for (const int descriptor : ends) ::close(descriptor);
    refuse_link(link_step::pid_namespace, error);
  }
  if (init_ == 0) {
    ::close(ends[0]);
    run_command_init(ends[1], pair, commands);
  }
  channel_ = ends[0];
  ::close(ends[1]);
  command_notice ready{};
  if (::recv(channel_, &ready, sizeof ready, 0) != sizeof ready) {
    end();
    refuse_link(link_step::pid_namespace, EPERM);
  }
  own_proc_ = ready.value != 0;
  send({command_order::kind::go, side::client, 0});
}

command_runner::~command_runner() {
  end();
}

void command_runner::watch(asio::io_context& context,
                           std::function<void(std::optional<command_notice>)> on_notice) {
  on_notice_ = std::move(on_notice);
  notices_.emplace(context, ::fcntl(channel_, F_DUPFD_CLOEXEC, 0));
  wait_for_notice();
}

void command_runner::wait_for_notice() {
  notices_->async_wait(asio::posix::stream_descriptor::wait_read,
                       [this, alive = alive_.observe()](std::error_code error) {
                         if (error || alive.over()) return;
                         command_notice notice{};
                         const ssize_t got = ::recv(channel_, &notice, sizeof notice, MSG_DONTWAIT);
                         if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait_for_notice();
                         if (got != sizeof notice) return on_notice_(std::nullopt);
                         wait_for_notice();
                         on_notice_(notice);
                       });
}

void command_runner::send(const command_order& order) {
  // Should the namespace have ended, the next notice says so.
  [[maybe_unused]] const ssize_t sent = ::send(channel_, &order, sizeof order, MSG_NOSIGNAL);
}

void command_runner::end() {
  if (init_ < 0) return;
  notices_.reset();
  ::close(channel_);
  channel_ = -1;
  ::kill(init_, SIGKILL);
  // The kernel lets an init be waited for only when nothing else is left in its namespace.
  while (::waitpid(init_, nullptr, 0) < 0 && errno == EINTR) continue;
  init_ = -1;
}

}  // namespace dgram::app
