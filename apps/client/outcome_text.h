// SPDX-License-Identifier: MIT
// Outcomes in the words of the person who sent the message.
#pragma once

#include <string>
#include <system_error>

#include "udp/core/event.h"
#include "udp/core/message.h"

namespace dgram::app {

enum class wire : std::uint8_t { udp, tcp, plain_udp, plain_tcp };
const char* to_text(wire);
bool is_udp(wire);

// "0.21 ms, 1 try". TCP repeats in the kernel, out of sight: no tries there.
std::string cost_text(const delivery_report&, wire);
// Why there is no reply. `hint` is what the system last said about the way.
std::string failure_text(std::error_code, const delivery_report&, std::error_code hint, wire);
// "nobody listens there (ICMP port unreachable)"; empty when there is no hint.
std::string hint_text(std::error_code hint, wire);
// Empty for what a person need not be told.
std::string ending_text(end_reason, wire);

}  // namespace dgram::app
