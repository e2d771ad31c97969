// SPDX-License-Identifier: MIT
#include "apps/client/room_place.h"

#include "apps/client/room_line.h"

namespace dgram::app {

void room_place::hear(std::string_view text) {
  const room_line line = parse_room_line(text);
  if (const auto name = renamed(line, name_); !name.empty()) name_ = name;
  if (const auto to = welcome_of(line)) {
    welcomed_ = true;
    name_ = to->name;
    room_ = to->room;
  }
}

}  // namespace dgram::app
