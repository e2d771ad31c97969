// SPDX-License-Identifier: MIT
#include "apps/compare/checks.h"

#include <algorithm>
#include <array>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/compare/number_text.h"

namespace dgram::app::compare {
namespace {

enum class unit { milliseconds, microseconds, share, kilobits, plain };

struct known_figure {
  std::string_view asked;
  const char* name;
  unit in;
};

constexpr std::array figures{
    known_figure{"p50", "p50_ms", unit::milliseconds},
    known_figure{"p90", "p90_ms", unit::milliseconds},
    known_figure{"p99", "p99_ms", unit::milliseconds},
    known_figure{"p999", "p999_ms", unit::milliseconds},
    known_figure{"max", "max_ms", unit::milliseconds},
    known_figure{"first", "first_ms", unit::milliseconds},
    known_figure{"delivered", "delivered", unit::share},
    known_figure{"in-time", "in_time", unit::share},
    known_figure{"goodput", "goodput_kbps", unit::kilobits},
    known_figure{"packets", "packets_per_message", unit::plain},
    known_figure{"bytes", "bytes_per_message", unit::plain},
    known_figure{"cpu", "cpu_us", unit::microseconds},
};

constexpr std::array relations{std::pair{std::string_view(">="), relation::at_least},
                               std::pair{std::string_view("<="), relation::at_most},
                               std::pair{std::string_view(">"), relation::above},
                               std::pair{std::string_view("<"), relation::below}};

[[noreturn]] void reject(const std::string& text, const std::string& why) {
  throw usage_error("--fail-if: '" + escaped(text, 100) + "': " + why);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

const known_figure& figure_called(std::string_view name) {
  return *std::find_if(figures.begin(), figures.end(), [&](const known_figure& f) { return f.name == name; });
}

figure_name figure_from(const std::string& whole, const std::string& text,
                        const std::vector<entrant>& taking_part) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) reject(whole, "'" + escaped(text, 60) + "' is not CONTENDER.FIGURE");
  const std::string who = text.substr(0, dot), what = text.substr(dot + 1);
  const bool known =
      std::any_of(taking_part.begin(), taking_part.end(), [&](const entrant& e) { return e.name == who; });
  if (!known) reject(whole, "'" + escaped(who, 60) + "' does not take part");
  for (const known_figure& f : figures) {
    if (f.asked == what) return {who, f.name};
  }
  std::string names;
  for (const known_figure& f : figures) names += (names.empty() ? "" : ", ") + std::string(f.asked);
  reject(whole, "'" + escaped(what, 60) + "' is not one of " + names);
}

std::optional<double> value_in(unit u, const std::string& text) {
  const auto in_ns = [](std::optional<duration> d, double ns) {
    return d ? std::optional(static_cast<double>(d->count()) / ns) : std::nullopt;
  };
  switch (u) {
    case unit::milliseconds: return in_ns(parse_duration(text), 1e6);
    case unit::microseconds: return in_ns(parse_duration(text), 1e3);
    case unit::share: return parse_probability(text);
    case unit::kilobits: {
      const auto bits = parse_rate(text);
      return bits ? std::optional(*bits / 1000) : std::nullopt;
    }
    case unit::plain: return parse_rate(text);
  }
  return std::nullopt;
}

std::string text_of(unit u, double value) {
  switch (u) {
    case unit::milliseconds: return time_text(value);
    case unit::microseconds: return plain_text(value) + " us";
    case unit::share: return share_text(value);
    case unit::kilobits: return rate_text(value);
    case unit::plain: return plain_text(value);
  }
  return "?";
}

std::optional<double> value_of(const figure_name& f, const point& p) {
  for (const contender& c : p.contenders) {
    if (c.name != f.contender) continue;
    const auto found = c.figures.find(f.figure);
    if (found != c.figures.end()) return found->second.value;
  }
  return std::nullopt;
}

bool holds(double left, relation is, double right) {
  switch (is) {
    case relation::above: return left > right;
    case relation::at_least: return left >= right;
    case relation::below: return left < right;
    case relation::at_most: return left <= right;
  }
  return false;
}

}  // namespace

check check_from(const std::string& text, const std::vector<entrant>& taking_part) {
  for (const auto& [sign, is] : relations) {
    const std::size_t at = text.find(sign);
    if (at == text.npos) continue;
    check c{text, figure_from(text, trimmed(std::string_view(text).substr(0, at)), taking_part), is, 0.0};
    const std::string right = trimmed(std::string_view(text).substr(at + sign.size()));
    const unit u = figure_called(c.left.figure).in;
    if (const auto value = value_in(u, right)) {
      c.right = *value;
      return c;
    }
    if (right.find('.') == right.npos || (right.front() >= '0' && right.front() <= '9')) {
      reject(text, "'" + escaped(right, 60) + "' is not a value of " + trimmed(text.substr(0, at)));
    }
    const figure_name other = figure_from(text, right, taking_part);
    if (figure_called(other.figure).in != u) reject(text, "the two sides have different units");
    c.right = other;
    return c;
  }
  reject(text, "there is no >, >=, < or <= in it");
}

std::optional<std::string> failure_of(const check& c, const point& p) {
  const unit u = figure_called(c.left.figure).in;
  const auto left = value_of(c.left, p);
  const auto* other = std::get_if<figure_name>(&c.right);
  const auto right = other ? value_of(*other, p) : std::optional(std::get<double>(c.right));
  std::string where;
  for (const auto& [name, value] : p.swept) where += (where.empty() ? " at " : ", ") + name + ' ' + value;
  if (!left || !right) return "check failed" + where + ": " + c.text + ": there is no such figure";
  if (!holds(*left, c.is, *right)) return std::nullopt;
  return "check failed" + where + ": " + c.text + ": it is " + text_of(u, *left) +
         (other ? " and " + text_of(u, *right) : "");
}

}  // namespace dgram::app::compare
