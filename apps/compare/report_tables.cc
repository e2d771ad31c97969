// SPDX-License-Identifier: MIT
#include "apps/compare/report_tables.h"

#include <cmath>

#include "apps/compare/csv_form.h"
#include "apps/compare/number_text.h"
#include "apps/compare/plots_data.h"
#include "apps/compare/plots_svg.h"
#include "apps/compare/report_text.h"
#include "apps/compare/statistics.h"

namespace dgram::app::compare {
namespace {

using to_text = std::string (*)(double);

std::string byte_text(double v) {
  return std::isfinite(v) ? plain_text(v) + " B" : plain_text(v);
}

std::string microsecond_text(double v) {
  return std::isfinite(v) ? plain_text(v) + " µs" : plain_text(v);
}

enum class wish { less, more, none };

struct column {
  const char* figure;
  const char* heading;  // "@" stands for the deadline
  const char* note;     // below it, small
  to_text text;
  wish better;
};

constexpr column main_columns[] = {
    {"delivered", "Delivered", "of all messages", share_text, wish::more},
    {"in_time", "In time", "within @", share_text, wish::more},
    {"p50_ms", "Typical", "half within", time_text, wish::less},
    {"p99_ms", "Slow", "99 of 100 within", time_text, wish::less},
    {"max_ms", "Slowest", "all within", time_text, wish::less},
    {"bytes_per_message", "Cost", "per message", byte_text, wish::less},
    {"first_ms", "First", "message, from nothing", time_text, wish::less},
};

constexpr column all_columns[] = {
    {"delivered", "Delivered", "", share_text, wish::more},
    {"in_time", "Delivered within @", "", share_text, wish::more},
    {"p50_ms", "Latency, median (p50)", "", time_text, wish::less},
    {"p90_ms", "Latency, p90", "", time_text, wish::less},
    {"p99_ms", "Latency, p99", "", time_text, wish::less},
    {"p999_ms", "Latency, p99.9", "", time_text, wish::less},
    {"max_ms", "Latency, greatest", "", time_text, wish::less},
    {"first_ms", "First message, from nothing", "", time_text, wish::less},
    {"goodput_kbps", "Goodput", "", rate_text, wish::more},
    {"packets_per_message", "Packets a message, both ways", "", plain_text, wish::less},
    {"bytes_per_message", "Bytes a message, both ways", "", byte_text, wish::less},
    {"retransmissions", "Retransmissions", "", plain_text, wish::none},
    {"duplicates", "Duplicates delivered", "", plain_text, wish::none},
    {"reordered", "Delivered out of order", "", plain_text, wish::none},
    {"cpu_us", "CPU a message, both ends", "", microsecond_text, wish::less},
};

const estimate* figure_of(const contender& c, const std::string& name) {
  const auto found = c.figures.find(name);
  return found == c.figures.end() ? nullptr : &found->second;
}

// Better than everybody else's, beyond the intervals.
bool is_best(const point& p, const contender& who, const column& col) {
  const estimate* own = figure_of(who, col.figure);
  if (own == nullptr || col.better == wish::none || p.contenders.size() < 2 || who.runs.size() < least_ranked)
    return false;
  for (const contender& other : p.contenders) {
    const estimate* theirs = figure_of(other, col.figure);
    if (&other == &who || theirs == nullptr || std::isnan(theirs->value)) continue;
    const bool better = col.better == wish::less ? own->value < theirs->value : own->value > theirs->value;
    if (!better || overlap(*own, *theirs)) return false;
  }
  return !std::isnan(own->value);
}

// "25.0" of "25.0 ms" beside "33.9 ms".
std::string without_shared_unit(const std::string& low, const std::string& high) {
  const auto space = low.find(' ');
  return space != low.npos && high.ends_with(low.substr(space)) ? low.substr(0, space) : low;
}

std::string cell(const estimate* e, to_text text, bool best) {
  if (e == nullptr) return "<td>–</td>";
  const std::string value = html_escaped(text(e->value));
  std::string html = best ? "<td class=\"best\"><b>" + value + "</b>" : "<td>" + value;
  // Says nothing when it is as narrow as the digits shown.
  if (const std::string low = text(e->low), high = text(e->high); low != high)
    html +=
        "<small>" + html_escaped(without_shared_unit(low, high)) + " – " + html_escaped(high) + "</small>";
  return html + "</td>";
}

std::string with_deadline(std::string text, duration deadline) {
  if (const auto at = text.find('@'); at != text.npos) text.replace(at, 1, time_text(in_ms(deadline)));
  return html_escaped(text);
}

std::string head(const std::string& scope, const std::string& html) {
  return "<th scope=\"" + scope + "\">" + html + "</th>";
}

std::string boxed(const std::string& caption, const std::string& rows) {
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + caption +
         "\"><table><caption>" + caption + "</caption>" + rows + "</table></div>\n";
}

}  // namespace

std::string colour_dot(const contender& c, const contender_colours& colours) {
  return "<i style=\"background:var(--c" + std::to_string(colours.of(c) % plot_colour::contenders + 1) +
         ")\"></i>";
}

std::string main_table(const point& p, duration deadline, const contender_colours& colours) {
  std::string rows = "<thead><tr>" + head("col", "Contender");
  for (const column& col : main_columns)
    rows +=
        head("col", html_escaped(col.heading) + "<small>" + with_deadline(col.note, deadline) + "</small>");
  rows += "</tr></thead>\n<tbody>";
  for (const contender& c : p.contenders) {
    rows += "<tr>" + head("row", colour_dot(c, colours) + html_escaped(c.label));
    for (const column& col : main_columns)
      rows += cell(figure_of(c, col.figure), col.text, is_best(p, c, col));
    rows += "</tr>\n";
  }
  return boxed("The figures that decide", rows + "</tbody>");
}

std::string full_table(const point& p, duration deadline) {
  std::string rows = "<thead><tr>" + head("col", "Figure");
  for (const contender& c : p.contenders) rows += head("col", html_escaped(c.label));
  rows += "</tr></thead>\n<tbody>";
  for (const column& col : all_columns) {
    std::string line;
    bool known = false;
    for (const contender& c : p.contenders) {
      const estimate* e = figure_of(c, col.figure);
      known = known || e != nullptr;
      line += cell(e, col.text, is_best(p, c, col));
    }
    if (known) rows += "<tr>" + head("row", with_deadline(col.heading, deadline)) + line + "</tr>\n";
  }
  return boxed("All figures", rows + "</tbody>");
}

std::string sweep_table(const comparison& c) {
  std::vector<const contender*> everybody;
  for (const point& p : c.points)
    for (const contender& who : p.contenders) {
      bool known = false;
      for (const contender* one : everybody) known = known || one->name == who.name;
      if (!known) everybody.push_back(&who);
    }
  std::string rows = "<thead><tr>" + head("col", "Setting");
  for (const contender* who : everybody) rows += head("col", html_escaped(who->label));
  rows += "</tr></thead>\n<tbody>";
  for (const point& p : c.points) {
    rows += "<tr>" + head("row", html_escaped(point_name(p)));
    for (const contender* who : everybody) {
      const contender* here = nullptr;
      for (const contender& one : p.contenders)
        if (one.name == who->name) here = &one;
      const column& p99 = main_columns[3];
      rows += cell(here == nullptr ? nullptr : figure_of(*here, p99.figure), p99.text,
                   here != nullptr && is_best(p, *here, p99));
    }
    rows += "</tr>\n";
  }
  return boxed("99 of 100 messages arrived within", rows + "</tbody>");
}

std::string pair_list(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string html = "<dl>";
  for (const auto& [name, value] : pairs)
    html += "<dt>" + html_escaped(name) + "</dt><dd>" + html_escaped(value) + "</dd>";
  return html + "</dl>\n";
}

}  // namespace dgram::app::compare
