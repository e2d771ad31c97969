// SPDX-License-Identifier: MIT
// A datagram's frames on one line, without the bytes of its messages: for the chronicle of a run.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <variant>

#include "tests/support/describe_datagram.h"
#include "udp/core/wire.h"

namespace dgram::test {

inline std::string frames_in_words(std::span<const std::byte> datagram) {
  const auto parsed = wire::parse_header(datagram);
  if (!parsed.header) return std::string(to_string(parsed.why));
  const wire::header& h = *parsed.header;
  const auto payload = datagram.subspan(wire::header_size);
  std::string words = std::to_string(h.packet);
  if (h.unheard) words += " unheard";
  if (h.kind == wire::kind::unknown_session) return words + " unknown session";
  wire::frame_reader frames(payload);
  while (auto f = frames.next()) {
    if (auto* m = std::get_if<wire::message>(&*f)) {
      words.append("; ").append(std::to_string(m->bytes.size())).append(" bytes of");
      m->bytes = {};
    }
    words.append("; ").append(std::visit(dgram::testing::describe_frame{}, *f));
  }
  return words;
}

}  // namespace dgram::test
