// SPDX-License-Identifier: MIT
#include <algorithm>

#include "apps/rooms/name_key.h"

namespace dgram::app::rooms {

std::string name_key(std::string_view name) {
  std::string key(name);
  std::transform(key.begin(), key.end(), key.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return key;
}

const char* name_comparison() {
  return "names compared without utf8proc";
}

}  // namespace dgram::app::rooms
