// SPDX-License-Identifier: MIT
// When are two names the same? When people take them for the same: "Ada" and "ada", a letter with its accent
// in one character or in two, wide and narrow forms. Letters of different scripts that look alike are
// different.
#pragma once

#include <string>
#include <string_view>

namespace dgram::app::rooms {

// Equal for names that are the same: NFKC_Casefold of the Unicode Standard (section 3.13), by utf8proc. A
// build without it only takes A-Z for a-z. The name is UTF-8.
std::string name_key(std::string_view name);
// What the build has, for --version.
const char* name_comparison();

}  // namespace dgram::app::rooms
