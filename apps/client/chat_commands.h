// SPDX-License-Identifier: MIT
// What a line typed in the chat means.
#pragma once

#include <string>
#include <string_view>

namespace dgram::app {

struct chat_line {
  enum class kind { message, command, nothing };
  kind means = kind::nothing;
  std::string text;      // of the message, or the command's name without its slash
  std::string argument;  // of the command
};

// "/name argument" is a command, "//text" the message "/text", an empty line nothing, and all else a message.
chat_line parse_chat_line(std::string_view typed);

}  // namespace dgram::app
