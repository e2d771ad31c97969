// SPDX-License-Identifier: MIT
// A program of its own, with the part that stands in where there are no TUN devices.
#include <string>

#include "apps/cli/start_up_error.h"
#include "apps/compare/contenders.h"
#include "apps/compare/real_run.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace dgram::app::compare;

TEST_CASE("Without TUN devices a real run says what is missing and is a missing feature") {
  try {
    run_for_real({}, {}, {}, [] {});
    FAIL("it ran");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::unsupported);
    CHECK(std::string(e.what()).find("only Linux has") != std::string::npos);
  }
}
