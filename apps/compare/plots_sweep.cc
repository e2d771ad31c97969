// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "apps/compare/csv_form.h"
#include "apps/compare/plots.h"
#include "apps/compare/plots_script.h"
#include "apps/compare/plots_svg.h"
#include "apps/compare/report_text.h"

namespace dgram::app::compare {
namespace {

struct figure_kind {
  const char* id;
  const char* name;
  const char* title;
  const char* how;
  bool time;     // in ms on a log axis
  bool percent;  // a share
};

constexpr figure_kind kinds[] = {
    {"sweep-p99", "p99_ms", "How does the wait grow?",
     "The time within which 99 of 100 messages arrived, at each setting of the link. Lower is better. "
     "Upright lines "
     "are 95 % intervals; × at the top: more than one in a hundred never arrived.",
     true, false},
    {"sweep-in-time", "in_time", "How many still arrive in time?",
     "The share of the messages that arrived within the deadline, at each setting of the link. Higher is "
     "better.",
     false, true},
    {"sweep-bytes", "bytes_per_message", "What does it cost on the wire?",
     "Bytes that crossed the link, both ways, for each message, at each setting of the link. Lower is "
     "better.",
     false, false},
};

const estimate* figure_of(const point& p, const std::string& who, const std::string& figure) {
  for (const contender& c : p.contenders)
    if (c.name == who)
      if (const auto found = c.figures.find(figure); found != c.figures.end()) return &found->second;
  return nullptr;
}

// Contenders stand a little apart from each other at the same setting, so that intervals can be seen.
double place(std::size_t setting, std::size_t who, std::size_t count) {
  return static_cast<double>(setting) +
         0.06 * (static_cast<double>(who) - 0.5 * static_cast<double>(count - 1));
}

struct drawn {
  std::string data, lines, marks;
};

void add_contender(drawn& d, const comparison& c, const figure_kind& kind, const contender& who,
                   std::size_t index, std::size_t count, const std::string& colour) {
  const double scale = kind.percent ? 100 : 1;
  std::vector<xy> curve, intervals;
  for (std::size_t i = 0; i < c.points.size(); ++i) {
    const double x = place(i, index, count);
    const estimate* e = figure_of(c.points[i], who.name, kind.name);
    if (e == nullptr || !std::isfinite(e->value)) {
      curve.emplace_back(x, NAN);
      if (e != nullptr && kind.time)
        d.marks +=
            "set label '×' at " + gnuplot_number(x) + ", graph 0.97 center font ',18' tc " + colour + "\n";
      continue;
    }
    curve.emplace_back(x, e->value * scale);
    intervals.emplace_back(x, e->low * scale);
    intervals.emplace_back(x, (std::isfinite(e->high) ? e->high : 1e9) * scale);
    intervals.emplace_back(x, NAN);
  }
  const std::string n = std::to_string(index);
  d.data += data_block("curve" + n, curve);
  d.lines += (d.lines.empty() ? "plot " : ", ") + ("$curve" + n) + " with lines lw 2.2 lc " + colour;
  d.lines += ", $curve" + n + " with points pt 7 ps 0.45 lc " + colour;
  if (intervals.empty()) return;
  d.data += data_block("interval" + n, intervals);
  d.lines += ", $interval" + n + " with lines lw 1.4 lc " + colour;
}

std::string vertical_axis(const comparison& c, const figure_kind& kind) {
  if (kind.percent)
    return "set yrange [0:101]\nset ytics ('0 %%' 0, '25 %%' 25, '50 %%' 50, '75 %%' 75, '100 %%' 100)\n";
  double least = INFINITY, greatest = 0;
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      if (const auto e = who.figures.find(kind.name);
          e != who.figures.end() && std::isfinite(e->second.value)) {
        least = std::min(least, kind.time ? std::max(e->second.value, 0.001) : e->second.value);
        greatest = std::max(greatest, e->second.value);
      }
  if (kind.time) return time_axis('y', around(least, greatest * 1.3));
  return "set yrange [0:" + gnuplot_number(greatest > 0 ? greatest * 1.1 : 1) + "]\nset format y '%g B'\n";
}

plot sweep_plot(const comparison& c, const figure_kind& kind, const contender_colours& colours) {
  plot result;
  result.id = kind.id;
  result.title = kind.title;
  result.how = kind.how;
  std::vector<const contender*> everybody;
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      if (std::none_of(everybody.begin(), everybody.end(),
                       [&](const contender* o) { return o->name == who.name; }))
        everybody.push_back(&who);
  drawn d;
  for (std::size_t i = 0; i < everybody.size(); ++i)
    add_contender(d, c, kind, *everybody[i], i, everybody.size(),
                  plot_colour::contender(colours.of(*everybody[i])));
  if (d.lines.empty()) return result;
  std::string tics;
  const std::size_t every = (c.points.size() + 7) / 8;  // labels that have room beside each other
  for (std::size_t i = 0; i < c.points.size(); i += every)
    tics += (tics.empty() ? "" : ", ") + gnuplot_tic(point_name(c.points[i])) + " " + std::to_string(i);
  result.script = plot_start(520, 330) + d.data + vertical_axis(c, kind) + d.marks +
                  "set xrange [-0.4:" + gnuplot_number(static_cast<double>(c.points.size()) - 0.6) +
                  "]\nset xtics (" + tics + ")\n" + d.lines + "\n";
  return result;
}

}  // namespace

std::vector<plot> sweep_plots(const comparison& c, const contender_colours& colours) {
  std::vector<plot> plots;
  if (c.points.size() < 2) return plots;
  for (const figure_kind& kind : kinds) plots.push_back(sweep_plot(c, kind, colours));
  return plots;
}

}  // namespace dgram::app::compare
