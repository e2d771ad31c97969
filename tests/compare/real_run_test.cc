// SPDX-License-Identifier: MIT
#include "apps/compare/real_runner.h"

#include <array>
#include <string>

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
std::optional<run> run_over_real_link(const entrant& who, const plan& p = short_plan(),
                                      const impairment& link = {}) try {
  child_runner children;
  return real_runner(children)(who, p, link).value().measured;
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

TEST_CASE("Messages go on when the client's address changes in the middle of a run") {
  plan p = short_plan();
  p.measured = 400ms;
  p.drain = 20s;
  p.events = {{200ms, std::string(mid_run::new_address)}};
  const auto r = run_over_real_link(entrants_from("udp").front(), p);
  if (!r) return;
  REQUIRE(r->samples.size() == 80);
  for (const sample& s : r->samples) CHECK(s.latency);
  CHECK(r->duplicates == 0);
}

TEST_CASE("A link changes in the middle of a run when that is planned") {
  plan p = short_plan();
  p.measured = 400ms;
  p.drain = 0ms;
  p.events = {{200ms, "loss=100%"}};
  const auto r = run_over_real_link(entrants_from("udp-bare").front(), p);
  if (!r) return;
  CHECK(r->samples.front().latency);
  CHECK_FALSE(r->samples.back().latency);
}

TEST_CASE("Many sessions carry what one would") {
  plan p = short_plan();
  p.work = workload::request;
  p.drain = 20s;
  p.sessions = 7;
  for (const char* name : {"udp", "tcp-cubic"}) {
    const auto r = run_over_real_link(entrants_from(name).front(), p);
    if (!r) return;
    CHECK(r->failure.empty());
    for (const sample& s : r->samples) CHECK(s.latency);
  }
}

TEST_CASE("Messages arrive while the link is filled beside them, by the same peer or by a TCP connection") {
  impairment link;
  apply_settings(link, std::array<std::string, 2>{"rate=20m", "queue=20ms"});
  plan filled = short_plan();
  filled.filled = true;
  filled.drain = 20s;
  const auto r = run_over_real_link(entrants_from("udp").front(), filled, link);
  if (!r) return;
  for (const sample& s : r->samples) CHECK(s.latency);
  CHECK(r->up.bytes > 20 * 1000);  // the messages alone are 20 datagrams

  plan beside = short_plan();
  beside.work = workload::bulk;
  beside.size = 1100;
  beside.amount = 100'000'000;
  beside.beside = "cubic";
  beside.measured = 500ms;
  beside.drain = 0ms;
  const auto both = run_over_real_link(entrants_from("udp").front(), beside, link);
  REQUIRE(both);
  CHECK(both->failure.empty());
  CHECK(both->beside_bytes > 0);
  CHECK(both->length <= 2s);
}
