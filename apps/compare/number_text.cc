// SPDX-License-Identifier: MIT
#include "apps/compare/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace dgram::app::compare {
namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

int decimals_for(double value) {
  return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
}

}  // namespace

std::string plain_text(double value) {
  if (std::isnan(value)) return "?";
  if (std::isinf(value)) return "never";
  if (value != 0 && value == std::floor(value) && value < 1e6) return fixed(value, 0);
  return value == 0 ? "0" : fixed(value, decimals_for(value));
}

std::string ms_text(double ms) {
  if (std::isnan(ms)) return "?";
  if (std::isinf(ms)) return "never";
  return fixed(ms, decimals_for(ms));
}

std::string time_text(double ms) {
  if (std::isnan(ms) || std::isinf(ms)) return ms_text(ms);
  return ms >= 999.5 ? ms_text(ms / 1000) + " s" : ms_text(ms) + " ms";
}

std::string share_text(double share) {
  if (std::isnan(share)) return "?";
  if (share == 0 || share == 1) return fixed(100 * share, 0) + " %";
  // As many decimals as keep it from what it is not.
  for (int decimals = 1; decimals < 6; ++decimals) {
    const std::string text = fixed(100 * share, decimals);
    if (std::stod(text) > 0 && std::stod(text) < 100) return text + " %";
  }
  return fixed(100 * share, 6) + " %";
}

std::string rate_text(double kbps) {
  if (std::isnan(kbps)) return "?";
  if (kbps >= 999.5) return ms_text(kbps / 1000) + " Mbit/s";
  return ms_text(kbps) + " kbit/s";
}

}  // namespace dgram::app::compare
