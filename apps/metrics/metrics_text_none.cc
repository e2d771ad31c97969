// SPDX-License-Identifier: MIT
// Of a build without prometheus-cpp.
#include "apps/cli/start_up_error.h"
#include "apps/metrics/metrics_text.h"

namespace dgram::app::metrics {

void require_metrics() {
  throw start_up_error(
      exit_code::unsupported,
      "--metrics: this build has no prometheus-cpp (install prometheus-cpp-dev and build again)");
}

std::string metrics_text(const figures&) {
  return {};
}

}  // namespace dgram::app::metrics
