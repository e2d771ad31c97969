// SPDX-License-Identifier: MIT
// Says what udp_link needs and whether this system has it, by trying.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/exit_code.h"
#include "apps/link/link_obstacle.h"

namespace dgram::app {

// What was found by trying; reasons are empty when it worked.
struct link_facts {
  system_switches system;
  std::string tun_node;               // why /dev/net/tun cannot be opened
  std::string link;                   // why no link could be made
  bool ipv6 = false;                  // of the link
  bool own_proc = false;              // ps and ss see only what is inside
  std::string congestion_controls;    // "reno cubic bbr", inside a namespace
  std::vector<std::string> programs;  // that the tests and the report like to have, and that are missing
};

link_facts find_link_facts();
std::vector<std::string> diagnosis(const link_facts&);
// To stdout. exit_code::unsupported when udp_link cannot run.
exit_code print_doctor();

}  // namespace dgram::app
