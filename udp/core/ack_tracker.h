// SPDX-License-Identifier: MIT
// Which packets have arrived, and is an acknowledgement due? Knows packet numbers and times; what the
// packets carried is somebody else's question.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "udp/core/ids.h"
#include "udp/core/packet_window.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

class ack_tracker {
 public:
  enum class arrival : std::uint8_t { fresh, duplicate, too_old };

  // The whole number nearest to the newest one seen.
  packet_number restore(std::uint32_t truncated) const;
  // Numbers too far below the newest, 1024 to 8192 as packet_window has it, count as too old: they can no
  // longer be told from duplicates.
  arrival check(packet_number) const;

  // Takes note of a fresh packet. `asks_ack`: it carries something to be acknowledged; `at_once`: its
  // sender waits for that. Otherwise the acknowledgement may wait until `now + patience`, for company.
  void received(packet_number, bool asks_ack, bool at_once, time_point now, duration patience);
  // A packet came twice: our acknowledgement was probably lost.
  void repeated(packet_number);

  // Something was received that no acknowledgement has reported yet.
  bool pending() const { return unreported_ > 0; }
  bool due(time_point now) const { return at_once_ || (deadline_ && *deadline_ <= now); }
  std::optional<time_point> deadline() const { return at_once_ ? std::nullopt : deadline_; }

  // The acknowledgement of what has arrived: the newest 65 numbers, and below them whatever arrived since the
  // last few reports. Call only after something has.
  wire::ack report(time_point now) const;
  // The report left: nothing is due any more.
  void reported();

 private:
  // Every fourth packet is acknowledged at once, so that a window of them never waits for a timer.
  static constexpr std::uint32_t most_unreported = 4;

  // What one report names is named again by the next three, so that a lost one costs nothing.
  static constexpr std::size_t reports_remembered = 4;
  static constexpr std::uint64_t nothing = ~std::uint64_t{0};

  std::uint64_t bits_below(std::uint64_t largest) const;
  void add_ranges(wire::ack&) const;

  packet_window seen_;
  time_point newest_at_{};
  std::array<std::uint64_t, reports_remembered> lowest_since_{nothing, nothing, nothing, nothing};
  std::uint32_t unreported_ = 0;
  time_point last_asked_{};  // the newest arrival that asks for an acknowledgement
  bool at_once_ = false;
  std::optional<time_point> deadline_;
};

}  // namespace dgram
