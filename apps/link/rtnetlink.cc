// SPDX-License-Identifier: MIT
#include "apps/link/rtnetlink.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "udp/net/address_text.h"

namespace dgram::app {
namespace {

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

// One request, grown attribute by attribute (rtnetlink(7)). All that is asked here fits.
class request {
 public:
  template <class Body>
  request(std::uint16_t type, int flags, const Body& body) {
    header_.nlmsg_type = type;
    header_.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(&header_, sizeof header_);
    append(&body, sizeof body);
  }

  request& add(std::uint16_t type, std::span<const std::uint8_t> value) {
    open(type);
    append(value.data(), value.size());
    close();
    return *this;
  }
  request& add(std::uint16_t type, std::uint32_t value) {
    open(type);
    append(&value, sizeof value);
    close();
    return *this;
  }
  // What is added until close lies inside.
  void open(std::uint16_t type) {
    const rtattr head{0, type};
    open_[depth_++] = size_;
    append(&head, sizeof head);
  }
  void close() {
    const std::size_t at = open_[--depth_];
    const auto length = static_cast<std::uint16_t>(unpadded_ - at);
    std::memcpy(bytes_.data() + at, &length, sizeof length);
  }
  std::span<const std::byte> bytes() {
    header_.nlmsg_len = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return std::span(bytes_).first(size_);
  }

 private:
  void append(const void* what, std::size_t size) {
    if (size_ + NLMSG_ALIGN(size) > bytes_.size()) fail(EMSGSIZE, "rtnetlink");
    std::memcpy(bytes_.data() + size_, what, size);
    unpadded_ = size_ + size;
    size_ += NLMSG_ALIGN(size);
  }

  std::array<std::byte, 512> bytes_{};
  nlmsghdr header_{};
  std::size_t size_ = 0;
  std::size_t unpadded_ = 0;
  std::array<std::size_t, 4> open_{};
  std::size_t depth_ = 0;
};

std::span<const std::uint8_t> wire_form(const address& a) {
  return is_ipv4(a) ? std::span(a.ip).last(4) : std::span(a.ip);
}

ifinfomsg up(int device) {
  ifinfomsg link{};
  link.ifi_index = device;
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  return link;
}

device_counts counts_in(std::span<const std::byte> message) {
  device_counts counts;
  std::size_t at = NLMSG_LENGTH(NLMSG_ALIGN(sizeof(ifinfomsg)));
  rtattr head{};
  while (at + sizeof head <= message.size()) {
    std::memcpy(&head, message.data() + at, sizeof head);
    if (head.rta_len < sizeof head || at + head.rta_len > message.size()) break;
    rtnl_link_stats64 found{};
    if (head.rta_type == IFLA_STATS64) {
      std::memcpy(&found, message.data() + at + sizeof head,
                  std::min<std::size_t>(sizeof found, head.rta_len - sizeof head));
      // The device sends towards us, and receives what we write.
      counts = {found.tx_packets, found.tx_dropped, found.rx_packets, found.rx_dropped};
    }
    at += RTA_ALIGN(head.rta_len);
  }
  return counts;
}

}  // namespace

rtnetlink::rtnetlink() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  if (socket_ < 0) fail(errno, "socket(AF_NETLINK)");
}

rtnetlink::~rtnetlink() {
  if (socket_ >= 0) ::close(socket_);
}

rtnetlink::rtnetlink(rtnetlink&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

void rtnetlink::ask(std::span<const std::byte> what) const {
  if (::send(socket_, what.data(), what.size(), 0) < 0) fail(errno, "rtnetlink send");
  alignas(nlmsghdr) std::array<std::byte, 8192> reply{};
  const ssize_t got = ::recv(socket_, reply.data(), reply.size(), 0);
  if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr)))) fail(got < 0 ? errno : EPROTO, "rtnetlink");
  nlmsgerr verdict{};
  std::memcpy(&verdict, reply.data() + NLMSG_HDRLEN, sizeof verdict);
  if (verdict.error != 0) fail(-verdict.error, "rtnetlink");
}

void rtnetlink::bring_up(int device, std::size_t mtu, std::size_t queue) {
  request with(RTM_NEWLINK, NLM_F_ACK, up(device));
  with.add(IFLA_MTU, static_cast<std::uint32_t>(mtu)).add(IFLA_TXQLEN, static_cast<std::uint32_t>(queue));
  ask(with.bytes());
}

void rtnetlink::no_automatic_addresses(int device) {
  ifinfomsg link{};
  link.ifi_index = device;
  const std::array<std::uint8_t, 1> none{IN6_ADDR_GEN_MODE_NONE};
  request with(RTM_NEWLINK, NLM_F_ACK, link);
  with.open(IFLA_AF_SPEC);
  with.open(AF_INET6);
  with.add(IFLA_INET6_ADDR_GEN_MODE, none);
  with.close();
  with.close();
  ask(with.bytes());
}

void rtnetlink::bring_up(int device) {
  request plain(RTM_NEWLINK, NLM_F_ACK, up(device));
  ask(plain.bytes());
}

void rtnetlink::add_address(int device, const address& own, const address& peer) {
  ifaddrmsg what{};
  what.ifa_family = is_ipv4(own) ? AF_INET : AF_INET6;
  what.ifa_prefixlen = is_ipv4(own) ? 32 : 128;
  what.ifa_index = static_cast<std::uint32_t>(device);
  // Usable at once: nobody else can have it.
  what.ifa_flags = is_ipv4(own) ? 0 : IFA_F_NODAD;
  request with(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, what);
  with.add(IFA_LOCAL, wire_form(own)).add(IFA_ADDRESS, wire_form(peer));
  ask(with.bytes());
}

void rtnetlink::add_default_route(int device, bool ipv6) {
  rtmsg what{};
  what.rtm_family = ipv6 ? AF_INET6 : AF_INET;
  what.rtm_table = RT_TABLE_MAIN;
  what.rtm_protocol = RTPROT_STATIC;
  what.rtm_scope = RT_SCOPE_UNIVERSE;
  what.rtm_type = RTN_UNICAST;
  request with(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, what);
  with.add(RTA_OIF, static_cast<std::uint32_t>(device));
  ask(with.bytes());
}

device_counts rtnetlink::counts(int device) const {
  ifinfomsg which{};
  which.ifi_index = device;
  request with(RTM_GETLINK, 0, which);
  const auto bytes = with.bytes();
  if (::send(socket_, bytes.data(), bytes.size(), 0) < 0) fail(errno, "rtnetlink send");
  alignas(nlmsghdr) std::array<std::byte, 32768> reply{};
  const ssize_t got = ::recv(socket_, reply.data(), reply.size(), 0);
  if (got < static_cast<ssize_t>(NLMSG_HDRLEN)) fail(got < 0 ? errno : EPROTO, "rtnetlink");
  return counts_in(std::span(reply).first(static_cast<std::size_t>(got)));
}

}  // namespace dgram::app
