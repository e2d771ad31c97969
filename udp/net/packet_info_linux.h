// SPDX-License-Identifier: MIT
// Addresses and control messages in the kernel's own form.
#pragma once

#if defined(__linux__)

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "udp/core/address.h"
#include "udp/net/socket_address.h"

namespace dgram {

union socket_name {
  sockaddr base;
  sockaddr_in ipv4;
  sockaddr_in6 ipv6;
};

// Room for packet info of either family and the count of dropped datagrams.
struct control_space {
  alignas(cmsghdr) unsigned char bytes[CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint32_t))];
};

struct control_told {
  std::optional<address> local;          // the address that was asked; its port is not told
  std::optional<std::uint32_t> dropped;  // datagrams that found the receive buffer full so far
};

address read_name(const socket_name&);
// The length of the name; an IPv6 address does not fit an IPv4 socket and gets a name the kernel refuses.
socklen_t write_name(const address&, socket_family, socket_name&);
control_told read_control(const msghdr&);
// The length of a control message that sets the source address of a datagram.
std::size_t write_source(const address& local, socket_family, control_space&);

}  // namespace dgram

#endif
