// SPDX-License-Identifier: MIT
#include "udp/core/wire.h"

#include <algorithm>
#include <utility>

#include "udp/core/crc32c.h"

namespace dgram::wire {
namespace {

enum frame_type : std::uint8_t {
  type_padding = 0x00,
  type_ack = 0x01,
  type_ack_with_ranges = 0x02,
  type_hello = 0x03,
  type_greeting = 0x04,
  type_token = 0x05,
  type_skip = 0x06,
  type_close = 0x07,
  type_ping = 0x08,
  type_credit = 0x09,
  type_path_challenge = 0x0a,
  type_path_response = 0x0b,
  type_congestion_marks = 0x0c,
  type_drop = 0x0d,
  type_drop_ordered = 0x0e,
};

// A message's first byte: 1 m m q r f c c, for mode, wants a reply, is a reply, fragment, channel.
constexpr unsigned message_bit = 0x80;
constexpr unsigned request_bit = 0x10;
constexpr unsigned reply_bit = 0x08;
constexpr unsigned fragment_bit = 0x04;
constexpr unsigned mode_shift = 5;
constexpr std::uint8_t channel_follows = 3;
constexpr std::size_t checksum_offset = 12;
constexpr std::uint8_t all_ones = 0xff;

std::uint32_t checksum(std::span<const std::byte> datagram) {
  return crc32c(datagram.subspan(header_size), crc32c(datagram.first(checksum_offset)));
}

ack read_ack(byte_reader& in, bool with_ranges) {
  ack a;
  a.largest = static_cast<std::uint32_t>(in.integer<3>());
  a.delay = in.u16();
  const std::uint8_t present = in.u8();
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint8_t bits = (present >> i & 1) != 0 ? in.u8() : all_ones;
    if ((present >> i & 1) != 0 && bits == all_ones) in.fail();  // has a shorter form
    a.bitmap |= std::uint64_t{bits} << (8 * i);
  }
  if (!with_ranges) return a;
  a.range_count = in.u8();
  if (a.range_count == 0 || a.range_count > max_ack_ranges) in.fail();
  for (std::size_t i = 0; in.good() && i < a.range_count; ++i) {
    a.ranges[i] = {in.varint(), in.varint()};
    if (a.ranges[i].length == 0 || (i > 0 && a.ranges[i].gap == 0)) in.fail();
  }
  return a;
}

bool is_part_of_a_message(const fragment& f, std::size_t size) {
  return size > 0 && f.total <= max_message_size && f.offset <= f.total && size <= f.total - f.offset;
}

message read_message(byte_reader& in, std::uint8_t type) {
  message m;
  m.mode = static_cast<delivery_mode>(type >> mode_shift & 3);
  m.wants_reply = (type & request_bit) != 0;
  const bool is_reply = (type & reply_bit) != 0;
  // A reply is reliable; the mode bits of `ordered` say that it names its request in 32 bits.
  const bool long_name = is_reply && m.mode == delivery_mode::ordered;
  if (long_name) m.mode = delivery_mode::reliable;
  if (is_reply && (m.wants_reply || m.mode != delivery_mode::reliable)) in.fail();
  m.id = in.u16();
  if (m.mode == delivery_mode::ordered) m.order = in.u16();
  if (is_reply) m.in_reply_to = request_name{long_name ? in.u32() : in.u16(), long_name};
  m.channel.value = type & 3;
  if (m.channel.value == channel_follows) {
    m.channel.value = in.u8();
    if (m.channel.value < channel_follows) in.fail();
  }
  if ((type & fragment_bit) != 0) {
    fragment& part = m.part.emplace();
    part.of = in.u32();
    part.total = in.varint();
    part.offset = in.varint();
  }
  m.bytes = in.take(in.varint());
  if (m.part && !is_part_of_a_message(*m.part, m.bytes.size())) in.fail();
  return m;
}

drop read_drop(byte_reader& in, bool ordered) {
  drop d;
  d.id = in.u16();
  d.of = in.u32();
  if (!ordered) return d;
  d.order = in.u16();
  d.channel.value = in.u8();
  return d;
}

frame read_frame(byte_reader& in, std::uint8_t type) {
  if ((type & message_bit) != 0) return read_message(in, type);
  switch (type) {
    case type_padding: {
      const auto rest = in.take(in.left());
      if (std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; })) in.fail();
      return padding{rest.size() + 1};
    }
    case type_ack: return read_ack(in, false);
    case type_ack_with_ranges: return read_ack(in, true);
    case type_hello: {
      const auto age = in.varint();
      return hello{age, in.u32()};
    }
    case type_greeting: {
      const auto epoch = in.u32();
      return greeting{epoch, in.u64()};
    }
    case type_token: return token_echo{in.u64()};
    case type_skip: {
      const auto id = in.u16();
      const auto order = in.u16();
      return skip{id, order, channel_id{in.u8()}};
    }
    case type_close: return close{};
    case type_ping: return ping{};
    case type_credit: return credit{in.varint()};
    case type_path_challenge: return path_challenge{in.u64()};
    case type_path_response: return path_response{in.u64()};
    case type_congestion_marks: return congestion_marks{in.varint()};
    case type_drop: return read_drop(in, false);
    case type_drop_ordered: return read_drop(in, true);
    default: in.fail(); return padding{};
  }
}

// What a message takes before its length.
std::size_t fields_size(const message& m) {
  std::size_t size = 3;
  if (m.mode == delivery_mode::ordered) size += 2;
  if (m.in_reply_to) size += m.in_reply_to->is_long ? 4U : 2U;
  if (m.channel.value >= channel_follows) size += 1;
  if (m.part) size += 4 + varint_size(m.part->total) + varint_size(m.part->offset);
  return size;
}

// A greeting asks for one so that the token comes back though the initiator has nothing else to say.
bool asks_acknowledgement(const frame& f) {
  return std::holds_alternative<message>(f) || std::holds_alternative<skip>(f) ||
         std::holds_alternative<greeting>(f) || std::holds_alternative<token_echo>(f) ||
         std::holds_alternative<ping>(f) || std::holds_alternative<credit>(f) ||
         std::holds_alternative<drop>(f);
}

}  // namespace

bool operator==(const message& a, const message& b) {
  return a.mode == b.mode && a.wants_reply == b.wants_reply && a.id == b.id && a.order == b.order &&
         a.in_reply_to == b.in_reply_to && a.channel == b.channel && a.part == b.part &&
         std::ranges::equal(a.bytes, b.bytes);
}

bool has_our_mark(std::span<const std::byte> datagram) {
  return !datagram.empty() && (datagram[0] & std::byte{0xc0}) == std::byte{0x80};
}

std::optional<session_id> session_id_in(std::span<const std::byte> datagram) {
  if (datagram.size() < header_size) return std::nullopt;
  byte_reader in(datagram.subspan(1));
  return session_id{in.u64()};
}

parsed_header parse_header(std::span<const std::byte> datagram) {
  if (!has_our_mark(datagram)) return {{}, discard_reason::foreign};
  if (datagram.size() < header_size) return {{}, discard_reason::truncated};
  // Checked before the sum, which would be long.
  if (datagram.size() > largest_datagram) return {{}, discard_reason::malformed};
  byte_reader in(datagram);
  const std::uint8_t first = in.u8();
  if ((first >> 4 & 3) != version) return {{}, discard_reason::wrong_version};
  header h;
  h.kind = static_cast<kind>(first >> 2 & 3);
  h.unheard = (first & 2) != 0;
  h.ack_now = (first & 1) != 0;
  h.session.value = in.u64();
  h.packet = static_cast<std::uint32_t>(in.integer<3>());
  if (in.u32() != checksum(datagram)) return {{}, discard_reason::bad_checksum};
  if (h.kind > kind::unknown_session || (h.unheard && h.kind != kind::from_initiator)) {
    return {{}, discard_reason::malformed};
  }
  return {h, {}};
}

std::optional<unknown_session> parse_unknown_session(std::span<const std::byte> payload) {
  byte_reader in(payload);
  unknown_session u;
  u.epoch = in.u32();
  u.remembers_us = in.u32();
  if (!in.good() || in.left() != 0) return std::nullopt;
  return u;
}

std::optional<frame> frame_reader::next() {
  if (!in_.good() || in_.left() == 0) return std::nullopt;
  frame f = read_frame(in_, in_.u8());
  if (!in_.good()) return std::nullopt;
  return f;
}

std::optional<summary> summarize(const header& h, std::span<const std::byte> payload) {
  summary s;
  frame_reader frames(payload);
  std::size_t index = 0;
  for (; const auto f = frames.next(); ++index) {
    if (std::holds_alternative<hello>(*f) != (h.unheard && index == 0)) return std::nullopt;
    if (const auto* m = std::get_if<message>(&*f)) {
      m->in_reply_to ? ++s.replies : ++s.messages;
      if (m->wants_reply) ++s.requests;
    } else if (const auto* a = std::get_if<ack>(&*f)) {
      // One covers everything, and each may cost a pass over all that is in flight.
      if (std::exchange(s.acknowledged, a->largest)) return std::nullopt;
    } else if (const auto* g = std::get_if<greeting>(&*f)) {
      if (std::exchange(s.epoch, g->epoch) || h.kind != kind::from_responder) return std::nullopt;
    } else if (const auto* r = std::get_if<path_response>(&*f)) {
      s.path_response = r->secret;
    } else if (const auto* t = std::get_if<token_echo>(&*f)) {
      if (std::exchange(s.token, t->token) || h.kind != kind::from_initiator) return std::nullopt;
    }
    s.asks_ack = s.asks_ack || asks_acknowledgement(*f);
  }
  if (!frames.good() || index == 0) return std::nullopt;
  return s;
}

datagram_writer::datagram_writer(std::span<std::byte> buffer, const header& h)
    : out_(buffer.first(std::min(buffer.size(), largest_datagram))) {
  out_.u8(static_cast<std::uint8_t>(0x80 | version << 4 | static_cast<unsigned>(h.kind) << 2 |
                                    (h.unheard ? 2U : 0U) | (h.ack_now ? 1U : 0U)));
  out_.u64(h.session.value);
  out_.integer<3>(h.packet);
  out_.u32(0);
}

void datagram_writer::write(const ack& a) {
  out_.u8(a.range_count == 0 ? type_ack : type_ack_with_ranges);
  out_.integer<3>(a.largest);
  out_.u16(a.delay);
  std::uint8_t present = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((a.bitmap >> (8 * i) & 0xff) != all_ones) present = static_cast<std::uint8_t>(present | 1U << i);
  }
  out_.u8(present);
  for (unsigned i = 0; i < 8; ++i) {
    if ((present >> i & 1) != 0) out_.u8(static_cast<std::uint8_t>(a.bitmap >> (8 * i)));
  }
  if (a.range_count == 0) return;
  out_.u8(a.range_count);
  for (std::size_t i = 0; i < a.range_count; ++i) {
    out_.varint(a.ranges[i].gap);
    out_.varint(a.ranges[i].length);
  }
}

void datagram_writer::write(const hello& h) {
  out_.u8(type_hello);
  out_.varint(h.age_ms);
  out_.u32(h.epoch);
}

void datagram_writer::write(const greeting& g) {
  out_.u8(type_greeting);
  out_.u32(g.epoch);
  out_.u64(g.token);
}

void datagram_writer::write(const token_echo& t) {
  out_.u8(type_token);
  out_.u64(t.token);
}

void datagram_writer::write(const skip& s) {
  out_.u8(type_skip);
  out_.u16(s.id);
  out_.u16(s.order);
  out_.u8(s.channel.value);
}

void datagram_writer::write(const close&) {
  out_.u8(type_close);
}

void datagram_writer::write(const ping&) {
  out_.u8(type_ping);
}

void datagram_writer::write(const credit& c) {
  out_.u8(type_credit);
  out_.varint(c.bytes);
}

void datagram_writer::write(const path_challenge& c) {
  out_.u8(type_path_challenge);
  out_.u64(c.secret);
}

void datagram_writer::write(const path_response& r) {
  out_.u8(type_path_response);
  out_.u64(r.secret);
}

void datagram_writer::write(const congestion_marks& m) {
  out_.u8(type_congestion_marks);
  out_.varint(m.count);
}

void datagram_writer::write(const drop& d) {
  out_.u8(d.order ? type_drop_ordered : type_drop);
  out_.u16(d.id);
  out_.u32(d.of);
  if (!d.order) return;
  out_.u16(*d.order);
  out_.u8(d.channel.value);
}

void datagram_writer::write(const message& m) {
  const std::uint8_t channel_bits = std::min(m.channel.value, channel_follows);
  const bool long_name = m.in_reply_to && m.in_reply_to->is_long;
  const delivery_mode mode_bits = long_name ? delivery_mode::ordered : m.mode;
  out_.u8(static_cast<std::uint8_t>(message_bit | static_cast<unsigned>(mode_bits) << mode_shift |
                                    (m.wants_reply ? request_bit : 0U) | (m.in_reply_to ? reply_bit : 0U) |
                                    (m.part ? fragment_bit : 0U) | channel_bits));
  out_.u16(m.id);
  if (m.mode == delivery_mode::ordered) out_.u16(m.order);
  if (long_name) {
    out_.u32(m.in_reply_to->bits);
  } else if (m.in_reply_to) {
    out_.u16(static_cast<std::uint16_t>(m.in_reply_to->bits));
  }
  if (channel_bits == channel_follows) out_.u8(m.channel.value);
  if (m.part) {
    out_.u32(m.part->of);
    out_.varint(m.part->total);
    out_.varint(m.part->offset);
  }
  out_.varint(static_cast<std::uint32_t>(m.bytes.size()));
  out_.bytes(m.bytes);
}

void datagram_writer::write(const unknown_session& u) {
  out_.u32(u.epoch);
  out_.u32(u.remembers_us);
}

std::size_t datagram_writer::seal() {
  if (!out_.good()) return 0;
  const auto datagram = out_.written();
  byte_writer field(datagram.subspan(checksum_offset, 4));
  field.u32(checksum(datagram));
  return datagram.size();
}

std::size_t size_of(const ack& a) {
  std::size_t size = 7;
  for (unsigned i = 0; i < 8; ++i) size += (a.bitmap >> (8 * i) & 0xff) != all_ones ? 1U : 0U;
  if (a.range_count == 0) return size;
  size += 1;
  for (std::size_t i = 0; i < a.range_count; ++i) {
    size += varint_size(a.ranges[i].gap) + varint_size(a.ranges[i].length);
  }
  return size;
}

std::size_t size_of(const message& m) {
  const auto size = static_cast<std::uint32_t>(m.bytes.size());
  return fields_size(m) + varint_size(size) + size;
}

std::size_t fragment_capacity(const message& m, std::size_t room) {
  const std::size_t fields = fields_size(m);
  if (room <= fields + 1) return 0;
  const std::size_t left = room - fields;
  // From the longest length field down: a room of 128 holds 127 bytes, though 128 would need two for theirs.
  std::size_t bytes = left - varint_size(static_cast<std::uint32_t>(left));
  while (bytes + 1 + varint_size(static_cast<std::uint32_t>(bytes + 1)) <= left) ++bytes;
  return bytes;
}

}  // namespace dgram::wire
