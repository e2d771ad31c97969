// SPDX-License-Identifier: MIT
// udp_client on a pipe, and with -m: each line (or TEXT) is a message, replies go to stdout in order, and the
// end comes when every message is answered or given up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <asio/steady_timer.hpp>

#include "apps/cli/line_splitter.h"
#include "apps/cli/standard_input.h"
#include "apps/client/client_session.h"
#include "apps/client/message_pipe.h"
#include "apps/client/own_lines.h"
#include "apps/client/reply_output.h"

namespace dgram::app {

class pipe_mode : public client_mode {
 public:
  pipe_mode(client_session&, on_finished);

  void start() override;
  void stop() override;
  void say(const std::string& line) override;
  void on_message(std::string_view text) override;
  void on_greeted() override { pump(); }

 private:
  bool in_room() const { return !session_.options.name.empty(); }
  void take_room_reply(std::string_view);
  bool one_shot() const { return !session_.options.messages.empty(); }
  std::optional<input_line> next_message();
  bool input_ended() const;
  // All is answered and shown: ends, in a room when one's own lines have come back too.
  void finish_in_time();
  // Sends what there is room for, reads on when that is all, ends when all is done.
  void pump();
  void read();
  void report_too_long(const input_line&);
  void report_failure(std::uint64_t number, const pipe_result&);
  // The rest of the input goes unsent, but is counted.
  void give_up();
  void count_rest();
  void lose_output();
  void finish(exit_code);
  exit_code result() const;

  client_session& session_;
  on_finished finished_;
  std::optional<standard_input> input_;
  line_splitter lines_;
  std::size_t next_given_ = 0;  // of options.messages
  message_pipe pipe_;
  own_lines own_;  // in a room
  reply_output replies_;
  asio::steady_timer patience_;
  std::array<char, 64 * 1024> buffer_{};
  std::uint64_t unshown_ = 0;  // lines of others
  bool reading_ = false;
  bool giving_up_ = false;
  bool rest_unread_ = false;
  bool refused_ = false;  // a line, by a chat server
  bool waiting_for_own_ = false;
  bool done_ = false;
};

}  // namespace dgram::app
