// SPDX-License-Identifier: MIT
// The text form of what became of packets: a line that names the form, then a line for each packet, fit to be
// read by a person, cut by awk and met again in another run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "udp/core/time.h"
#include "udp/sim/delivery_trace.h"
#include "udp/sim/packet_fate.h"

namespace dgram::sim {

// With its newline:
//   direction   up or down
//   offered     ns since the start
//   index, size in bytes
//   fate        carried, lost, outage, overflow, too_big
//   delay, copy ns from then to its departure; - for none
//   order       - kept its place, held, held:N (until N others passed it), overtook
//   flipped, copy_flipped   bits, by commas; - for none
std::string_view fate_record_header();

// Appends a line with its newline. `up` is direction 0 of a link.
void append_fate(std::string& to, bool up, duration offered, const packet_fate&);

struct fate_record {
  // By index, without gaps.
  std::vector<packet_fate> up;
  std::vector<packet_fate> down;
};

// About 1 GB of memory, and four minutes at 40,000 packets a second.
inline constexpr std::size_t most_recorded_fates = 10'000'000;

// Empty lines and those that begin with # are left out.
std::variant<fate_record, text_error> parse_fate_record(std::string_view text);

}  // namespace dgram::sim
