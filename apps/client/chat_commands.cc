// SPDX-License-Identifier: MIT
#include "apps/client/chat_commands.h"

namespace dgram::app {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

chat_line parse_chat_line(std::string_view typed) {
  using kind = chat_line::kind;
  if (typed.empty()) return {};
  if (typed.front() != '/') return {kind::message, std::string(typed), {}};
  typed.remove_prefix(1);
  if (typed.starts_with('/')) return {kind::message, std::string(typed), {}};
  const std::size_t end = typed.find_first_of(" \t");
  const std::string_view argument = end == std::string_view::npos ? "" : trimmed(typed.substr(end));
  return {kind::command, std::string(typed.substr(0, end)), std::string(argument)};
}

}  // namespace dgram::app
