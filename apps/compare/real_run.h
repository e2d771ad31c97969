// SPDX-License-Identifier: MIT
// One run over the kernel's own network stack: two namespaces, the link between them, and both ends, each in
// a thread. Linux only. For a process of its own: nothing of an earlier run may be left in a cache.
#pragma once

#include <functional>

#include "apps/compare/conductor.h"

namespace dgram::app::compare {

// `ready` is called when the namespaces are there. Throws start_up_error where they are not to be had; any
// other failure is in the run.
run_result run_for_real(const entrant&, const plan&, const impairment&, const std::function<void()>& ready);
// How long it may take, when all goes well.
duration longest_real_run(const plan&);

}  // namespace dgram::app::compare
