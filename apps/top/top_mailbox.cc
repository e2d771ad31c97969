// SPDX-License-Identifier: MIT
#include "apps/top/top_mailbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace dgram::app {

top_mailbox::top_mailbox() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  read_end_ = ends[0];
  write_end_ = ends[1];
}

top_mailbox::~top_mailbox() {
  ::close(read_end_);
  ::close(write_end_);
}

bool top_mailbox::empty() const {
  const std::lock_guard lock(mutex_);
  return !waiting_;
}

void top_mailbox::put(top_snapshot next) {
  std::optional<top_snapshot> given(std::move(next));
  {
    const std::lock_guard lock(mutex_);
    waiting_.swap(given);
  }
  wake();
}

void top_mailbox::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake();
}

void top_mailbox::wake() {
  const char byte = 0;
  // A full pipe is readable as well.
  [[maybe_unused]] const ssize_t written = ::write(write_end_, &byte, 1);
}

std::optional<top_snapshot> top_mailbox::take() {
  std::array<char, 64> bytes{};
  while (::read(read_end_, bytes.data(), bytes.size()) > 0) {
  }
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, std::nullopt);
}

bool top_mailbox::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

}  // namespace dgram::app
