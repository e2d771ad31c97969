// SPDX-License-Identifier: MIT
#include "apps/client/room_paint.h"

#include "apps/client/name_colour.h"

namespace dgram::app {
namespace {

// Select graphic rendition (ECMA-48, 8.3.117).
std::string in(const std::string& rendition, std::string_view text) {
  return "\x1b[" + rendition + "m" + std::string(text) + "\x1b[0m";
}

std::string name_in_colour(std::string_view name, bool own) {
  return in((own ? "1;38;5;" : "38;5;") + std::to_string(colour_of(name)), name);
}

}  // namespace

std::string painted(const room_line& line, std::string_view own_name) {
  using kind = room_line::kind;
  if (line.is == kind::notice) return in("2", line.text);
  std::string text;
  const bool in_private = line.is == kind::told_in_private || line.is == kind::said_in_private;
  text += in_private ? in("1;35", line.before) : std::string(line.before);
  if (!line.speaker.empty()) text += name_in_colour(line.speaker, line.speaker == own_name);
  if (line.is != kind::said_in_private) return text.append(line.text);
  // The bracket that closes the mark belongs to it.
  return text + in("1;35", line.text.substr(0, 1)).append(line.text.substr(1));
}

}  // namespace dgram::app
