// SPDX-License-Identifier: MIT
// What a build without prometheus-cpp says of --metrics: this test has the source of such a build.
#include "apps/cli/start_up_error.h"
#include "apps/metrics/metrics_text.h"
#include "tests/support/catch.h"

using namespace dgram::app;

TEST_CASE("A build without prometheus-cpp names the package that is missing") {
  try {
    metrics::require_metrics();
    FAIL_CHECK("accepted");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::unsupported);
    CHECK(std::string(e.what()) ==
          "--metrics: this build has no prometheus-cpp (install prometheus-cpp-dev and build again)");
  }
}
