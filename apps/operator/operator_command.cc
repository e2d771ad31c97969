// SPDX-License-Identifier: MIT
#include "apps/operator/operator_command.h"

#include <array>

namespace dgram::app {
namespace {

using kind = operator_command::kind;

enum class takes : std::uint8_t { nothing, who, text };

struct entry {
  std::string_view name;
  kind means;
  takes wanted;
};
constexpr std::array table{
    entry{"all", kind::answer_all, takes::text}, entry{"peers", kind::peers, takes::nothing},
    entry{"kick", kind::kick, takes::who},       entry{"stats", kind::stats, takes::nothing},
    entry{"stop", kind::stop, takes::nothing},   entry{"start", kind::start, takes::nothing},
    entry{"quit", kind::quit, takes::nothing},   entry{"help", kind::help, takes::nothing}};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The first word, and the rest after one space: what follows is text as it was typed.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find_first_of(" \t");
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return word;
}

operator_command read(const entry& e, std::string_view rest) {
  switch (e.wanted) {
    case takes::nothing:
      if (!trimmed(rest).empty()) return {kind::excessive, e.name, {}};
      return {e.means, {}, {}};
    case takes::who:
      rest = trimmed(rest);
      if (rest.starts_with('@')) rest.remove_prefix(1);
      if (rest.empty()) return {kind::incomplete, e.name, "NAME"};
      return {e.means, rest, {}};
    default:
      if (trimmed(rest).empty()) return {kind::incomplete, e.name, "TEXT"};
      return {e.means, {}, rest};
  }
}

}  // namespace

operator_command parse_operator_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (trimmed(line).empty()) return {};
  const bool doubled = line.size() > 1 && line[0] == line[1];
  if (doubled && (line[0] == '/' || line[0] == '@')) return {kind::answer, {}, line.substr(1)};
  if (line[0] == '@') {
    std::string_view rest = line.substr(1);
    const std::string_view who = take_word(rest);
    if (who.empty() || trimmed(rest).empty())
      return {kind::incomplete, line.substr(0, 1 + who.size()), "TEXT"};
    return {kind::answer_to, who, rest};
  }
  if (line[0] != '/') return {kind::answer, {}, line};
  std::string_view rest = line.substr(1);
  const std::string_view name = take_word(rest);
  for (const entry& e : table) {
    if (e.name == name) return read(e, rest);
  }
  return {kind::unknown, name, {}};
}

}  // namespace dgram::app
