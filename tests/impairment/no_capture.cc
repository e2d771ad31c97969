// SPDX-License-Identifier: MIT
// A build without libpcap, whichever build this is: only its source is in this program.
#include "apps/cli/start_up_error.h"
#include "apps/impairment/capture.h"
#include "tests/support/catch.h"

using namespace dgram::app;

TEST_CASE("a build without libpcap says what to install and ends with 77") {
  CHECK_FALSE(can_capture());
  try {
    open_capture("name");
    FAIL_CHECK("opened");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::unsupported);
    CHECK_THAT(e.what(), ContainsSubstring("--pcap"));
    CHECK_THAT(e.what(), ContainsSubstring("install libpcap-dev"));
  }
}
