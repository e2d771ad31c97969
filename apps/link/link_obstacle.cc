// SPDX-License-Identifier: MIT
#include "apps/link/link_obstacle.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "apps/cli/start_up_error.h"

namespace dgram::app {
namespace {

constexpr const char* otherwise = "; udp_relay needs no privilege, for UDP";

std::optional<std::uint64_t> read_switch(const char* file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  return in >> value ? std::optional(value) : std::nullopt;
}

std::string words(int error) {
  return std::generic_category().message(error);
}

std::string about_device(int error) {
  if (error == EACCES || error == EPERM) {
    return "/dev/net/tun may not be opened by this user (" + words(error) +
           "): run as root, or let everybody use it (chmod 0666 /dev/net/tun, as the kernel's documentation "
           "advises)";
  }
  if (error == ENODEV || error == ENXIO) {
    return "/dev/net/tun has no driver (" + words(error) + "): load the kernel module tun (modprobe tun)";
  }
  if (error == ENOENT) {
    return "/dev/net/tun does not exist: load the kernel module tun (modprobe tun); in a container add "
           "--device /dev/net/tun";
  }
  return "/dev/net/tun cannot be opened: " + words(error);
}

// The switches that systems have against unprivileged namespaces, most telling first.
std::string about_namespaces(int error, const system_switches& system) {
  if (!system.root && system.apparmor_restricts.value_or(0) != 0) {
    return "AppArmor forbids unprivileged user namespaces (kernel.apparmor_restrict_unprivileged_userns=1): "
           "run as root, or set it to 0";
  }
  if (!system.root && system.unprivileged_userns.value_or(1) == 0) {
    return "unprivileged user namespaces are off (kernel.unprivileged_userns_clone=0): run as root, or set "
           "it to 1";
  }
  if (system.max_user_namespaces.value_or(1) == 0 && !system.root) {
    return "user namespaces are off (user.max_user_namespaces=0): run as root, or set it higher";
  }
  if (system.max_net_namespaces.value_or(1) == 0) {
    return "network namespaces are off (user.max_net_namespaces=0): set it higher";
  }
  if (error == ENOSPC) {
    return "there are too many namespaces (user.max_user_namespaces, user.max_net_namespaces): end some, or "
           "set the limits higher";
  }
  if (error == EINVAL || error == ENOSYS) {
    return "this kernel has no such namespaces (" + words(error) +
           "): it needs CONFIG_USER_NS and CONFIG_NET_NS";
  }
  return std::string("namespaces may not be made here (") + words(error) + "): " +
         (system.root ? "a container or sandbox forbids it, add CAP_SYS_ADMIN and CAP_NET_ADMIN"
                      : "run as root, or outside of the container or sandbox that forbids it");
}

std::string reason(link_step failed, int error, const system_switches& system) {
  switch (failed) {
    case link_step::open_tun: return about_device(error);
    case link_step::user_namespace:
    case link_step::map_ids:
    case link_step::pid_namespace:
    case link_step::net_namespace: return about_namespaces(error, system);
    case link_step::create_tun:
      if (error == EPERM && !system.root) return about_namespaces(error, system);
      return "no TUN device could be made in a new network namespace (" + words(error) +
             "): it needs CAP_NET_ADMIN there and the kernel module tun";
    case link_step::configure:
      return "the TUN device could not be given its addresses and routes: " + words(error);
  }
  return words(error);
}

}  // namespace

system_switches read_system_switches() {
  system_switches system;
  system.root = ::geteuid() == 0;
  system.max_user_namespaces = read_switch("/proc/sys/user/max_user_namespaces");
  system.max_net_namespaces = read_switch("/proc/sys/user/max_net_namespaces");
  system.apparmor_restricts = read_switch("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  system.unprivileged_userns = read_switch("/proc/sys/kernel/unprivileged_userns_clone");
  return system;
}

std::string explain(link_step failed, int error, const system_switches& system) {
  return reason(failed, error, system) + otherwise;
}

void refuse_link(link_step failed, int error) {
  throw start_up_error(exit_code::unsupported, explain(failed, error, read_system_switches()));
}

}  // namespace dgram::app
