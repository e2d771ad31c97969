// SPDX-License-Identifier: MIT
// Where a datagram came from or goes to, as a value that can be compared and hashed. The core never looks
// inside: net fills it from socket addresses, sim from host numbers.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace dgram {

struct address {
  // IPv6 in network order; IPv4 as ::ffff:a.b.c.d, so that a dual-stack socket sees one form.
  std::array<std::uint8_t, 16> ip{};
  std::uint32_t scope = 0;  // IPv6 interface index, 0 for none
  std::uint16_t port = 0;   // host order

  auto operator<=>(const address&) const = default;
};

// Both ends of a datagram's way. `local` is the address that a peer asked, so that a socket bound to the
// wildcard answers from it; all zero means "let the system choose".
struct path {
  address remote;
  address local;

  auto operator<=>(const path&) const = default;
};

}  // namespace dgram
