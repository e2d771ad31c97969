// SPDX-License-Identifier: MIT
#include "apps/compare/suite_form.h"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "apps/cli/units.h"
#include "apps/compare/number_text.h"
#include "apps/compare/text_table.h"

namespace dgram::app::compare {
namespace {

using json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> anchors{"tcp-cubic", "tcp-bbr", "enet", "srt"};

std::string_view sign(relation r) {
  switch (r) {
    case relation::above: return ">";
    case relation::at_least: return ">=";
    case relation::below: return "<";
    case relation::at_most: return "<=";
  }
  return "?";
}

std::string value_text(double v) {
  return std::isinf(v) ? "never" : plain_text(v);
}

std::string cell(const suite_row& row, const std::string& who) {
  const auto found = row.figures.find(who);
  if (who.empty() || found == row.figures.end()) return "-";
  const spread& s = found->second;
  const std::string median = value_text(s.median), least = value_text(s.least), most = value_text(s.most);
  return least == most ? median : median + " (" + least + ".." + most + ')';
}

std::string holds_text(const suite_row& row) {
  return !row.holds ? "not measured" : *row.holds ? "yes" : "NO";
}

json number(double d) {
  return std::isfinite(d) ? json(d) : json(d > 0 ? "inf" : "-inf");
}

// RFC 4180.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string all = "\"";
  for (const char c : text) all += c == '"' ? "\"\"" : std::string(1, c);
  return all + '"';
}

std::string csv_number(double d) {
  return std::isfinite(d) ? json(d).dump() : "inf";
}

}  // namespace

std::string bound_text(const bar& b) {
  return std::string(sign(b.is)) + ' ' + plain_text(b.bound) + (b.unit.empty() ? "" : " ") +
         std::string(b.unit);
}

std::string suite_table(const suite_result& r, bool colour) {
  text_table t(3);
  t.add({"case", "figure", "bar", "ours", "no redundancy", "TCP cubic", "TCP bbr", "ENet", "SRT", "holds?"});
  const std::string* last = nullptr;
  for (const suite_row& row : r.rows) {
    const bool again = last && *last == row.text;
    last = &row.text;
    std::vector<std::string> cells{again ? "" : row.text, row.what.text, bound_text(row.what),
                                   cell(row, row.what.ours), cell(row, row.what.without)};
    for (const std::string_view who : anchors) cells.push_back(cell(row, std::string(who)));
    cells.push_back(holds_text(row));
    t.add(std::move(cells));
  }
  std::size_t held = 0;
  for (const suite_row& row : r.rows) held += row.holds.value_or(false);
  std::string text = t.text(colour) + '\n' + std::to_string(held) + " of " + std::to_string(r.rows.size()) +
                     " bars hold. Medians over " + counted(r.repetitions, "repetition", "repetitions") +
                     ", least and most in brackets" + (r.simulated ? ", in virtual time" : "") + ".\n";
  for (const std::string& note : r.notes) text += wrapped("Note: " + note, 100);
  return text + "again: " + r.command + '\n';
}

std::string suite_json(const suite_result& r) {
  json rows = json::array();
  for (const suite_row& row : r.rows) {
    json figures = json::object();
    for (const auto& [who, s] : row.figures) {
      figures[who] = {{"median", number(s.median)},
                      {"least", number(s.least)},
                      {"most", number(s.most)},
                      {"repetitions", s.repetitions}};
    }
    rows.push_back({{"group", row.group},
                    {"case", row.text},
                    {"bar", row.what.text},
                    {"relation", sign(row.what.is)},
                    {"bound", row.what.bound},
                    {"unit", row.what.unit},
                    {"ours", row.what.ours},
                    {"holds", row.holds ? json(*row.holds) : json(nullptr)},
                    {"figures", std::move(figures)}});
  }
  json environment = json::array();
  for (const auto& [name, value] : r.environment) environment.push_back(json::array({name, value}));
  const json all = {{"format", "udp_compare suite"},
                    {"format_version", 1},
                    {"command", r.command},
                    {"version", r.version},
                    {"seed", r.seed},
                    {"repetitions", r.repetitions},
                    {"simulated", r.simulated},
                    {"environment", environment},
                    {"notes", r.notes},
                    {"rows", std::move(rows)}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string suite_csv(const suite_result& r) {
  std::string text = "group,case,bar,relation,bound,unit,contender,median,least,most,repetitions,holds\r\n";
  for (const suite_row& row : r.rows) {
    for (const auto& [who, s] : row.figures) {
      const bool ours = who == row.what.ours;
      text += quoted(row.group) + ',' + quoted(row.text) + ',' + quoted(row.what.text) + ',';
      text += std::string(sign(row.what.is)) + ',' + csv_number(row.what.bound) + ',' +
              std::string(row.what.unit);
      text +=
          ',' + who + ',' + csv_number(s.median) + ',' + csv_number(s.least) + ',' + csv_number(s.most) + ',';
      text += std::to_string(s.repetitions) + ',' + (ours ? (*row.holds ? "yes" : "no") : "") + "\r\n";
    }
  }
  return text;
}

}  // namespace dgram::app::compare
