// SPDX-License-Identifier: MIT
// What whoever asked is told about a command that ended. Knows neither processes nor transports.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/exec/running_command.h"

namespace dgram::app::exec {

// No reply is cut below this.
inline constexpr std::size_t shortest_reply = 256;

// Exit status 0, nothing on stderr and `most` bytes at most: what the command wrote, byte for byte ("no
// output" when that is nothing). Else stdout, stderr after a line "-- stderr --", and in the last line how it
// ended. What has no room within `most` bytes (at least shortest_reply) is left out at the end of its stream,
// and a line there says how much it was. The text lies in the result or in `scratch`.
std::string_view result_text(const run_result&, std::size_t most, std::string& scratch);

}  // namespace dgram::app::exec
