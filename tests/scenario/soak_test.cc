// SPDX-License-Identifier: MIT
// Every promise, over a thousand seeds of each kind of link. DGRAM_SEED=n repeats one seed of each family
// and DGRAM_SEEDS=n sets how many are run.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/scenario/soak.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"

using namespace std::chrono_literals;
using namespace dgram::test;

namespace {

constexpr std::uint64_t usual_seeds = 1000;
// Running a seed again doubles its cost, and one in so many finds a hidden input as surely as all of them.
constexpr std::uint64_t seeds_per_repetition = 20;
// Sixteen families of this make a thousand hours and more.
constexpr double least_hours = 80;

dgram::sim::link_options rough(double loss) {
  return {.delay = 20ms,
          .jitter = 5ms,
          .loss = loss,
          .duplicate = 0.05,
          .reorder = 0.25,
          .reorder_least = 1ms,
          .reorder_most = 30ms};
}

dgram::sim::link_options damaging(double loss) {
  dgram::sim::link_options link = rough(loss);
  link.corrupt = 0.05;
  return link;
}

// Packets keep their order, so that nothing but the queue takes any.
dgram::sim::link_options narrow(double loss) {
  return {.jitter = 1ms, .loss = loss};
}

// The last lines of a run that broke a promise: the same seed does it again. All of them go to the file that
// DGRAM_CHRONICLE names.
std::string last_of_chronicle(const family& f, std::uint64_t seed) {
  std::string all;
  try {
    soak(f, seed, &all);
  } catch (const broken_promise&) {
  }
  if (const char* file = std::getenv("DGRAM_CHRONICLE")) std::ofstream(file) << all;
  std::size_t from = all.size();
  for (int lines = 0; lines < 120 && from != std::string::npos && from > 0; ++lines) {
    from = all.rfind('\n', from - 1);
  }
  return from == std::string::npos ? all : all.substr(from);
}

soak_result run_one(const family& f, std::uint64_t seed) {
  try {
    return soak(f, seed);
  } catch (const broken_promise& broken) {
    FAIL(f.name << ", seed " << seed << ": " << broken.what() << "\nwhat happened last:"
                << last_of_chronicle(f, seed) << "\nrepeat it with DGRAM_SEED=" << seed);
  }
  return {};
}

void run_family(const family& f) {
  const std::uint64_t first = seed_or(1);
  const std::uint64_t count = number_from_environment("DGRAM_SEED") ? 1 : seeds_or(usual_seeds);
  soak_result sum;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const soak_result r = run_one(f, seed);
    if (seed % seeds_per_repetition == 0) {
      INFO(f.name << ", seed " << seed << ": the same seed gives the same trace");
      REQUIRE(run_one(f, seed).trace_hash == r.trace_hash);
    }
    sum.virtual_time += r.virtual_time;
    sum.datagrams += r.datagrams;
    sum.messages += r.messages;
  }
  const double hours = std::chrono::duration<double, std::ratio<3600>>(sum.virtual_time).count();
  const tally& t = sum.messages;
  std::cout << f.name << ": " << count << " seeds from " << first << ", " << hours << " virtual hours, "
            << sum.datagrams << " datagrams, " << t.messages << " messages (" << t.requests << " requests), "
            << t.arrivals << " arrivals; delivered " << t.delivered << ", answered " << t.answered
            << ", unanswered " << t.unanswered << ", expired " << t.expired << ", lost " << t.lost
            << ", refused " << t.refused << ", unknown " << t.unknown << "; run by two incarnations "
            << t.twice_over_restart << '\n';
  if (count >= usual_seeds) CHECK(hours >= least_hours);
}

}  // namespace

// The largest message at each loss: what New Reno, too, brings across in good time.
constexpr std::uint32_t large = 200'000, middling = 64'000, small = dgram::max_whole_message;

TEST_CASE("every promise holds over links without loss", "[soak]") {
  run_family({"no loss", rough(0), {.largest = large}});
}
TEST_CASE("every promise holds at 1 % loss each way", "[soak]") {
  run_family({"1 % loss", rough(0.01), {.largest = large}});
}
TEST_CASE("every promise holds at 5 % loss each way", "[soak]") {
  run_family({"5 % loss", rough(0.05), {.largest = large}});
}
TEST_CASE("every promise holds at 10 % loss each way", "[soak]") {
  run_family({"10 % loss", rough(0.1), {.largest = middling}});
}
TEST_CASE("every promise holds at 20 % loss each way", "[soak]") {
  run_family({"20 % loss", rough(0.2), {.largest = small}});
}
TEST_CASE("every promise holds at 40 % loss each way", "[soak]") {
  run_family({"40 % loss", rough(0.4), {.harsh = true, .largest = small}});
}
TEST_CASE("every promise holds while datagrams are damaged", "[soak]") {
  run_family({"damage", damaging(0.05), {.largest = middling}});
}
TEST_CASE("every promise holds while hosts crash and start again", "[soak]") {
  run_family({"restarts at 5 % loss", rough(0.05), {.restarts = true, .largest = large}});
}
TEST_CASE("every promise holds while hosts crash and start again at 40 % loss", "[soak]") {
  run_family({"restarts at 40 % loss", rough(0.4), {.restarts = true}});
}
TEST_CASE("every promise holds while sessions are closed", "[soak]") {
  run_family({"closes at 10 % loss", rough(0.1), {.closes = true, .largest = large}});
}
TEST_CASE("every promise holds through outages, one-way ones included", "[soak]") {
  run_family({"outages at 5 % loss", rough(0.05), {.outages = true, .largest = large}});
}
TEST_CASE("every promise holds over narrow links whose rate changes", "[soak]") {
  run_family({"narrow links", narrow(0), {.largest = large}, true});
}
TEST_CASE("every promise holds over narrow links whose rate changes at 2 % loss", "[soak]") {
  run_family({"narrow links at 2 % loss", narrow(0.02), {.largest = large}, true});
}
TEST_CASE("every promise holds while the MTU changes", "[soak]") {
  run_family({"MTU changes at 1 % loss", rough(0.01), {.largest = large}, false, true});
}
TEST_CASE("every promise holds while clients get new addresses", "[soak]") {
  run_family({"moves at 5 % loss", rough(0.05), {.moves = true, .largest = large}});
}
TEST_CASE("every promise holds while everything happens at once", "[soak]") {
  run_family({"everything at 20 % loss",
              damaging(0.2),
              {.restarts = true, .closes = true, .outages = true, .moves = true, .largest = large},
              true,
              true});
}
