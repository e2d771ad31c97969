// SPDX-License-Identifier: MIT
#include "apps/top/top_cells.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

namespace dgram::app {
namespace {

// Bytes of a name that are looked at; no column is wider.
constexpr std::size_t longest_name = 256;

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

std::string two_digits(std::int64_t n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

std::int64_t seconds_of(duration span) {
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(span).count(), 0);
}

constexpr std::int64_t minute = 60, hour = 3600, day = 86400;

// A plain peer in a room has its address as a name, which the table shows already.
std::string name_cell(const peer_figures& peer) {
  return peer.name == peer.address ? "" : escaped(peer.name, longest_name);
}

}  // namespace

std::uint64_t retries_of(const statistics& s) {
  return s.messages_retransmitted - std::min(s.messages_retransmitted, s.resent_ride);
}

bool sees_losses(const peer_figures& peer) {
  return !peer.plain && peer.transport == "UDP";
}

std::string cell(top_column column, const top_row& row) {
  const peer_figures& peer = *row.peer;
  const statistics& s = peer.statistics;
  switch (column) {
    case top_column::number: return std::to_string(peer.number);
    case top_column::address: return peer.address.empty() ? "-" : peer.address;
    case top_column::transport: return peer.transport + (peer.plain ? "*" : "");
    case top_column::name: return name_cell(peer);
    case top_column::messages: return count_text(peer.messages);
    case top_column::rate: return row.rate ? rate_text(*row.rate) : "-";
    case top_column::round_trip:
      return s.smoothed_round_trip > duration{0} ? format_duration(s.smoothed_round_trip) : "-";
    case top_column::loss: return sees_losses(peer) ? fixed(s.loss_rate * 100, 1) + "%" : "-";
    case top_column::retries: return sees_losses(peer) ? count_text(retries_of(s)) : "-";
    case top_column::idle: return short_span(peer.idle);
    case top_column::count_: break;
  }
  return {};
}

std::string padded(std::string_view text, std::size_t width, bool right) {
  if (display_width(text) > width) {
    std::string cut(width == 0 ? std::string_view() : fitting(text, width - 1));
    if (width != 0) cut += "…";
    return padded(cut, width, right);
  }
  const std::string space(width - display_width(text), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string rate_text(double per_second) {
  if (per_second < 9.95) return per_second < 0.05 ? "0" : fixed(per_second, 1);
  if (per_second < 99'999.5) return fixed(per_second, 0);
  return per_second < 999'500 ? fixed(per_second / 1e3, 0) + "k" : fixed(per_second / 1e6, 1) + "M";
}

std::string count_text(std::uint64_t n) {
  if (n < 10'000'000) return std::to_string(n);
  const double value = static_cast<double>(n);
  return value < 999.95e6 ? fixed(value / 1e6, 1) + "M" : fixed(value / 1e9, 1) + "G";
}

std::string short_span(duration span) {
  const std::int64_t s = seconds_of(span);
  if (s < minute) return std::to_string(s) + "s";
  if (s < hour) return std::to_string(s / minute) + "m";
  return s < 2 * day ? std::to_string(s / hour) + "h" : std::to_string(s / day) + "d";
}

std::string span_text(duration span) {
  const std::int64_t s = seconds_of(span);
  if (s < minute) return std::to_string(s) + "s";
  if (s < hour) return std::to_string(s / minute) + "m " + two_digits(s % minute) + "s";
  if (s < day) return std::to_string(s / hour) + "h " + two_digits(s % hour / minute) + "m";
  return std::to_string(s / day) + "d " + std::to_string(s % day / hour) + "h";
}

}  // namespace dgram::app
