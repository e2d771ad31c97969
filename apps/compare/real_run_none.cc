// SPDX-License-Identifier: MIT
// Where there are no TUN devices and network namespaces.
#include "apps/cli/start_up_error.h"
#include "apps/compare/real_run.h"

namespace dgram::app::compare {

run_result run_for_real(const entrant&, const plan&, const impairment&, const std::function<void()>&) {
  throw start_up_error(exit_code::unsupported,
                       "this build has no TUN devices and network namespaces, which only Linux has");
}

duration longest_real_run(const plan&) {
  return std::chrono::seconds(5);
}

}  // namespace dgram::app::compare
