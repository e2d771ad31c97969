// SPDX-License-Identifier: MIT
// What the person at a server's console types, and how it is read:
//
//   TEXT         answers the last speaker; @NAME TEXT and @#3 TEXT somebody else, /all TEXT everybody
//   /peers  /kick NAME  /stats  /stop  /start  /quit  /help
//   //TEXT       is the text /TEXT, and @@TEXT the text @TEXT
#pragma once

#include <cstdint>
#include <string_view>

namespace dgram::app {

struct operator_command {
  enum class kind : std::uint8_t {
    nothing,
    answer,     // text, to the last speaker
    answer_to,  // text, to who
    answer_all,
    peers,
    kick,  // who
    stats,
    stop,
    start,
    quit,
    help,
    unknown,     // who: the word after the '/'
    incomplete,  // who: the word; text: what it wants
    excessive,   // who: the word, which takes nothing
  };
  kind means = kind::nothing;
  std::string_view who;
  std::string_view text;
};

// Views into the line, which has no newline; into it only.
operator_command parse_operator_line(std::string_view line);

}  // namespace dgram::app
