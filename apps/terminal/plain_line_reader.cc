// SPDX-License-Identifier: MIT
#include "apps/terminal/plain_line_reader.h"

#include <utility>

#include <asio/buffer.hpp>

namespace dgram::app {
namespace {

constexpr std::size_t longest_line = 16 * 1024 * 1024;

}  // namespace

plain_line_reader::plain_line_reader(const asio::any_io_executor& executor)
    : input_(executor), lines_(longest_line) {}

void plain_line_reader::start(std::string prompt, on_line handler) {
  prompt_ = std::move(prompt);
  on_line_ = std::move(handler);
  show();
  read();
}

void plain_line_reader::stop() {
  stopped_ = true;
  hide();
  std::error_code ignored;
  input_.stream().cancel(ignored);
}

void plain_line_reader::hide() {
  if (!std::exchange(shown_, false)) return;
  screen_.add("\n");
  screen_.flush();
}

void plain_line_reader::show() {
  if (stopped_ || std::exchange(shown_, true)) return;
  screen_.add(prompt_);
  screen_.flush();
}

void plain_line_reader::read() {
  input_.stream().async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t n) {
    if (stopped_) return;
    lines_.add({buffer_.data(), n});
    hand_out();
    if (stopped_) return;
    if (error) {
      on_line_(std::nullopt);
    } else {
      read();
    }
  });
}

void plain_line_reader::hand_out() {
  while (!stopped_) {
    const auto line = lines_.next();
    if (!line) return;
    shown_ = false;  // the person's Enter has ended its row
    on_line_(line->text);
  }
}

}  // namespace dgram::app
