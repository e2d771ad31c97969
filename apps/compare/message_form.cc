// SPDX-License-Identifier: MIT
#include "apps/compare/message_form.h"

#include <array>
#include <cstring>

#include "apps/compare/plan.h"

namespace dgram::app::compare {

// Both ends are in one process: the machine's own byte order will do.
void write_message(std::span<std::byte> message, const message_stamp& stamp) {
  const std::array<std::uint64_t, 2> words{stamp.number, static_cast<std::uint64_t>(stamp.intended.count())};
  static_assert(sizeof words == least_size);
  std::memcpy(message.data(), words.data(), sizeof words);
  for (std::size_t i = sizeof words; i < message.size(); ++i) message[i] = std::byte(i * 31 + stamp.number);
}

std::optional<message_stamp> read_message(std::span<const std::byte> message) {
  std::array<std::uint64_t, 2> words;
  if (message.size() < sizeof words) return std::nullopt;
  std::memcpy(words.data(), message.data(), sizeof words);
  return message_stamp{words[0], duration(static_cast<duration::rep>(words[1]))};
}

}  // namespace dgram::app::compare
