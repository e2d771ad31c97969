// SPDX-License-Identifier: MIT
#include "apps/compare/contenders.h"

#include <algorithm>
#include <array>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"
#include "apps/compare/split.h"

namespace dgram::app::compare {
namespace {

using enum transport;
using mode = delivery_mode;
constexpr auto off = redundancy::off(), automatic = redundancy::automatic();
constexpr auto bbr = congestion_algorithm::bbr;
constexpr auto new_reno = congestion_algorithm::new_reno;

constexpr std::array entrants{
    entrant{"udp-bare", "UDP, sent once", bare, mode::unreliable},
    entrant{"udp", "UDP, acks and retries", udp, mode::ordered},
    entrant{"udp-ordered", "UDP ordered", udp, mode::ordered},
    entrant{"udp-reliable", "UDP reliable", udp, mode::reliable},
    entrant{"udp-sequenced", "UDP sequenced", udp, mode::sequenced},
    entrant{"udp-unreliable", "UDP unreliable", udp, mode::unreliable},
    entrant{"udp-off", "UDP, no redundancy", udp, mode::ordered, "", true, off},
    entrant{"udp-reliable-off", "UDP reliable, no redundancy", udp, mode::reliable, "", true, off},
    entrant{"udp-reno", "UDP, new Reno", udp, mode::ordered, "", true, automatic, new_reno},
    entrant{"tcp-bbr", "TCP bbr", tcp, mode::ordered, "bbr"},
    entrant{"tcp-cubic", "TCP cubic", tcp, mode::ordered, "cubic"},
    entrant{"tcp-nagle", "TCP cubic, Nagle", tcp, mode::ordered, "cubic", false},
    entrant{"tcp-reno", "TCP reno", tcp, mode::ordered, "reno"},
    entrant{"enet", "ENet", enet, mode::ordered, "", true, automatic, bbr,
            "reliable packets on one channel, throttle off, never given up, flushed after each send, timers "
            "looked at "
            "every millisecond"},
    entrant{"srt", "SRT", srt, mode::ordered, "", true, automatic, bbr,
            "messages in order, live mode without play-out delay and late drop, periodic NAK reports; for "
            "bulk, one at "
            "a time and more than 1316 B file mode with the message API"},
};

std::string names() {
  std::string all;
  for (const entrant& e : entrants) {
    if (!all.empty()) all += &e == &entrants.back() ? " or " : ", ";
    all += e.name;
  }
  return all;
}

}  // namespace

std::span<const entrant> all_entrants() {
  return entrants;
}

std::string_view usual_contenders() {
  return "udp-bare,udp,tcp-bbr,tcp-cubic,tcp-nagle";
}

void apply_ways(const own_ways& ways, std::vector<entrant>& all) {
  for (entrant& e : all) {
    if (e.over != transport::udp) continue;
    // "udp", "udp-off", "udp-reno": those whose names leave the mode open.
    const bool open = e.name == "udp" || e.name == "udp-off" || e.name == "udp-reno";
    if (ways.mode && open) e.mode = *ways.mode;
    if (ways.redundancy && e.redundancy.is_automatic()) e.redundancy = *ways.redundancy;
    if (ways.control && e.name != "udp-reno") e.control = *ways.control;
  }
}

std::vector<entrant> entrants_from(const std::string& list) {
  std::vector<entrant> wanted;
  for (const std::string& name : split(list, ',')) {
    const auto found =
        std::find_if(entrants.begin(), entrants.end(), [&](const entrant& e) { return e.name == name; });
    if (found == entrants.end()) {
      throw usage_error("--contenders: '" + escaped(name, 60) + "' is not one of " + names());
    }
    const bool twice =
        std::any_of(wanted.begin(), wanted.end(), [&](const entrant& e) { return e.name == name; });
    if (twice) throw usage_error("--contenders: '" + name + "' is there twice");
    wanted.push_back(*found);
  }
  return wanted;
}

}  // namespace dgram::app::compare
