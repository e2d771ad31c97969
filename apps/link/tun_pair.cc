// SPDX-License-Identifier: MIT
#include "apps/link/tun_pair.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <system_error>
#include <thread>

#include "apps/link/link_obstacle.h"
#include "apps/link/user_namespace.h"
#include "udp/net/address_text.h"

namespace dgram::app {
namespace {

constexpr int loopback = 1;  // the first device of every network namespace
constexpr const char* device_name = "tun0";
// Packets that a device holds until we read them: 0.8 s at 20,000 packets/s.
constexpr std::size_t device_queue = 16384;
constexpr std::size_t least_ipv6_mtu = 1280;

int open_tun() {
  const int device = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) refuse_link(link_step::open_tun, errno);
  return device;
}

// Only a thread of its own can go into a network namespace for a while: an unprivileged process would not be
// let back into the one it came from.
void in_other_thread(const std::function<void()>& work) {
  std::exception_ptr failure;
  std::thread([&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
}

bool may_make_namespaces() {
  int error = 0;
  std::thread([&] { error = ::unshare(CLONE_NEWNET) == 0 ? 0 : errno; }).join();
  if (error == 0) return true;
  if (error != EPERM) refuse_link(link_step::net_namespace, error);
  return false;
}

void attach(int device) {
  ifreq wanted{};
  std::strncpy(wanted.ifr_name, device_name, IFNAMSIZ - 1);
  wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(device, TUNSETIFF, &wanted) != 0) refuse_link(link_step::create_tun, errno);
  // Neither segments nor checksums are left to a device that is not one: every packet is whole, and none is
  // larger than the MTU.
  if (::ioctl(device, TUNSETOFFLOAD, 0) != 0) refuse_link(link_step::create_tun, errno);
}

// Best effort: without it ping needs a capability.
void let_everybody_ping() {
  std::ofstream file("/proc/sys/net/ipv4/ping_group_range");
  if (::geteuid() == 0) {
    file << "0 2147483647" << std::flush;
  } else {
    file << ::getegid() << ' ' << ::getegid() << std::flush;
  }
}

}  // namespace

tun_pair::tun_pair(const tun_pair_options& options) {
  ipv6_ = options.mtu >= least_ipv6_mtu;
  ::close(open_tun());  // the commonest obstacle first
  if (!may_make_namespaces()) enter_user_namespace();
  netlinks_.reserve(2);
  for (const side s : {side::client, side::server}) {
    in_other_thread([&] { make_side(s, options); });
  }
}

void tun_pair::make_side(side s, const tun_pair_options& options) try {
  const auto i = static_cast<std::size_t>(s);
  if (::unshare(CLONE_NEWNET) != 0) refuse_link(link_step::net_namespace, errno);
  namespaces_[i] = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (namespaces_[i] < 0) refuse_link(link_step::net_namespace, errno);
  devices_[i] = open_tun();
  attach(devices_[i]);
  indices_[i] = static_cast<int>(::if_nametoindex(device_name));
  let_everybody_ping();

  rtnetlink& netlink = netlinks_.emplace_back();
  netlink.bring_up(loopback);
  if (ipv6_) without_ipv6_unless([&] { netlink.no_automatic_addresses(indices_[i]); });
  netlink.bring_up(indices_[i], options.mtu, device_queue);
  netlink.add_address(indices_[i], address_of(s), address_of(opposite(s)));
  netlink.add_default_route(indices_[i], false);
  if (!ipv6_) return;
  without_ipv6_unless([&] {
    netlink.add_address(indices_[i], address_v6_of(s), address_v6_of(opposite(s)));
    netlink.add_default_route(indices_[i], true);
  });
} catch (const std::system_error& e) {
  refuse_link(link_step::configure, e.code().value());
}

void tun_pair::without_ipv6_unless(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::system_error&) {
    ipv6_ = false;  // not in this kernel, or switched off
  }
}

tun_pair::~tun_pair() {
  for (const int descriptor : devices_) ::close(descriptor);
  for (const int descriptor : namespaces_) ::close(descriptor);
}

int tun_pair::device(side s) const {
  return devices_[static_cast<std::size_t>(s)];
}

void tun_pair::enter(side s) const {
  if (::setns(namespaces_[static_cast<std::size_t>(s)], CLONE_NEWNET) != 0) {
    throw std::system_error(errno, std::generic_category(), "setns");
  }
}

device_counts tun_pair::counts(side s) const {
  const auto i = static_cast<std::size_t>(s);
  return netlinks_[i].counts(indices_[i]);
}

address tun_pair::address_of(side s) {
  return ipv4_address(198, 18, 0, s == side::client ? 1 : 2, 0);
}

address tun_pair::address_v6_of(side s) {
  address a;
  a.ip = {0x20, 0x01, 0x00, 0x02};
  a.ip[15] = s == side::client ? 1 : 2;
  return a;
}

}  // namespace dgram::app
