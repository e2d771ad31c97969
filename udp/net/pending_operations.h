// SPDX-License-Identifier: MIT
// The sends and requests whose outcome is awaited: ticket -> completion. Outcomes are first stored and only
// later taken, so that user code runs when the transport is at rest. Knows no transport, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/net/completion.h"

namespace dgram {

// What a request came to. `bytes` is empty unless report.outcome is `answered`.
struct answer {
  delivery_report report;
  std::vector<std::byte> bytes;
};

class pending_operations {
 public:
  struct finished {
    completion<answer> done;
    std::error_code error;
    answer result;
  };

  // Never ticket 0, which is left for messages whose outcome nobody asked for. Slots are reused.
  ticket add(completion<answer>);
  // Adds to the time that the outcome will report: the message waited before the transport took it.
  void waited(ticket, duration);
  // Stores the outcome. False when the ticket is not pending (any more).
  bool resolve(ticket, std::error_code, const delivery_report&, std::span<const std::byte> reply);
  void resolve_all(std::error_code, const delivery_report&);

  std::size_t ready() const { return ready_; }
  // The resolved operation that became so first. Its ticket is free afterwards.
  std::optional<finished> take_ready();

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  enum class phase : std::uint8_t { free, pending, ready };

  struct slot {
    completion<answer> done;
    std::error_code error;
    answer result;
    duration waited{0};
    std::uint32_t generation = 1;
    std::uint32_t next = none;  // of the free or the ready list
    phase now = phase::free;
  };

  slot* find(ticket);

  std::vector<slot> slots_;
  std::uint32_t free_ = none;
  std::uint32_t first_ready_ = none;
  std::uint32_t last_ready_ = none;
  std::size_t ready_ = 0;
};

}  // namespace dgram
