// SPDX-License-Identifier: MIT
#include "apps/compare/warnings.h"

#include <algorithm>
#include <cmath>

#include "apps/cli/units.h"
#include "apps/compare/number_text.h"

namespace dgram::app::compare {
namespace {

// More than a timer's and a scheduler's ordinary rounding, and visible in the figures.
constexpr duration late = std::chrono::milliseconds(1);
// A fair draw is outside in one of 16,000 cases.
constexpr double sigmas = 4;
// Without segmentation offload no packet is larger than the devices' MTU.
constexpr std::uint64_t device_mtu = 1500;

void add_lateness(std::vector<std::string>& all, const point& p) {
  std::size_t runs = 0;
  duration link{0}, sender{0};
  for (const contender& c : p.contenders) {
    for (const run& r : c.runs) {
      runs += std::max(r.lateness_p99, r.send_lateness_p99) > late;
      link = std::max(link, r.lateness_p99);
      sender = std::max(sender, r.send_lateness_p99);
    }
  }
  if (runs == 0) return;
  all.push_back("in " + counted(runs, "run", "runs") +
                " the machine could not keep the schedule: the link was up to " + format_duration(link) +
                " late and the sender up to " + format_duration(sender) +
                " (p99). Latencies hold that much of it.");
}

void add_cut_off(std::vector<std::string>& all, const contender& c) {
  std::size_t runs = 0;
  for (const run& r : c.runs) {
    // What left and was lost for good ends a run much sooner.
    runs += r.length > bulk_limit - std::chrono::seconds(5) &&
            std::any_of(r.samples.begin(), r.samples.end(), [](const sample& s) { return !s.latency; });
  }
  if (runs == 0) return;
  all.push_back('"' + c.label + "\" was cut off after " + format_duration(bulk_limit) + " in " +
                counted(runs, "run", "runs") + ": it had not carried everything by then.");
}

void add_stalls(std::vector<std::string>& all, const contender& c) {
  std::size_t left_out = 0, measured = 0;
  for (const run& r : c.runs) {
    for (const sample& s : r.samples) {
      if (s.warm_up) continue;
      ++measured;
      left_out += stalled(s, r);
    }
  }
  if (left_out == 0) return;
  all.push_back(counted(left_out, "message", "messages") + " of \"" + c.label + "\" (" +
                share_text(static_cast<double>(left_out) / static_cast<double>(measured)) +
                ") are in no latency: they were under way while the machine stood still.");
}

// Only where loss is all that the link does to a packet's existence, and one number says how much.
bool only_random_loss(const sim::link_options& o) {
  return !o.chain && o.lose_indices.empty() && o.rate <= 0 && !o.delivery_trace && o.mtu == 0 &&
         o.outages.empty() && !o.fades && !o.replay;
}

void add_loss(std::vector<std::string>& all, const contender& c, const sim::link_options& asked,
              wire_counts run::*way, const char* name) {
  if (!only_random_loss(asked)) return;
  double packets = 0, lost = 0;
  for (const run& r : c.runs) {
    packets += static_cast<double>((r.*way).packets);
    lost += static_cast<double>((r.*way).lost);
  }
  if (packets == 0) return;
  // Runs of mean length b lose like b times fewer, larger packets, twice as uneven at most.
  const double burst = asked.mean_burst > 1 ? 2 * asked.mean_burst : 1;
  const double sigma = std::sqrt(asked.loss * (1 - asked.loss) * burst / packets);
  if (std::abs(lost / packets - asked.loss) <= sigmas * sigma + 1 / packets) return;
  all.push_back("the " + std::string(name) + " link lost " + share_text(lost / packets) +
                " of the packets of \"" + c.label + "\", and " + share_text(asked.loss) + " was asked for.");
}

}  // namespace

std::vector<std::string> warnings_of(const point& p, const setting& s, std::uint64_t device_drops) {
  std::vector<std::string> all;
  add_lateness(all, p);
  for (const contender& c : p.contenders) {
    // Beside another flow there is more than can be carried on purpose.
    if (s.work.work == workload::bulk && s.work.beside.empty()) add_cut_off(all, c);
    add_stalls(all, c);
    const bool large = std::any_of(c.runs.begin(), c.runs.end(), [](const run& r) {
      return std::max(r.up.largest, r.down.largest) > device_mtu;
    });
    if (large) all.push_back("packets of \"" + c.label + "\" were larger than the MTU.");
    if (!s.work.events.empty()) continue;  // they may lose what nobody asked to be lost
    add_loss(all, c, s.link.up, &run::up, "up");
    add_loss(all, c, s.link.down, &run::down, "down");
  }
  if (device_drops > 0) {
    all.push_back(counted(device_drops, "packet was", "packets were") +
                  " dropped by a device outside the link: the machine could not keep up.");
  }
  return all;
}

}  // namespace dgram::app::compare
