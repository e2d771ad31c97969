// SPDX-License-Identifier: MIT
#include "apps/cli/start_up_error.h"
#include "apps/impairment/fate_recorder.h"
#include "apps/impairment/impaired_path.h"
#include "tests/impairment/given_settings.h"
#include "tests/support/catch.h"
#include "udp/sim/profiles.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

const time_point start = time_point{} + 1h;

// What becomes of 500 packets each way, and a recording of it when asked.
std::vector<sim::packet_fate> fates(const impairment& what, const std::string& record_to = "") {
  std::optional<fate_recorder> recorder;
  if (!record_to.empty()) recorder.emplace(record_to, what);
  impaired_path path(what, start);
  std::vector<sim::packet_fate> all;
  path.watch_offers([&](side from, const sim::packet_fate& fate, auto, auto, time_point now) {
    all.push_back(fate);
    if (recorder) recorder->add(from, now - start, fate);
  });
  std::vector<std::byte> packet(200);
  for (int i = 0; i < 500; ++i) {
    const time_point now = start + i * 1ms;
    path.push(side::client, packet, 0, now);
    path.push(side::server, packet, 0, now);
    path.deliver_due(now, [](side, const sim::arrival&) {});
  }
  return all;
}

}  // namespace

TEST_CASE("a replayed recording gives every packet the fate it had") {
  const temporary_file file("");
  const impairment what = link_of({"--loss", "10%", "--duplicate", "10%", "--corrupt", "10%", "--delay",
                                   "5ms", "--jitter", "3ms", "--up-reorder", "5%", "--seed", "11"});
  const auto first = fates(what, file.path());
  CHECK_THAT(file.content(), ContainsSubstring(what.flags));
  const auto again = fates(link_of({"--replay", file.path().c_str()}));
  REQUIRE(again.size() == first.size());
  std::size_t lost = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CAPTURE(i);
    lost += first[i].fate == sim::fate::lost;
    CHECK(again[i].fate == first[i].fate);
    CHECK(again[i].delay == first[i].delay);
    CHECK(again[i].copy == first[i].copy);
    CHECK(again[i].flipped_bits == first[i].flipped_bits);
  }
  CHECK(lost > 50);
}

TEST_CASE("a replay goes with no other impairment") {
  const temporary_file file("");
  fates(link_of({"--loss", "10%"}), file.path());
  const char* recording = file.path().c_str();
  CHECK_THAT(complaint_about({"--replay", recording, "--loss", "5%"}),
             ContainsSubstring("--loss and --replay exclude"));
  CHECK_THAT(complaint_about({"--down-mtu", "500", "--replay", recording}),
             ContainsSubstring("--down-mtu and --replay"));
  CHECK(complaint_about({"--replay", recording, "--seed", "4"}).empty());
  impairment what = link_of({"--replay", recording});
  CHECK_THROWS_AS(apply_settings(what, std::vector<std::string>{"loss=5%"}), usage_error);
  apply_settings(what, std::vector<std::string>{"replay=none"});
  apply_settings(what, std::vector<std::string>{"loss=5%"});
  CHECK(describe(what) == "5 % loss each way");
}

TEST_CASE("a recording that is none is refused with the line") {
  const temporary_file file("dgram-fates 0\n");
  CHECK_THAT(complaint_about({"--replay", file.path().c_str()}),
             ContainsSubstring("is not a recording: line 1"));
}

TEST_CASE("a trace is read as mahimahi writes it and takes the place of a rate") {
  const temporary_file file("1\n5\n5\n12\n");
  const char* trace = file.path().c_str();
  const impairment what = link_of({"--up-trace", trace, "--queue", "10p", "--down-rate", "1m"});
  REQUIRE(what.up.delivery_trace);
  CHECK(*what.up.delivery_trace == std::vector<std::uint32_t>{1, 5, 5, 12});
  CHECK(what.down.rate == 125'000);
  CHECK_THAT(complaint_about({"--trace", trace, "--rate", "1m"}),
             ContainsSubstring("--rate and --trace exclude"));
  const temporary_file bad("1\nx\n");
  CHECK_THAT(complaint_about({"--trace", bad.path().c_str()}),
             ContainsSubstring("is not a mahimahi trace: line 2"));
}

TEST_CASE("a profile is a start that other flags change wherever it stands") {
  const sim::profile* lte = sim::find_profile("lte");
  REQUIRE(lte);
  const impairment what = link_of({"--loss", "1%", "--profile", "lte", "--up-delay", "7ms", "--seed", "1"});
  CHECK(what.up.loss == 0.01);
  CHECK(what.up.delay == 7ms);
  CHECK(what.down.delay == lte->down_delay);
  CHECK(what.down.rate == lte->down_rate);
  CHECK(what.flags == "--profile lte --loss 1% --up-delay 7ms --seed 1");
  CHECK_THAT(complaint_about({"--profile", "x"}), ContainsSubstring("satellite"));
}

TEST_CASE("a recording that cannot be begun says so") {
  try {
    const fate_recorder recorder("/nonexistent/folder/file", link_of({}));
    FAIL_CHECK("opened");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::output);
    CHECK_THAT(e.what(), ContainsSubstring("--record: '/nonexistent/folder/file'"));
  }
}

TEST_CASE("headers that packets on the link have count for its MTU") {
  const impairment what = link_of({"--mtu", "228"});
  const std::vector<std::byte> packet(200);
  const std::vector<std::byte> larger(201);
  impaired_path path(what, start, 28);
  path.push(side::client, packet, 0, start);
  path.push(side::client, larger, 0, start);
  CHECK(path.link(side::client).counts().too_big == 1);
}

TEST_CASE("when everything is lost runs do not matter") {
  impaired_path path(link_of({"--loss", "100%", "--burst", "4"}), start);
  const std::vector<std::byte> packet(20);
  for (int i = 0; i < 100; ++i) path.push(side::client, packet, 0, start);
  CHECK(path.link(side::client).counts().lost == 100);
}
