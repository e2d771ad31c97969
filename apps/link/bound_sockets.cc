// SPDX-License-Identifier: MIT
#include "apps/link/bound_sockets.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

namespace dgram::app {
namespace {

constexpr unsigned tcp_listen = 0x0a;
constexpr unsigned udp_unconnected = 0x07;

void add_table(const char* file, bool tcp, std::vector<std::uint16_t>& ports) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  for (const std::uint16_t port : open_ports(text.str(), tcp)) ports.push_back(port);
}

}  // namespace

std::vector<std::uint16_t> open_ports(std::string_view table, bool tcp) {
  std::vector<std::uint16_t> ports;
  std::istringstream lines{std::string(table)};
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string slot;
    std::string local;
    std::string remote;
    unsigned state = 0;
    if (!(fields >> slot >> local >> remote >> std::hex >> state)) continue;
    const std::size_t colon = local.rfind(':');
    if (colon == local.npos || state != (tcp ? tcp_listen : udp_unconnected)) continue;
    ports.push_back(static_cast<std::uint16_t>(std::stoul(local.substr(colon + 1), nullptr, 16)));
  }
  return ports;
}

std::vector<std::uint16_t> open_ports_at(const tun_pair& pair, side s) {
  std::vector<std::uint16_t> ports;
  std::thread([&] {
    try {
      pair.enter(s);
    } catch (const std::system_error&) {
      return;
    }
    add_table("/proc/thread-self/net/tcp", true, ports);
    add_table("/proc/thread-self/net/tcp6", true, ports);
    add_table("/proc/thread-self/net/udp", false, ports);
    add_table("/proc/thread-self/net/udp6", false, ports);
  }).join();
  std::sort(ports.begin(), ports.end());
  return ports;
}

}  // namespace dgram::app
