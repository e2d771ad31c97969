// SPDX-License-Identifier: MIT
// The little that a forwarder must know of an IP packet. Knows no devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dgram::app {

enum class packet_kind : std::uint8_t {
  traffic,     // to be carried
  chatter,     // a kernel speaking for itself to a group (IGMP, MLD, neighbour and router discovery)
  unreadable,  // not a whole IPv4 or IPv6 packet
};

packet_kind kind_of(std::span<const std::byte> packet);
// Whether its sender takes congestion marks in place of losses (RFC 3168: ECT(0), ECT(1), or marked already).
// Of traffic only.
bool is_ecn_capable(std::span<const std::byte> packet);
// Makes it so marked, IPv4's checksum included: a wrong one stays wrong. Of traffic only.
void mark_congestion(std::span<std::byte> packet);

}  // namespace dgram::app
