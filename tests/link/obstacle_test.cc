// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>

#include "apps/link/link_doctor.h"
#include "apps/link/link_obstacle.h"
#include "tests/support/catch.h"

namespace dgram::test {
namespace {

using app::diagnosis;
using app::explain;
using app::link_facts;
using app::link_step;
using app::system_switches;

TEST_CASE("each obstacle is named with what to do about it") {
  const system_switches user;
  CHECK_THAT(explain(link_step::open_tun, EACCES, user), ContainsSubstring("chmod 0666 /dev/net/tun"));
  CHECK_THAT(explain(link_step::open_tun, ENOENT, user), ContainsSubstring("modprobe tun"));
  CHECK_THAT(explain(link_step::open_tun, ENODEV, user), ContainsSubstring("modprobe tun"));
  CHECK_THAT(explain(link_step::open_tun, EIO, user), ContainsSubstring("cannot be opened"));
  CHECK_THAT(explain(link_step::user_namespace, EPERM, user), ContainsSubstring("run as root"));
  CHECK_THAT(explain(link_step::user_namespace, ENOSPC, user), ContainsSubstring("user.max_user_namespaces"));
  CHECK_THAT(explain(link_step::user_namespace, EINVAL, user), ContainsSubstring("CONFIG_USER_NS"));
  CHECK_THAT(explain(link_step::create_tun, EINVAL, user), ContainsSubstring("CAP_NET_ADMIN"));
  CHECK_THAT(explain(link_step::configure, ENOMEM, user), ContainsSubstring("addresses and routes"));
}

TEST_CASE("a system's own switches are named before anything else") {
  system_switches ubuntu;
  ubuntu.apparmor_restricts = 1;
  // There the user namespace is given, and refuses whatever comes next.
  for (const link_step step : {link_step::user_namespace, link_step::map_ids, link_step::net_namespace,
                               link_step::create_tun, link_step::pid_namespace}) {
    CHECK_THAT(explain(step, EPERM, ubuntu), ContainsSubstring("apparmor_restrict_unprivileged_userns=1"));
  }
  system_switches debian;
  debian.unprivileged_userns = 0;
  CHECK_THAT(explain(link_step::user_namespace, EPERM, debian),
             ContainsSubstring("unprivileged_userns_clone=0"));
  system_switches none;
  none.max_user_namespaces = 0;
  CHECK_THAT(explain(link_step::user_namespace, ENOSPC, none), ContainsSubstring("max_user_namespaces=0"));
  system_switches no_net;
  no_net.root = true;
  no_net.max_net_namespaces = 0;
  CHECK_THAT(explain(link_step::net_namespace, ENOSPC, no_net), ContainsSubstring("max_net_namespaces=0"));
}

TEST_CASE("root without privilege is told of its container, not of switches for others") {
  system_switches root;
  root.root = true;
  root.apparmor_restricts = 1;
  root.max_user_namespaces = 0;
  CHECK_THAT(explain(link_step::net_namespace, EPERM, root), ContainsSubstring("CAP_SYS_ADMIN"));
}

TEST_CASE("every obstacle is one line that names udp_relay") {
  for (const link_step step :
       {link_step::open_tun, link_step::user_namespace, link_step::map_ids, link_step::net_namespace,
        link_step::create_tun, link_step::configure, link_step::pid_namespace}) {
    for (const int error : {EPERM, EACCES, ENOENT, ENODEV, ENOSPC, EINVAL, EIO}) {
      const std::string text = explain(step, error, {});
      CHECK_THAT(text, ContainsSubstring("udp_relay"));
      CHECK(std::count(text.begin(), text.end(), '\n') == 0);
    }
  }
}

std::string all(const link_facts& facts) {
  std::string text;
  for (const std::string& line : diagnosis(facts)) text += line + '\n';
  return text;
}

TEST_CASE("the doctor says that all is well, or what is missing and what runs all the same") {
  link_facts good;
  good.ipv6 = good.own_proc = true;
  good.congestion_controls = "reno cubic bbr";
  CHECK(all(good).find("missing") == std::string::npos);
  CHECK(diagnosis(good).back() == "udp_link can run here");

  link_facts less = good;
  less.congestion_controls = "reno cubic";
  less.ipv6 = false;
  less.programs = {"gnuplot"};
  CHECK_THAT(all(less), ContainsSubstring("missing  TCP bbr: modprobe tcp_bbr"));
  CHECK_THAT(all(less), ContainsSubstring("missing  IPv6"));
  CHECK_THAT(all(less), ContainsSubstring("missing  gnuplot"));
  CHECK(diagnosis(less).back() == "udp_link can run here");

  link_facts bad;
  bad.tun_node = bad.link = "the device is not there";
  CHECK_THAT(all(bad), ContainsSubstring("missing  /dev/net/tun: the device is not there"));
  CHECK_THAT(diagnosis(bad).back(), ContainsSubstring("udp_relay can"));
}

}  // namespace
}  // namespace dgram::test
