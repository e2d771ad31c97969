// SPDX-License-Identifier: MIT
#include "apps/cli/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace dgram::app {
namespace {

struct quantity {
  double value;
  std::string_view unit;
};

// Digits with at most one point, then the unit; no sign, exponent, "inf" or "nan".
std::optional<quantity> split(std::string_view text) {
  std::size_t end = 0;
  int points = 0;
  int digits = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '.') {
      ++points;
    } else if (text[end] >= '0' && text[end] <= '9') {
      ++digits;
    } else {
      break;
    }
  }
  if (digits == 0 || points > 1) return std::nullopt;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + end, value, std::chars_format::fixed);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + end) return std::nullopt;
  return quantity{value, text.substr(end)};
}

template <std::size_t N>
std::optional<double> scale_of(std::string_view unit,
                               const std::array<std::pair<std::string_view, double>, N>& table) {
  for (const auto& [name, scale] : table) {
    if (unit == name) return scale;
  }
  return std::nullopt;
}

std::string with_digits(double value, const char* unit) {
  std::array<char, 48> text{};
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  std::string number(text.data(), static_cast<std::size_t>(length));
  if (number.find('.') != std::string::npos && value >= 0.995) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
  }
  return number + ' ' + unit;
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 7> units{
      {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"m", 60e9}, {"h", 3600e9}}};
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto scale = scale_of(parts->unit, units);
  constexpr double hundred_years = 100 * 365.25 * 24 * 3600e9;
  if (!scale || parts->value * *scale > hundred_years) return std::nullopt;
  return duration(std::llround(parts->value * *scale));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 11> units{{{"", 1},
                                                                              {"k", 1e3},
                                                                              {"K", 1e3},
                                                                              {"m", 1e6},
                                                                              {"M", 1e6},
                                                                              {"g", 1e9},
                                                                              {"G", 1e9},
                                                                              {"Ki", 1024},
                                                                              {"ki", 1024},
                                                                              {"Mi", 1048576},
                                                                              {"Gi", 1073741824}}};
  if (!text.empty() && text.back() == 'B') text.remove_suffix(1);
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto scale = scale_of(parts->unit, units);
  if (!scale || parts->value * *scale > 1e15) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(parts->value * *scale));
}

std::optional<double> parse_rate(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 7> units{
      {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"m", 1e6}, {"M", 1e6}, {"g", 1e9}, {"G", 1e9}}};
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto scale = scale_of(parts->unit, units);
  if (!scale) return std::nullopt;
  return parts->value * *scale;
}

std::optional<double> parse_probability(std::string_view text) {
  const auto parts = split(text);
  if (!parts || (!parts->unit.empty() && parts->unit != "%")) return std::nullopt;
  const double value = parts->unit.empty() ? parts->value : parts->value / 100;
  if (value > 1) return std::nullopt;
  return value;
}

std::string format_duration(duration d) {
  const double ns = static_cast<double>(d.count());
  if (ns >= 999.5e6) return with_digits(ns / 1e9, "s");
  return with_digits(ns / 1e6, "ms");
}

std::string format_size(std::uint64_t bytes) {
  const double value = static_cast<double>(bytes);
  if (value >= 999.5e6) return with_digits(value / 1e9, "GB");
  if (value >= 999.5e3) return with_digits(value / 1e6, "MB");
  if (value >= 1000) return with_digits(value / 1e3, "kB");
  return std::to_string(bytes) + " B";
}

std::string counted(std::uint64_t n, std::string_view singular, std::string_view plural) {
  return std::to_string(n) + ' ' + std::string(n == 1 ? singular : plural);
}

}  // namespace dgram::app
