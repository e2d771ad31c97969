// SPDX-License-Identifier: MIT
// datagram_storm COUNT [SEED]: so many hostile datagrams at the decoder and at a live session; see storm.h.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "tests/fuzz/seeded_run.h"
#include "tests/fuzz/storm.h"

namespace {

using number = unsigned long long;

void print(const dgram::fuzz::storm::report& r, double seconds) {
  std::printf("%llu datagrams thrown in %.1f s (%.0f/s), %llu of them decode\n", number{r.thrown}, seconds,
              static_cast<double>(r.thrown) / seconds, number{r.decoded});
  std::printf("honest: %llu sent, %llu arrived, %llu resolved; of the changed peer %llu arrived\n",
              number{r.honest_sent}, number{r.honest_arrived}, number{r.honest_answered},
              number{r.forged_arrived});
  std::printf("offered to the three ends: %llu = %llu taken + %llu discarded\n",
              number{r.audit.offered_so_far()}, number{r.audit.taken()}, number{r.audit.discarded().total()});
  std::printf("sessions: %llu began at the server, %llu ended\n", number{r.server.sessions_opened},
              number{r.server.sessions_ended});
  std::printf("%-18s %12s %12s %12s %12s\n", "discarded", "datagrams", "server", "honest", "changed");
  for (std::size_t i = 0; i < dgram::discard_reasons; ++i) {
    const auto reason = static_cast<dgram::discard_reason>(i);
    std::printf("%-18s %12llu %12llu %12llu %12llu\n", std::string(to_string(reason)).c_str(),
                number{r.audit.discarded()[reason]}, number{r.server.discarded[reason]},
                number{r.honest.discarded[reason]}, number{r.forged.discarded[reason]});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const dgram::fuzz::seeded_run run(argc, argv, 200000);
  const auto start = std::chrono::steady_clock::now();
  dgram::fuzz::storm storm(run.seed);
  try {
    for (std::uint64_t i = 0; i < run.count; ++i) storm.throw_one();
    storm.finish();
  } catch (const std::exception& e) {
    std::printf("seed %llu, after %llu datagrams: %s\n", number{run.seed}, number{storm.results().thrown},
                e.what());
    return 1;
  }
  print(storm.results(), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return 0;
}
