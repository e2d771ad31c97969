// SPDX-License-Identifier: MIT
#include "apps/client/own_lines.h"

#include "apps/client/room_line.h"
#include "apps/rooms/command.h"

namespace dgram::app {

void own_lines::sent(std::string_view line) {
  const rooms::verb what = rooms::parse(line).verb;
  says_.push_back(what == rooms::verb::say || what == rooms::verb::me);
}

void own_lines::resolved(bool taken) {
  if (says_.empty()) return;
  if (taken && says_.front()) ++missing_;
  says_.pop_front();
}

void own_lines::came(std::string_view text, std::string_view own_name) {
  const room_line line = parse_room_line(text);
  const bool said = line.is == room_line::kind::said || line.is == room_line::kind::acted;
  if (said && line.speaker == own_name) --missing_;
}

}  // namespace dgram::app
