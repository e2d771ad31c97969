// SPDX-License-Identifier: MIT
#include "udp/sim/profiles.h"

#include <algorithm>
#include <array>

namespace dgram::sim {
namespace {

using std::chrono::milliseconds;

constexpr double mbit = 1e6 / 8;

constexpr std::string_view webpagetest =
    "WebPageTest, connectivity.ini.sample (its round trip, half each way)";

// The sources name no queue, and a loss of 0 or none: --queue, --loss and --burst beside --profile add them.
constexpr std::array table{
    profile{"wifi", 15 * mbit, 30 * mbit, milliseconds(1), milliseconds(1),
            "Firefox developer tools, network throttling, Wi-Fi (its latency, half each way)"},
    profile{"3g", 0.768 * mbit, 1.6 * mbit, milliseconds(150), milliseconds(150), webpagetest},
    profile{"lte", 12 * mbit, 12 * mbit, milliseconds(35), milliseconds(35), webpagetest},
    profile{"satellite", 2 * mbit, 20 * mbit, milliseconds(300), milliseconds(300),
            "Endres, Deutschmann, Hielscher, German: Performance of QUIC Implementations over Geostationary "
            "Satellite Links, arXiv 2202.08228, 2022, scenario SAT"},
    profile{"dsl", 0.384 * mbit, 1.5 * mbit, milliseconds(25), milliseconds(25), webpagetest},
};

link_options one_way(double rate, duration delay) {
  link_options options;
  options.rate = rate;
  options.delay = delay;
  return options;
}

}  // namespace

std::span<const profile> profiles() {
  return table;
}

const profile* find_profile(std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const profile& p) { return p.name == name; });
  return found == table.end() ? nullptr : &*found;
}

link_options up_link(const profile& p) {
  return one_way(p.up_rate, p.up_delay);
}

link_options down_link(const profile& p) {
  return one_way(p.down_rate, p.down_delay);
}

}  // namespace dgram::sim
