// SPDX-License-Identifier: MIT
// udp_client on a terminal: a line typed is a message; under it come the reply and what it cost, or why
// there is none, and meanwhile what is being done about it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/terminal.h"
#include "apps/client/chat_commands.h"
#include "apps/client/chat_status.h"
#include "apps/client/client_session.h"
#include "apps/client/conversation.h"
#include "apps/client/waiting_lines.h"
#include "apps/terminal/chat_screen.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {

class chat_mode : public client_mode {
 public:
  chat_mode(client_session&, on_finished);

  void start() override;
  void stop() override;
  void say(const std::string& line) override;
  void on_trace(const trace_record&) override;
  void on_message(std::string_view text) override;

 private:
  bool in_room() const { return !session_.options.name.empty(); }
  void on_line(std::optional<std::string>);
  void send(const std::string& text);
  void resolve(std::uint64_t id, std::error_code, const answer&);
  void run_command(const chat_line&);
  void set_deadline(const std::string& argument);
  void switch_times(const chat_line&);
  void switch_status(const chat_line&);
  // What "on", "off" or nothing makes of a setting; says so when it is none of them.
  std::optional<bool> switched(const chat_line&, bool now);
  void help();
  void leave(exit_code);

  client_session& session_;
  on_finished finished_;
  terminal_settings settings_;
  std::unique_ptr<line_reader> reader_;
  chat_screen screen_;
  conversation conversation_;
  waiting_lines waiting_;  // by the number of the line they were typed in
  chat_status status_;
  send_options sending_;
  std::uint64_t newest_line_ = 0;
  bool done_ = false;
};

}  // namespace dgram::app
