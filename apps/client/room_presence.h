// SPDX-License-Identifier: MIT
// Keeps a person in a room of a chat server: says who one is before anything else is said, says it again when
// a session ended, and says something now and then so that nobody is taken for gone.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include <asio/steady_timer.hpp>

#include "apps/client/client_session.h"

namespace dgram::app {

class room_presence {
 public:
  struct callbacks {
    // The first greeting failed: the server's reason, or why there was no answer.
    std::function<void(const std::string& why)> on_refused;
    std::function<void()> on_greeted;
    // A word about a later greeting that failed.
    std::function<void(const std::string&)> say;
  };

  room_presence(client_session&, callbacks);

  // Sends the greeting: what is sent after it in the same channel arrives after it.
  void enter();
  void session_ended(end_reason);
  // As session.request was; but a line that a server did not take because it was started anew and knows
  // nobody goes again once it has been greeted, those after it behind it.
  void request(std::string_view text, const send_options&, client_session::on_answer);
  // Lets the loop end.
  void stop();

 private:
  struct untaken_line {
    std::string text;
    send_options how;
    time_point until;
    client_session::on_answer then;
    answer refusal;
  };

  void greeted(std::error_code, const answer&);
  void greet_later();
  void stay();
  void say_nothing();
  void send(const std::string& text, const send_options&, time_point until, client_session::on_answer);
  void send_untaken();
  void give_up_untaken();

  client_session& session_;
  callbacks callbacks_;
  asio::steady_timer again_;
  asio::steady_timer sign_of_life_;
  std::deque<untaken_line> untaken_;
  bool was_in_ = false;
  bool said_that_it_tries_ = false;
  bool stopped_ = false;
};

}  // namespace dgram::app
