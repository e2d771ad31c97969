// SPDX-License-Identifier: MIT
#include "apps/link/device_report.h"

#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

std::string text_of_file(const char* file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// IPv6 has a value a line: "Udp6RcvbufErrors  0".
std::uint64_t full_buffers_v6(const std::string& table) {
  std::istringstream words(table);
  std::string name;
  std::uint64_t value = 0;
  while (words >> name >> value) {
    if (name == "Udp6RcvbufErrors") return value;
  }
  return 0;
}

std::uint64_t full_buffers_at(const tun_pair& pair, side s) {
  std::uint64_t found = 0;
  std::thread([&] {
    try {
      pair.enter(s);
    } catch (const std::system_error&) {
      return;
    }
    found = full_buffers(text_of_file("/proc/thread-self/net/snmp"), "Udp:") +
            full_buffers_v6(text_of_file("/proc/thread-self/net/snmp6"));
  }).join();
  return found;
}

}  // namespace

// Two lines each: names, then values.
std::uint64_t full_buffers(std::string_view table, std::string_view protocol) {
  std::istringstream lines{std::string(table)};
  std::string names;
  std::string values;
  while (std::getline(lines, names) && std::getline(lines, values)) {
    if (!names.starts_with(protocol)) continue;
    std::istringstream n(names);
    std::istringstream v(values);
    std::string name;
    std::string value;
    while (n >> name && v >> value) {
      if (name == "RcvbufErrors") return std::stoull(value);
    }
  }
  return 0;
}

device_report report_devices(const tun_pair& pair, const tun_counts& counts) {
  device_report report;
  for (const side s : {side::client, side::server}) {
    const device_counts device = pair.counts(s);
    report.dropped_before += device.to_us_dropped;
    report.dropped_behind += device.from_us_dropped;
    report.socket_full += full_buffers_at(pair, s);
  }
  report.dropped_behind += counts.device_full;
  report.unreadable = counts.unreadable;
  report.chatter = counts.multicast;
  report.largest = counts.largest;
  return report;
}

std::string lines_of(const device_report& report) {
  std::string text;
  if (report.largest != 0) text += "the largest packet had " + std::to_string(report.largest) + " bytes\n";
  if (report.unreadable != 0) {
    text +=
        counted(report.unreadable, "thing that was no IP packet was", "things that were no IP packets were") +
        " not carried\n";
  }
  if (report.dropped_before + report.dropped_behind != 0) {
    text += "warning: " + std::to_string(report.dropped_before) + " packets before the link and " +
            std::to_string(report.dropped_behind) +
            " behind it were dropped because a device's queue was full\n";
  }
  if (report.socket_full != 0) {
    text += "warning: " + counted(report.socket_full, "datagram", "datagrams") +
            " crossed the link and found the receiving socket's buffer full\n";
  }
  return text;
}

void add_devices(json_object& event, const device_report& report) {
  json_object devices;
  devices.add("dropped_before_link", report.dropped_before).add("dropped_behind_link", report.dropped_behind);
  devices.add("socket_full", report.socket_full).add("unreadable", report.unreadable);
  devices.add("kernel_chatter", report.chatter).add("largest_packet", report.largest);
  event.add("devices", devices);
}

}  // namespace dgram::app
