// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "apps/compare/plots.h"
#include "apps/compare/report.h"
#include "tests/compare/report_sample.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"

using namespace dgram::app::compare;
using dgram::test::made_comparison;

namespace {

const gnuplot_options no_gnuplot{"/nonexistent/gnuplot", std::chrono::seconds(5)};

// Skips with the reason where gnuplot is not installed.
bool gnuplot_here() {
  static const bool here =
      draw_by_gnuplot("set terminal svg\nplot x\n", {}).reason.find("No such file") == std::string::npos;
  if (!here) WARN("skipped: gnuplot is not installed");
  return here;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++n;
  return n;
}

// A program that does as the script says, gone with the object.
class stand_in {
 public:
  explicit stand_in(const std::string& script) {
    std::string name = std::filesystem::temp_directory_path() / "dgram-gnuplot-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) FAIL("no temporary directory");
    folder_ = name;
    std::ofstream(path()) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  ~stand_in() { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ / "gnuplot"; }

 private:
  std::filesystem::path folder_;
};

void check_well_formed(const std::string& html) {
  CHECK(html.size() < 3'000'000);
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.ends_with("</html>\n"));
  CHECK(count(html, "<script") == 0);
  CHECK(count(html, "<link") == 0);
  CHECK(count(html, "src=") == 0);
  CHECK(count(html, "url(") == 0);
  for (const std::string tag : {"figure", "svg", "table", "details", "div", "ul", "figcaption"})
    CHECK(count(html, "<" + tag + ">") + count(html, "<" + tag + " ") == count(html, "</" + tag + ">"));
  std::set<std::string> ids;
  for (std::size_t at = 0; (at = html.find(" id=", at)) != html.npos; at += 5) {
    const char quote = html[at + 4];
    if (quote != '"' && quote != '\'') continue;
    const std::string id = html.substr(at + 5, html.find(quote, at + 5) - at - 5);
    INFO(id);
    CHECK(ids.insert(id).second);
  }
}

}  // namespace

TEST_CASE("The page says the verdict before the table and the table before the plots") {
  const report r = html_report(made_comparison(1), no_gnuplot);
  const auto verdict = r.html.find("class=\"verdict\"");
  const auto table = r.html.find("<table");
  const auto plots = r.html.find("<figure");
  CHECK(verdict < table);
  CHECK(table < plots);
  CHECK(plots != std::string::npos);
  CHECK_THAT(r.html, ContainsSubstring("udp_compare --loss 5% --delay 20ms --seed 1"));
  CHECK_THAT(r.html, ContainsSubstring("<small>within 100 ms</small>"));
  CHECK_THAT(r.html, ContainsSubstring("<small>99 of 100 within</small>"));
  CHECK_THAT(r.html, ContainsSubstring("two of &lt;them&gt;"));
  CHECK_THAT(r.html, ContainsSubstring("the link forwarded 2 ms late"));
}

TEST_CASE("Without gnuplot the page has its tables and a note in place of each plot") {
  const report r = html_report(made_comparison(1), no_gnuplot);
  CHECK(r.complaint == "plots are missing from the report: /nonexistent/gnuplot: No such file or directory");
  CHECK(count(r.html, "<figure") == 6);
  CHECK(count(r.html, "This plot is missing: /nonexistent/gnuplot: No such file or directory") == 6);
  CHECK(count(r.html, "<svg") == 0);
  CHECK(count(r.html, "<table") == 2);
  check_well_formed(r.html);
}

TEST_CASE("A page has every plot of gnuplot inlined") {
  if (!gnuplot_here()) return;
  const report r = html_report(made_comparison(1));
  CHECK(r.complaint.empty());
  CHECK(count(r.html, "<figure") == 6);
  CHECK(count(r.html, "<svg") == 6);
  CHECK(count(r.html, "rgb(") == 0);
  for (const char* id : {"tail", "in-time", "time", "bursts", "bytes", "first"})
    CHECK_THAT(r.html, ContainsSubstring("<figure id=\"" + std::string(id) + "\">"));
  check_well_formed(r.html);
}

TEST_CASE("A sweep has its curves and every setting folded away") {
  if (!gnuplot_here()) return;
  const report r = html_report(made_comparison(1, 3));
  CHECK(r.complaint.empty());
  CHECK(count(r.html, "<svg") == 4 + 3 * 6);
  for (const char* id : {"sweep-p99", "sweep-in-time", "sweep-bytes", "sweep-first", "p1-tail", "p3-bursts"})
    CHECK_THAT(r.html, ContainsSubstring("<figure id=\"" + std::string(id) + "\">"));
  check_well_formed(r.html);
}

TEST_CASE("A page of many settings stays below three megabytes and says what is not drawn") {
  if (!gnuplot_here()) return;
  const report r = html_report(made_comparison(1, 30));
  CHECK_THAT(r.html, ContainsSubstring("Not drawn, or the page would become too large."));
  check_well_formed(r.html);
}

TEST_CASE("A gnuplot that hangs is ended and not started again") {
  const stand_in slow("echo x >> \"$0.starts\"; exec sleep 600");
  const report r = html_report(made_comparison(1), {slow.path(), std::chrono::milliseconds(300)});
  CHECK_THAT(r.complaint, ContainsSubstring("and was ended"));
  CHECK(std::filesystem::file_size(slow.path() + ".starts") == 2);
  CHECK(count(r.html, "This plot is missing") == 6);
}

TEST_CASE("A gnuplot that fails is quoted in one line") {
  const stand_in broken("echo >&2; echo 'plot x'; echo 'line 1: no <terminal>' >&2; echo more >&2; exit 1");
  const drawing d = draw_by_gnuplot("plot x\n", {broken.path(), std::chrono::seconds(30)});
  CHECK(d.reason == "gnuplot failed: line 1: no <terminal>");
  CHECK(d.svg.empty());
}

TEST_CASE("A gnuplot that never ends writing is ended") {
  const stand_in loud("exec yes");
  CHECK(draw_by_gnuplot("", {loud.path(), std::chrono::seconds(60)}).reason ==
        "gnuplot wrote more than 4 MiB");
}

TEST_CASE("Labels can neither leave their place on the page nor run commands in gnuplot") {
  if (!gnuplot_here()) return;
  const stand_in folder("");
  const std::string proof = folder.path() + ".proof";
  const std::string attack = "'`touch " + proof + "`\"<script>alert(1)</script>%s\\";
  comparison c = made_comparison(1, 2);
  c.command = c.version = c.workload = c.schedule = attack;
  c.environment = {{attack, attack}};
  for (point& p : c.points) {
    p.link = p.verdict = attack;
    p.swept = {{attack, attack}};
    p.warnings = {attack};
    for (contender& who : p.contenders) {
      who.name += attack;
      who.label = attack;
      who.runs[0].failure = attack;
    }
  }
  const report r = html_report(c);
  CHECK(r.complaint == "");
  CHECK(!std::filesystem::exists(proof));
  check_well_formed(r.html);
}

TEST_CASE("Bold is only what is better beyond its interval") {
  comparison c = made_comparison(1);
  for (contender& who : c.points[0].contenders) {
    who.figures.clear();
    who.figures["p99_ms"] = {50, 40, 60};
  }
  c.points[0].contenders[1].figures["p99_ms"] = {30, 25, 41};
  CHECK(count(html_report(c, no_gnuplot).html, "class=\"best\"") == 0);
  c.points[0].contenders[1].figures["p99_ms"].high = 39;
  CHECK(count(html_report(c, no_gnuplot).html, "class=\"best\"><b>30.0 ms</b>") == 2);  // in both tables
  c.points[0].contenders[1].runs.resize(3);                                             // too few to rank
  CHECK(count(html_report(c, no_gnuplot).html, "class=\"best\"") == 0);
}

TEST_CASE("Comparisons with nothing in them have a page too") {
  comparison c;
  check_well_formed(html_report(c).html);
  c.points.resize(1);
  check_well_formed(html_report(c).html);
  c.points[0].contenders.resize(2);
  check_well_formed(html_report(c).html);
  c = made_comparison(1);
  for (contender& who : c.points[0].contenders)
    for (run& r : who.runs)
      for (sample& s : r.samples) s.latency.reset();
  const report lost = html_report(c);
  CHECK((lost.complaint.empty() || !gnuplot_here()));
  check_well_formed(lost.html);
}

TEST_CASE("Comparisons of any values have a page") {
  const std::uint64_t seed = dgram::test::seed_or(std::random_device{}());
  INFO("DGRAM_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 12; ++i) {
    const report r = html_report(dgram::test::random_comparison(random));
    CHECK((r.complaint.empty() || !gnuplot_here()));
    check_well_formed(r.html);
  }
}
