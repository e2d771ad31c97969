// SPDX-License-Identifier: MIT
// Why two namespaces with TUN devices cannot be had here, in one line a person can act upon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dgram::app {

enum class link_step : std::uint8_t {
  open_tun,        // /dev/net/tun
  user_namespace,  // unshare(CLONE_NEWUSER)
  map_ids,         // /proc/self/uid_map and its like
  net_namespace,   // unshare(CLONE_NEWNET)
  create_tun,      // TUNSETIFF inside the namespace
  configure,       // addresses and routes
  pid_namespace,   // clone(CLONE_NEWPID | CLONE_NEWNS)
};

// What the system says of itself; nothing where it says nothing.
struct system_switches {
  bool root = false;
  std::optional<std::uint64_t> max_user_namespaces{};  // user.max_user_namespaces
  std::optional<std::uint64_t> max_net_namespaces{};   // user.max_net_namespaces
  std::optional<std::uint64_t> apparmor_restricts{};   // kernel.apparmor_restrict_unprivileged_userns
  std::optional<std::uint64_t> unprivileged_userns{};  // kernel.unprivileged_userns_clone
};
system_switches read_system_switches();

// `error` is an errno. What is missing, and what to do.
std::string explain(link_step failed, int error, const system_switches&);
[[noreturn]] void refuse_link(link_step failed, int error);

}  // namespace dgram::app
