// SPDX-License-Identifier: MIT
// What is in a message: its number and the moment for which it was meant, then bytes without a meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "udp/core/time.h"

namespace dgram::app::compare {

struct message_stamp {
  std::uint64_t number = 0;
  duration intended{0};
};

// `message` has at least least_size bytes.
void write_message(std::span<std::byte> message, const message_stamp&);
// Nothing when it is none of ours.
std::optional<message_stamp> read_message(std::span<const std::byte>);

}  // namespace dgram::app::compare
