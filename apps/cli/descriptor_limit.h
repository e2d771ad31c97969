// SPDX-License-Identifier: MIT
// How many descriptors this program may have. The usual limit of 1024 is one for programs that use select(),
// which ours do not; their children get it back.
#pragma once

#include <cstddef>

namespace dgram::app {

// Asks for room for `sockets` and some more, as far as the system lets us without privilege. What cannot be
// had is seen when there is no descriptor for somebody.
void ask_for_descriptors(std::size_t sockets);
// As it was before the first ask. May be called between vfork and exec.
void restore_descriptor_limit() noexcept;

}  // namespace dgram::app
