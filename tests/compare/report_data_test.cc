// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "apps/compare/plots_data.h"
#include "apps/compare/plots_grid.h"
#include "apps/compare/plots_script.h"
#include "apps/compare/plots_svg.h"
#include "apps/compare/report_text.h"
#include "tests/compare/report_sample.h"
#include "tests/support/catch.h"

using namespace dgram::app::compare;
using dgram::duration;
using std::chrono::milliseconds;

namespace {

sample at(int intended_ms, std::optional<int> latency_ms, bool warm_up = false) {
  sample s;
  s.intended = milliseconds(intended_ms);
  if (latency_ms) s.latency = milliseconds(*latency_ms);
  s.warm_up = warm_up;
  return s;
}

contender with(std::vector<sample> samples) {
  run r;
  r.samples = std::move(samples);
  contender c;
  c.runs = {r};
  return c;
}

}  // namespace

TEST_CASE("What never came counts among the latencies and warm-up does not") {
  const latencies l = pooled(with({at(0, 900, true), at(1, 10), at(2, 30), at(3, std::nullopt), at(4, 20)}));
  CHECK(l.total == 4);
  CHECK(l.quantile(0.5) == 20);
  CHECK(l.quantile(0.75) == 30);
  CHECK(std::isinf(l.quantile(0.76)));
  CHECK(l.share_within(20) == 0.5);
  CHECK(l.share_within(1e9) == 0.75);
}

TEST_CASE("A latency of nothing or less is a microsecond on a logarithmic axis") {
  const latencies l = pooled(with({at(0, 0), at(0, -5)}));
  CHECK(l.ms == std::vector<double>{0.001, 0.001});
}

TEST_CASE("The tail curve of a contender that lost a tenth ends at 90 percent") {
  std::vector<sample> samples;
  for (int i = 0; i < 1000; ++i) samples.push_back(at(i, i % 10 == 0 ? std::optional<int>() : 20 + i % 7));
  const auto curve = tail_curve(pooled(with(samples)), 100);
  CHECK(curve.size() <= 102);
  CHECK(curve.back().first == Approx(1).margin(0.01));  // -log10(1 - 0.9)
  CHECK(curve.back().second == 26);
}

TEST_CASE("The deadline curve stays below 100 percent by what was lost") {
  const auto curve =
      deadline_curve(pooled(with({at(0, 10), at(1, 100), at(2, std::nullopt), at(3, 20)})), 1, 1000, 61);
  CHECK(curve.front() == xy{1, 0});
  CHECK(curve.back().second == 75);
  CHECK(curve[21].second == Approx(25));  // at 11.2 ms
}

TEST_CASE("A thinned timeline still has its single spike and its single loss") {
  std::vector<sample> samples;
  for (int i = 0; i < 5000; ++i) samples.push_back(at(i, 20));
  samples[1234].latency = milliseconds(777);
  samples[4321].latency.reset();
  const auto moments = over_time(with(samples).runs[0], 300);
  CHECK(moments.size() <= 300);
  const auto has = [&](double y) {
    return std::any_of(moments.begin(), moments.end(), [&](const xy& m) { return m.second == y; });
  };
  CHECK(has(777));
  CHECK(has(INFINITY));
}

TEST_CASE("The largest burst is the one that the most messages waited for") {
  point p;
  p.contenders = {with({at(0, 20), at(10, 20), at(20, 20)}),
                  with({at(0, 20), at(10, 110), at(20, 100), at(30, 91), at(40, 20)})};
  const burst b = largest_burst(p, 0);
  CHECK(b.contender == 1);
  CHECK(b.messages == 3);
  CHECK(b.from_ms == 10);
  CHECK(b.to_ms == 121);
}

TEST_CASE("Only a repetition that everybody finished is shown moment by moment") {
  point p = dgram::test::made_comparison(1).points[0];
  REQUIRE(typical_repetition(p));
  p.contenders[0].runs[0].failure = "no";
  p.contenders[1].runs[1].samples.clear();
  CHECK(typical_repetition(p) == 2);
  p.contenders[3].runs.resize(2);
  CHECK(!typical_repetition(p));
  CHECK(!typical_repetition(point{}));
}

TEST_CASE("Steps count what arrived since the left edge") {
  const run r = with({at(0, 20), at(10, 20), at(50, std::nullopt), at(60, 5)}).runs[0];
  CHECK(arrivals(r, 25, 100) == std::vector<xy>{{0, 0}, {5, 1}, {40, 2}, {75, 2}});
  CHECK(sends(r, 25, 100) == std::vector<xy>{{0, 0}, {25, 1}, {35, 2}, {75, 2}});
}

TEST_CASE("Text for gnuplot is quoted so that nothing in it is run") {
  CHECK(gnuplot_text("'a`b") == "'’a’b'");
  CHECK(gnuplot_text("a\nb\x7f\xff") == "'ab'");
  CHECK(gnuplot_text(std::string(100, 'x')).size() == 42);
  CHECK(gnuplot_text("你好") == "'你好'");
  CHECK(gnuplot_tic("5 %") == "'5 %%'");
  CHECK(gnuplot_number(INFINITY) == "NaN");
}

TEST_CASE("An axis has labels with units and not too many of them") {
  CHECK_THAT(time_axis('y', {9, 1100}, 3), ContainsSubstring("'10 ms' 10, '100 ms' 100, '1 s' 1000"));
  for (double high = 2; high < 1e9; high *= 1.7) {
    const std::string axis = time_axis('x', {1, high});
    const auto labels = std::count(axis.begin(), axis.end(), '\'') / 2;
    INFO(axis);
    CHECK(labels >= 1);
    CHECK(labels <= 10);
  }
  CHECK(nice_step(480) == 100);
  CHECK(nice_step(0.09) == Approx(0.02));
  CHECK(nice_step(0) == 1);
}

TEST_CASE("gnuplot's colours become the page's and its ids become unique") {
  const std::string svg = page_svg(
      "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 520 330\"\n>\n<title>Gnuplot</title>\n<defs><circle "
      "id='gpDot'/>"
      "</defs><g id=\"gnuplot_canvas\" color=\"black\"><path stroke='rgb(  2,   1,   3)'/>"
      "<text fill=\"rgb(1,1,2)\">a</text><path stroke='rgb(  9,   9,   9)'/><use "
      "xlink:href='#gpDot'/></g>\n</svg>\n",
      "tail", "5 < 6");
  CHECK_THAT(svg, ContainsSubstring("<svg viewBox=\"0 0 520 330\" role=\"img\" aria-label=\"5 &lt; 6\""));
  CHECK_THAT(svg, ContainsSubstring("stroke='var(--c3)'"));
  CHECK_THAT(svg, ContainsSubstring("fill=\"var(--muted)\""));
  CHECK_THAT(svg, ContainsSubstring("stroke='currentColor'"));
  CHECK_THAT(svg, ContainsSubstring("id='tail-gpDot'"));
  CHECK_THAT(svg, ContainsSubstring("href='#tail-gpDot'"));
  CHECK_THAT(svg, ContainsSubstring("id=\"tail-gnuplot_canvas\""));
  CHECK(svg.find("rgb(") == svg.npos);
  CHECK(svg.find("Gnuplot") == svg.npos);
}

TEST_CASE("What is no SVG becomes nothing") {
  for (const char* text :
       {"", "<svg", "<svg>", "</svg>", "<svg viewBox=\"", "</svg><svg viewBox=\"0 0 1 1\">"})
    CHECK(page_svg(text, "a", "b").empty());
}

TEST_CASE("Foreign text is escaped for HTML") {
  CHECK(html_escaped("<b a='\"'>&\x01\xff") == "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\x01\\xFF");
}

TEST_CASE("A sweep of two things has the first along the axis and a row for each value of the other") {
  comparison c;
  for (const char* loss : {"0%", "5%"})
    for (const char* rtt : {"20ms", "100ms"}) {
      c.points.emplace_back();
      c.points.back().swept = {{"loss", loss}, {"rtt", rtt}};
    }
  sweep_grid grid = grid_of(c);
  CHECK(grid.along == "loss");
  CHECK(grid.values == std::vector<std::string>{"0%", "5%"});
  REQUIRE(grid.rows.size() == 2);
  CHECK(grid.rows[1].name == "rtt=100ms");
  CHECK(grid.rows[1].settings == std::vector<const point*>{&c.points[1], &c.points[3]});
  c.points.pop_back();  // stopped before the end
  grid = grid_of(c);
  CHECK(grid.rows[1].settings == std::vector<const point*>{&c.points[1], nullptr});
  c.points[0].swept.clear();
  c.points[0].link = "a link";
  grid = grid_of(c);
  CHECK(grid.values == std::vector<std::string>{"a link", "loss=0% rtt=100ms", "loss=5% rtt=20ms"});
  CHECK(grid.rows.size() == 1);
  CHECK(grid_of({}).rows.empty());
}
