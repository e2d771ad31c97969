// SPDX-License-Identifier: MIT
#include "apps/compare/plots_timeline.h"

#include <algorithm>
#include <cmath>

#include "apps/compare/number_text.h"
#include "apps/compare/plots_data.h"
#include "apps/compare/plots_script.h"
#include "apps/compare/plots_svg.h"

namespace dgram::app::compare {
namespace {

constexpr const char* no_repetition =
    "There is nothing to draw: no repetition that every contender finished.";
constexpr std::size_t most_moments = 700;
constexpr std::size_t most_marks = 300;
constexpr int panel_height = 92;

std::string block(std::string_view name, std::size_t i, const std::vector<xy>& points) {
  return data_block(std::string(name) + std::to_string(i), points);
}

// Short upright lines at one height of a panel, as (x, y, height).
std::string marks(const std::string& name, const std::vector<double>& at, double from, double to,
                  const std::string& colour, std::string& data) {
  if (at.empty()) return {};
  const std::size_t every = (at.size() + most_marks - 1) / most_marks;
  std::vector<xy> ends;
  for (std::size_t i = 0; i < at.size(); i += every) {
    ends.emplace_back(at[i], from);
    ends.emplace_back(at[i], to);
    ends.emplace_back(at[i], NAN);  // the line breaks here
  }
  data += data_block(name, ends);
  return ", $" + name + " with lines lw 1.2 lc " + colour;
}

std::string panel(std::size_t i, const run& r, const std::string& colour, log_range range,
                  std::string& data) {
  std::vector<xy> moments = over_time(r, most_moments);
  std::vector<double> gone, lost;
  for (const auto& [when, ms] : moments)
    if (std::isinf(ms)) gone.push_back(when);
  const double start = seconds_before_measuring(r);
  for (const loss_mark& l : r.losses)
    if (const double when = in_ms(l.when) / 1000 - start; l.up && when >= 0) lost.push_back(when);
  const std::string n = std::to_string(i);
  data += block("over", i, moments);
  return "plot $over" + n + " with lines lw 1.3 lc " + colour +
         marks("lost" + n, lost, range.low, part_of(range, 0.1), plot_colour::muted, data) +
         marks("gone" + n, gone, part_of(range, 0.88), range.high, plot_colour::loss, data);
}

std::string longest_wait(const point& p, std::size_t repetition) {
  double longest = 0;
  std::string whose;
  for (const contender& c : p.contenders)
    for (const sample& s : c.runs[repetition].samples)
      if (!s.warm_up && s.latency && in_ms(*s.latency) > longest) {
        longest = in_ms(*s.latency);
        whose = c.label;
      }
  return whose.empty() ? "" : "The longest wait here was " + time_text(longest) + ", over “" + whose + "”.";
}

}  // namespace

plot time_plot(const point& p, const std::vector<std::string>& colours) {
  plot result;
  result.id = "time";
  result.title = "What happens at a loss?";
  result.how =
      "One repetition: when a message was to be sent (across) and how long it took (up, each in the same "
      "scale). "
      "Grey ticks at the bottom are packets that the link lost on the way there; red ones at the top are "
      "messages that never "
      "arrived.";
  result.legend = false;
  const auto repetition = typical_repetition(p);
  if (!repetition) {
    result.seen = no_repetition;
    return result;
  }
  result.seen = longest_wait(p, *repetition);
  double least = INFINITY, greatest = 0, seconds = 0.001;
  for (const contender& c : p.contenders)
    for (const auto& [when, ms] : over_time(c.runs[*repetition], most_moments)) {
      seconds = std::max(seconds, when);
      if (std::isinf(ms)) continue;
      least = std::min(least, ms);
      greatest = std::max(greatest, ms);
    }
  const log_range range = around(least, greatest);
  const std::size_t count = p.contenders.size();
  const int height = panel_height * static_cast<int>(count) + 30;
  std::string data, panels;
  for (std::size_t i = 0; i < count; ++i) {
    const auto edge = [&](std::size_t above, int off) {
      return gnuplot_number(1 - (panel_height * static_cast<double>(above) + off) / height);
    };
    panels += "set tmargin at screen " + edge(i, 22) + "\nset bmargin at screen " +
              edge(i, panel_height - 4) + "\nset label 1 " + gnuplot_text(p.contenders[i].label) +
              " at graph 0, screen " + edge(i, 11) + " left tc " + colours[i] + "\n";
    if (i + 1 == count) panels += "set xtics format '%g s'\n";
    panels += panel(i, p.contenders[i].runs[*repetition], colours[i], range, data) + "\n";
  }
  result.script = plot_start(height) + data + time_axis('y', range, 3) +
                  "set lmargin 8\nset rmargin 2\nset xrange [0:" + gnuplot_number(seconds) +
                  "]\nset format x ''\nset multiplot\n" + panels + "unset multiplot\n";
  return result;
}

plot burst_plot(const point& p, const std::vector<std::string>& colours) {
  plot result;
  result.id = "bursts";
  result.title = "Who waits behind a lost message?";
  result.how =
      "The moment of the longest jam: how many messages had reached the receiving program since the left "
      "edge. A flat "
      "stretch is silence, a jump is everything that was held back behind one lost packet (head-of-line "
      "blocking). "
      "The dashed line is when they were to be sent.";
  const auto repetition = typical_repetition(p);
  if (!repetition) {
    result.seen = no_repetition;
    return result;
  }
  const burst jam = largest_burst(p, *repetition);
  const double jam_ms = std::max(jam.to_ms - jam.from_ms, 50.0);
  const double from = jam.from_ms - 0.4 * jam_ms;
  const double to = jam.to_ms + 0.5 * jam_ms;
  if (jam.messages >= 3)
    result.seen = "“" + p.contenders[jam.contender].label + "” released " + std::to_string(jam.messages) +
                  " messages at once, the oldest " + time_text(jam.to_ms - jam.from_ms) +
                  " after it was to be sent.";
  else
    result.seen = "Nobody held messages back in this repetition.";

  std::string data, lines;
  double most = 1;
  for (std::size_t i = 0; i < p.contenders.size(); ++i) {
    const auto steps = arrivals(p.contenders[i].runs[*repetition], from, to);
    most = std::max(most, steps.back().second);
    data += block("came", i, thinned_steps(steps, most_moments));
    lines +=
        (lines.empty() ? "$came" : ", $came") + std::to_string(i) + " with steps lw 2.2 lc " + colours[i];
  }
  const auto sent = sends(p.contenders[0].runs[*repetition], from, to);
  most = std::max(most, sent.back().second);
  data += data_block("sent", thinned_steps(sent, most_moments));
  result.script = plot_start() + data + "set xrange [0:" + gnuplot_number(to - from) +
                  "]\nset yrange [0:" + gnuplot_number(most * 1.05) +
                  "]\nset xtics format '%g ms'\nset xtics " + gnuplot_number(nice_step(to - from)) + "\n" +
                  "plot " + lines + ", $sent with lines lw 1.4 dt (6,4) lc " + plot_colour::ink + "\n";
  return result;
}

}  // namespace dgram::app::compare
