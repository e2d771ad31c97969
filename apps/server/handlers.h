// SPDX-License-Identifier: MIT
// What the server answers: bytes in, reply bytes out. Knows no sockets, so the same rule serves UDP, TCP
// and tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dgram::app {

enum class reply_kind : std::uint8_t {
  ack,    // what was received: "received 5 bytes", or a text of one's own instead
  echo,   // the message itself, a text of one's own before it
  upper,  // the same with a..z in capitals; other bytes stay as they are
};

struct reply_rule {
  reply_kind kind = reply_kind::ack;
  std::string text;
};

// A plain peer often sits at a terminal: when its message ends a line, so does the reply. The reply lies in
// `message` or in `scratch`.
std::string_view reply_to(std::string_view message, const reply_rule&, bool plain, std::string& scratch);

}  // namespace dgram::app
