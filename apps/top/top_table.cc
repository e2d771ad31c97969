// SPDX-License-Identifier: MIT
#include "apps/top/top_table.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/top/top_columns.h"

namespace dgram::app {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(top_order::count_)> order_names{
    "messages", "msg/s", "trip", "loss", "retries", "idle", "#"};
// Totals in two lines, the heading, and the keys.
constexpr std::size_t lines_besides = 4;
// Bytes of a problem that are looked at.
constexpr std::size_t longest_problem = 1000;

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

double per_second(std::uint64_t now, std::uint64_t before, duration between) {
  return between > duration{0} && now >= before ? static_cast<double>(now - before) / seconds(between) : 0;
}

std::string size_per_second(double bytes) {
  return format_size(static_cast<std::uint64_t>(bytes + 0.5)) + "/s";
}

std::string cut(std::string_view text, std::size_t width) {
  return display_width(text) <= width ? std::string(text) : padded(text, width);
}

}  // namespace

void top_table::show(top_snapshot next) {
  if (paused_) return;
  between_ = any_ ? next.taken - now_.taken : duration{0};
  const top_snapshot before = std::exchange(now_, std::move(next));
  any_ = true;
  measure(before);
  sort();
}

void top_table::measure(const top_snapshot& before) {
  const server_totals& was = before.totals;
  const server_totals& is = now_.totals;
  messages_per_second_ = per_second(is.messages, was.messages, between_);
  bytes_in_per_second_ = per_second(is.statistics.bytes_received, was.statistics.bytes_received, between_);
  bytes_out_per_second_ = per_second(is.statistics.bytes_sent, was.statistics.bytes_sent, between_);
  std::unordered_map<std::uint64_t, std::uint64_t> messages_before;
  messages_before.reserve(before.peers.size());
  for (const peer_figures& peer : before.peers) messages_before.emplace(peer.number, peer.messages);
  rows_.clear();
  for (const peer_figures& peer : now_.peers) {
    top_row row{&peer, std::nullopt};
    const auto found = messages_before.find(peer.number);
    if (between_ > duration{0} && found != messages_before.end()) {
      row.rate = per_second(peer.messages, found->second, between_);
    } else if (between_ > duration{0} && peer.here <= between_) {
      row.rate = per_second(peer.messages, 0, between_);
    }
    rows_.push_back(row);
  }
}

double top_table::weight(const top_row& row) const {
  const statistics& s = row.peer->statistics;
  // What is not known comes last.
  const bool lossy = sees_losses(*row.peer);
  switch (order_) {
    case top_order::messages: return static_cast<double>(row.peer->messages);
    case top_order::rate: return row.rate.value_or(-1);
    case top_order::round_trip: return seconds(s.smoothed_round_trip);
    case top_order::loss: return lossy ? s.loss_rate : -1;
    case top_order::retries: return lossy ? static_cast<double>(retries_of(s)) : -1;
    case top_order::idle: return seconds(row.peer->idle);
    case top_order::number:
    case top_order::count_: break;
  }
  return 0;
}

void top_table::sort() {
  // By number where all else is equal, or rows would change places every second.
  std::sort(rows_.begin(), rows_.end(), [this](const top_row& a, const top_row& b) {
    const double of_a = weight(a), of_b = weight(b);
    return of_a != of_b ? of_a > of_b : a.peer->number < b.peer->number;
  });
}

void top_table::press(top_key key) {
  const auto up = [this](std::size_t n) { first_ -= std::min(n, first_); };
  switch (key) {
    case top_key::up: up(1); break;
    case top_key::page_up: up(page_); break;
    case top_key::first: first_ = 0; break;
    // Held back by `lines`, which knows the room there is.
    case top_key::down: first_ += 1; break;
    case top_key::page_down: first_ += page_; break;
    case top_key::last: first_ = rows_.size(); break;
    case top_key::next_order:
      order_ = static_cast<top_order>((static_cast<std::size_t>(order_) + 1) % order_names.size());
      first_ = 0;
      sort();
      break;
    case top_key::pause: paused_ = !paused_; break;
  }
}

std::string top_table::who_and_where() const {
  std::string text = (paused_ ? "PAUSED   " : "") + counted(now_.here, "peer", "peers");
  if (now_.here > now_.peers.size()) text += " (the first " + std::to_string(now_.peers.size()) + " shown)";
  text += " on " + now_.listens + "   running " + span_text(now_.totals.running);
  if (now_.totals.peers > now_.here) text += "   " + counted(now_.totals.peers, "peer", "peers") + " ever";
  return text;
}

std::string top_table::traffic() const {
  const server_totals& is = now_.totals;
  std::string text = counted(is.messages, "message", "messages") + ", " + rate_text(messages_per_second_) +
                     "/s   " + std::to_string(is.answered) + " answered   in " +
                     size_per_second(bytes_in_per_second_) + ", out " +
                     size_per_second(bytes_out_per_second_);
  text += "   " + std::to_string(is.statistics.discarded.total()) + " discarded";
  if (is.unsent != 0) text += "   " + counted(is.unsent, "reply", "replies") + " not sent";
  return text;
}

std::string top_table::keys(std::size_t width) const {
  const std::string order(order_names[static_cast<std::size_t>(order_)]);
  const std::string keys = "q quit  s sort: " + order + "  p " + (paused_ ? "go on" : "pause");
  const std::size_t last = std::min(first_ + page_, rows_.size());
  const std::string place = rows_.empty() ? ""
                                          : std::to_string(first_ + 1) + "-" + std::to_string(last) + " of " +
                                                std::to_string(rows_.size());
  const bool plain =
      std::any_of(rows_.begin(), rows_.end(), [](const top_row& row) { return row.peer->plain; });
  std::string text = keys;
  for (const std::string& more :
       {std::string("  ↑ ↓ PgUp PgDn scroll"), std::string(plain ? "  * plain" : "")}) {
    if (display_width(text + more) + place.size() + 2 <= width) text += more;
  }
  if (display_width(text) + place.size() + 2 > width) return cut(text, width);
  return text + padded(place, width - display_width(text), true);
}

std::vector<screen_line> top_table::lines(std::size_t width, std::size_t height) {
  if (width < least_width || height < least_height) {
    const auto size = [](std::size_t w, std::size_t h) {
      return std::to_string(w) + "x" + std::to_string(h);
    };
    return {{line_style::problem,
             cut("too small: " + size(width, height) + ", needs " + size(least_width, least_height), width)}};
  }
  // A problem has a line of its own, or on the smallest screen that of the keys.
  const bool has_problem = !now_.problem.empty();
  const bool both = has_problem && height > least_height;
  page_ = height - lines_besides - (both ? 1 : 0);
  first_ = std::min(first_, rows_.size() - std::min(page_, rows_.size()));
  const auto shown = std::span(rows_).subspan(first_, std::min(page_, rows_.size() - first_));
  const top_columns columns(shown, width);

  std::vector<screen_line> text{{line_style::totals, cut(who_and_where(), width)},
                                {line_style::totals, cut(traffic(), width)},
                                {line_style::heading, padded(columns.heading(), width)}};
  for (const top_row& row : shown) text.push_back({line_style::peer, columns.line(row)});
  text.resize(height - (both ? 2 : 1), {line_style::peer, ""});
  if (has_problem) text.push_back({line_style::problem, cut(escaped(now_.problem, longest_problem), width)});
  if (!has_problem || both) text.push_back({line_style::keys, keys(width)});
  return text;
}

}  // namespace dgram::app
