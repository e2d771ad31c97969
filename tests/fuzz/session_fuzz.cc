// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/session_script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dgram::fuzz::session_script(std::as_bytes(std::span(data, size))).run();
  return 0;
}
