// SPDX-License-Identifier: MIT
// Which seeds a test runs: DGRAM_SEED repeats a single one, DGRAM_SEEDS sets how many.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace dgram::test {

inline std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::stoull(text);
}

// The seed somebody wants to see again, or the test's own.
inline std::uint64_t seed_or(std::uint64_t usual) {
  return number_from_environment("DGRAM_SEED").value_or(usual);
}

// Sanitizers cost a factor of six and more, so they look at fewer seeds unless told otherwise.
inline std::uint64_t seeds_or(std::uint64_t usual) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  usual = (usual + 7) / 8;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  usual = (usual + 7) / 8;
#endif
#endif
  return number_from_environment("DGRAM_SEEDS").value_or(usual);
}

}  // namespace dgram::test
