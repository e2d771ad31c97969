// SPDX-License-Identifier: MIT
#include "apps/cli/transport_flags.h"

#include <array>
#include <string>

#include "apps/cli/units.h"
#include "udp/core/path_mtu.h"

namespace dgram::app {
namespace {

using namespace std::chrono_literals;

constexpr std::array table{
    flag{"redundancy", "HOW",
         "off; auto: as many extra copies of small messages as the measured loss asks for (auto); or N "
         "copies, "
         "0 to 16, whatever the loss"},
    flag{"congestion", "NAME", "bbr: holds its rate at random loss; or new-reno, the conservative one (bbr)"},
    flag{"keep-alive", "TIME",
         "Say something after TIME of silence, 100ms to 25s, so that the session and a "
         "NAT's memory of it last (off)"},
    flag{"largest-datagram", "BYTES",
         "Never send larger datagrams, 548 to 1472 bytes of UDP payload; what the way carries is measured "
         "(1472)"},
};

constexpr std::array<std::string_view, 2> algorithms{"bbr", "new-reno"};

constexpr duration shortest_keep_alive = 100ms;
// A client's session ends after half the idle timeout (30 s) of silence; the margin is for losses.
constexpr duration longest_keep_alive = 25s;

redundancy parsed_redundancy(std::string_view text) {
  if (text == "off") return redundancy::off();
  if (text == "auto") return redundancy::automatic();
  const auto copies = parse_count(text);
  if (!copies || *copies > redundancy::most) {
    reject_value("--redundancy", text,
                 "off, auto or a number of copies from 0 to " + std::to_string(redundancy::most));
  }
  return {static_cast<std::uint8_t>(*copies)};
}

}  // namespace

std::span<const flag> transport_flags() {
  return table;
}

void read_transport_flags(const flags& given, session_options& options) {
  if (const auto how = given.text("redundancy")) options.redundancy = parsed_redundancy(*how);
  if (const auto which = given.choice("congestion", algorithms)) {
    options.congestion = static_cast<congestion_algorithm>(*which);
  }
  options.keep_alive =
      given.time("keep-alive", shortest_keep_alive, longest_keep_alive).value_or(options.keep_alive);
  options.largest_datagram =
      given.size("largest-datagram", path_mtu::smallest, largest_datagram).value_or(options.largest_datagram);
}

void forbid_transport_flags(const flags& given, std::initializer_list<std::string_view> beside) {
  for (const flag& f : table) {
    for (const std::string_view other : beside) given.meaningless(f.names, other);
  }
}

}  // namespace dgram::app
