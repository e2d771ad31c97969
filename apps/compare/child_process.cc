// SPDX-License-Identifier: MIT
#include "apps/compare/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <system_error>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

namespace dgram::app::compare {
namespace {

// A run of 200,000 messages is about 10 MB.
constexpr std::size_t longest_answer = std::size_t{256} << 20;

void write_all(int descriptor, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) at += static_cast<std::size_t>(written);
  }
}

[[noreturn]] void be_child(pid_t parent, int out, const std::function<std::string()>& work) {
  // Ctrl-C reaches the whole foreground group; this process ends when its parent says so.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  die_with_parent();
  if (::getppid() != parent) ::_exit(1);
  write_all(out, work());
  ::_exit(0);
}

// Reads until the end of the stream.
class answer_reader {
 public:
  answer_reader(asio::io_context& context, int descriptor) : stream_(context, descriptor) { read(); }
  bool ended() const { return ended_; }
  std::string text;

 private:
  void read() {
    stream_.async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t size) {
      text.append(buffer_.data(), size);
      ended_ = error || text.size() > longest_answer;
      if (!ended_) read();
    });
  }

  asio::posix::stream_descriptor stream_;
  std::array<char, 65536> buffer_;
  bool ended_ = false;
};

}  // namespace

child_runner::child_runner() : signals_(context_, [this](int number) { stopped_by_ = number; }) {}

child_answer child_runner::run(const std::function<std::string()>& work, duration limit) {
  child_answer answer;
  answer.how = child_answer::ending::stopped;
  if (stopped_by_ != 0) return answer;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) be_child(self, ends[1], work);
  const int fork_error = errno;
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    throw std::system_error(fork_error, std::generic_category(), "fork");
  }

  answer_reader reader(context_, ends[0]);
  const auto end = std::chrono::steady_clock::now() + limit;
  context_.restart();
  while (!reader.ended() && stopped_by_ == 0 && std::chrono::steady_clock::now() < end) {
    context_.run_one_until(end);
  }
  const bool in_time = reader.ended();
  if (!in_time) ::kill(child, SIGKILL);
  // The end of the stream comes with the end of the child.
  while (!reader.ended()) context_.run_one();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (stopped_by_ != 0) return answer;
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  using ending = child_answer::ending;
  answer.how = !in_time ? ending::overran : well ? ending::answered : ending::broke_off;
  answer.text = std::move(reader.text);
  return answer;
}

void die_with_parent() {
#if defined(__linux__)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

}  // namespace dgram::app::compare
