// SPDX-License-Identifier: MIT
// What a line of a room is: who speaks in it, how, and what is said. The forms are those of
// apps/rooms/command.h; since no name has a space, and none but a plain peer's address a ':', nobody can
// write a line that reads as another's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dgram::app {

struct room_line {
  enum class kind : std::uint8_t {
    said,             // "NAME: text"
    acted,            // "* NAME text"
    told_in_private,  // "[private] NAME: text"
    said_in_private,  // "[private to NAME] text", one's own
    notice,           // "-- text", the server's
    other,
  };
  kind is = kind::other;
  std::string_view before;   // what stands before the speaker, with its space
  std::string_view speaker;  // in said_in_private whom it is told to; empty in a notice
  std::string_view text;     // the rest, with the ": ", "] " or " " that it begins with
};

// Views into the line; its parts follow one another without gaps.
room_line parse_room_line(std::string_view line);

// The new name in "-- OLD is now NEW"; empty when the line says anything else.
std::string_view renamed(const room_line&, std::string_view old);
struct welcome {
  std::string_view room;
  std::string_view name;
};
// "-- welcome to ROOM, NAME; ...": lines said earlier follow.
std::optional<welcome> welcome_of(const room_line&);

}  // namespace dgram::app
