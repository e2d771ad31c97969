// SPDX-License-Identifier: MIT
// Keeps the row above the prompt true: what is waited for as it happens, and how the connection does once a
// second. Where nothing can be redrawn, only what is waited for is told.
#pragma once

#include <string>

#include <asio/steady_timer.hpp>

#include "apps/client/client_session.h"
#include "apps/client/waiting_lines.h"
#include "apps/terminal/chat_screen.h"

namespace dgram::app {

class chat_status {
 public:
  chat_status(client_session&, const waiting_lines&, chat_screen&);

  void start();
  // Lets the loop end.
  void stop();
  // Something waits, was sent again or waits no more.
  void changed();

  bool shown() const { return shown_; }
  void show(bool);

 private:
  void look_at_connection();
  void look_again_later();
  void watch_waiting();
  std::string waiting_text() const;

  client_session& session_;
  const waiting_lines& waiting_;
  chat_screen& screen_;
  asio::steady_timer every_second_;
  asio::steady_timer soon_;
  std::string connection_;
  bool shown_;
  bool watching_ = false;
  bool stopped_ = false;
};

}  // namespace dgram::app
