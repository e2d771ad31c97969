// SPDX-License-Identifier: MIT
// What a NAT does that has forgotten a mapping: a flow goes on from another port. Knows no devices.
#pragma once

#include <cstddef>
#include <span>

namespace dgram::app::compare {

// Of an IPv4 packet with TCP or UDP: the source port (else the destination port) becomes its neighbour, port
// xor 1, and checksums follow. Twice is as before. Everything else stays as it is: other protocols, and
// fragments but the first.
void change_port(std::span<std::byte> packet, bool source);

}  // namespace dgram::app::compare
