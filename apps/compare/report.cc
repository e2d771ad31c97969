// SPDX-License-Identifier: MIT
#include "apps/compare/report.h"

#include "apps/compare/csv_form.h"
#include "apps/compare/number_text.h"
#include "apps/compare/plots.h"
#include "apps/compare/plots_data.h"
#include "apps/compare/plots_svg.h"
#include "apps/compare/report_style.h"
#include "apps/compare/report_tables.h"
#include "apps/compare/report_text.h"

namespace dgram::app::compare {
namespace {

constexpr std::size_t most_plot_bytes = 2'500'000;

std::string paragraph(const std::string& css_class, const std::string& text) {
  return text.empty() ? "" : "<p class=\"" + css_class + "\">" + html_escaped(text) + "</p>\n";
}

// The first sentence large, the rest below it.
std::string verdict(const std::string& text) {
  const auto end = text.find(". ");
  if (end == text.npos) return paragraph("verdict", text);
  return "<p class=\"verdict\">" + html_escaped(text.substr(0, end + 1)) + "<small>" +
         html_escaped(text.substr(end + 2)) + "</small></p>\n";
}

std::string folded(const std::string& summary, const std::string& html) {
  return "<details><summary>" + html_escaped(summary) + "</summary>\n" + html + "</details>\n";
}

// Draws plots while that works and the page is not too large.
class artist {
 public:
  explicit artist(const gnuplot_options& options) : options_(options) {}

  std::string svg(const plot& p) {
    if (p.script.empty()) return {};
    if (!hopeless_ && !full()) {
      drawing d = draw_by_gnuplot(p.script, options_);
      hopeless_ = d.hopeless;
      std::string svg = d.svg.empty() ? std::string() : page_svg(d.svg, p.id, p.title + " " + p.seen);
      bytes_ += svg.size();
      if (tool_.empty()) tool_ = tool_of(d.svg);
      if (!svg.empty()) return svg;
      if (reason_.empty())
        reason_ = d.reason.empty() ? "gnuplot wrote an SVG that is not understood" : d.reason;
    }
    const std::string why = full() && reason_.empty() ? "the page would become too large" : reason_;
    return "<p class=\"missing\">This plot is missing: " + html_escaped(why) + ".</p>";
  }
  // "gnuplot 5.4 patchlevel 4"; empty when it drew nothing.
  const std::string& tool() const { return tool_; }
  bool full() const { return bytes_ > most_plot_bytes; }
  std::string complaint() const {
    return reason_.empty() ? "" : "plots are missing from the report: " + reason_;
  }

 private:
  gnuplot_options options_;
  std::size_t bytes_ = 0;
  bool hopeless_ = false;
  std::string reason_;
  std::string tool_;

  static std::string tool_of(const std::string& svg) {
    constexpr std::string_view before = "Produced by GNUPLOT ";
    const auto at = svg.find(before);
    const auto end = svg.find('<', at);
    if (at == svg.npos || end == svg.npos) return {};
    return "gnuplot " + svg.substr(at + before.size(), end - at - before.size());
  }
};

std::string legend(const std::vector<contender>& contenders, const contender_colours& colours) {
  std::string html = "<ul class=\"legend\">";
  for (const contender& c : contenders)
    html += "<li>" + colour_dot(c, colours) + html_escaped(c.label) + "</li>";
  return html + "</ul>\n";
}

std::string figures(const std::vector<plot>& plots, const std::string& legend_html, artist& drawn) {
  if (plots.empty()) return {};
  std::string html = "<div class=\"plots\">\n";
  for (const plot& p : plots) {
    html += "<figure id=\"" + html_escaped(p.id) + "\">\n<h3>" + html_escaped(p.title) + "</h3>\n";
    if (p.legend && !p.script.empty()) html += legend_html;
    html += drawn.svg(p) + "<figcaption>" + paragraph("seen", p.seen) + paragraph("how", p.how) +
            "</figcaption>\n</figure>\n";
  }
  return html + "</div>\n";
}

std::string warnings(const point& p) {
  std::vector<std::string> all = p.warnings;
  for (const contender& c : p.contenders)
    for (const run& r : c.runs)
      if (!r.failure.empty())
        all.push_back(c.label + ", repetition " + std::to_string(r.repetition + 1) + ": " + r.failure);
  if (all.empty()) return {};
  constexpr std::size_t most = 12;
  std::string html = "<ul class=\"warnings\">";
  for (std::size_t i = 0; i < all.size() && i < most; ++i) html += "<li>" + html_escaped(all[i]) + "</li>";
  if (all.size() > most) html += "<li>and " + std::to_string(all.size() - most) + " more</li>";
  return html + "</ul>\n";
}

constexpr const char* table_note =
    "<p class=\"note\">Small figures are 95 % intervals. Bold on green: better than every other contender, "
    "and the "
    "intervals do not overlap. “Never” means that the share of messages which this figure speaks of did not "
    "arrive "
    "before the run ended.</p>\n";

std::string point_body(const point& p, const comparison& c, const contender_colours& colours) {
  return verdict(p.verdict) + warnings(p) + main_table(p, c.deadline, colours) + table_note;
}

std::string method(const comparison& c) {
  std::string html =
      "<p>Every contender sent the same messages at the same planned moments over the same link, whose "
      "losses are "
      "drawn from a seed: packet number <em>n</em> meets the same fate whoever sends it. The contenders took "
      "turns in "
      "shuffled order, and the first messages of each run (warm-up) are left out.</p>\n"
      "<p>Latency counts from the moment a message was <em>planned</em> to be sent. A sender that is stuck "
      "delays all "
      "messages that queue behind it, and that wait counts. A message that had not arrived when its run "
      "ended is "
      "not dropped from the figures: it counts as slower than all that did.</p>\n"
      "<p>Intervals come from a bootstrap over whole repetitions, because the messages of one run are not "
      "independent of one another. Where intervals overlap no difference is shown, and none is "
      "claimed.</p>\n";
  if (c.simulated)
    html +=
        "<p>This comparison ran in virtual time: the protocol is the real one, the link and the clock are "
        "simulated. Sizes are UDP payload and 28 bytes of headers; CPU time was not measured.</p>\n";
  else
    html +=
        "<p>The link joined two network namespaces by TUN devices, so that the kernel's own TCP crossed it "
        "packet by packet, without segmentation offload.</p>\n";
  return html;
}

std::string environment(const comparison& c, const std::string& tool) {
  std::vector<std::pair<std::string, std::string>> all = {
      {"version", c.version}, {"seed", std::to_string(c.seed)}, {"workload", c.workload + ": " + c.schedule}};
  all.insert(all.end(), c.environment.begin(), c.environment.end());
  if (!tool.empty()) all.emplace_back("plots", tool);
  return pair_list(all);
}

std::string single(const comparison& c, const contender_colours& colours, artist& drawn) {
  const point& p = c.points.front();
  return point_body(p, c, colours) +
         figures(point_plots(p, c.deadline, colours, ""), legend(p.contenders, colours), drawn) +
         "<h2>Details</h2>\n" + folded("All figures", full_table(p, c.deadline));
}

// From the first setting to the last.
std::string swept_verdict(const comparison& c) {
  const point& first = c.points.front();
  const point& last = c.points.back();
  std::string words;
  for (const contender& who : first.contenders)
    for (const contender& later : last.contenders) {
      if (later.name != who.name || !who.figures.contains("p99_ms") || !later.figures.contains("p99_ms"))
        continue;
      words += (words.empty() ? "" : "; ") + ("“" + who.label) + "” from " +
               time_text(who.figures.at("p99_ms").value) + " to " +
               time_text(later.figures.at("p99_ms").value);
    }
  if (words.empty()) return {};
  return "The time within which 99 of 100 messages arrived went, between " + point_name(first) + " and " +
         point_name(last) + ": " + words + ".";
}

std::string swept(const comparison& c, const contender_colours& colours, artist& drawn) {
  std::string html = verdict(swept_verdict(c)) +
                     figures(sweep_plots(c, colours), legend(c.points.front().contenders, colours), drawn) +
                     sweep_table(c) + table_note + "<h2>Each setting</h2>\n";
  for (std::size_t i = 0; i < c.points.size(); ++i) {
    const point& p = c.points[i];
    const std::string prefix = "p" + std::to_string(i + 1) + "-";
    const std::string plots =
        drawn.full()
            ? paragraph("note", "Not drawn, or the page would become too large.")
            : figures(point_plots(p, c.deadline, colours, prefix), legend(p.contenders, colours), drawn);
    html += folded(point_name(p) + (p.swept.empty() ? "" : " (" + p.link + ")"),
                   point_body(p, c, colours) + plots + full_table(p, c.deadline));
  }
  return html + "<h2>Details</h2>\n";
}

std::string title(const comparison& c) {
  return c.simulated ? "UDP on a lossy link, simulated" : "UDP and TCP on the same link";
}

std::string lead(const comparison& c) {
  std::string text =
      c.points.size() == 1 ? c.points.front().link : std::to_string(c.points.size()) + " links";
  for (const std::string& part : {c.workload, c.schedule})
    if (!part.empty()) text += (text.empty() ? "" : " · ") + part;
  return paragraph("lead", text);
}

}  // namespace

report html_report(const comparison& c, const gnuplot_options& options) {
  const contender_colours colours(c);
  artist drawn(options);
  std::string body = "<p>Nothing was measured.</p>\n";
  if (c.points.size() == 1) body = single(c, colours, drawn);
  if (c.points.size() > 1) body = swept(c, colours, drawn);

  report result;
  // The policy forbids what the page does not need: scripts, and anything from elsewhere.
  result.html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      html_escaped(title(c)) + "</title>\n<style>" + std::string(report_style) +
      "</style>\n</head>\n<body>\n<header>\n<h1>" + html_escaped(title(c)) + "</h1>\n" + lead(c) +
      "</header>\n<main>\n" + body + folded("How it was measured", method(c)) +
      folded("Where it was measured", environment(c, drawn.tool())) +
      "<h2>Again</h2>\n<p>The same messages meet the same losses:</p>\n<pre><code>" +
      html_escaped(c.command) + "</code></pre>\n</main>\n<footer>Measured by udp_compare " +
      html_escaped(c.version) + ". This page needs no network.</footer>\n</body>\n</html>\n";
  result.complaint = drawn.complaint();
  return result;
}

}  // namespace dgram::app::compare
