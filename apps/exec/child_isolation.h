// SPDX-License-Identifier: MIT
// What keeps a child apart from this program. Each call may be made between vfork and exec.
#pragma once

namespace dgram::app::exec {

// Every descriptor from `first` on.
void close_from(int first) noexcept;
// The child is killed when this program is gone, even when it was killed itself. Linux only; elsewhere the
// child lives on.
void die_with_parent() noexcept;
// Signals as a fresh program has them: none ignored, none blocked.
void reset_signals() noexcept;

}  // namespace dgram::app::exec
