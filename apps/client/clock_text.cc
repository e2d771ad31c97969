// SPDX-License-Identifier: MIT
#include "apps/client/clock_text.h"

#include <array>
#include <ctime>

namespace dgram::app {
namespace {

std::tm local(wall_time when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string time_of_day(wall_time when) {
  const std::tm parts = local(when);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts)};
}

std::string date_and_time(wall_time when) {
  const std::tm parts = local(when);
  std::array<char, 64> buffer{};
  std::string text(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S%z", &parts));
  // strftime leaves the colon of the offset out, and the extended format wants it.
  if (text.size() > 2) text.insert(text.size() - 2, ":");
  return text;
}

}  // namespace dgram::app
