// SPDX-License-Identifier: MIT
#include "apps/link/ip_packet.h"

namespace dgram::app {
namespace {

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr unsigned igmp = 2;
constexpr unsigned hop_by_hop = 0;
constexpr unsigned icmpv6 = 58;

unsigned byte_at(std::span<const std::byte> p, std::size_t at) {
  return at < p.size() ? std::to_integer<unsigned>(p[at]) : 0;
}

std::size_t number_at(std::span<const std::byte> p, std::size_t at) {
  return (byte_at(p, at) << 8) | byte_at(p, at + 1);
}

// MLD (130..132, 143; RFC 2710, RFC 3810) and neighbour discovery (133..137; RFC 4861).
bool is_group_keeping(unsigned type) {
  return (type >= 130 && type <= 137) || type == 143;
}

packet_kind kind_of_ipv4(std::span<const std::byte> p) {
  const std::size_t header = (byte_at(p, 0) & 0x0fU) * 4;
  if (p.size() < ipv4_header || header < ipv4_header || number_at(p, 2) != p.size() || header > p.size()) {
    return packet_kind::unreadable;
  }
  return byte_at(p, 9) == igmp ? packet_kind::chatter : packet_kind::traffic;
}

packet_kind kind_of_ipv6(std::span<const std::byte> p) {
  if (p.size() < ipv6_header || number_at(p, 4) + ipv6_header != p.size()) return packet_kind::unreadable;
  unsigned next = byte_at(p, 6);
  std::size_t at = ipv6_header;
  if (next == hop_by_hop) {  // MLD carries a router alert there
    next = byte_at(p, at);
    at += (byte_at(p, at + 1) + 1) * 8;
  }
  const bool to_group = byte_at(p, 24) == 0xff;
  const bool chatter = to_group && next == icmpv6 && is_group_keeping(byte_at(p, at));
  return chatter ? packet_kind::chatter : packet_kind::traffic;
}

}  // namespace

packet_kind kind_of(std::span<const std::byte> packet) {
  switch (byte_at(packet, 0) >> 4) {
    case 4: return kind_of_ipv4(packet);
    case 6: return kind_of_ipv6(packet);
    default: return packet_kind::unreadable;
  }
}

// The two bits are the lower ones of IPv4's second byte, and lie in the middle of IPv6's.
bool is_ecn_capable(std::span<const std::byte> packet) {
  const bool ipv4 = byte_at(packet, 0) >> 4 == 4;
  return (byte_at(packet, 1) >> (ipv4 ? 0 : 4) & 3U) != 0;
}

void mark_congestion(std::span<std::byte> packet) {
  if (packet.size() < ipv4_header) return;
  if (byte_at(packet, 0) >> 4 != 4) {
    packet[1] |= std::byte{0x30};
    return;
  }
  const std::size_t before = number_at(packet, 0);
  packet[1] |= std::byte{3};
  // RFC 1624, equation 3: HC' = ~(~HC + ~m + m').
  std::size_t sum = (~number_at(packet, 10) & 0xffff) + (~before & 0xffff) + number_at(packet, 0);
  while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
  packet[10] = static_cast<std::byte>(~sum >> 8 & 0xff);
  packet[11] = static_cast<std::byte>(~sum & 0xff);
}

}  // namespace dgram::app
