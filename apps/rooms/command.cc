// SPDX-License-Identifier: MIT
#include "apps/rooms/command.h"

#include <array>

namespace dgram::app::rooms {
namespace {

struct entry {
  std::string_view name;
  rooms::verb verb;
  int words;  // before the text
};
constexpr std::array table{entry{"hello", verb::hello, 1}, entry{"who", verb::who, 0},
                           entry{"join", verb::join, 1},   entry{"nick", verb::nick, 1},
                           entry{"msg", verb::msg, 1},     entry{"me", verb::me, 0},
                           entry{"help", verb::help, 0},   entry{"bye", verb::bye, 0}};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find_first_of(" \t");
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : trimmed(text.substr(end));
  return word;
}

}  // namespace

command parse(std::string_view line) {
  if (trimmed(line).empty()) return {};
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.front() != '/') return {verb::say, {}, line};
  line.remove_prefix(1);
  if (line.starts_with('/')) return {verb::say, {}, line};
  std::string_view rest = trimmed(line);
  const std::string_view name = take_word(rest);
  for (const entry& e : table) {
    if (e.name != name) continue;
    command c{e.verb, {}, {}};
    if (e.words == 1) c.first = take_word(rest);
    c.text = rest;
    return c;
  }
  return {verb::unknown, name, {}};
}

}  // namespace dgram::app::rooms
