// SPDX-License-Identifier: MIT
#include "apps/compare/plots.h"

#include <algorithm>
#include <cmath>

#include "apps/compare/number_text.h"
#include "apps/compare/plots_bars.h"
#include "apps/compare/plots_data.h"
#include "apps/compare/plots_script.h"
#include "apps/compare/plots_svg.h"
#include "apps/compare/plots_timeline.h"

namespace dgram::app::compare {
namespace {

constexpr std::size_t curve_points = 240;

struct measured {
  const contender* who;
  std::string colour;
  latencies all;
};

std::string name(std::string_view what, std::size_t i) {
  return std::string(what) + std::to_string(i);
}

log_range common_range(const std::vector<measured>& everybody) {
  double least = INFINITY, greatest = 0;
  for (const measured& m : everybody)
    if (!m.all.ms.empty()) {
      least = std::min(least, m.all.ms.front());
      greatest = std::max(greatest, m.all.ms.back());
    }
  return around(least, greatest);
}

// "UDP, acks and retries: 31 ms; TCP cubic: 684 ms", best first.
template <typename Figure, typename Text>
std::string everybodys(const std::vector<measured>& everybody, Figure figure, Text text,
                       bool greatest_first) {
  std::vector<std::pair<double, std::string>> all;
  for (const measured& m : everybody)
    if (const double v = figure(m.all); !std::isnan(v))
      all.emplace_back(greatest_first ? -v : v, m.who->label);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string words;
  for (const auto& [v, label] : all)
    words += (words.empty() ? "" : "; ") + label + ": " + text(greatest_first ? -v : v);
  return words;
}

plot tail_plot(const std::vector<measured>& everybody) {
  plot p;
  p.id = "tail";
  p.title = "How long do the slowest messages take?";
  p.how =
      "A curve shows within which time a share of the messages arrived: half of them left of 50 %, all but "
      "one in a "
      "hundred left of 99 %. Lower is better. Where a curve turns dotted, the rest (×) never arrived.";
  p.seen = "99 of 100 messages arrived within these times. " +
           everybodys(
               everybody, [](const latencies& l) { return l.quantile(0.99); }, time_text, false) +
           ".";
  const log_range range = common_range(everybody);
  std::string lines, data, marks;
  double right = 2;
  for (std::size_t i = 0; i < everybody.size(); ++i) {
    const measured& m = everybody[i];
    const auto curve = tail_curve(m.all, curve_points);
    if (curve.empty()) continue;
    right = std::max(right, curve.back().first);
    data += data_block(name("tail", i), curve);
    lines += (lines.empty() ? "plot " : ", ") + ("$" + name("tail", i)) + " with lines lw 2.2 lc " + m.colour;
    if (m.all.ms.size() == m.all.total) continue;
    data += data_block(name("gone", i), {curve.back(), {curve.back().first, range.high}});
    lines += ", $" + name("gone", i) + " with lines lw 1.6 dt 3 lc " + m.colour;
    marks += "set label '×' at " + gnuplot_number(curve.back().first) + ", graph 0.97 center font ',18' tc " +
             m.colour + "\n";
  }
  if (lines.empty()) return p;
  p.script = plot_start() + data + time_axis('y', range) + marks +
             "set xrange [0:" + gnuplot_number(std::min(right, 4.0)) +
             "]\nset xtics ('50 %%' 0.30103, '90 %%' 1, '99 %%' 2, '99.9 %%' 3, '99.99 %%' 4)\n" + lines +
             "\n";
  return p;
}

plot deadline_plot(const std::vector<measured>& everybody, duration deadline) {
  plot p;
  p.id = "in-time";
  p.title = "How many arrive in time?";
  p.how =
      "For each deadline (below) the share of the messages that arrived within it. Higher is better; a curve "
      "that "
      "stays below 100 % has lost the rest.";
  const double asked = in_ms(deadline);
  if (asked > 0) {
    p.how += " The dashed line is the deadline of the table, " + time_text(asked) + ".";
    p.seen = "Arrived within " + time_text(asked) + ". " +
             everybodys(
                 everybody, [&](const latencies& l) { return l.share_within(asked); }, share_text, true) +
             ".";
  }
  log_range range = common_range(everybody);
  if (asked > 0) range = around(std::min(range.low * 1.25, asked), std::max(range.high / 1.25, asked));
  std::string lines, data;
  for (std::size_t i = 0; i < everybody.size(); ++i) {
    if (everybody[i].all.total == 0) continue;
    data +=
        data_block(name("within", i), deadline_curve(everybody[i].all, range.low, range.high, curve_points));
    lines += (lines.empty() ? "plot " : ", ") + ("$" + name("within", i)) + " with lines lw 2.2 lc " +
             everybody[i].colour;
  }
  if (lines.empty()) return p;
  std::string mark;
  if (asked > 0)
    mark = "set arrow from " + gnuplot_number(asked) + ", graph 0 to " + gnuplot_number(asked) +
           ", graph 1 nohead dt (6,4) lw 1.4 lc " + plot_colour::muted + "\n";
  p.script = plot_start() + data + time_axis('x', range) + mark +
             "set yrange [0:101]\nset ytics ('0 %%' 0, '25 %%' 25, '50 %%' 50, '75 %%' 75, '100 %%' 100)\n" +
             lines + "\n";
  return p;
}

}  // namespace

contender_colours::contender_colours(const comparison& c) {
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      if (std::find(names_.begin(), names_.end(), who.name) == names_.end()) names_.push_back(who.name);
}

std::size_t contender_colours::of(const contender& c) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), c.name) - names_.begin());
}

std::vector<plot> point_plots(const point& p, duration deadline, const contender_colours& colours,
                              const std::string& prefix) {
  std::vector<measured> everybody;
  std::vector<std::string> line_colours;
  for (const contender& c : p.contenders) {
    line_colours.push_back(plot_colour::contender(colours.of(c)));
    everybody.push_back({&c, line_colours.back(), pooled(c)});
  }
  std::vector<plot> plots = {tail_plot(everybody),        deadline_plot(everybody, deadline),
                             time_plot(p, line_colours),  burst_plot(p, line_colours),
                             bytes_plot(p, line_colours), first_message_plot(p, line_colours)};
  for (plot& one : plots) {
    one.id = prefix + one.id;
    if (one.script.empty() && one.seen.empty()) one.seen = "There is nothing to draw: no samples.";
  }
  return plots;
}

}  // namespace dgram::app::compare
