// SPDX-License-Identifier: MIT
#include "apps/relay/ip_frame.h"

#include <algorithm>
#include <cstdint>

#include "udp/net/address_text.h"

namespace dgram::app {
namespace {

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t udp_header = 8;
constexpr std::uint8_t udp_protocol = 17;
constexpr std::uint8_t time_to_live = 64;

// Appends in network order.
class writer {
 public:
  explicit writer(std::vector<std::byte>& to) : to_(to) {}
  void u8(std::uint8_t v) { to_.push_back(std::byte{v}); }
  void u16(std::size_t v) {
    u8(static_cast<std::uint8_t>(v >> 8 & 0xff));
    u8(static_cast<std::uint8_t>(v & 0xff));
  }
  void ip(const address& a, bool ipv4) {
    for (std::size_t i = ipv4 ? 12 : 0; i < a.ip.size(); ++i) u8(a.ip[i]);
  }
  void bytes(std::span<const std::byte> b) { to_.insert(to_.end(), b.begin(), b.end()); }

 private:
  std::vector<std::byte>& to_;
};

// RFC 1071: the sum of 16-bit words, before it is inverted.
std::uint32_t sum_of(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = std::to_integer<std::uint32_t>(bytes[i]);
    sum += i % 2 == 0 ? value << 8 : value;
  }
  return sum;
}

std::uint16_t inverted(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

void put(std::vector<std::byte>& packet, std::size_t at, std::uint16_t v) {
  packet[at] = std::byte(v >> 8);
  packet[at + 1] = std::byte(v & 0xff);
}

void write_ipv4(writer& w, const address& from, const address& to, std::size_t udp_length) {
  w.u8(0x45);
  w.u8(0);
  w.u16(ipv4_header + udp_length);
  w.u16(0);  // identification
  w.u16(0);  // no fragment
  w.u8(time_to_live);
  w.u8(udp_protocol);
  w.u16(0);  // checksum, later
  w.ip(from, true);
  w.ip(to, true);
}

void write_ipv6(writer& w, const address& from, const address& to, std::size_t udp_length) {
  w.u16(0x6000);
  w.u16(0);  // flow label
  w.u16(udp_length);
  w.u8(udp_protocol);
  w.u8(time_to_live);
  w.ip(from, false);
  w.ip(to, false);
}

}  // namespace

void write_ip_frame(const address& from, const address& to, std::span<const std::byte> payload,
                    std::vector<std::byte>& packet) {
  const bool ipv4 = is_ipv4(from) && is_ipv4(to);
  const std::size_t header = ipv4 ? ipv4_header : ipv6_header;
  const std::size_t udp_length = udp_header + payload.size();
  packet.clear();
  writer w(packet);
  (ipv4 ? write_ipv4 : write_ipv6)(w, from, to, udp_length);
  w.u16(from.port);
  w.u16(to.port);
  w.u16(udp_length);
  w.u16(0);  // checksum, later
  w.bytes(payload);

  const std::span<const std::byte> all = packet;
  const std::size_t addresses = ipv4 ? 8 : 32;
  if (ipv4) put(packet, 10, inverted(sum_of(all.first(ipv4_header))));
  // RFC 768: over a pseudo header of addresses, protocol and length, too; 0 is sent as its complement.
  const auto pseudo = static_cast<std::uint32_t>(udp_protocol + udp_length);
  const std::uint16_t checksum =
      inverted(sum_of(all.subspan(header), sum_of(all.subspan(header - addresses, addresses), pseudo)));
  put(packet, header + 6, checksum == 0 ? std::uint16_t{0xffff} : checksum);
}

}  // namespace dgram::app
