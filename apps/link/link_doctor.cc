// SPDX-License-Identifier: MIT
#include "apps/link/link_doctor.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "apps/cli/flags.h"
#include "apps/cli/start_up_error.h"
#include "apps/link/command_runner.h"
#include "apps/link/link_commands.h"
#include "apps/link/tun_pair.h"

namespace dgram::app {
namespace {

std::string controls_inside(const tun_pair& pair) {
  std::string found;
  std::thread([&] {
    pair.enter(side::client);
    std::ifstream in("/proc/sys/net/ipv4/tcp_available_congestion_control");
    std::getline(in, found);
  }).join();
  return found;
}

// One fact a line: an obstacle, or "ipv6 proc" and the congestion controls.
std::string try_link() try {
  const tun_pair pair({});
  const command_runner commands(pair, {});
  return std::string("\n") + (pair.has_ipv6() ? "1" : "0") + (commands.has_own_proc() ? "1" : "0") +
         controls_inside(pair) + "\n";
} catch (const std::exception& e) {
  return std::string(e.what()) + "\n";
}

// In a process of its own: an unprivileged one ends up in a user namespace.
std::string try_link_apart() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::generic_category().message(errno) + "\n";
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string found = try_link();
    [[maybe_unused]] const ssize_t written = ::write(ends[1], found.data(), found.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string found;
  std::array<char, 512> part{};
  for (ssize_t got = 0; (got = ::read(ends[0], part.data(), part.size())) > 0;) {
    found.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  if (child > 0) ::waitpid(child, nullptr, 0);
  return found;
}

std::string tun_obstacle(const system_switches& system) {
  const int device = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (device < 0) return explain(link_step::open_tun, errno, system);
  ::close(device);
  return {};
}

bool is_installed(const std::string& program) try {
  demand_program({program});
  return true;
} catch (const usage_error&) {
  return false;
}

std::string line(bool good, const std::string& what, const std::string& more) {
  return std::string(good ? "ok       " : "missing  ") + what + (more.empty() ? "" : ": " + more);
}

}  // namespace

link_facts find_link_facts() {
  link_facts facts;
  facts.system = read_system_switches();
  facts.tun_node = tun_obstacle(facts.system);
  std::istringstream found(try_link_apart());
  std::getline(found, facts.link);
  std::string good;
  if (std::getline(found, good) && good.size() >= 2) {
    facts.ipv6 = good[0] == '1';
    facts.own_proc = good[1] == '1';
    facts.congestion_controls = good.substr(2);
  } else if (facts.link.empty()) {
    facts.link = "the attempt ended without a word";
  }
  for (const char* program : {"gnuplot", "ping", "iperf3", "ss"}) {
    if (!is_installed(program)) facts.programs.emplace_back(program);
  }
  return facts;
}

std::vector<std::string> diagnosis(const link_facts& facts) {
  std::vector<std::string> lines;
  const bool works = facts.link.empty();
  lines.push_back(line(facts.tun_node.empty(), "/dev/net/tun", facts.tun_node));
  lines.push_back(line(works,
                       facts.system.root ? "namespaces and TUN devices, as root"
                                         : "namespaces and TUN devices, as an ordinary user",
                       facts.link == facts.tun_node ? "" : facts.link));
  if (works) {
    lines.push_back(line(facts.ipv6, "IPv6 across the link", facts.ipv6 ? "" : "IPv4 only"));
    lines.push_back(line(facts.own_proc, "a /proc of its own",
                         facts.own_proc ? "" : "ps shows what is outside (parts of /proc are hidden here)"));
    const std::string& controls = facts.congestion_controls;
    lines.push_back(line(true, "TCP congestion control", controls));
    for (const char* wanted : {"cubic", "bbr"}) {
      if (controls.find(wanted) == controls.npos) {
        lines.push_back(line(false, std::string("TCP ") + wanted, std::string("modprobe tcp_") + wanted));
      }
    }
  }
  for (const std::string& program : facts.programs) {
    lines.push_back(line(false, program, "udp_link works without it"));
  }
  lines.emplace_back(works ? "udp_link can run here"
                           : "udp_link cannot run here; udp_relay can, and udp_compare --sim");
  return lines;
}

exit_code print_doctor() {
  const link_facts facts = find_link_facts();
  std::string text;
  for (const std::string& one : diagnosis(facts)) text += one + '\n';
  const exit_code printed = print_and_end(text);
  if (printed != exit_code::ok) return printed;
  return facts.link.empty() ? exit_code::ok : exit_code::unsupported;
}

}  // namespace dgram::app
