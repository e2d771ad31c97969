// SPDX-License-Identifier: MIT
// What must hold for every link, whatever is asked of it.
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/random_options.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "udp/sim/fate_record.h"
#include "udp/sim/link.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::test::may_reorder;
using dgram::test::random_options;
using dgram::test::seed_or;
using dgram::test::seeds_or;

namespace {

constexpr time_point start{1h};
constexpr time_point much_later = start + 100h;
using recording = std::vector<packet_fate>;

std::vector<std::byte> packet(random_stream& random) {
  return std::vector<std::byte>(random.below(1600), std::byte(random.below(256)));
}

struct departure {
  std::uint64_t index;
  bool copy;
  time_point due;
  std::vector<std::byte> bytes;
  bool operator==(const departure&) const = default;
};

// Pushes the same packets at the same moments into any link, and takes out what has come.
struct traffic {
  std::uint64_t seed;
  int packets = 300;
  duration most_gap = 10ms;

  template <class Pushed>
  std::vector<departure> cross(dgram::sim::link& l, Pushed&& pushed) const {
    random_stream random(seed);
    std::vector<departure> out;
    time_point now = start;
    for (int i = 0; i < packets; ++i) {
      now += most_gap * random.below(1000) / 1000;
      take(l, now, out);
      l.push(packet(random), now);
      pushed(l, now);
    }
    take(l, much_later, out);
    return out;
  }

  static void take(dgram::sim::link& l, time_point now, std::vector<departure>& out) {
    while (const auto a = l.pop_ready(now)) {
      out.push_back({a->index, a->copy, a->due, {a->bytes.begin(), a->bytes.end()}});
    }
  }
};

constexpr auto ignore = [](dgram::sim::link&, time_point) {};

recording fates_of(const link_options& options, std::uint64_t seed, duration most_gap) {
  recording fates;
  dgram::sim::link l(options, seed, 0, start);
  traffic{seed, 300, most_gap}.cross(l,
                                     [&](dgram::sim::link& of, time_point) { fates.push_back(of.last()); });
  return fates;
}

recording through_text(const recording& fates, std::uint64_t seed) {
  std::string text(fate_record_header());
  duration offered{0};
  for (const packet_fate& f : fates) append_fate(text, seed % 2 == 0, offered += 1ms, f);
  const auto parsed = parse_fate_record(text);
  REQUIRE(parsed.index() == 0);
  const auto& record = std::get<fate_record>(parsed);
  return seed % 2 == 0 ? record.up : record.down;
}

}  // namespace

TEST_CASE("counts close and next_event tells the truth and order is kept under any options", "[link]") {
  const std::uint64_t first = seed_or(1);
  for (std::uint64_t seed = first; seed < first + seeds_or(400); ++seed) {
    CAPTURE(seed);
    random_stream random(seed);
    link_options options = random_options(random, start);
    bool reorders = may_reorder(options);
    dgram::sim::link l(options, seed, 0, start);
    time_point now = start;
    std::uint64_t next_original = 0;
    const auto take = [&](time_point until) {
      while (const auto next = l.next_event()) {
        if (*next > until) break;
        REQUIRE_FALSE(l.pop_ready(*next - 1ns));
        const auto out = l.pop_ready(*next);
        REQUIRE(out);
        REQUIRE(out->due == *next);
        REQUIRE(l.counts().closes());
        if (out->copy) continue;
        if (!reorders) REQUIRE(out->index >= next_original);
        next_original = out->index + 1;
      }
    };
    for (int step = 0; step < 500; ++step) {
      now += 10us * random.below(1000);
      take(now);
      REQUIRE_FALSE(l.pop_ready(now));
      const fate f = l.push(packet(random), now);
      REQUIRE(l.last().fate == f);
      REQUIRE(l.counts().closes());
      if (random.chance(0.02)) {
        options = random_options(random, start);
        reorders |= may_reorder(options);
        if (random.chance(0.5)) {
          l.change(options);
        } else {
          l.change(options, now);
        }
      }
    }
    take(much_later);
    REQUIRE(l.counts().in_flight == 0);
    REQUIRE(l.counts().copies_in_flight == 0);
    REQUIRE_FALSE(l.next_event());
  }
}

TEST_CASE("a recording gives the same departures again bit for bit", "[link]") {
  const std::uint64_t first = seed_or(1);
  std::uint64_t damaged = 0, held = 0, copies = 0, not_carried = 0;
  for (std::uint64_t seed = first; seed < first + seeds_or(400); ++seed) {
    CAPTURE(seed);
    random_stream random(seed);
    const link_options options = random_options(random, start);
    recording fates;
    dgram::sim::link original(options, seed, 0, start);
    const traffic same{seed};
    const auto departures =
        same.cross(original, [&](dgram::sim::link& of, time_point) { fates.push_back(of.last()); });

    const auto again = std::make_shared<const recording>(through_text(fates, seed));
    REQUIRE(*again == fates);
    dgram::sim::link repeated({.replay = again}, seed + 1, 1, start);
    std::size_t at = 0;
    const auto replayed =
        same.cross(repeated, [&](dgram::sim::link& of, time_point) { REQUIRE(of.last() == fates[at++]); });
    REQUIRE(replayed == departures);
    REQUIRE(repeated.counts().delivered == original.counts().delivered);
    REQUIRE(repeated.counts().loss_runs == original.counts().loss_runs);
    damaged += repeated.counts().corrupted;
    held += repeated.counts().held_back;
    copies += repeated.counts().copies_delivered;
    not_carried += repeated.counts().offered - repeated.counts().delivered;
  }
  CHECK(damaged > 0);
  CHECK(held > 0);
  CHECK(copies > 0);
  CHECK(not_carried > 0);
}

TEST_CASE("losses and copies and damage and reordering are the same at any pace", "[link]") {
  const std::uint64_t first = seed_or(1);
  for (std::uint64_t seed = first; seed < first + seeds_or(200); ++seed) {
    CAPTURE(seed);
    random_stream random(seed);
    link_options options = random_options(random, start);
    // These depend on the time, as they should.
    options.outages.clear();
    options.fades.reset();
    options.rate = 0;
    options.delivery_trace.reset();
    options.limit = 10'000;
    const recording fast = fates_of(options, seed, 100us);
    const recording slow = fates_of(options, seed, 5s);
    for (std::size_t i = 0; i < fast.size(); ++i) {
      REQUIRE(fast[i].fate == slow[i].fate);
      REQUIRE(fast[i].copy.has_value() == slow[i].copy.has_value());
      REQUIRE(fast[i].held_back == slow[i].held_back);
      REQUIRE(fast[i].passed_by == slow[i].passed_by);
      REQUIRE(fast[i].flipped_bits == slow[i].flipped_bits);
      REQUIRE(fast[i].copy_flipped_bits == slow[i].copy_flipped_bits);
    }
  }
}

TEST_CASE("outages and full queues and the MTU shift no draw of another packet", "[link]") {
  const std::uint64_t first = seed_or(1);
  for (std::uint64_t seed = first; seed < first + seeds_or(200); ++seed) {
    CAPTURE(seed);
    random_stream random(seed);
    link_options options = random_options(random, start);
    options.reorder_distance = 0;  // a packet that was dropped passes nobody
    link_options free = options;
    free.outages.clear();
    free.fades.reset();
    free.rate = 0;
    free.delivery_trace.reset();
    free.mtu = 0;
    free.limit = 10'000;
    const recording narrow = fates_of(options, seed, 10ms);
    const recording wide = fates_of(free, seed, 10ms);
    for (std::size_t i = 0; i < wide.size(); ++i) {
      REQUIRE((narrow[i].fate == fate::lost) == (wide[i].fate == fate::lost));
      if (narrow[i].fate != fate::carried) continue;
      REQUIRE(narrow[i].held_back == wide[i].held_back);
      REQUIRE(narrow[i].flipped_bits == wide[i].flipped_bits);
    }
  }
}
