// SPDX-License-Identifier: MIT
#include "apps/impairment/setting_table.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include "apps/cli/units.h"
#include "udp/sim/delivery_trace.h"

namespace dgram::app {
namespace {

using sim::link_options;
using value = setting_value;

void read_loss(const value& v, link_options& to) {
  to.loss = v.share();
  to.chain.reset();
}

void read_burst(const value& v, link_options& to) {
  // In runs of mean length 1 no packet would be lost beside another: that is not what "no bursts" means.
  to.mean_burst = v.none() || v.text == "1" ? 0 : v.number(1, 1'000'000);
  to.chain.reset();
}

void read_chain(const value& v, link_options& to) {
  if (v.text == "none") {
    to.chain.reset();
    return;
  }
  to.chain = v.chain();
  to.loss = 0;
  to.mean_burst = 0;
}

void read_shape(const value& v, link_options& to) {
  if (v.text == "uniform") {
    to.shape = sim::jitter_shape::uniform;
  } else if (v.text == "normal") {
    to.shape = sim::jitter_shape::normal;
  } else if (v.text == "pareto") {
    to.shape = sim::jitter_shape::pareto;
  } else {
    v.reject("one of uniform, normal or pareto");
  }
}

// "3p" or "5ms" or "5ms..10ms".
void read_reorder_by(const value& v, link_options& to) {
  constexpr std::string_view wanted = "a distance or a time up to 1h (such as 3p, 5ms or 5ms..10ms)";
  std::string_view text = v.text;
  if (text.ends_with('p')) {
    text.remove_suffix(1);
    const auto packets = parse_count(text);
    if (!packets || *packets == 0 || *packets > 1'000'000) v.reject(wanted);
    to.reorder_distance = static_cast<std::uint32_t>(*packets);
    to.reorder_least = to.reorder_most = duration{0};
    return;
  }
  const std::size_t dots = text.find("..");
  const auto least = parse_duration(text.substr(0, dots));
  const auto most = dots == text.npos ? least : parse_duration(text.substr(dots + 2));
  if (!least || !most || *most < *least || *most == duration{0} || *most > std::chrono::hours(1))
    v.reject(wanted);
  to.reorder_least = *least;
  to.reorder_most = *most;
  to.reorder_distance = 0;
}

void read_rate(const value& v, link_options& to) {
  to.rate = v.bytes_per_second();
  if (to.rate > 0) to.delivery_trace.reset();
}

void read_ecn_mark(const value& v, link_options& to) {
  to.ecn_threshold.reset();
  if (v.text != "none") to.ecn_threshold = v.time();
}

void read_trace(const value& v, link_options& to) {
  if (v.text == "none") {
    to.delivery_trace.reset();
    return;
  }
  auto read = sim::parse_delivery_trace(v.file());
  if (const auto* wrong = std::get_if<sim::text_error>(&read)) v.fail_at(*wrong, "a mahimahi trace");
  to.delivery_trace = std::make_shared<const std::vector<std::uint32_t>>(std::get<0>(std::move(read)));
  to.rate = 0;
}

void read_mtu(const value& v, link_options& to) {
  to.mtu = v.none() ? 0 : static_cast<std::size_t>(v.number(1, 65535));
}

void read_fade(const value& v, link_options& to) {
  to.fades.reset();
  if (v.text != "none") to.fades = v.fades();
}

constexpr std::array table{
    setting{"loss", "SHARE", "Lose so many packets (5% or 0.05)", read_loss},
    setting{"burst", "N", "With --loss: lose them in runs of N on average", read_burst},
    setting{"ge", "P,R,1-H,1-K", "Gilbert-Elliott loss, in netem's order (1%,25%)", read_chain},
    setting{"lose", "LIST", "Lose these packets, counted from 0 (3,7,20-25)",
            [](const value& v, link_options& to) { to.lose_indices = v.indices(); }},
    setting{"delay", "TIME", "Delay each packet (20ms)",
            [](const value& v, link_options& to) { to.delay = v.time(); }},
    setting{"jitter", "TIME", "Add a random delay of that scale; the order stays",
            [](const value& v, link_options& to) { to.jitter = v.time(); }},
    setting{"jitter-shape", "SHAPE", "uniform (the default), normal or pareto", read_shape},
    setting{"jitter-reorders", "", "Let jitter change the order",
            [](const value& v, link_options& to) { to.jitter_reorders = v.yes_or_no(); }},
    setting{"duplicate", "SHARE", "Repeat so many packets",
            [](const value& v, link_options& to) { to.duplicate = v.share(); }},
    setting{"corrupt", "SHARE", "Flip 1 to 8 bits of so many packets",
            [](const value& v, link_options& to) { to.corrupt = v.share(); }},
    setting{"reorder", "SHARE", "Hold so many packets back until others passed them",
            [](const value& v, link_options& to) { to.reorder = v.share(); }},
    setting{"reorder-by", "DISTANCE", "How far: 3p (packets, the default) or 5ms..10ms", read_reorder_by},
    setting{"rate", "BITS", "Bits per second of the bottleneck (10m)", read_rate},
    setting{"queue", "LIMIT", "What may wait for it: 50p, 64KB, 100ms, or several by +",
            [](const value& v, link_options& to) { to.queue = v.queue(); }},
    setting{"ecn-mark", "TIME", "Mark ECN-capable packets that wait longer than this (5ms; not udp_relay)",
            read_ecn_mark},
    setting{"trace", "FILE", "A mahimahi trace instead of a rate", read_trace},
    setting{"mtu", "BYTES", "Larger packets vanish",
            [](const value& v, link_options& to) { read_mtu(v, to); }},
    setting{"outage", "FROM..UNTIL",
            "Lose all that is sent then, counted from the start (2s..7s); repeatable", nullptr},
    setting{"fade", "UP/DOWN", "Up and down by turns: 2s/500ms, or ~2s/500ms for random times", read_fade},
};

}  // namespace

std::span<const setting> direction_settings() {
  return table;
}

const setting* find_setting(std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const setting& s) { return s.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace dgram::app
