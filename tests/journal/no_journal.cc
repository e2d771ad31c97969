// SPDX-License-Identifier: MIT
// What a build without spdlog says of --log: this test has the source of such a build.
#include "apps/cli/start_up_error.h"
#include "apps/journal/rotating_file.h"
#include "tests/support/catch.h"

using namespace dgram::app;

TEST_CASE("A build without spdlog names the package that is missing") {
  try {
    journal::require_rotating_file();
    FAIL_CHECK("accepted");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::unsupported);
    CHECK(std::string(e.what()) == "--log: this build has no spdlog (install libspdlog-dev and build again)");
  }
  std::error_code error;
  CHECK(journal::open_rotating_file({}, error) == nullptr);
  CHECK(error);
}
