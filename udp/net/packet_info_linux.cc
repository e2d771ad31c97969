// SPDX-License-Identifier: MIT
#include "udp/net/packet_info_linux.h"

#if defined(__linux__)

#include <cassert>
#include <cstring>

#include "udp/net/address_text.h"

namespace dgram {

namespace {

address from_ipv4(const in_addr& ip) {
  std::uint8_t b[4];
  std::memcpy(b, &ip, sizeof b);
  return ipv4_address(b[0], b[1], b[2], b[3], 0);
}

address from_ipv6(const in6_addr& ip) {
  address made;
  std::memcpy(made.ip.data(), &ip, made.ip.size());
  return made;
}

template <class Value>
Value value_of(const cmsghdr* message) {
  Value v;
  std::memcpy(&v, CMSG_DATA(message), sizeof v);
  return v;
}

bool is_marked(int traffic_class) {
  return (traffic_class & 3) == congestion_experienced;
}

bool is_link_local(const address& a) {
  return a.ip[0] == 0xfe && (a.ip[1] & 0xc0) == 0x80;
}

}  // namespace

address read_name(const socket_name& name) {
  if (name.base.sa_family == AF_INET) {
    address a = from_ipv4(name.ipv4.sin_addr);
    a.port = ntohs(name.ipv4.sin_port);
    return a;
  }
  address a = from_ipv6(name.ipv6.sin6_addr);
  a.scope = name.ipv6.sin6_scope_id;
  a.port = ntohs(name.ipv6.sin6_port);
  return a;
}

socklen_t write_name(const address& a, socket_family family, socket_name& name) {
  if (family == socket_family::ipv4) {
    name.ipv4 = {};
    name.ipv4.sin_family = is_ipv4(a) ? AF_INET : AF_INET6;
    name.ipv4.sin_port = htons(a.port);
    std::memcpy(&name.ipv4.sin_addr, a.ip.data() + 12, 4);
    return sizeof name.ipv4;
  }
  name.ipv6 = {};
  name.ipv6.sin6_family = AF_INET6;
  name.ipv6.sin6_port = htons(a.port);
  name.ipv6.sin6_scope_id = a.scope;
  std::memcpy(&name.ipv6.sin6_addr, a.ip.data(), a.ip.size());
  return sizeof name.ipv6;
}

control_told read_control(const msghdr& header) {
  control_told told;
  auto* walk = const_cast<msghdr*>(&header);
  for (cmsghdr* m = CMSG_FIRSTHDR(walk); m != nullptr; m = CMSG_NXTHDR(walk, m)) {
    if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_PKTINFO) {
      // The specific destination: an address of ours even when the datagram was a broadcast.
      told.local = from_ipv4(value_of<in_pktinfo>(m).ipi_spec_dst);
    } else if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_PKTINFO) {
      const auto info = value_of<in6_pktinfo>(m);
      address a = from_ipv6(info.ipi6_addr);
      if (is_link_local(a)) a.scope = info.ipi6_ifindex;
      if (!is_multicast(a)) told.local = a;  // no source address: let the system choose
    } else if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SO_RXQ_OVFL) {
      told.dropped = value_of<std::uint32_t>(m);
    } else if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_TOS) {
      told.congestion_marked = is_marked(value_of<std::uint8_t>(m));
    } else if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_TCLASS) {
      told.congestion_marked = is_marked(value_of<int>(m));
    }
  }
  return told;
}

template <class Value>
void control_writer::put(int level, int type, const Value& v) {
  assert(size_ + CMSG_SPACE(sizeof v) <= sizeof space_.bytes);
  unsigned char* const at = space_.bytes + size_;
  std::memset(at, 0, CMSG_SPACE(sizeof v));
  cmsghdr head{};
  head.cmsg_level = level;
  head.cmsg_type = type;
  head.cmsg_len = CMSG_LEN(sizeof v);
  std::memcpy(at, &head, sizeof head);
  std::memcpy(at + CMSG_LEN(0), &v, sizeof v);
  size_ += CMSG_SPACE(sizeof v);
}

void control_writer::source(const address& local, socket_family family) {
  if (family == socket_family::ipv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.ip.data() + 12, 4);
    return put(IPPROTO_IP, IP_PKTINFO, info);
  }
  in6_pktinfo info{};
  std::memcpy(&info.ipi6_addr, local.ip.data(), local.ip.size());
  info.ipi6_ifindex = local.scope;
  put(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

// An IPv4 datagram has IPv4's own, whatever the socket's family is.
void control_writer::traffic_class(int value, bool to_ipv4) {
  if (to_ipv4) return put(IPPROTO_IP, IP_TOS, value);
  put(IPPROTO_IPV6, IPV6_TCLASS, value);
}

}  // namespace dgram

#endif
