// SPDX-License-Identifier: MIT
// Where the control sockets of running programs are: in a folder that only this user may enter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dgram::app {

// $XDG_RUNTIME_DIR/dgram, or /tmp/dgram-UID. Made when missing; throws start_up_error when it is somebody
// else's or others may enter it.
std::string control_folder();
// "udp_relay-9001-4711" there: program, label (a port, say) and process id.
std::string control_path(std::string_view program, std::string_view label);

enum class control_socket_state : unsigned char { absent, stale, answers, no_socket };
// Stale: the file is there, the program behind it is gone.
control_socket_state state_of_control_socket(const std::string& path);

// Those of that program that answer. Stale ones are removed.
std::vector<std::string> running_controls(std::string_view program);

}  // namespace dgram::app
