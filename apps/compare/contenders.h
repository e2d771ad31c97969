// SPDX-License-Identifier: MIT
// Who can take part, and what distinguishes them. Knows no sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "udp/core/congestion.h"
#include "udp/core/message.h"

namespace dgram::app::compare {

enum class transport : std::uint8_t {
  bare,  // datagrams by plain sockets: no acknowledgement, no repetition
  udp,   // udp_endpoint
  tcp,   // tcp_endpoint: the kernel's TCP
  enet,  // libenet
  srt,   // libsrt
};

struct entrant {
  std::string_view name;   // "tcp-cubic"
  std::string_view label;  // "TCP cubic"
  transport over = transport::udp;
  delivery_mode mode = delivery_mode::ordered;
  std::string_view congestion{};  // TCP_CONGESTION
  bool no_delay = true;           // TCP_NODELAY
  // Of udp_endpoint.
  dgram::redundancy redundancy = dgram::redundancy::automatic();
  congestion_algorithm control = congestion_algorithm::bbr;
  // How a library of others was set up, where that is not as it comes.
  std::string_view tuning{};
};

std::span<const entrant> all_entrants();
// "udp-bare,udp,…": what takes part when nobody says who.
std::string_view usual_contenders();
// What a person wants of our own contenders; a name that says otherwise ("udp-off") has its way.
struct own_ways {
  std::optional<delivery_mode> mode{};
  std::optional<dgram::redundancy> redundancy{};
  std::optional<congestion_algorithm> control{};
};
void apply_ways(const own_ways&, std::vector<entrant>&);

// "a,b,c", each once. Throws usage_error.
std::vector<entrant> entrants_from(const std::string& list);

}  // namespace dgram::app::compare
