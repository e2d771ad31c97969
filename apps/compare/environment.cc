// SPDX-License-Identifier: MIT
#include "apps/compare/environment.h"

#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <thread>

namespace dgram::app::compare {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

struct readable {
  const char* name;
  const char* file;
};

// A fresh network namespace has the first one's TCP settings or the kernel's own, which are the same unless
// somebody changed them.
constexpr std::array settings{
    readable{"clock", "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
    readable{"TCP congestion control, usual", "/proc/sys/net/ipv4/tcp_congestion_control"},
    readable{"TCP congestion controls", "/proc/sys/net/ipv4/tcp_available_congestion_control"},
    readable{"TCP minimum retransmission timeout (µs)", "/proc/sys/net/ipv4/tcp_rto_min_us"},
    readable{"TCP selective acknowledgements", "/proc/sys/net/ipv4/tcp_sack"},
    readable{"TCP loss detection (RACK)", "/proc/sys/net/ipv4/tcp_recovery"},
    readable{"TCP explicit congestion notification", "/proc/sys/net/ipv4/tcp_ecn"},
    readable{"TCP receive buffer (least, usual, most)", "/proc/sys/net/ipv4/tcp_rmem"},
    readable{"TCP send buffer (least, usual, most)", "/proc/sys/net/ipv4/tcp_wmem"},
    readable{"largest socket receive buffer", "/proc/sys/net/core/rmem_max"},
    readable{"largest socket send buffer", "/proc/sys/net/core/wmem_max"},
    readable{"queueing discipline", "/proc/sys/net/core/default_qdisc"},
};

// The first line, or nothing; no longer than a page wants it.
std::string first_line(const std::string& file) {
  constexpr std::size_t most = 200;
  std::ifstream in(file);
  std::string text(most, '\0');
  in.getline(text.data(), static_cast<std::streamsize>(most));
  text.resize(text.find('\0'));
  for (char& c : text) c = c == '\t' ? ' ' : c;
  return text;
}

// What follows `key` in the first line that begins with it.
std::string value_in(const std::string& file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto value = line.find_first_not_of("\t :=", key.size());
    return value == line.npos ? "" : line.substr(value, 200);
  }
  return {};
}

std::string processors(const std::string& root) {
  const std::string count = std::to_string(std::thread::hardware_concurrency());
  const std::string model = value_in(root + "/proc/cpuinfo", "model name");
  return model.empty() ? count : count + " × " + model;
}

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

void add(pairs& all, const std::string& name, const std::string& value) {
  if (!value.empty()) all.emplace_back(name, value);
}

}  // namespace

pairs environment_of(bool simulated, const std::string& root) {
  if (simulated) return {{"link", "virtual time"}};
  pairs all;
  utsname system{};
  if (::uname(&system) == 0) {
    add(all, "kernel", std::string(system.sysname) + ' ' + system.release + ' ' + system.machine);
    add(all, "timer frequency (Hz)", value_in(root + "/boot/config-" + system.release, "CONFIG_HZ="));
  }
  add(all, "processors", processors(root));
  for (const readable& r : settings) add(all, r.name, first_line(root + r.file));
  add(all, "link", "two network namespaces, TUN devices, MTU 1500");
  add(all, "offloads", "none: a TUN device without them, so a packet is a segment");
  add(all, "compiler", compiler());
  return all;
}

}  // namespace dgram::app::compare
