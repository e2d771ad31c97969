// SPDX-License-Identifier: MIT
#include <array>
#include <cstring>

#include <asio/io_context.hpp>

#include "apps/cli/start_up_error.h"
#include "apps/impairment/capture.h"
#include "apps/impairment/front_options.h"
#include "apps/impairment/impaired_path.h"
#include "apps/impairment/path_report.h"
#include "tests/impairment/given_settings.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

const time_point start = time_point{} + 1h;
const std::array<std::byte, 100> packet{};

std::uint64_t offer(impaired_path& path, side from, int count, duration apart) {
  std::uint64_t delivered = 0;
  time_point now = start;
  for (int i = 0; i < count; ++i, now += apart) {
    path.push(from, packet, 0, now);
    path.deliver_due(now, [&](side, const sim::arrival&) { ++delivered; });
  }
  path.deliver_due(now + 1h, [&](side, const sim::arrival&) { ++delivered; });
  return delivered;
}

}  // namespace

TEST_CASE("outages of a path count from its start") {
  impaired_path path(link_of({"--up-outage", "1s..2s"}), start);
  CHECK(offer(path, side::client, 40, 100ms) == 30);
  CHECK(path.link(side::client).counts().outage == 10);
  CHECK(path.link(side::client).counts().closes());
}

TEST_CASE("a path remembers what was asked of it over all its settings") {
  impairment what = link_of({"--loss", "10%", "--seed", "1"});
  impaired_path path(what, start);
  offer(path, side::client, 100, 1ms);
  const std::vector<std::string> more{"loss=30%"};
  apply_settings(what, more);
  path.change(what, start);
  offer(path, side::client, 100, 1ms);
  CHECK(path.asked_lost(side::client) == Approx(40));
  CHECK(path.asked_lost(side::server) == 0);
}

TEST_CASE("what a chain loses in the long run is known") {
  CHECK(asked_loss(link_of({"--ge", "1%,9%"}).up) == Approx(0.1));
  CHECK(asked_loss(link_of({"--ge", "1%,9%,50%,0"}).up) == Approx(0.05));
  CHECK(asked_loss(link_of({"--ge", "5%"}).up) == Approx(0.05));
}

TEST_CASE("a summary leaves out what did not happen and warns of a late link") {
  const impairment what = link_of({"--up-loss", "50%", "--seed", "1"});
  impaired_path path(what, start);
  offer(path, side::client, 1000, 1ms);
  std::string text = path_summary(path, what, 1s);
  CHECK_THAT(text, ContainsSubstring("of 50 % asked for"));
  CHECK(text.find("copies") == text.npos);
  CHECK(text.find("warning") == text.npos);

  path.push(side::server, packet, 0, start + 1h);
  for (int i = 0; i < 50; ++i) path.push(side::server, packet, 0, start + 1h);
  path.deliver_due(start + 1h + 5ms, [](side, const sim::arrival&) {});
  text = path_summary(path, what, 1s);
  CHECK_THAT(text, ContainsSubstring("warning: this machine could not keep up"));
}

TEST_CASE("watchers see every packet go in and come out") {
  impaired_path path(link_of({"--loss", "50%", "--delay", "1ms", "--seed", "1"}), start);
  std::uint64_t carried = 0;
  std::uint64_t lost = 0;
  std::uint64_t out = 0;
  path.watch_offers([&](side from, const sim::packet_fate& fate, std::span<const std::byte> bytes,
                        std::uint64_t, time_point) {
    CHECK(from == side::server);
    CHECK(bytes.size() == packet.size());
    ++(fate.fate == sim::fate::carried ? carried : lost);
  });
  path.watch_departures([&](side, const sim::arrival&, time_point) { ++out; });
  offer(path, side::server, 100, 1ms);
  CHECK(carried + lost == 100);
  CHECK(out == carried);
  CHECK(lost == path.link(side::server).counts().lost);
}

TEST_CASE("a capture that nobody can write says so before the program begins") {
  try {
    open_capture("/nonexistent/folder/name");
    FAIL_CHECK("opened");
  } catch (const start_up_error& e) {
    CHECK(e.code() == (can_capture() ? exit_code::output : exit_code::unsupported));
    CHECK_THAT(e.what(),
               ContainsSubstring(can_capture() ? "/nonexistent/folder/name-client.pcap" : "libpcap-dev"));
  }
}

TEST_CASE("a capture holds whole packets with the time to the nanosecond") {
  if (!can_capture()) {
    WARN("skipped: this build has no libpcap");
    return;
  }
  const temporary_file base("");
  {
    const auto to = open_capture(base.path());
    to->add(side::server, packet, std::chrono::system_clock::time_point(1'600'000'000s + 123'456'789ns));
    to->flush();
    CHECK_FALSE(to->error());
  }
  const auto content = [](const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string client = content(base.path() + "-client.pcap");
  const std::string server = content(base.path() + "-server.pcap");
  CHECK(client.size() == 24);
  REQUIRE(server.size() == 24 + 16 + packet.size());
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, server.data() + at, sizeof value);
    return value;
  };
  CHECK(word(0) == 0xa1b23c4d);  // nanoseconds
  CHECK(word(20) == 101);        // LINKTYPE_RAW: IP packets
  CHECK(word(24) == 1'600'000'000);
  CHECK(word(28) == 123'456'789);
  CHECK(word(32) == packet.size());
  ::unlink((base.path() + "-client.pcap").c_str());
  ::unlink((base.path() + "-server.pcap").c_str());
}

TEST_CASE("the command that repeats a run keeps the program's own flags and the link's") {
  std::vector<flag> own(front_flags().begin(), front_flags().end());
  std::vector<flag> all = own;
  all.insert(all.end(), impairment_flags().begin(), impairment_flags().end());
  flags given({"udp_test", "", "", ""}, all);
  const std::array<const char*, 8> arguments{"udp_test", "--loss", "5%",     "-q",
                                             "--record", "a file", "--seed", "3"};
  given.parse(static_cast<int>(arguments.size()), arguments.data());
  CHECK(command_to_repeat("udp_test", given, own, impairment_from(given)) ==
        "udp_test --quiet --record 'a file' --loss 5% --seed 3");
}
