// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace dgram::app {

// Whoever waits for the file finds the whole number in it, never a part. Throws start_up_error.
void write_port_file(const std::string& file, std::uint16_t port);

}  // namespace dgram::app
