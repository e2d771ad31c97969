// SPDX-License-Identifier: MIT
// udp_client on a terminal: a line typed is a message; under it come the reply and what it cost, or why
// there is none, and meanwhile what is being done about it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <asio/steady_timer.hpp>

#include "apps/cli/terminal.h"
#include "apps/client/chat_commands.h"
#include "apps/client/client_session.h"
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
  struct waiting_message {
    std::string text;
    time_point sent;
    std::uint16_t tries = 1;
    duration last_try_after{0};
  };

  bool in_room() const { return !session_.options.name.empty(); }
  void on_line(std::optional<std::string>);
  void send(const std::string& text);
  void resolve(std::uint64_t id, std::error_code, const answer&);
  void run_command(const chat_line&);
  void set_deadline(const std::string& argument);
  void leave(exit_code);

  void refresh_status();
  void refresh_later();
  std::string status_text() const;

  client_session& session_;
  on_finished finished_;
  terminal_settings settings_;
  std::unique_ptr<line_reader> reader_;
  chat_screen screen_;
  asio::steady_timer refresh_;
  send_options sending_;
  std::map<std::uint64_t, waiting_message> waiting_;  // by the number of the line they were typed in
  std::uint64_t newest_line_ = 0;
  bool done_ = false;
};

}  // namespace dgram::app
