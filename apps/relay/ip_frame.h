// SPDX-License-Identifier: MIT
// A datagram as the IP packet that an interface would show: IPv4 (RFC 791) or IPv6 (RFC 8200), and UDP (RFC
// 768), with checksums.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "udp/core/address.h"

namespace dgram::app {

// Into `packet`, whose memory is used again. IPv6 when one of the two is an IPv6 address.
void write_ip_frame(const address& from, const address& to, std::span<const std::byte> payload,
                    std::vector<std::byte>& packet);

}  // namespace dgram::app
