// SPDX-License-Identifier: MIT
// One figure of a peer as a few characters of text, and text fitted into so many columns of the screen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/server_control.h"

namespace dgram::app {

enum class top_column {
  number,
  address,
  transport,
  name,
  messages,
  rate,
  round_trip,
  loss,
  retries,
  idle,
  count_
};

struct top_row {
  const peer_figures* peer;
  std::optional<double> rate;  // messages per second; nothing: not known yet
};

// What is not known of a peer, or means nothing for it, is "-".
std::string cell(top_column, const top_row&);

// Copies that were sent because something was missing; those that only rode along are none.
std::uint64_t retries_of(const statistics&);
// Whether losses on the way to the peer are seen at all: over TCP the kernel hides them, of a plain peer
// nobody knows.
bool sees_losses(const peer_figures&);

// Exactly `width` columns: cut with "…" at the end or filled up with spaces.
std::string padded(std::string_view text, std::size_t width, bool right = false);

std::string rate_text(double per_second);  // "0.4", "57", "12.3k"
std::string count_text(std::uint64_t);     // "9999999", "12.3M"
std::string short_span(duration);          // "0s", "59s", "3m", "23h", "400d"
std::string span_text(duration);           // "12s", "3m 07s", "5h 00m", "12d 3h"

}  // namespace dgram::app
