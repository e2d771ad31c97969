// SPDX-License-Identifier: MIT
#include "udp/sim/simulator.h"

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::sim::host;
using dgram::sim::host_id;
using dgram::sim::run_result;
using dgram::sim::simulator;

namespace {

constexpr host_id a{0};
constexpr host_id b{1};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Two hosts, b echoing every request.
struct pair {
  simulator net;
  peer_id peer;
  std::vector<time_point> arrivals;
  std::vector<outcome> outcomes;

  explicit pair(std::uint64_t seed, const sim::link_options& link = {.delay = 10ms}) : net(seed) {
    net.add_host({});
    net.add_host({});
    net.connect(a, b, link);
    net.at(a).run([this](host&, const event& e, time_point) {
      if (const auto* done = std::get_if<message_resolved>(&e)) outcomes.push_back(done->report.outcome);
    });
    net.at(b).run([this](host& h, const event& e, time_point now) {
      const auto* in = std::get_if<message_arrived>(&e);
      if (in == nullptr) return;
      arrivals.push_back(now);
      if (in->wants_reply) h.reply(in->id, in->bytes, now);
    });
    peer = net.at(a).open(net.at(b).self(), net.now());
  }
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;

  void request(std::string_view text) {
    const send_status status =
        net.at(a).send(peer, bytes_of(text), {.wants_reply = true}, ticket{1}, net.now());
    CHECK(status == send_status::accepted);
  }
  void run_for(duration d) { CHECK(net.run_for(d) == run_result::reached); }
};

std::uint64_t hash_of_run(std::uint64_t seed) {
  pair p(seed, {.delay = 10ms, .jitter = 5ms, .loss = 0.2, .duplicate = 0.1});
  for (int i = 0; i < 50; ++i) {
    p.request("again and again");
    p.run_for(7ms);
  }
  p.run_for(30s);
  CHECK(p.net.counts_close());
  return p.net.trace_hash();
}

}  // namespace

TEST_CASE("virtual time begins at a fixed epoch and goes where it is told", "[simulator]") {
  simulator net(1);
  CHECK(net.now() == sim::epoch);
  CHECK(net.run_for(1000h) == run_result::reached);
  CHECK(net.now() == sim::epoch + 1000h);
}

TEST_CASE("a datagram arrives after the link's delay, to the nanosecond", "[simulator]") {
  pair p(1);
  p.run_for(5ms);
  p.request("hello");
  p.run_for(15ms);
  CHECK(p.arrivals == std::vector<time_point>{sim::epoch + 15ms});
  CHECK(p.outcomes.empty());
  p.run_for(5ms);
  CHECK(p.outcomes == std::vector<outcome>{outcome::answered});
}

TEST_CASE("the same seed gives the same trace and another seed another", "[simulator]") {
  CHECK(hash_of_run(1) == hash_of_run(1));
  CHECK(hash_of_run(1) != hash_of_run(2));
}

TEST_CASE("an idle day costs a handful of events", "[simulator]") {
  pair p(1);
  p.request("hello");
  p.run_for(24h);
  CHECK(p.net.datagrams_sent() < 10);
}

TEST_CASE("a run that goes on for ever ends with an error", "[simulator]") {
  // Two hosts without delay between them that answer every message with another.
  simulator net(1, 1000);
  for (int i = 0; i < 2; ++i) {
    const host_id id = net.add_host({});
    net.at(id).run([](host& h, const event& e, time_point now) {
      const auto* in = std::get_if<message_arrived>(&e);
      if (in != nullptr) h.send(in->id.peer, in->bytes, {}, ticket{1}, now);
    });
  }
  net.connect(a, b, {});
  const peer_id peer = net.at(a).open(net.at(b).self(), net.now());
  net.at(a).send(peer, bytes_of("ping"), {}, ticket{1}, net.now());
  CHECK(net.run_for(1s) == run_result::event_cap);
}

TEST_CASE("a cut in one direction lets the other through", "[simulator]") {
  pair p(1);
  p.net.cut(b, a, sim::epoch, sim::epoch + 1s);
  p.request("hello");
  p.run_for(1s);
  CHECK(p.arrivals.size() == 1);
  CHECK(p.outcomes.empty());
  p.run_for(3s);
  CHECK(p.arrivals.size() == 1);
  CHECK(p.outcomes == std::vector<outcome>{outcome::answered});
}

TEST_CASE("a link may be another one each way", "[simulator]") {
  simulator net(1);
  for (int i = 0; i < 2; ++i) net.add_host({});
  net.connect(a, b, {.delay = 30ms}, {.delay = 5ms});
  CHECK(net.between(a, b).options().delay == 30ms);
  CHECK(net.between(b, a).options().delay == 5ms);
  std::vector<std::pair<bool, time_point>> arrived;
  net.watch([&](const sim::wire_event& e) {
    if (e.arrived) arrived.emplace_back(e.to == b, e.when);
  });
  const peer_id peer = net.at(a).open(net.at(b).self(), net.now());
  net.at(a).send(peer, bytes_of("hello"), {}, ticket{1}, net.now());
  CHECK(net.run_for(100ms) == run_result::reached);
  REQUIRE(arrived.size() >= 2);
  CHECK(arrived[0] == std::pair(true, sim::epoch + 30ms));
  CHECK_FALSE(arrived[1].first);
}

TEST_CASE("fades of a simulated link count from the beginning of virtual time", "[simulator]") {
  pair p(1, {.delay = 10ms, .fades = sim::on_off{1s, 1s}});
  p.run_for(1s);
  p.request("into the fade");
  p.run_for(900ms);
  CHECK(p.arrivals.empty());
  CHECK(p.net.between(a, b).counts().outage > 0);
  p.run_for(8s);
  CHECK(p.outcomes == std::vector<outcome>{outcome::answered});
}

TEST_CASE("a host that is stopped hears nothing until it starts again as another incarnation",
          "[simulator]") {
  pair p(1);
  p.net.at(b).stop();
  p.request("hello");
  p.run_for(500ms);
  CHECK_FALSE(p.net.at(b).running());
  CHECK(p.arrivals.empty());
  p.net.at(b).restart(p.net.now());
  CHECK(p.net.at(b).incarnation() == 1);
  p.run_for(9s);
  CHECK(p.net.counts_close());
  CHECK(p.outcomes.size() == 1);
}

TEST_CASE("a datagram to an address where nobody is connected is counted", "[simulator]") {
  simulator net(1);
  net.add_host({});
  const peer_id nobody = net.at(a).open(address{.ip = {0xfd}, .port = 7}, net.now());
  net.at(a).send(nobody, bytes_of("hello"), {}, ticket{1}, net.now());
  CHECK(net.run_for(1s) == run_result::reached);
  CHECK(net.unroutable() >= 1);
}

TEST_CASE("a link that changes while it runs: what waits leaves at the new rate, and less is carried whole",
          "[simulator]") {
  pair p(1, {.delay = 10ms, .rate = 1e6});
  std::size_t too_big = 0;
  std::vector<time_point> from_a;
  p.net.watch([&](const sim::wire_event& e) {
    if (e.arrived && e.from == a) from_a.push_back(e.when);
    if (e.fate == sim::fate::too_big) ++too_big;
  });
  for (int i = 0; i < 4; ++i) p.request(std::string(1100, 'x'));
  p.run_for(0ms);
  p.net.change(a, b, {.delay = 10ms, .rate = 1e4});  // a hundredth: 110 ms each and more
  p.run_for(10s);
  REQUIRE(from_a.size() >= 4);
  CHECK(from_a[1] - from_a[0] >= 110ms);
  CHECK(p.outcomes.size() == 4);
  p.net.change(a, b, {.delay = 10ms, .mtu = 1000});
  p.request(std::string(1100, 'x'));
  p.run_for(1s);
  CHECK(too_big > 0);
  CHECK(p.net.counts_close());
}

TEST_CASE("datagrams that wait are marked on their way and told so", "[simulator]") {
  pair p(1, {.rate = 1e5, .ecn_threshold = 5ms});
  std::size_t marked = 0;
  p.net.watch([&](const sim::wire_event& e) {
    if (e.marked) ++marked;
    if (e.marked) CHECK(e.arrived);
  });
  p.request("alone");
  p.run_for(1s);
  CHECK(marked == 0);
  for (int i = 0; i < 4; ++i) p.request(std::string(1100, 'x'));  // 11 ms each
  p.run_for(1s);
  CHECK(marked >= 3);
  CHECK(p.net.between(a, b).counts().congestion_marked + p.net.between(b, a).counts().congestion_marked ==
        marked);
}
