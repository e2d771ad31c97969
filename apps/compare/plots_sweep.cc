// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "apps/compare/csv_form.h"
#include "apps/compare/number_text.h"
#include "apps/compare/plots.h"
#include "apps/compare/plots_grid.h"
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
    {"sweep-first", "first_ms", "How soon is the first message there?",
     "From nothing, not even a socket, to the first message delivered, at each setting of the link. Lower is "
     "better.",
     true, false},
};

const estimate* figure_of(const point& p, const std::string& who, const std::string& figure) {
  for (const contender& c : p.contenders)
    if (c.name == who)
      if (const auto found = c.figures.find(figure); found != c.figures.end()) return &found->second;
  return nullptr;
}

struct drawn {
  std::string data, lines, marks;
};

// A contender in one row of the grid; `name` makes its data blocks its own.
void add_contender(drawn& d, const sweep_grid::row& row, const figure_kind& kind, const std::string& who,
                   double shift, const std::string& name, const std::string& colour) {
  const double scale = kind.percent ? 100 : 1;
  std::vector<xy> curve, intervals;
  for (std::size_t i = 0; i < row.settings.size(); ++i) {
    const double x = static_cast<double>(i) + shift;
    const estimate* e = row.settings[i] == nullptr ? nullptr : figure_of(*row.settings[i], who, kind.name);
    if (e == nullptr || !std::isfinite(e->value)) {
      curve.emplace_back(x, NAN);
      if (e != nullptr && kind.time)
        d.marks +=
            "set label '×' at " + gnuplot_number(x) + ", graph 0.95 center font ',18' tc " + colour + "\n";
      continue;
    }
    curve.emplace_back(x, e->value * scale);
    intervals.emplace_back(x, e->low * scale);
    intervals.emplace_back(x, (std::isfinite(e->high) ? e->high : 1e9) * scale);
    intervals.emplace_back(x, NAN);
  }
  d.data += data_block("curve" + name, curve);
  d.lines += (d.lines.empty() ? "plot " : ", ") + ("$curve" + name) + " with lines lw 2.2 lc " + colour;
  d.lines += ", $curve" + name + " with points pt 7 ps 0.45 lc " + colour;
  if (intervals.empty()) return;
  d.data += data_block("interval" + name, intervals);
  d.lines += ", $interval" + name + " with lines lw 1.4 lc " + colour;
}

std::string vertical_axis(const comparison& c, const figure_kind& kind, std::size_t labels) {
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
  if (kind.time) return time_axis('y', around(least, greatest * 1.3), labels);
  const double top = greatest > 0 ? greatest * 1.1 : 1;
  return "set yrange [0:" + gnuplot_number(top) + "]\nset ytics " + gnuplot_number(nice_step(top)) +
         "\nset format y '%g B'\n";
}

std::string settings_axis(const sweep_grid& grid) {
  std::size_t longest = 1;
  for (const std::string& v : grid.values) longest = std::max(longest, std::min<std::size_t>(v.size(), 40));
  constexpr std::size_t room = 45;  // characters beside each other
  const std::size_t every = (grid.values.size() * (longest + 1) + room - 1) / room;
  std::string tics;
  for (std::size_t i = 0; i < grid.values.size(); i += every)
    tics += (tics.empty() ? "" : ", ") + gnuplot_tic(grid.values[i]) + " " + std::to_string(i);
  return "set xrange [-0.4:" + gnuplot_number(static_cast<double>(grid.values.size()) - 0.6) +
         "]\nset xtics (" + tics + ")\n";
}

std::string axis_name(const sweep_grid& grid) {
  return grid.along.empty()
             ? ""
             : "set xlabel " + gnuplot_text(grid.along) + " offset 0,0.5 tc " + plot_colour::muted + "\n";
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

std::vector<const contender*> everybody_in(const comparison& c) {
  std::vector<const contender*> everybody;
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      if (std::none_of(everybody.begin(), everybody.end(),
                       [&](const contender* o) { return o->name == who.name; }))
        everybody.push_back(&who);
  return everybody;
}

// The rows as panels one below another, all in one scale.
std::string panels(const sweep_grid& grid, const std::vector<drawn>& rows, const std::string& axes) {
  constexpr int each = 178, below = 40;
  const int height = each * static_cast<int>(rows.size()) + below;
  std::string data, script = "set lmargin 9\nset rmargin 2\nset multiplot\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto edge = [&](int from_top) {
      return gnuplot_number(1 - (each * static_cast<double>(i) + from_top) / height);
    };
    data += rows[i].data;
    script += "unset label\n" + rows[i].marks + "set tmargin at screen " + edge(24) +
              "\nset bmargin at screen " + edge(each - 28) + "\nset label " +
              gnuplot_text(grid.rows[i].name) + " at graph 0, screen " + edge(12) + " left tc " +
              plot_colour::ink + "\n";
    if (i + 1 == rows.size()) script += axis_name(grid);
    script += rows[i].lines + "\n";
  }
  return plot_start(height) + data + axes + script + "unset multiplot\n";
}

plot sweep_plot(const comparison& c, const sweep_grid& grid, const figure_kind& kind,
                const contender_colours& colours) {
  constexpr std::size_t most_rows = 8;
  plot result;
  result.id = kind.id;
  result.title = kind.title;
  result.how = kind.how;
  const auto everybody = everybody_in(c);
  std::vector<drawn> rows;
  for (std::size_t r = 0; r < std::min(grid.rows.size(), most_rows); ++r) {
    drawn& d = rows.emplace_back();
    for (std::size_t i = 0; i < everybody.size(); ++i) {
      // A little apart from each other at the same setting, so that intervals can be seen.
      const double shift = 0.06 * (static_cast<double>(i) - 0.5 * static_cast<double>(everybody.size() - 1));
      add_contender(d, grid.rows[r], kind, everybody[i]->name, shift,
                    std::to_string(r) + "x" + std::to_string(i),
                    plot_colour::contender(colours.of(*everybody[i])));
    }
  }
  if (everybody.empty()) return result;
  if (grid.rows.size() > most_rows)
    result.how += " Only the first " + std::to_string(most_rows) + " of " + std::to_string(grid.rows.size()) +
                  " rows are drawn; the table has all.";
  result.seen = seen_at_the_end(c, kind);
  const std::string axes = vertical_axis(c, kind, rows.size() == 1 ? 7 : 4) + settings_axis(grid);
  result.script = rows.size() == 1 ? plot_start() + rows[0].data + axes + axis_name(grid) + rows[0].marks +
                                         rows[0].lines + "\n"
                                   : panels(grid, rows, axes);
  return result;
}

}  // namespace

std::vector<plot> sweep_plots(const comparison& c, const contender_colours& colours) {
  std::vector<plot> plots;
  if (c.points.size() < 2) return plots;
  const sweep_grid grid = grid_of(c);
  for (const figure_kind& kind : kinds) plots.push_back(sweep_plot(c, grid, kind, colours));
  return plots;
}

}  // namespace dgram::app::compare
