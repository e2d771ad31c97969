// SPDX-License-Identifier: MIT
#include "apps/cli/stop_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>

#include "apps/cli/terminal.h"

namespace dgram::app {
namespace {

volatile std::sig_atomic_t first_signal = 0;
volatile std::sig_atomic_t sent_by_kernel = 0;
volatile int write_end = -1;
std::atomic<std::int64_t> first_came{0};                        // ns
static_assert(std::atomic<std::int64_t>::is_always_lock_free);  // else no signal handler may use it

// timeout(1) sends its signal to the program and again to the program's process group: one wish, not two.
constexpr std::int64_t same_wish = 100'000'000;  // ns

std::int64_t moment() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

extern "C" void on_signal(int number, siginfo_t* details, void*) {
  if (first_signal == number && moment() - first_came < same_wish) return;
  if (first_signal != 0) {
    restore_terminal();
    ::_exit(128 + number);
  }
  first_signal = number;
  first_came = moment();
  sent_by_kernel = details->si_code > 0;
  const int saved_errno = errno;
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(write_end, &byte, 1);
  errno = saved_errno;
}

void handle(int number) {
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

stop_signals::stop_signals(asio::io_context& context, std::function<void(int)> on_first)
    : wake_up_(context), on_first_(std::move(on_first)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  wake_up_.assign(ends[0]);
  write_end = ends[1];
  first_signal = 0;
  handle(SIGINT);
  handle(SIGTERM);
  wake_up_.async_wait(asio::posix::stream_descriptor::wait_read, [this](std::error_code error) {
    if (!error) on_first_(first_signal);
  });
}

stop_signals::~stop_signals() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  for (const int number : also_) std::signal(number, SIG_DFL);
  ::close(write_end);
  write_end = -1;
}

void stop_signals::also_on(int number) {
  handle(number);
  also_.push_back(number);
}

bool stop_signals::from_keyboard() {
  return sent_by_kernel != 0;
}

void stop_signals::stop_waiting() {
  std::error_code ignored;
  wake_up_.cancel(ignored);
}

}  // namespace dgram::app
