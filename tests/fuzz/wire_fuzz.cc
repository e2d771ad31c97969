// SPDX-License-Identifier: MIT
// Any bytes through the decoder: as they are; as the payload behind a header that is in order, so that the
// checksum keeps nothing out; as a recipe for frames, which must come back as they were written; and as one
// for fragments of any numbers, of which only those may pass that belong to a message.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "tests/fuzz/finding.h"
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/wire_check.h"
#include "udp/core/bytes.h"

namespace {

using namespace dgram;
using namespace dgram::fuzz;

void check_as_payload(std::span<const std::byte> input) {
  if (input.empty()) return;
  datagram d(wire::header_size);
  d[0] = std::byte{0x90} | (input[0] & std::byte{0x0f});
  d.insert(d.end(), input.begin() + 1, input.end());
  repair_checksum(d);
  check_decoding(d);
}

wire::ack ack_from(byte_reader& in, bool with_ranges) {
  wire::ack a;
  a.largest = static_cast<std::uint32_t>(in.integer<3>());
  a.delay = in.u16();
  a.bitmap = in.u64() | (in.u8() % 2 == 0 ? 0 : 0xffffffffffff0000);
  if (!with_ranges) return a;
  a.range_count = static_cast<std::uint8_t>(1 + in.u8() % wire::max_ack_ranges);
  for (std::size_t i = 0; i < a.range_count; ++i) a.ranges[i] = {1U + in.u16(), 1 + in.u32() / 2};
  return a;
}

wire::fragment fragment_from(byte_reader& in, std::size_t size) {
  wire::fragment part{in.u32(), 0, static_cast<std::uint32_t>(in.u32() % (max_message_size - size + 1))};
  const auto most_behind = static_cast<std::uint32_t>(max_message_size - size) - part.offset;
  part.total = part.offset + static_cast<std::uint32_t>(size) + in.u32() % (most_behind + 1);
  return part;
}

wire::message message_from(byte_reader& in) {
  wire::message m;
  const std::uint8_t flags = in.u8();
  m.mode = static_cast<delivery_mode>(flags & 3);
  m.wants_reply = (flags & 4) != 0;
  m.id = in.u16();
  if ((flags & 8) != 0) {
    m.mode = delivery_mode::reliable;
    m.wants_reply = false;
    const bool is_long = in.u8() % 2 != 0;
    m.in_reply_to = wire::request_name{is_long ? in.u32() : in.u16(), is_long};
  }
  if (m.mode == delivery_mode::ordered) m.order = in.u16();
  m.channel.value = (flags & 16) != 0 ? in.u8() : flags >> 6;
  m.bytes = in.take(std::min<std::size_t>(in.u8(), in.left()));
  if ((flags & 32) != 0 && !m.bytes.empty()) m.part = fragment_from(in, m.bytes.size());
  return m;
}

wire::drop drop_from(byte_reader& in) {
  wire::drop d{in.u16(), in.u32(), {}, {}};
  if (in.u8() % 2 == 0) return d;
  d.order = in.u16();
  d.channel.value = in.u8();
  return d;
}

wire::frame frame_from(byte_reader& in, wire::kind kind) {
  switch (in.u8() % 16) {
    case 0: return ack_from(in, false);
    case 1: return ack_from(in, true);
    case 2: return wire::skip{in.u16(), in.u16(), {in.u8()}};
    case 3:
      if (kind == wire::kind::from_responder) return wire::greeting{in.u32(), in.u64()};
      return wire::token_echo{in.u64()};
    case 4: return wire::close{};
    case 5: return wire::ping{};
    case 6: return wire::credit{in.u32()};
    case 7: return wire::path_challenge{in.u64()};
    case 8: return wire::path_response{in.u64()};
    case 9: return wire::congestion_marks{in.u32()};
    case 10: return drop_from(in);
    default: return message_from(in);
  }
}

bool only_once(const wire::frame& f) {
  return std::holds_alternative<wire::ack>(f) || std::holds_alternative<wire::greeting>(f) ||
         std::holds_alternative<wire::token_echo>(f);
}

void check_recipe(std::span<const std::byte> input) {
  byte_reader in(input);
  wire::header h;
  const std::uint8_t flags = in.u8();
  h.kind = (flags & 1) != 0 ? wire::kind::from_responder : wire::kind::from_initiator;
  h.ack_now = (flags & 2) != 0;
  h.unheard = (flags & 4) != 0 && h.kind == wire::kind::from_initiator;
  h.session = {in.u64()};
  h.packet = static_cast<std::uint32_t>(in.integer<3>());

  std::array<std::byte, largest_datagram> buffer;
  wire::datagram_writer out(buffer, h);
  std::vector<wire::frame> written;
  if (h.unheard) written.push_back(wire::hello{in.u32(), in.u32()});
  if (h.unheard) write_frame(out, written.back());
  while (in.left() > 0 && out.left() > 400) {
    const wire::frame f = frame_from(in, h.kind);
    const bool there_already =
        std::ranges::any_of(written, [&](const wire::frame& w) { return w.index() == f.index(); });
    if (only_once(f) && there_already) continue;
    write_frame(out, f);
    written.push_back(f);
  }
  if (written.empty()) return;
  const std::size_t size = out.seal();
  require(size > 0, "what was written does not fit");
  const auto datagram = std::span<const std::byte>(buffer).first(size);
  const auto parsed = wire::parse_header(datagram);
  require(parsed.header == h, "the header comes back otherwise");
  wire::frame_reader frames(datagram.subspan(wire::header_size));
  for (const wire::frame& f : written) require(frames.next() == f, "a frame comes back otherwise");
  require(!frames.next() && frames.good(), "more comes back than was written");
  require(!check_decoding(datagram), "what was written is refused");
}

void check_any_fragment(std::span<const std::byte> input) {
  byte_reader in(input);
  const auto any_number = [&] {  // near zero on either side, too, where sums wrap
    const std::uint32_t n = in.u32() >> in.u8() % 32;
    return in.u8() % 4 == 0 ? 0 - n : n;
  };
  wire::message m;
  m.part = wire::fragment{1, any_number(), any_number()};
  m.bytes = in.take(in.left() / 2 % 256);
  std::array<std::byte, largest_datagram> buffer;
  wire::datagram_writer out(buffer, {});
  out.write(m);
  check_decoding(std::span<const std::byte>(buffer).first(out.seal()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  check_decoding(input);
  check_as_payload(input);
  check_recipe(input);
  check_any_fragment(input);
  return 0;
}
