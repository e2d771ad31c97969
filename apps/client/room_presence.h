// SPDX-License-Identifier: MIT
// Keeps a person in a room of a chat server: says who one is before anything else is said, says it again when
// a session ended, and says something now and then so that nobody is taken for gone.
#pragma once

#include <functional>
#include <string>

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
  // After a line: something for its copy to ride on, since most lines are followed by a pause, in which a
  // loss would wait for the probe timer.
  void follow_up();
  // Lets the loop end.
  void stop();

 private:
  void greeted(std::error_code, const answer&);
  void greet_later();
  void stay();
  void send_nothing(delivery_mode);

  client_session& session_;
  callbacks callbacks_;
  asio::steady_timer again_;
  asio::steady_timer sign_of_life_;
  asio::steady_timer follow_up_;
  bool was_in_ = false;
  bool said_that_it_tries_ = false;
  bool following_ = false;
  bool stopped_ = false;
};

}  // namespace dgram::app
