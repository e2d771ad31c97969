// SPDX-License-Identifier: MIT
// What became of packets outside of the link model, so that none is missing without a reason: at the devices,
// and at the sockets behind them.
#pragma once

#include <cstdint>
#include <string>

#include "apps/cli/json_object.h"
#include "apps/link/tun_forwarder.h"
#include "apps/link/tun_pair.h"

namespace dgram::app {

struct device_report {
  std::uint64_t dropped_before = 0;  // found a device's queue full on the way to us
  std::uint64_t dropped_behind = 0;  // a device would not take them from us
  std::uint64_t socket_full = 0;     // UDP: the receiving program was slower than its socket's buffer
  std::uint64_t unreadable = 0;      // no IP packets
  std::uint64_t chatter = 0;         // the kernels' own, not carried
  std::size_t largest = 0;           // bytes of the largest packet carried
};

device_report report_devices(const tun_pair&, const tun_counts&);
// Whole lines; about what is zero they say nothing.
std::string lines_of(const device_report&);
void add_devices(json_object&, const device_report&);

// "RcvbufErrors" of the protocol in a table as /proc/net/snmp has it; zero when it is not there.
std::uint64_t full_buffers(std::string_view table, std::string_view protocol);

}  // namespace dgram::app
