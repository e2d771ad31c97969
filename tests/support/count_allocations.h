// SPDX-License-Identifier: MIT
// Counts every allocation of the program that includes it, in one file of it only: such tests are programs of
// their own.
#pragma once

#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace dgram::test {

inline std::atomic<std::uint64_t> allocations{0};
inline std::atomic<std::int64_t> live_bytes{0};

}  // namespace dgram::test

// Out of line: inlined, g++ 12 takes new and delete for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* const block = std::malloc(size);
  ++dgram::test::allocations;
  dgram::test::live_bytes += static_cast<std::int64_t>(malloc_usable_size(block));
  return block;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const block = operator new(size, std::nothrow);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  dgram::test::live_bytes -= static_cast<std::int64_t>(malloc_usable_size(block));
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
