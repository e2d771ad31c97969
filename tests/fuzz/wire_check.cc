// SPDX-License-Identifier: MIT
#include "tests/fuzz/wire_check.h"

#include <algorithm>
#include <array>
#include <variant>

#include "tests/fuzz/finding.h"

namespace dgram::fuzz {
namespace {

struct frame_to_writer {
  wire::datagram_writer& out;
  void operator()(const wire::padding& p) const { out.pad_to(out.size() + p.size); }
  template <class Frame>
  void operator()(const Frame& f) const {
    out.write(f);
  }
};

void check_message(const wire::message& m, std::size_t written) {
  require(wire::size_of(m) == written, "size_of(message)");
  require(wire::fragment_capacity(m, written) >= m.bytes.size(), "fragment_capacity is less than what fits");
  if (!m.part) return;
  const wire::fragment& part = *m.part;
  require(!m.bytes.empty() && part.total <= max_message_size, "a fragment of an impossible size");
  require(std::uint64_t{part.offset} + m.bytes.size() <= part.total, "a fragment reaches beyond its message");
}

void check_sizes(const wire::frame& f, std::size_t written) {
  if (const auto* a = std::get_if<wire::ack>(&f)) require(wire::size_of(*a) == written, "size_of(ack)");
  if (const auto* m = std::get_if<wire::message>(&f)) check_message(*m, written);
  if (std::holds_alternative<wire::skip>(f)) require(wire::skip_size == written, "skip_size");
  if (std::holds_alternative<wire::greeting>(f)) require(wire::greeting_size == written, "greeting_size");
  if (std::holds_alternative<wire::token_echo>(f)) require(wire::token_size == written, "token_size");
  if (std::holds_alternative<wire::path_challenge>(f) || std::holds_alternative<wire::path_response>(f)) {
    require(wire::challenge_size == written, "challenge_size");
  }
  if (std::holds_alternative<wire::drop>(f)) require(wire::drop_size >= written, "drop_size");
  if (std::holds_alternative<wire::credit>(f)) require(wire::credit_size >= written, "credit_size");
  if (std::holds_alternative<wire::congestion_marks>(f)) require(wire::marks_size >= written, "marks_size");
}

void require_same(wire::datagram_writer& out, std::span<const std::byte> written,
                  std::span<const std::byte> datagram) {
  const std::size_t size = out.seal();
  require(size == datagram.size() && std::ranges::equal(written.first(size), datagram),
          "a datagram that was accepted is written again otherwise");
}

}  // namespace

void write_frame(wire::datagram_writer& out, const wire::frame& f) {
  const std::size_t before = out.size();
  std::visit(frame_to_writer{out}, f);
  check_sizes(f, out.size() - before);
}

std::optional<discard_reason> check_decoding(std::span<const std::byte> datagram) {
  const auto parsed = wire::parse_header(datagram);
  if (!parsed.header) return parsed.why;
  std::array<std::byte, largest_datagram> buffer;
  wire::datagram_writer out(buffer, *parsed.header);
  const auto payload = datagram.subspan(wire::header_size);
  if (parsed.header->kind == wire::kind::unknown_session) {
    const auto refusal = wire::parse_unknown_session(payload);
    if (!refusal) return discard_reason::malformed;
    out.write(*refusal);
    require_same(out, buffer, datagram);
    return std::nullopt;
  }
  const auto summary = wire::summarize(*parsed.header, payload);
  wire::frame_reader frames(payload);
  wire::summary counted;
  while (const auto f = frames.next()) {
    if (summary) write_frame(out, *f);
    if (const auto* m = std::get_if<wire::message>(&*f))
      ++(m->in_reply_to ? counted.replies : counted.messages);
  }
  if (!summary) return discard_reason::malformed;
  require(frames.good(), "a datagram was summarized though a frame of it does not parse");
  require(counted.messages == summary->messages && counted.replies == summary->replies, "summary counts");
  require_same(out, buffer, datagram);
  return std::nullopt;
}

}  // namespace dgram::fuzz
