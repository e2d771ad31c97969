// SPDX-License-Identifier: MIT
#include "apps/compare/suite_cases.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dgram::app::compare {
namespace {

using namespace std::chrono_literals;
using enum relation;

using names = std::vector<std::string>;
const names everybody{"tcp-cubic", "tcp-bbr", "enet", "srt"};

plan telemetry() {
  plan p;
  p.warm_up = 500ms;
  p.measured = 8s;
  p.drain = 10s;
  return p;
}

plan requests() {
  plan p = telemetry();
  p.work = workload::request;
  p.closed_loop = true;
  p.measured = 20s;  // 24 a second: in less time two make the p99
  return p;
}

// The link's rate in kbit/s, as goodput is.
constexpr double bulk_rate = 50'000;
// More than goes through in a minute.
constexpr std::uint64_t most_bulk = 400u << 20;
constexpr const char* bulk_rate_setting = "rate=50m";

plan bulk(std::uint64_t amount) {
  plan p;
  p.work = workload::bulk;
  p.size = 64u << 10;  // TCP too keeps several on the way, each of more packets than one
  p.amount = amount;
  p.drain = 0s;  // what has not come by then is not goodput
  return p;
}

bar latency(std::string text, std::string ours, std::string without, std::string figure, double ms) {
  return {std::move(text), std::move(ours), std::move(without), std::move(figure), at_most, ms, 1, "ms"};
}

// "5 %"
std::string spaced(std::string_view share) {
  return std::string(share.substr(0, share.size() - 1)) + " %";
}

struct telemetry_bars {
  const char* loss;
  double p99, p999;
};
constexpr std::array<telemetry_bars, 5> by_loss{
    {{"0%", 22, 26}, {"1%", 26, 32}, {"5%", 30, 38}, {"10%", 33, 45}, {"20%", 38, 65}}};

void add_telemetry(std::vector<suite_case>& all) {
  for (const auto& [loss, p99, p999] : by_loss) {
    suite_case c{"telemetry", "200/s of 64 B, loss " + spaced(loss),
                 telemetry(), {"delay=20ms", std::string("loss=") + loss},
                 everybody,   {}};
    c.bars = {latency("p99 ordered", "udp", "udp-off", "p99_ms", p99),
              latency("p99.9 ordered", "udp", "udp-off", "p999_ms", p999),
              latency("p99 reliable", "udp-reliable", "udp-reliable-off", "p99_ms", p99),
              latency("p99.9 reliable", "udp-reliable", "udp-reliable-off", "p999_ms", p999),
              {"delivered", "udp", "udp-off", "delivered", at_least, 100, 0.01, "%"},
              {"datagrams up per message", "udp", "udp-off", "up_packets_per_message", at_most, 1.1},
              {"CPU per message", "udp", "udp-off", "cpu_us", at_most, 60, 1, "us"}};
    if (std::string_view(loss) == "5%") {
      c.bars.push_back(
          {"bytes on the wire per message", "udp", "udp-off", "bytes_per_message", at_most, 450, 1, "B"});
      c.bars.push_back(latency("p99 ordered, no redundancy", "udp-off", "", "p99_ms", 90));
      c.bars.push_back(latency("p99 reliable, no redundancy", "udp-reliable-off", "", "p99_ms", 65));
    }
    all.push_back(std::move(c));
  }
  all.push_back({"telemetry",
                 "200/s of 64 B, loss 5 % in bursts of 4",
                 telemetry(),
                 {"delay=20ms", "loss=5%", "burst=4"},
                 everybody,
                 {latency("p99 ordered", "udp", "udp-off", "p99_ms", 65)}});
  all.push_back({"telemetry",
                 "200/s of 64 B, fades: 5 % of the time, mean 40 ms",
                 telemetry(),
                 {"delay=20ms", "fade=~760ms/40ms"},
                 everybody,
                 {latency("p99 ordered", "udp", "udp-off", "p99_ms", 105)}});
}

void add_requests(std::vector<suite_case>& all) {
  const auto each_way = [](double most) {
    return std::vector<bar>{{"datagrams up per request", "udp-reliable", "udp-reliable-off",
                             "up_packets_per_message", at_most, most},
                            {"datagrams down per request", "udp-reliable", "udp-reliable-off",
                             "down_packets_per_message", at_most, most}};
  };
  suite_case lossy{"request",  "one request at a time, loss 10 %",
                   requests(), {"delay=20ms", "loss=10%"},
                   everybody,  each_way(3)};
  lossy.bars.push_back(latency("p50", "udp-reliable", "udp-reliable-off", "p50_ms", 42));
  lossy.bars.push_back(latency("p99", "udp-reliable", "udp-reliable-off", "p99_ms", 65));
  all.push_back(std::move(lossy));
  // The last reply's acknowledgement leaves alone: hence not 1 exactly.
  all.push_back(
      {"request", "one request at a time, loss 0", requests(), {"delay=20ms"}, everybody, each_way(1.02)});
}

struct bulk_bars {
  int one_way_ms;
  const char* loss;
  double least_share;
};
constexpr std::array<bulk_bars, 6> by_link{
    {{20, "0%", 92}, {20, "1%", 90}, {20, "5%", 85}, {100, "0%", 88}, {100, "1%", 85}, {100, "5%", 75}}};

void add_bulk(std::vector<suite_case>& all) {
  for (const auto& [one_way, loss, least_share] : by_link) {
    // A queue of one bandwidth-delay product is one round trip long.
    const std::string delay = std::to_string(one_way) + "ms", queue = std::to_string(2 * one_way) + "ms";
    all.push_back({"bulk",
                   "64 MiB at 50 Mbit/s, " + delay + ", loss " + loss,
                   bulk(64u << 20),
                   {"delay=" + delay, std::string("loss=") + loss, bulk_rate_setting, "queue=" + queue},
                   everybody,
                   {{"goodput, of the link's rate", "udp", "", "goodput_kbps", at_least, least_share,
                     bulk_rate / 100, "%"},
                    {"standing queue, mean", "udp", "", "queue_ms", at_most, one_way * 1.0, 1, "ms"}}});
  }
}

// 25 ms and up to 5 ms either way, each packet for itself: kept in order, those of fifty sessions would all
// wait for the slowest of the last 10 ms.
void add_sessions(std::vector<suite_case>& all) {
  plan p = telemetry();
  p.work = workload::request;
  p.message_rate = 2500;
  p.sessions = 50;
  all.push_back(
      {"sessions",
       "50 sessions, 50 requests/s each, 25 ± 5 ms, loss 1 %",
       p,
       {"delay=20ms", "jitter=10ms", "jitter-reorders=yes", "loss=1%"},
       {"tcp-cubic", "tcp-bbr"},
       {latency("p99 of the reply", "udp-reliable", "udp-reliable-off", "p99_ms", 90),
        latency("p99 of the reply, no redundancy", "udp-reliable-off", "", "p99_ms", 115),
        {"copies per message, no redundancy", "udp-reliable-off", "", "copies_per_message", at_most, 1.05}},
       false});
}

void add_fairness(std::vector<suite_case>& all) {
  for (const char* other : {"cubic", "bbr"}) {
    plan p = bulk(most_bulk);
    p.warm_up = 0s;
    p.measured = 60s;
    p.beside = other;
    all.push_back({"fairness",
                   std::string("beside a TCP ") + other + " flow, 50 Mbit/s, 20 ms",
                   p,
                   {"delay=20ms", bulk_rate_setting, "queue=40ms"},
                   {"tcp-cubic", "tcp-bbr"},
                   {{"share, of the fair one", "udp", "", "fair_share", at_least, 0.5},
                    {"the same", "udp", "", "fair_share", at_most, 2}},
                   false});
  }
}

void add_reordering(std::vector<suite_case>& all) {
  all.push_back(
      {"reordering",
       "16 MiB at 50 Mbit/s, 20 ms, 25 % of packets 5 ms late",
       bulk(16u << 20),
       {"delay=20ms", bulk_rate_setting, "queue=40ms", "reorder=25%", "reorder-by=5ms"},
       everybody,
       {{"spurious resends, of all packets", "udp", "udp-off", "spurious_share", at_most, 2, 0.01, "%"}}});
}

// Two round trips and a timeout of at most one and a half, after which a message takes one way.
constexpr double recovered_ms = 2 * 40 + 1.5 * 40 + 20;

void add_recovery(std::vector<suite_case>& all, const char* text, plan p, mid_run what) {
  p.events = {std::move(what)};
  all.push_back({"changes",
                 text,
                 p,
                 {"delay=20ms"},
                 everybody,
                 {latency("the latest message", "udp", "udp-off", "max_ms", recovered_ms),
                  {"delivered", "udp", "udp-off", "delivered", at_least, 100, 0.01, "%"},
                  {"delivered twice", "udp", "udp-off", "duplicates", at_most, 0}},
                 false});
}

void add_changes(std::vector<suite_case>& all) {
  plan large = telemetry(), filled = telemetry();
  large.size = 8192;
  large.message_rate = 50;
  add_recovery(all, "50/s of 8 KiB, the MTU drops to 1280", large, {3s, "mtu=1280"});
  add_recovery(all, "200/s of 64 B, the client's address changes", telemetry(),
               {3s, std::string(mid_run::new_address)});
  // Measured from two seconds after the drop.
  filled.message_rate = 50;
  filled.filled = true;
  filled.events = {{3s, "rate=2m"}};
  filled.warm_up = 5s;
  filled.measured = 4s;
  all.push_back({"changes",
                 "50/s of 64 B beside bulk on another channel, 50 Mbit/s drop to 2",
                 filled,
                 {"delay=20ms", bulk_rate_setting, "queue=250KB"},
                 {"tcp-cubic", "tcp-bbr"},
                 {latency("p99 ordered, 2 s later", "udp", "udp-off", "p99_ms", 3 * 40)},
                 false});
}

std::vector<suite_case> make_cases() {
  std::vector<suite_case> all;
  add_telemetry(all);
  add_requests(all);
  add_bulk(all);
  add_sessions(all);
  add_fairness(all);
  add_reordering(all);
  add_changes(all);
  return all;
}

}  // namespace

const std::vector<suite_case>& suite_cases() {
  static const std::vector<suite_case> all = make_cases();
  return all;
}

std::vector<std::string> suite_groups() {
  names all;
  for (const suite_case& c : suite_cases()) {
    if (all.empty() || all.back() != c.group) all.push_back(c.group);
  }
  return all;
}

std::vector<std::string> contenders_of(const suite_case& c) {
  names all;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  };
  for (const bar& b : c.bars) {
    add(b.ours);
    add(b.without);
  }
  for (const std::string& name : c.others) add(name);
  return all;
}

}  // namespace dgram::app::compare
