// SPDX-License-Identifier: MIT
// Messages in, their replies out in the same order, no more than a window of them on the way or waiting for
// an earlier one, in number and in bytes. Knows neither stdin nor stdout.
//
// When a whole window of messages went unanswered in a row, and nothing was answered for a whole deadline,
// the server counts as lost: what is still on the way is given up, so that a long input does not take a
// deadline per window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "apps/client/tally.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

struct pipe_result {
  std::error_code error;
  delivery_report report;
};

class message_pipe {
 public:
  struct callbacks {
    std::function<void(std::string_view reply, const pipe_result&)> on_reply;
    std::function<void(std::uint64_t message, const pipe_result&)> on_failure;
    // Something was resolved: there may be room for more, or all is done.
    std::function<void()> on_progress;
  };

  using on_answer = std::function<void(std::error_code, answer)>;
  // Sends one message, and calls back once with what became of it.
  using send_function = std::function<void(std::string_view, const send_options&, on_answer)>;
  message_pipe(send_function, send_options, std::size_t window, tally&, callbacks);

  // Another message may follow so many bytes of messages without a reply. With one more of the largest they
  // are less than the replies that a server keeps for one peer, which would refuse the rest.
  static constexpr std::size_t byte_window = max_message_size;

  bool has_room() const { return !lost_ && waiting_.size() < window_ && bytes_ < byte_window; }
  bool idle() const { return waiting_.empty(); }
  bool lost() const { return lost_; }
  // Only when there is room. `number` comes back with a failure.
  void send(std::string_view message, std::uint64_t number);

 private:
  struct slot {
    std::uint64_t number = 0;
    std::size_t bytes = 0;
    bool resolved = false;
    pipe_result result;
    std::vector<std::byte> reply;
  };

  void resolve(std::uint64_t index, std::error_code, answer);
  void judge_server(bool answered, std::size_t bytes);
  void hand_out();

  send_function send_;
  send_options options_;
  std::size_t window_;
  tally& tally_;
  callbacks callbacks_;

  std::deque<slot> waiting_;
  std::uint64_t first_ = 0;  // index of waiting_.front()
  std::size_t bytes_ = 0;    // of the messages in waiting_
  std::uint64_t failures_in_a_row_ = 0;
  std::size_t failed_bytes_in_a_row_ = 0;
  time_point silent_since_{};
  bool lost_ = false;
  bool handing_out_ = false;
};

}  // namespace dgram::app
