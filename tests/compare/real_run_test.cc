// SPDX-License-Identifier: MIT
#include "apps/compare/real_runner.h"

#include "apps/cli/start_up_error.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

plan short_plan() {
  plan p;
  p.warm_up = 0ms;
  p.measured = 100ms;
  return p;
}

// Nothing where there is no such link; the reason has then been shown.
std::optional<run> run_over_real_link(const entrant& who) try {
  child_runner children;
  return real_runner(children)(who, short_plan(), {}).value().measured;
} catch (const start_up_error& e) {
  WARN("skipped: " << e.what());
  return std::nullopt;
}

}  // namespace

TEST_CASE("A congestion control that the kernel does not have is the run's failure and not the program's") {
  const entrant nobody_has{"tcp-nobody", "TCP nobody has", transport::tcp, dgram::delivery_mode::ordered,
                           "nobody"};
  const auto r = run_over_real_link(nobody_has);
  if (!r) return;
  CHECK(r->failure == "this kernel has no TCP nobody");
  CHECK(r->samples.empty());
}

TEST_CASE("A run over a real link without an impairment delivers everything") {
  for (const char* name : {
           "udp-bare",
           "udp",
           "udp-reliable",
           "udp-sequenced",
           "udp-unreliable",
#ifdef DGRAM_HAS_ENET
           "enet",
#endif
#ifdef DGRAM_HAS_SRT
           "srt",
#endif
       }) {
    CAPTURE(name);
    const auto r = run_over_real_link(entrants_from(name).front());
    if (!r) return;
    CHECK(r->failure.empty());
    CHECK(r->samples.size() == 20);
    for (const sample& s : r->samples) CHECK(s.latency);
    CHECK(r->up.packets >= 1);
    CHECK(r->up.lost == 0);
    CHECK(r->first_message);
    CHECK(r->cpu > 0ns);
  }
}
