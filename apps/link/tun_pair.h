// SPDX-License-Identifier: MIT
// Two network namespaces, a TUN device in each, both devices' descriptors in this process. Linux only: TUN
// and namespaces. Everything ends with the process and its children: nothing has a name in the file system.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "apps/impairment/impairment.h"
#include "apps/link/rtnetlink.h"
#include "udp/core/address.h"

namespace dgram::app {

struct tun_pair_options {
  std::size_t mtu = 1500;  // 68..65535, of the devices
};

class tun_pair {
 public:
  // Throws start_up_error(exit_code::unsupported) that says what is missing and what to do. As an
  // unprivileged user the whole process enters a user namespace first: call it before there are threads.
  explicit tun_pair(const tun_pair_options&);
  ~tun_pair();
  tun_pair(const tun_pair&) = delete;
  tun_pair& operator=(const tun_pair&) = delete;

  // One IP packet per read and per write, without a prefix; non-blocking.
  int device(side) const;
  // Puts the calling thread into that side's network namespace. Throws std::system_error.
  void enter(side) const;

  // False where the system has no IPv6, or the MTU is below 1280 (RFC 8200 §5).
  bool has_ipv6() const { return ipv6_; }
  // What the device itself counted, so that no packet is lost unseen before it reaches the link.
  device_counts counts(side) const;

  // Benchmarking addresses, RFC 2544 and RFC 5180: 198.18.0.1 and .2, 2001:2::1 and ::2.
  static address address_of(side);
  static address address_v6_of(side);

 private:
  std::array<int, 2> devices_{-1, -1};
  std::array<int, 2> namespaces_{-1, -1};
  std::vector<rtnetlink> netlinks_;  // by side, each in its namespace
  std::array<int, 2> indices_{};     // of the devices
  bool ipv6_ = true;

  void make_side(side, const tun_pair_options&);
  void without_ipv6_unless(const std::function<void()>& work);
};

}  // namespace dgram::app
