// SPDX-License-Identifier: MIT
// Runs a libFuzzer entry on seeded random inputs, for ctest and for compilers without libFuzzer. With a file
// as its argument it runs that one input, to look at what libFuzzer found.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/seeded_run.h"
#include "udp/core/splitmix64.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Most are short, some are long: a short script reaches a state as well, and more of them fit a second.
std::vector<std::uint8_t> random_input(std::uint64_t& random) {
  const unsigned magnitude = static_cast<unsigned>(dgram::splitmix64(random) % 12);
  const std::size_t size = dgram::splitmix64(random) % (std::size_t{2} << magnitude);
  std::vector<std::uint8_t> input(size);
  std::generate(input.begin(), input.end(),
                [&] { return static_cast<std::uint8_t>(dgram::splitmix64(random) >> 56); });
  return input;
}

int run_file(const char* name) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::uint8_t> input(text.begin(), text.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return 0;
}

int run_seeded(const dgram::fuzz::seeded_run& run) {
  for (std::uint64_t i = 0; i < run.count; ++i) {
    std::uint64_t random = run.seed ^ i << 32;
    const auto input = random_input(random);
    try {
      LLVMFuzzerTestOneInput(input.data(), input.size());
    } catch (const std::exception& e) {
      std::printf("input %llu of seed %llu: %s\n", static_cast<unsigned long long>(i),
                  static_cast<unsigned long long>(run.seed), e.what());
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::ifstream(argv[1]).good()) return run_file(argv[1]);
  return run_seeded(dgram::fuzz::seeded_run(argc, argv, 20000));
}
