// SPDX-License-Identifier: MIT
// What a build without ENet and SRT says of them: this test has the sources of such a build.
#include <system_error>

#include "apps/compare/enet_ends.h"
#include "apps/compare/srt_ends.h"
#include "tests/support/catch.h"

using namespace dgram::app::compare;

namespace {

std::string failure_of(std::unique_ptr<real_end> (*make)(shared_run&, const dgram::address&)) {
  const plan p;
  shared_run r(p, schedule_of(p, 1));
  try {
    make(r, {});
  } catch (const std::system_error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("A build without ENet or SRT names the library that is missing") {
  CHECK(failure_of(make_enet_sender) == "this build has no ENet: Operation not supported");
  CHECK(failure_of(make_enet_receiver) == "this build has no ENet: Operation not supported");
  CHECK(failure_of(make_srt_sender) == "this build has no SRT: Operation not supported");
  CHECK(failure_of(make_srt_receiver) == "this build has no SRT: Operation not supported");
}
