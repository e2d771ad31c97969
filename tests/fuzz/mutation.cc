// SPDX-License-Identifier: MIT
#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "udp/core/bytes.h"
#include "udp/core/crc32c.h"
#include "udp/core/splitmix64.h"
#include "udp/core/wire.h"

namespace dgram::fuzz {
namespace {

constexpr std::size_t checksum_offset = 12;

datagram from_text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

datagram with_tail(std::initializer_list<unsigned> head, std::size_t tail, std::uint64_t& random) {
  datagram d;
  for (const unsigned b : head) d.push_back(static_cast<std::byte>(b));
  const datagram rest = random_bytes(random, tail);
  d.insert(d.end(), rest.begin(), rest.end());
  return d;
}

void flip_bits(datagram& d, std::uint64_t& random) {
  for (std::uint64_t n = 1 + below(random, 4); n > 0; --n) {
    d[below(random, d.size())] ^= static_cast<std::byte>(1U << below(random, 8));
  }
}

void set_to_extreme(datagram& d, std::uint64_t& random) {
  constexpr std::array<unsigned, 8> extremes{0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x08};
  std::size_t at = below(random, d.size());
  const auto value = static_cast<std::byte>(extremes[below(random, extremes.size())]);
  for (std::uint64_t n = 1 + below(random, 4); n > 0 && at < d.size(); --n) d[at++] = value;
}

void cut_out(datagram& d, std::uint64_t& random) {
  const std::size_t at = below(random, d.size());
  const std::size_t size = 1 + below(random, std::min<std::size_t>(d.size() - at, 32));
  d.erase(d.begin() + static_cast<std::ptrdiff_t>(at), d.begin() + static_cast<std::ptrdiff_t>(at + size));
}

void repeat_run(datagram& d, std::uint64_t& random) {
  const std::size_t at = below(random, d.size());
  const std::size_t size = 1 + below(random, std::min<std::size_t>(d.size() - at, 64));
  const datagram run(d.begin() + static_cast<std::ptrdiff_t>(at),
                     d.begin() + static_cast<std::ptrdiff_t>(at + size));
  d.insert(d.begin() + static_cast<std::ptrdiff_t>(at), run.begin(), run.end());
}

void splice(datagram& d, std::span<const std::byte> other, std::uint64_t& random) {
  d.resize(below(random, d.size() + 1));
  if (other.empty()) return;
  const auto tail = other.subspan(below(random, other.size()));
  d.insert(d.end(), tail.begin(), tail.end());
}

// Mostly small, so that ids and places meet those of others; sometimes anywhere.
std::uint16_t any_number(std::uint64_t& random) {
  return static_cast<std::uint16_t>(below(random, 8) == 0 ? splitmix64(random) & 0xffff : below(random, 300));
}

channel_id any_channel(std::uint64_t& random) {
  return {static_cast<std::uint8_t>(below(random, 4) == 0 ? below(random, 256) : below(random, 3))};
}

wire::skip any_skip(std::uint64_t& random) {
  return {any_number(random), any_number(random), any_channel(random)};
}

// Small ones are those of messages that are under way.
std::uint32_t any_whole(std::uint64_t& random) {
  return below(random, 8) == 0 ? static_cast<std::uint32_t>(splitmix64(random)) : any_number(random);
}

wire::drop any_drop(std::uint64_t& random) {
  wire::drop d{any_number(random), any_whole(random), {}, {}};
  if (below(random, 2) == 0) return d;
  d.order = any_number(random);
  d.channel = any_channel(random);
  return d;
}

// Few wholes of few sizes, so that fragments of one meet, also such that contradict each other; and now and
// then one of 16 MiB, which charges the receiver the most for the least.
wire::fragment any_fragment(std::size_t size, std::uint64_t& random) {
  constexpr std::array<std::uint32_t, 4> totals{1, 1500, 4000, static_cast<std::uint32_t>(max_message_size)};
  wire::fragment part;
  part.of = any_whole(random) % (below(random, 2) == 0 ? 8U : 0xffffffffU);
  part.total = std::max(totals[below(random, totals.size())], static_cast<std::uint32_t>(size));
  const std::uint64_t last = part.total - size;
  part.offset = static_cast<std::uint32_t>(below(random, 2) == 0 ? std::min<std::uint64_t>(last, size)
                                                                 : below(random, last + 1));
  return part;
}

wire::ack any_ack(std::uint64_t& random) {
  wire::ack a;
  a.largest = static_cast<std::uint32_t>(below(random, 40));
  a.delay = any_number(random);
  a.bitmap = splitmix64(random) | splitmix64(random);
  a.range_count = static_cast<std::uint8_t>(below(random, 2) * below(random, wire::max_ack_ranges + 1));
  for (std::size_t i = 0; i < a.range_count; ++i) {
    a.ranges[i] = {1U + any_number(random), 1U + any_number(random) * 70000U};
  }
  return a;
}

wire::message any_message(std::uint64_t& random) {
  static constexpr std::array<std::byte, 700> content{};
  wire::message m;
  m.mode = static_cast<delivery_mode>(below(random, 4));
  m.id = any_number(random);
  m.wants_reply = below(random, 2) == 0;
  if (below(random, 8) == 0) {
    m.mode = delivery_mode::reliable;
    m.wants_reply = false;
    const bool is_long = below(random, 2) == 0;
    m.in_reply_to = wire::request_name{is_long ? any_whole(random) : any_number(random), is_long};
  }
  if (m.mode == delivery_mode::ordered) m.order = any_number(random);
  m.channel = any_channel(random);
  m.bytes = std::span(content).first(below(random, below(random, 4) == 0 ? 700 : 100));
  if (below(random, 4) == 0 && !m.bytes.empty()) m.part = any_fragment(m.bytes.size(), random);
  return m;
}

}  // namespace

std::uint64_t below(std::uint64_t& random, std::uint64_t limit) {
  return splitmix64(random) % limit;
}

datagram random_bytes(std::uint64_t& random, std::size_t size) {
  datagram d(size);
  std::uint64_t draw = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) draw = splitmix64(random);
    d[i] = static_cast<std::byte>(draw >> (8 * (i % 8)) & 0xff);
  }
  return d;
}

void mutate(datagram& d, std::span<const std::byte> other, std::uint64_t& random) {
  for (std::uint64_t n = 1 + below(random, 3); n > 0 && !d.empty(); --n) {
    switch (below(random, 8)) {
      case 0:
      case 1:
      case 2: flip_bits(d, random); break;
      case 3: set_to_extreme(d, random); break;
      case 4: d.resize(below(random, d.size())); break;
      case 5: cut_out(d, random); break;
      case 6: repeat_run(d, random); break;
      default: splice(d, other, random);
    }
  }
}

void repair_checksum(datagram& d) {
  if (d.size() < wire::header_size) return;
  const std::span<const std::byte> all(d);
  const std::uint32_t sum = crc32c(all.subspan(wire::header_size), crc32c(all.first(checksum_offset)));
  byte_writer(std::span(d).subspan(checksum_offset, 4)).u32(sum);
}

datagram foreign(std::uint64_t& random) {
  switch (below(random, 8)) {
    case 0:  // DNS query, and its answer
      return with_tail({0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 7}, 20 + below(random, 40), random);
    case 1: return with_tail({0x80 | 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2}, 30 + below(random, 400), random);
    case 2:  // STUN binding request
      return with_tail({0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42}, 20, random);
    case 3:  // QUIC long header
      return with_tail({0xc3, 0, 0, 0, 1, 8}, 1194, random);
    case 4:  // QUIC short header
      return with_tail({0x40 | static_cast<unsigned>(below(random, 64))}, 20 + below(random, 1200), random);
    case 5:  // DTLS ClientHello
      return with_tail({0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0}, 100 + below(random, 200), random);
    case 6:  // RTP and NTP begin with the same two bits as ours
      return with_tail({0x80, 0x60}, 10 + below(random, 160), random);
    default: return from_text("GET / HTTP/1.1\r\nHost: example\r\n\r\n");
  }
}

datagram insider(const datagram& of_session, std::uint64_t& random) {
  const auto parsed = wire::parse_header(of_session);
  if (!parsed.header || parsed.header->kind == wire::kind::unknown_session) return of_session;
  wire::header h = *parsed.header;
  h.packet = static_cast<std::uint32_t>(h.packet + below(random, 4 + below(random, 2) * 2000)) & 0xffffff;
  std::array<std::byte, largest_datagram> buffer;
  wire::datagram_writer out(buffer, h);
  if (h.unheard) out.write(wire::hello{static_cast<std::uint32_t>(below(random, 1000)), 0});
  if (below(random, 2) == 0) out.write(any_ack(random));
  for (std::uint64_t n = 1 + below(random, 8); n > 0; --n) {
    switch (below(random, 32)) {
      case 0: out.write(wire::ping{}); break;
      case 1: below(random, 8) == 0 ? out.write(wire::close{}) : out.write(wire::ping{}); break;
      case 2:
      case 3:
      case 4: out.write(any_skip(random)); break;
      case 5:
      case 6: out.write(any_drop(random)); break;
      case 7: out.write(wire::credit{any_whole(random)}); break;
      case 8: out.write(wire::path_challenge{splitmix64(random)}); break;
      case 9: out.write(wire::path_response{splitmix64(random)}); break;
      case 10: out.write(wire::congestion_marks{any_whole(random)}); break;
      default: out.write(any_message(random));
    }
  }
  const std::size_t size = out.seal();  // 0 when it did not fit: then it is an empty one
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
}

datagram plausible(std::uint64_t& random) {
  datagram d = random_bytes(random, wire::header_size + below(random, 64));
  // Version, and mostly a hello in front: without it nothing begins a session.
  d[0] = (d[0] & std::byte{0x0f}) | std::byte{0x90};
  if (below(random, 4) != 0 && d.size() > wire::header_size) {
    d[0] = std::byte{0x92};
    datagram frames{std::byte{3}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}};
    if (below(random, 2) != 0) frames.push_back(std::byte{8});  // a ping makes it whole
    d.resize(wire::header_size);
    d.insert(d.end(), frames.begin(), frames.end());
    const datagram rest = random_bytes(random, below(random, 2) * below(random, 32));
    d.insert(d.end(), rest.begin(), rest.end());
  }
  repair_checksum(d);
  return d;
}

}  // namespace dgram::fuzz
