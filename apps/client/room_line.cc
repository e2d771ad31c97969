// SPDX-License-Identifier: MIT
#include "apps/client/room_line.h"

#include <algorithm>

namespace dgram::app {
namespace {

using kind = room_line::kind;

constexpr std::string_view notice_mark = "-- ";
constexpr std::string_view act_mark = "* ";
constexpr std::string_view private_mark = "[private] ";
constexpr std::string_view private_to_mark = "[private to ";

// `line` with the speaker between `mark` and the first space; `end` is what a speaker ends in besides.
room_line spoken(kind is, std::string_view line, std::string_view mark, std::string_view end) {
  const std::string_view rest = line.substr(mark.size());
  const std::string_view word = rest.substr(0, rest.find(' '));
  if (word.size() <= end.size() || !word.ends_with(end)) return {kind::other, {}, {}, line};
  const std::string_view speaker = word.substr(0, word.size() - end.size());
  return {is, line.substr(0, mark.size()), speaker, rest.substr(speaker.size())};
}

}  // namespace

room_line parse_room_line(std::string_view line) {
  if (line.starts_with(notice_mark)) return {kind::notice, {}, {}, line};
  if (line.starts_with(act_mark)) return spoken(kind::acted, line, act_mark, "");
  if (line.starts_with(private_mark)) return spoken(kind::told_in_private, line, private_mark, ":");
  if (line.starts_with(private_to_mark)) return spoken(kind::said_in_private, line, private_to_mark, "]");
  return spoken(kind::said, line, "", ":");
}

std::string_view renamed(const room_line& line, std::string_view old) {
  constexpr std::string_view between = " is now ";
  if (line.is != kind::notice) return {};
  std::string_view rest = line.text.substr(notice_mark.size());
  if (!rest.starts_with(old)) return {};
  rest.remove_prefix(old.size());
  if (!rest.starts_with(between)) return {};
  rest.remove_prefix(between.size());
  return rest.find(' ') == std::string_view::npos ? rest : std::string_view{};
}

std::optional<welcome> welcome_of(const room_line& line) {
  constexpr std::string_view beginning = "-- welcome to ";
  if (line.is != kind::notice || !line.text.starts_with(beginning)) return std::nullopt;
  std::string_view rest = line.text.substr(beginning.size());
  // Neither has a space, but both may have the sign that follows them here.
  const auto take = [&rest](std::string_view sign) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word.ends_with(sign) ? word.substr(0, word.size() - sign.size()) : std::string_view{};
  };
  const std::string_view room = take(",");
  const std::string_view name = take(";");
  if (room.empty() || name.empty()) return std::nullopt;
  return welcome{room, name};
}

}  // namespace dgram::app
