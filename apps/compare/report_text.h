// SPDX-License-Identifier: MIT
// Foreign text, written so that a page shows it and does nothing else with it.
#pragma once

#include <string>
#include <string_view>

namespace dgram::app::compare {

// For element text and attribute values. Control characters and what is not UTF-8 become \xNN.
std::string html_escaped(std::string_view);

}  // namespace dgram::app::compare
