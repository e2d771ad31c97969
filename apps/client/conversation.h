// SPDX-License-Identifier: MIT
// What is said and heard in the chat, on the screen and in the log: puts times and colours to it, and rings
// when somebody is spoken of. Knows nothing of sending.
#pragma once

#include <string>
#include <string_view>

#include "apps/client/bell.h"
#include "apps/client/client_options.h"
#include "apps/client/conversation_log.h"
#include "apps/client/room_place.h"
#include "apps/terminal/chat_screen.h"

namespace dgram::app {

class conversation {
 public:
  conversation(chat_screen&, conversation_log&, const client_options&, const room_place&, bool colour);

  // A line that was sent; it is on the screen already.
  void said(std::string_view text);
  // A message that nobody here asked for: in a room, one of its lines.
  void came(std::string_view text);
  // `quote` says to what, where that is not to be seen.
  void answered(std::string_view quote, std::string_view reply, std::string_view cost);
  void failed(std::string_view said, std::string_view quote, std::string_view why);
  // Not for the log: a word of the program's own.
  void note(std::string_view text);

  bool times() const { return times_; }
  void show_times(bool wanted) { times_ = wanted; }

 private:
  void heard_in_room(std::string_view line);
  void show(const std::string& line);

  chat_screen& screen_;
  conversation_log& log_;
  const room_place& place_;
  bell bell_;
  bool colour_;
  bool times_;
  bool earlier_ = false;  // what comes was said before one came oneself
};

// Reply or line of a room, for a terminal.
std::string for_people(std::string_view text);

}  // namespace dgram::app
