// SPDX-License-Identifier: MIT
#include "apps/server/handlers.h"

#include <algorithm>

namespace dgram::app {
namespace {

char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void write_ack(std::string_view message, const reply_rule& rule, bool plain, std::string& scratch) {
  if (rule.text.empty()) {
    scratch = "received ";
    scratch += std::to_string(message.size());
    scratch += " bytes";
  } else {
    scratch = rule.text;
  }
  if (plain && message.ends_with('\n')) scratch += '\n';
}

}  // namespace

std::string_view reply_to(std::string_view message, const reply_rule& rule, bool plain,
                          std::string& scratch) {
  if (rule.kind == reply_kind::ack) {
    write_ack(message, rule, plain, scratch);
    return scratch;
  }
  if (rule.kind == reply_kind::echo && rule.text.empty()) return message;
  scratch = rule.text;
  scratch += message;
  if (rule.kind == reply_kind::upper) {
    const auto begin = scratch.begin() + static_cast<std::ptrdiff_t>(rule.text.size());
    std::transform(begin, scratch.end(), begin, capital);
  }
  return scratch;
}

}  // namespace dgram::app
