// SPDX-License-Identifier: MIT
#include "apps/compare/plots_script.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "apps/cli/text_escape.h"
#include "apps/compare/plots_svg.h"

namespace dgram::app::compare {
namespace {

std::string tic_text(double ms) {
  return ms >= 1000 ? gnuplot_number(ms / 1000) + " s" : gnuplot_number(ms) + " ms";
}

// The finest of the usual divisions that needs no more, and has none closer than that many would be.
std::vector<double> tics_within(log_range range, std::size_t most) {
  static const std::vector<double> divisions[] = {{1, 1.5, 2, 3, 4, 5, 7}, {1, 2, 5}, {1, 3}, {1}};
  std::vector<double> tics;
  for (const auto& steps : divisions) {
    tics.clear();
    for (int decade = static_cast<int>(std::floor(std::log10(range.low))); decade < 12; ++decade)
      for (const double step : steps)
        if (const double tic = step * std::pow(10.0, decade); tic >= range.low && tic <= range.high)
          tics.push_back(tic);
    const double closest = 0.9 * std::log(range.high / range.low) / static_cast<double>(most);
    const auto crowded = [&](double a, double b) { return std::log(b / a) < closest; };
    if (tics.size() <= most && std::adjacent_find(tics.begin(), tics.end(), crowded) == tics.end()) break;
  }
  return tics;
}

}  // namespace

std::string gnuplot_text(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string quoted = "'";
  std::size_t length = 0;
  for (std::string_view rest = text; !rest.empty() && length < most; ++length) {
    const std::size_t size = utf8_length(rest);
    const std::string_view one = rest.substr(0, std::max<std::size_t>(size, 1));
    rest.remove_prefix(one.size());
    if (size == 0 || static_cast<unsigned char>(one[0]) < 0x20 || one[0] == 0x7f) continue;
    quoted += one == "'" || one == "`" ? std::string_view("’") : one;
  }
  return quoted + "'";
}

std::string gnuplot_tic(std::string_view text) {
  std::string quoted = gnuplot_text(text);
  for (std::size_t at = 0; (at = quoted.find('%', at)) != quoted.npos; at += 2) quoted.insert(at, 1, '%');
  return quoted;
}

std::string gnuplot_number(double v) {
  if (!std::isfinite(v)) return "NaN";
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", v);
  return text;
}

std::string plot_start(int height) {
  const std::string size = std::to_string(plot_width) + "," + std::to_string(height);
  return "set terminal svg size " + size +
         " dynamic noenhanced font 'sans,13'\n"
         "set encoding utf8\n"
         "unset key\nset tmargin 1\n"
         "set border 1 lc " +
         plot_colour::muted +
         "\n"
         "set tics scale 0 nomirror tc " +
         plot_colour::muted +
         "\n"
         "set grid back lt 1 lw 1 lc " +
         plot_colour::grid + "\n";
}

std::string data_block(std::string_view name, const std::vector<xy>& points) {
  std::string block = "$" + std::string(name) + " << EOD\n";
  for (const auto& [x, y] : points) block += gnuplot_number(x) + " " + gnuplot_number(y) + "\n";
  return block + "EOD\n";
}

double nice_step(double length) {
  if (!(length > 0) || !std::isfinite(length)) return 1;
  const double power = std::pow(10.0, std::floor(std::log10(length / 5)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power * 5 >= length) return step * power;
  return 10 * power;
}

log_range around(double least_ms, double greatest_ms) {
  if (!(least_ms > 0) || !std::isfinite(greatest_ms) || greatest_ms < least_ms) return {};
  return {least_ms / 1.25, std::max(greatest_ms, least_ms * 2) * 1.25};
}

std::string time_axis(char axis, log_range range, std::size_t most_labels) {
  const std::string a(1, axis);
  std::string script = "set logscale " + a + "\nset " + a + "range [" + gnuplot_number(range.low) + ":" +
                       gnuplot_number(range.high) + "]\nset " + a + "tics (";
  bool first = true;
  for (const double tic : tics_within(range, most_labels)) {
    script += (first ? "" : ", ") + gnuplot_tic(tic_text(tic)) + " " + gnuplot_number(tic);
    first = false;
  }
  return script + ")\n";
}

double part_of(log_range range, double share) {
  return range.low * std::pow(range.high / range.low, share);
}

}  // namespace dgram::app::compare
