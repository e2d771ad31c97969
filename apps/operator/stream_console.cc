// SPDX-License-Identifier: MIT
#include "apps/operator/stream_console.h"

#include <utility>

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include "udp/core/message.h"

namespace dgram::app {

stream_console::stream_console(const asio::any_io_executor& executor, operator_words words)
    : executor_(executor), words_(std::move(words)), lines_(max_message_size) {}

void stream_console::start(on_line handler) {
  on_line_ = std::move(handler);
  stopped_ = false;
  input_.emplace(executor_);
  read();
}

void stream_console::stop() {
  if (std::exchange(stopped_, true)) return;
  std::error_code ignored;
  input_->stream().cancel(ignored);
}

void stream_console::want_lines(bool wanted) {
  if (std::exchange(wanted_, wanted) == wanted || !wanted || handing_out_) return;
  // Not from inside whatever call of the service made the room.
  asio::post(executor_, [this] { hand_out(); });
}

void stream_console::read() {
  if (ended_ || reading_) return;
  reading_ = true;
  input_->stream().async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t n) {
    reading_ = false;
    if (stopped_) return;
    lines_.add({buffer_.data(), n});
    // Any error ends the input: end of file, or a pipe that broke.
    if (error) lines_.end();
    hand_out();
  });
}

void stream_console::hand_out() {
  if (handing_out_) return;
  handing_out_ = true;
  while (wanted_ && !stopped_) {
    auto line = lines_.next();
    if (!line) break;
    if (line->too_long) {
      show(kind::refusal, "line " + std::to_string(line->number) +
                              " is too large: " + std::to_string(line->size) + " bytes, at most " +
                              std::to_string(max_message_size) + " can be sent");
    } else {
      on_line_(std::move(line->text));
    }
  }
  handing_out_ = false;
  if (!wanted_ || stopped_ || ended_) return;
  ended_ = lines_.finished();
  if (ended_) return on_line_(std::nullopt);
  read();
}

void stream_console::show(kind what, std::string_view text) {
  (what == kind::speech || what == kind::report ? words_.line : words_.word)(text);
  if (std::exchange(flush_posted_, true)) return;
  asio::post(executor_, [this] {
    flush_posted_ = false;
    words_.flush();
  });
}

}  // namespace dgram::app
