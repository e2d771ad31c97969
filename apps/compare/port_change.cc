// SPDX-License-Identifier: MIT
#include "apps/compare/port_change.h"

#include <cstdint>

namespace dgram::app::compare {
namespace {

constexpr std::uint8_t tcp = 6, udp = 17;

std::uint32_t read(std::span<const std::byte> packet, std::size_t at) {
  return static_cast<std::uint32_t>(packet[at]) << 8 | static_cast<std::uint32_t>(packet[at + 1]);
}

void write(std::span<std::byte> packet, std::size_t at, std::uint32_t value) {
  packet[at] = static_cast<std::byte>(value >> 8 & 0xff);
  packet[at + 1] = static_cast<std::byte>(value & 0xff);
}

// RFC 1624, equation 3.
std::uint32_t updated(std::uint32_t sum, std::uint32_t before, std::uint32_t after) {
  std::uint32_t s = (~sum & 0xffff) + (~before & 0xffff) + after;
  s = (s & 0xffff) + (s >> 16);
  s = (s & 0xffff) + (s >> 16);
  return ~s & 0xffff;
}

}  // namespace

void change_port(std::span<std::byte> packet, bool source) {
  if (packet.size() < 20 || static_cast<std::uint8_t>(packet[0]) >> 4 != 4) return;
  const std::size_t header = (static_cast<std::size_t>(packet[0]) & 0xf) * 4;
  const auto protocol = static_cast<std::uint8_t>(packet[9]);
  const bool first_fragment = (read(packet, 6) & 0x1fff) == 0;
  if ((protocol != tcp && protocol != udp) || !first_fragment) return;
  const std::size_t checksum = header + (protocol == tcp ? 16 : 6);
  if (packet.size() < checksum + 2) return;
  const std::size_t at = header + (source ? 0 : 2);
  const std::uint32_t before = read(packet, at), after = before ^ 1;
  write(packet, at, after);
  const std::uint32_t sum = read(packet, checksum);
  if (protocol == udp && sum == 0) return;  // it has none (RFC 768)
  const std::uint32_t fresh = updated(sum, before, after);
  write(packet, checksum, protocol == udp && fresh == 0 ? 0xffff : fresh);
}

}  // namespace dgram::app::compare
