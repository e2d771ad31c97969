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

// Room for packet info of either family, the count of dropped datagrams and the traffic class.
struct control_space {
  alignas(cmsghdr) unsigned char bytes[CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint32_t)) +
                                       CMSG_SPACE(sizeof(int))];
};

// The two lower bits of the traffic class (RFC 3168 section 5).
inline constexpr int not_ecn_capable = 0;
inline constexpr int ecn_capable = 2;  // ECT(0)
inline constexpr int congestion_experienced = 3;

struct control_told {
  std::optional<address> local;          // the address that was asked; its port is not told
  std::optional<std::uint32_t> dropped;  // datagrams that found the receive buffer full so far
  bool congestion_marked = false;
};

address read_name(const socket_name&);
// The length of the name; an IPv6 address does not fit an IPv4 socket and gets a name the kernel refuses.
socklen_t write_name(const address&, socket_family, socket_name&);
control_told read_control(const msghdr&);

// Control messages for one datagram that is to be sent, one behind the other.
class control_writer {
 public:
  explicit control_writer(control_space& space) : space_(space) {}

  void source(const address& local, socket_family);
  void traffic_class(int value, bool to_ipv4);
  std::size_t size() const { return size_; }

 private:
  template <class Value>
  void put(int level, int type, const Value&);

  control_space& space_;
  std::size_t size_ = 0;
};

}  // namespace dgram

#endif
