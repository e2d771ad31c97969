// SPDX-License-Identifier: MIT
#include "udp/core/loss_meter.h"

#include <algorithm>
#include <array>
#include <vector>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;

namespace {

constexpr double target = 2e-5;

struct path {
  std::uint64_t random;
  loss_meter meter;
  std::uint64_t next = 0;
  bool losing = false;

  double draw() { return static_cast<double>(splitmix64(random) >> 11) * 0x1p-53; }
  void packet(bool lost) {
    lost ? meter.lost({next}) : meter.delivered({next});
    ++next;
  }
  void clean(int packets) {
    for (; packets > 0; --packets) packet(false);
  }
  // Gilbert-Elliott: losses at `rate` in bursts of `burst` packets on the mean.
  void lossy(int packets, double rate, double burst) {
    const double leave = 1 / burst, enter = rate / (1 - rate) * leave;
    for (; packets > 0; --packets) {
      losing = losing ? draw() >= leave : draw() < enter;
      packet(losing);
    }
  }
};

// What copies_for says in the middle of many paths of that kind.
unsigned median_copies(double rate, double burst) {
  std::array<unsigned, 31> copies{};
  for (std::uint64_t seed = 0; seed < copies.size(); ++seed) {
    path p{seed + 1, {}};
    p.lossy(4000, rate, burst);
    copies[seed] = p.meter.copies_for(target);
  }
  std::sort(copies.begin(), copies.end());
  return copies[copies.size() / 2];
}

}  // namespace

TEST_CASE("before anything is known 1 percent is assumed and two copies wanted") {
  const loss_meter meter;
  CHECK(meter.rate() == Approx(0.01));
  CHECK(meter.run_rate() == Approx(0.01));
  CHECK(meter.seen_lately());
  CHECK(meter.copies_for(target) == 2);
}

TEST_CASE("a path that loses nothing is taken for clean after 300 to 400 packets") {
  path p{1, {}};
  p.clean(300);
  CHECK(p.meter.seen_lately());
  p.clean(100);
  CHECK_FALSE(p.meter.seen_lately());
  p.clean(5000);
  CHECK(p.meter.copies_for(target) == 0);
}

TEST_CASE("one loss on a clean path is loss seen, and forgotten within 100 packets") {
  path p{1, {}};
  p.clean(10000);
  p.packet(true);
  CHECK(p.meter.seen_lately());
  p.clean(100);
  CHECK_FALSE(p.meter.seen_lately());
}

TEST_CASE("a loss that was none is taken back") {
  path p{1, {}};
  p.clean(10000);
  p.packet(true);
  p.packet(true);
  p.meter.spurious({p.next - 2});
  p.meter.spurious({p.next - 1});
  CHECK(p.meter.rate() == Approx(0).margin(1e-5));
  CHECK(p.meter.run_rate() == Approx(0).margin(1e-5));
  p.meter.spurious({0});  // of a loss long forgotten
  CHECK(p.meter.rate() >= 0);
  CHECK(p.meter.run_rate() >= 0);
}

TEST_CASE("the rate is that of the last several hundred packets") {
  path p{7, {}};
  p.clean(5000);
  p.lossy(2000, 0.1, 1 / 0.9);  // independent: a burst of one is as likely to go on as any packet to be lost
  INFO("rate " << p.meter.rate() << ", after a loss " << p.meter.run_rate());
  CHECK(p.meter.rate() == Approx(0.1).margin(0.03));
  CHECK(p.meter.run_rate() == Approx(0.1).margin(0.06));
}

TEST_CASE("copies make the loss of all of them rarer than one in 50000 messages, at independent losses") {
  CHECK(median_copies(0.01, 1 / 0.99) == 2);
  CHECK(median_copies(0.05, 1 / 0.95) == 3);
  const unsigned at_10 = median_copies(0.1, 1 / 0.9), at_20 = median_copies(0.2, 1 / 0.8);
  INFO(at_10 << " and " << at_20);
  CHECK((at_10 >= 4 && at_10 <= 5));
  CHECK((at_20 >= 6 && at_20 <= 7));
}

TEST_CASE("losses in bursts ask for many more copies than their rate does") {
  const unsigned copies = median_copies(0.05, 4);
  INFO(copies);
  CHECK(copies >= 8);
  CHECK(copies <= loss_meter::most_copies);
  path p{3, {}};
  p.lossy(4000, 0.05, 4);
  INFO("after a loss " << p.meter.run_rate());
  CHECK(p.meter.run_rate() > 0.4);
}

TEST_CASE("a burst is one whatever the order in which its losses become known") {
  loss_meter forward, backward;
  for (std::uint64_t n = 10; n < 20; ++n) forward.lost({n});
  for (std::uint64_t n = 20; n-- > 10;) backward.lost({n});
  CHECK(forward.run_rate() == Approx(backward.run_rate()));
  loss_meter apart;
  for (std::uint64_t n = 10; n < 100; n += 9) apart.lost({n});
  CHECK(apart.run_rate() < forward.run_rate() / 2);
}

TEST_CASE("a later session begins with what an earlier one saw, and learns sooner than that did") {
  path lossy{5, {}};
  lossy.lossy(4000, 0.2, 1 / 0.8);
  path later{6, {}};
  later.meter.remember(lossy.meter);
  CHECK(later.meter.rate() == Approx(lossy.meter.rate()));
  CHECK(later.meter.run_rate() == Approx(lossy.meter.run_rate()).margin(0.03));
  path clean{7, {}};
  clean.clean(2000);
  path next{8, {}};
  next.meter.remember(clean.meter);
  CHECK_FALSE(next.meter.seen_lately());
  next.packet(true);
  CHECK(next.meter.seen_lately());
}

TEST_CASE("no history makes a rate that is no probability") {
  const auto seed = GENERATE(as<std::uint64_t>{}, 1, 2, 3, 4);
  INFO("seed " << seed);
  path p{seed, {}};
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t n = static_cast<std::uint64_t>(p.draw() * 300);
    const double what = p.draw();
    if (what < 0.4)
      p.meter.lost({n});
    else if (what < 0.8)
      p.meter.spurious({n});
    else
      p.meter.delivered({n});
    REQUIRE((p.meter.rate() >= 0 && p.meter.rate() <= 1));
    REQUIRE((p.meter.run_rate() >= 0 && p.meter.run_rate() <= 1));
  }
}
