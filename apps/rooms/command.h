// SPDX-License-Identifier: MIT
// What people send to a chat server, and how it is read. The whole protocol is lines of text, so that nc
// speaks it too:
//
//   /hello NAME ROOM   the first message of udp_client --name; its reply is empty, or says why not. Plain
//                      peers say none: they are in the lobby, under their address, with their first line.
//   /who  /join ROOM  /nick NAME  /msg NAME TEXT  /me TEXT  /help  /bye
//   //TEXT             says /TEXT; everything else is said as it is.
//
// What comes back is lines too: "NAME: text", "* NAME text" (/me), "[private] NAME: text", and "-- text" from
// the server itself. No name has a ':' or a space, but the addresses of plain peers, so a line says whose it
// is.
#pragma once

#include <cstdint>
#include <string_view>

namespace dgram::app::rooms {

enum class verb : std::uint8_t { nothing, say, hello, who, join, nick, msg, me, help, bye, unknown };

struct command {
  rooms::verb verb = verb::nothing;
  std::string_view first;  // name or room; of an unknown command, its name
  std::string_view text;   // the rest
};

// The reply to a line before the greeting: as after the server was started anew, which the client may not
// know.
inline constexpr std::string_view not_greeted = "not taken: you are in no room; say /hello NAME ROOM";

// Views into the line, which has no newline.
command parse(std::string_view line);

}  // namespace dgram::app::rooms
