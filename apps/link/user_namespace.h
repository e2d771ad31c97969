// SPDX-License-Identifier: MIT
// What an unprivileged user needs before anything else. Linux only.
#pragma once

namespace dgram::app {

// Puts the calling process, which must have one thread, into a user namespace of its own in which it has
// every capability. User and group keep their numbers, so that files and names stay what they were; other
// groups are not mapped. Throws start_up_error(exit_code::unsupported).
void enter_user_namespace();

}  // namespace dgram::app
