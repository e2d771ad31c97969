// SPDX-License-Identifier: MIT
#include "apps/compare/environment.h"

#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <thread>

namespace dgram::app::compare {
namespace {

struct readable {
  const char* name;
  const char* file;
};

// A fresh network namespace takes its TCP settings from the kernel's defaults, not from these files, but for
// those that belong to the machine.
constexpr std::array settings{
    readable{"TCP congestion controls", "/proc/sys/net/ipv4/tcp_available_congestion_control"},
    readable{"TCP minimum retransmission timeout (us)", "/proc/sys/net/ipv4/tcp_rto_min_us"},
    readable{"TCP selective acknowledgements", "/proc/sys/net/ipv4/tcp_sack"},
    readable{"TCP loss detection (RACK)", "/proc/sys/net/ipv4/tcp_recovery"},
    readable{"TCP explicit congestion notification", "/proc/sys/net/ipv4/tcp_ecn"},
    readable{"TCP receive buffer (least, usual, most)", "/proc/sys/net/ipv4/tcp_rmem"},
    readable{"TCP send buffer (least, usual, most)", "/proc/sys/net/ipv4/tcp_wmem"},
    readable{"largest socket receive buffer", "/proc/sys/net/core/rmem_max"},
    readable{"queueing discipline", "/proc/sys/net/core/default_qdisc"},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> environment_of(bool simulated) {
  std::vector<std::pair<std::string, std::string>> all;
  if (simulated) return {{"link", "virtual time"}};
  utsname system{};
  if (::uname(&system) == 0) {
    all.emplace_back("kernel", std::string(system.sysname) + ' ' + system.release + ' ' + system.machine);
  }
  all.emplace_back("processors", std::to_string(std::thread::hardware_concurrency()));
  for (const readable& r : settings) {
    std::ifstream file(r.file);
    std::string text;
    if (std::getline(file, text) && !text.empty()) {
      for (char& c : text) c = c == '\t' ? ' ' : c;
      all.emplace_back(r.name, text);
    }
  }
  all.emplace_back("link", "two network namespaces, TUN devices, MTU 1500");
  all.emplace_back("offloads", "none: a TUN device without them, so a packet is a segment");
  return all;
}

}  // namespace dgram::app::compare
