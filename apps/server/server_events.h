// SPDX-License-Identifier: MIT
// What happens on the server as JSON objects, the same on stdout with --json and in the log file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/json_object.h"
#include "apps/server/server_control.h"

namespace dgram::app {

// `where` is an address with its port, `transports` such as "UDP and TCP"; `metrics` may be empty.
json_object ready_event(std::string_view where, std::uint16_t port, std::string_view transports,
                        std::string_view metrics);
json_object joined_event(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain);
// What is longer than `most` bytes is cut there, between characters, and has "cut": true.
json_object message_event(std::uint64_t peer, std::string_view bytes, std::size_t most = SIZE_MAX);
json_object left_event(std::uint64_t peer, std::string_view reason);
json_object problem_event(std::string_view text);
json_object summary_event(const server_totals&, exit_code);

}  // namespace dgram::app
