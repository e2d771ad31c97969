// SPDX-License-Identifier: MIT
#include "apps/client/message_pipe.h"

#include <utility>

#include "apps/cli/text_escape.h"

namespace dgram::app {

message_pipe::message_pipe(send_function send, send_options options, std::size_t window, tally& counts,
                           callbacks to_call)
    : send_(std::move(send)),
      options_(options),
      window_(window),
      tally_(counts),
      callbacks_(std::move(to_call)) {}

void message_pipe::send(std::string_view message, std::uint64_t number) {
  if (waiting_.empty()) silent_since_ = time_point::clock::now();
  const std::uint64_t index = first_ + waiting_.size();
  waiting_.push_back({number, message.size(), false, {}, {}});
  bytes_ += message.size();
  ++tally_.sent;
  send_(message, options_,
        [this, index](std::error_code error, answer got) { resolve(index, error, std::move(got)); });
}

void message_pipe::resolve(std::uint64_t index, std::error_code error, answer got) {
  tally_.resolved(error, got.report, got.report.round_trip);
  slot& its = waiting_[static_cast<std::size_t>(index - first_)];
  its.resolved = true;
  its.result = {error, got.report};
  its.reply = std::move(got.bytes);
  judge_server(!error && got.report.outcome == outcome::answered, its.bytes);
  hand_out();
  callbacks_.on_progress();
}

void message_pipe::judge_server(bool answered, std::size_t bytes) {
  const time_point now = time_point::clock::now();
  if (answered) {
    failures_in_a_row_ = 0;
    failed_bytes_in_a_row_ = 0;
    silent_since_ = now;
    return;
  }
  failed_bytes_in_a_row_ += bytes;
  // A single large message may simply have been too much for its deadline.
  const bool whole_window = ++failures_in_a_row_ >= window_ || failed_bytes_in_a_row_ > byte_window;
  if (whole_window && now - silent_since_ >= options_.deadline) lost_ = true;
}

void message_pipe::hand_out() {
  // A callback may end the run, which resolves all that waits from inside.
  if (std::exchange(handing_out_, true)) return;
  while (!waiting_.empty() && waiting_.front().resolved) {
    const slot done = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= done.bytes;
    ++first_;
    if (!done.result.error && done.result.report.outcome == outcome::answered) {
      callbacks_.on_reply(as_text(done.reply), done.result);
    } else {
      callbacks_.on_failure(done.number, done.result);
    }
  }
  handing_out_ = false;
}

}  // namespace dgram::app
