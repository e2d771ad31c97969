// SPDX-License-Identifier: MIT
// Runs an io_context until something is so. The bound is for a test that would hang, not for slow machines.
#pragma once

#include <chrono>

#include <asio/io_context.hpp>

namespace dgram::test {

template <class Predicate>
bool run_until(asio::io_context& context, Predicate&& so) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!so()) {
    context.restart();
    if (context.run_one_until(give_up) == 0 && std::chrono::steady_clock::now() >= give_up) return false;
  }
  return true;
}

}  // namespace dgram::test
