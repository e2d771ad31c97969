// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "apps/compare/csv_form.h"
#include "apps/compare/number_text.h"
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

// The values alone below the name of what was swept, when that is one thing.
std::string settings_axis(const comparison& c) {
  const auto alone = [&](const point& p) {
    return p.swept.size() == 1 && p.swept[0].first == c.points[0].swept[0].first;
  };
  const bool one = std::all_of(c.points.begin(), c.points.end(), alone);
  std::vector<std::string> labels;
  std::size_t longest = 1;
  for (const point& p : c.points) {
    labels.push_back(one ? p.swept[0].second : point_name(p));
    longest = std::max(longest, std::min<std::size_t>(labels.back().size(), 40));
  }
  constexpr std::size_t room = 45;  // characters beside each other
  const std::size_t every = (labels.size() * (longest + 1) + room - 1) / room;
  std::string tics;
  for (std::size_t i = 0; i < labels.size(); i += every)
    tics += (tics.empty() ? "" : ", ") + gnuplot_tic(labels[i]) + " " + std::to_string(i);
  return "set xtics (" + tics + ")\n" +
         (one ? "set xlabel " + gnuplot_text(c.points[0].swept[0].first) + " tc " + plot_colour::muted + "\n"
              : "");
}

// Everybody's value at the last setting, best first.
std::string seen_at_the_end(const comparison& c, const figure_kind& kind) {
  std::vector<std::pair<double, std::string>> all;
  for (const contender& who : c.points.back().contenders)
    if (const estimate* e = figure_of(c.points.back(), who.name, kind.name);
        e != nullptr && !std::isnan(e->value))
      all.emplace_back(kind.percent ? -e->value : e->value, who.label);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string words;
  for (const auto& [v, label] : all)
    words += (words.empty() ? "" : "; ") + label + ": " +
             (kind.percent ? share_text(-v)
              : kind.time  ? time_text(v)
                           : plain_text(v) + " B");
  return words.empty() ? words : "At " + point_name(c.points.back()) + ". " + words + ".";
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
  result.seen = seen_at_the_end(c, kind);
  result.script = plot_start() + d.data + vertical_axis(c, kind) + d.marks +
                  "set xrange [-0.4:" + gnuplot_number(static_cast<double>(c.points.size()) - 0.6) + "]\n" +
                  settings_axis(c) + d.lines + "\n";
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
