// SPDX-License-Identifier: MIT
// Whether somebody is spoken of: a name stands in a text as a word of its own.
#pragma once

#include <string_view>

namespace dgram::app {

// ASCII letters are the same in upper and lower case. Where a script puts no spaces between words (Chinese,
// Japanese, Korean with its particles, Thai and its neighbours) a name may stand directly beside others.
bool mentions(std::string_view text, std::string_view name);

}  // namespace dgram::app
