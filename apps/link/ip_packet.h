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

}  // namespace dgram::app
