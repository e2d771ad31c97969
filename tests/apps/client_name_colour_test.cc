// SPDX-License-Identifier: MIT
#include "apps/client/name_colour.h"

#include <cmath>
#include <set>
#include <string>

#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

// WCAG 2.1, relative luminance, of xterm's 6 x 6 x 6 cube.
double luminance(int colour) {
  constexpr std::array<int, 6> levels{0, 95, 135, 175, 215, 255};
  const auto linear = [&](int level) {
    const double c = levels[static_cast<std::size_t>(level)] / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  const int cube = colour - 16;
  return 0.2126 * linear(cube / 36) + 0.7152 * linear(cube / 6 % 6) + 0.0722 * linear(cube % 6);
}

}  // namespace

TEST_CASE("every colour of names is readable on black and on white") {
  for (const std::uint8_t colour : name_colours) {
    INFO(int{colour});
    CHECK((luminance(colour) + 0.05) / 0.05 >= 3);
    CHECK(1.05 / (luminance(colour) + 0.05) >= 3);
  }
}

TEST_CASE("a name keeps its colour and names spread over all of them") {
  CHECK(colour_of("ada") == colour_of("ada"));
  CHECK(colour_of("ada") == 100);
  std::set<std::uint8_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(colour_of("peer" + std::to_string(i)));
  CHECK(seen.size() == name_colours.size());
}
