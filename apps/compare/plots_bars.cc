// SPDX-License-Identifier: MIT
#include "apps/compare/plots_bars.h"

#include <algorithm>
#include <cmath>

#include "apps/compare/number_text.h"
#include "apps/compare/plots_script.h"
#include "apps/compare/plots_svg.h"

namespace dgram::app::compare {
namespace {

struct bar {
  const contender* who;
  std::string colour;
  estimate is;
};

std::vector<bar> bars_of(const point& p, const std::vector<std::string>& colours, const std::string& figure) {
  std::vector<bar> bars;
  for (std::size_t i = 0; i < p.contenders.size(); ++i)
    if (const auto found = p.contenders[i].figures.find(figure);
        found != p.contenders[i].figures.end() && !std::isnan(found->second.value))
      bars.push_back({&p.contenders[i], colours[i], found->second});
  return bars;
}

// Bars lie, so that names have room. One that is infinite fills its row and ends open.
std::string script_of(const std::vector<bar>& bars, std::string (*text)(double)) {
  double longest = 0;
  for (const bar& b : bars)
    for (const double v : {b.is.value, b.is.high})
      if (std::isfinite(v)) longest = std::max(longest, v);
  if (!(longest > 0)) longest = 1;
  const auto row = [](std::size_t i) { return gnuplot_number(-static_cast<double>(i)); };
  std::string script = plot_start(44 * static_cast<int>(bars.size()) + 24);
  script += "unset border\nunset grid\nunset xtics\nset xrange [0:" + gnuplot_number(longest * 1.3) +
            "]\nset yrange [" + gnuplot_number(0.6 - static_cast<double>(bars.size())) +
            ":0.6]\nset rmargin 2\nset tmargin 0\nset bmargin 0\nset style fill solid noborder\nset ytics (";
  for (std::size_t i = 0; i < bars.size(); ++i)
    script += (i == 0 ? "" : ", ") + gnuplot_tic(bars[i].who->label) + " " + row(i);
  script += ") tc " + plot_colour::ink + "\n";
  std::string data, plots, labels;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const estimate& e = bars[i].is;
    const double end = std::isfinite(e.value) ? e.value : longest;
    const double high = std::isfinite(e.high) ? std::max(e.high, end) : longest;
    const std::string n = std::to_string(i);
    data += data_block("bar" + n, {{0, -static_cast<double>(i)}, {end, -static_cast<double>(i)}});
    plots += (plots.empty() ? "plot " : ", ") + ("$bar" + n) +
             " every ::1 using ($1/2):2:(0):1:($2-0.3):($2+0.3)" + " with boxxyerror lc " + bars[i].colour;
    if (std::isfinite(e.low) && e.low < high) {
      data += data_block("interval" + n, {{e.low, -static_cast<double>(i)}, {high, -static_cast<double>(i)}});
      plots += ", $interval" + n + " with lines lw 1.6 lc " + plot_colour::ink;
    }
    labels += "set label " + gnuplot_text(text(e.value)) + " at " + gnuplot_number(high + longest * 0.02) +
              "," + row(i) + " left tc " + plot_colour::ink + "\n";
  }
  return script + labels + data + plots + "\n";
}

// "… is N times …" of the least and the greatest, when they are far apart.
std::string apart(const std::vector<bar>& bars, const std::string& verb) {
  const auto [least, most] = std::minmax_element(
      bars.begin(), bars.end(), [](const bar& a, const bar& b) { return a.is.value < b.is.value; });
  if (bars.size() < 2 || !(least->is.value > 0) || !std::isfinite(most->is.value)) return {};
  if (least->is.high >= most->is.low) return "No difference is shown: the intervals overlap.";
  return "“" + most->who->label + "” " + verb + " " + plain_text(most->is.value / least->is.value) +
         " times as much as “" + least->who->label + "”.";
}

std::string byte_text(double v) {
  return plain_text(v) + " B";
}

}  // namespace

plot bytes_plot(const point& p, const std::vector<std::string>& colours) {
  plot result;
  result.id = "bytes";
  result.title = "What does a message cost on the wire?";
  result.how =
      "Bytes that crossed the link, both ways, headers and acknowledgements and copies included, for each "
      "message. "
      "Shorter is better; the line across its end is the 95 % interval.";
  result.legend = false;
  const auto bars = bars_of(p, colours, "bytes_per_message");
  if (bars.empty()) return result;
  result.seen = apart(bars, "sends");
  result.script = script_of(bars, byte_text);
  return result;
}

plot first_message_plot(const point& p, const std::vector<std::string>& colours) {
  plot result;
  result.id = "first";
  result.title = "How soon is the first message there?";
  result.how =
      "From nothing, not even a socket, to the first message delivered: a handshake costs a round trip "
      "before any message. Shorter is "
      "better.";
  result.legend = false;
  const auto bars = bars_of(p, colours, "first_ms");
  if (bars.empty()) return result;
  result.seen = apart(bars, "takes");
  result.script = script_of(bars, time_text);
  return result;
}

}  // namespace dgram::app::compare
