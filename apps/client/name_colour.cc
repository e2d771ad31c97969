// SPDX-License-Identifier: MIT
#include "apps/client/name_colour.h"

namespace dgram::app {

std::uint8_t colour_of(std::string_view name) {
  // FNV-1a; its low bits alone would hardly tell "ada" from "adb" modulo a small number.
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  hash ^= hash >> 15;
  return name_colours[hash % name_colours.size()];
}

}  // namespace dgram::app
