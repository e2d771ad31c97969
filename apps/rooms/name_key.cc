// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "apps/rooms/name_key.h"

namespace dgram::app::rooms {

std::string name_key(std::string_view name) {
  const std::string terminated(name);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> folded(
      utf8proc_NFKC_Casefold(reinterpret_cast<const utf8proc_uint8_t*>(terminated.c_str())), &std::free);
  // Without memory, or not UTF-8 after all.
  if (!folded) return terminated;
  return reinterpret_cast<const char*>(folded.get());
}

const char* name_comparison() {
  return "names compared by utf8proc";
}

}  // namespace dgram::app::rooms
