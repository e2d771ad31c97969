// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>

#include "apps/cli/units.h"
#include "apps/impairment/impairment.h"
#include "udp/sim/packet_fate.h"

namespace dgram::app {
namespace {

// What a link does, piece by piece.
class description {
 public:
  void add(const std::string& piece) { pieces_.push_back(piece); }
  void add_share(double share, const std::string& what) {
    if (share > 0) add(percent(share) + what);
  }

  // `whose` follows the first piece.
  std::string text(const std::string& whose) const {
    if (pieces_.empty()) return "no impairment" + whose;
    std::string all;
    for (const std::string& piece : pieces_) {
      all += all.empty() ? piece + whose : ", " + piece;
    }
    return all;
  }

  static std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
  }
  static std::string percent(double share) { return number(100 * share) + " %"; }

 private:
  std::vector<std::string> pieces_;
};

std::string rate_text(double bytes_per_second) {
  const double bits = 8 * bytes_per_second;
  if (bits >= 999.5e6) return description::number(bits / 1e9) + " Gbit/s";
  if (bits >= 999.5e3) return description::number(bits / 1e6) + " Mbit/s";
  if (bits >= 999.5) return description::number(bits / 1e3) + " kbit/s";
  return description::number(bits) + " bit/s";
}

void add_loss(description& d, const sim::link_options& o) {
  if (o.loss > 0) {
    d.add(description::percent(o.loss) + " loss" +
          (o.mean_burst > 1 ? " in runs of " + description::number(o.mean_burst) : ""));
  }
  if (o.chain) {
    d.add("Gilbert-Elliott loss (p " + description::percent(o.chain->p) + ", r " +
          description::percent(o.chain->r) + ", 1-h " + description::percent(o.chain->loss_in_bad) +
          ", 1-k " + description::percent(o.chain->loss_in_good) + ")");
  }
  if (!o.lose_indices.empty()) {
    d.add(counted(o.lose_indices.size(), "packet", "packets") + " lost by number");
  }
}

void add_jitter(description& d, const sim::link_options& o) {
  if (o.jitter <= duration{0}) return;
  constexpr std::array<const char*, 3> shapes{"", " (normal)", " (pareto)"};
  d.add(format_duration(o.jitter) + " jitter" + shapes[static_cast<std::size_t>(o.shape)] +
        (o.jitter_reorders ? " that reorders" : ""));
}

void add_reorder(description& d, const sim::link_options& o) {
  if (o.reorder <= 0) return;
  std::string by = format_duration(o.reorder_least);
  if (o.reorder_most != o.reorder_least) by += " to " + format_duration(o.reorder_most);
  if (o.reorder_distance > 0) by = counted(o.reorder_distance, "packet", "packets");
  d.add(description::percent(o.reorder) + " held back by " + by);
}

void add_bottleneck(description& d, const sim::link_options& o) {
  if (o.rate <= 0 && !o.delivery_trace) return;
  std::string text = o.delivery_trace ? "a recorded rate" : rate_text(o.rate);
  if (o.queue.packets) text += ", queue of " + counted(*o.queue.packets, "packet", "packets");
  if (o.queue.bytes) text += ", queue of " + format_size(*o.queue.bytes);
  if (o.queue.time) text += ", queue of " + format_duration(*o.queue.time);
  if (o.ecn_threshold) text += ", ECN marks beyond " + format_duration(*o.ecn_threshold);
  d.add(text);
}

void add_silence(description& d, const sim::link_options& o) {
  for (const sim::outage& out : o.outages) {
    if (o.outages.size() > 3) {
      d.add(std::to_string(o.outages.size()) + " outages");
      break;
    }
    d.add("out from " + format_duration(out.from.time_since_epoch()) + " to " +
          format_duration(out.until.time_since_epoch()));
  }
  if (o.fades) {
    d.add((o.fades->random ? "up about " : "up ") + format_duration(o.fades->up) + " and down " +
          format_duration(o.fades->down) + " by turns");
  }
}

description description_of(const sim::link_options& o) {
  description d;
  if (o.replay) {
    d.add("the recorded fates of " + counted(o.replay->size(), "packet", "packets"));
    return d;
  }
  if (o.delay > duration{0}) d.add(format_duration(o.delay));
  add_jitter(d, o);
  add_loss(d, o);
  d.add_share(o.duplicate, " repeated");
  d.add_share(o.corrupt, " corrupted");
  add_reorder(d, o);
  add_bottleneck(d, o);
  if (o.mtu > 0) d.add("MTU " + std::to_string(o.mtu));
  add_silence(d, o);
  return d;
}

}  // namespace

std::string describe(const impairment& what) {
  const description up = description_of(what.up);
  const description down = description_of(what.down);
  if (up.text("") == down.text("")) return up.text(up.text("") == "no impairment" ? "" : " each way");
  return "up " + up.text("") + "; down " + down.text("");
}

}  // namespace dgram::app
