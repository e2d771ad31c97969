// SPDX-License-Identifier: MIT
// What the page looks like.
#pragma once

#include <string_view>

namespace dgram::app::compare {

// The style sheet. Names the colours that plots use: --ink, --muted, --rule, --loss, --c1 … --c8.
extern const std::string_view report_style;

}  // namespace dgram::app::compare
