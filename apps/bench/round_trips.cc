// SPDX-License-Identifier: MIT
#include "apps/bench/round_trips.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "apps/bench/bare_sockets.h"
#include "apps/bench/message_endpoints.h"
#include "apps/cli/json_object.h"
#include "apps/cli/output.h"
#include "udp/net/address_text.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/udp_endpoint.h"

namespace dgram::app {
namespace {

// Of UDP under IPv4; the bare contender sends each message in one.
constexpr std::size_t largest_bare_datagram = 65507;

struct spread {
  double least, median, most;
};

spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

struct entrant {
  std::unique_ptr<contender> who;
  std::vector<double> p50_us, p99_us;
};

std::unique_ptr<contender> over_udp(std::size_t size) {
  const auto server = [](message_endpoints::executor executor) {
    udp_endpoint_options options;
    options.bind = ipv4_loopback(0);
    return std::make_unique<udp_endpoint>(executor, options);
  };
  const auto client = [](message_endpoints::executor executor, const address& server_at) {
    udp_endpoint_options options;
    options.connect = server_at;  // as udp_client does
    return std::make_unique<udp_endpoint>(executor, options);
  };
  return std::make_unique<message_endpoints>("request over UDP", size, server, client);
}

std::unique_ptr<contender> over_tcp(std::size_t size) {
  const auto server = [](message_endpoints::executor executor) {
    tcp_options options;
    options.listen = ipv4_loopback(0);
    return std::make_unique<tcp_endpoint>(executor, options);
  };
  const auto client = [](message_endpoints::executor executor, const address&) {
    return std::make_unique<tcp_endpoint>(executor);
  };
  return std::make_unique<message_endpoints>("request over TCP", size, server, client);
}

std::string microseconds(const spread& s) {
  char text[64];
  std::snprintf(text, sizeof text, "%7.1f (%.1f-%.1f)", s.median, s.least, s.most);
  return text;
}

json_object as_json(const spread& s) {
  json_object o;
  return o.add("min", s.least).add("median", s.median).add("max", s.most);
}

// The ratio of a pair, turn by turn.
spread ratio(const entrant& ours, const entrant& bare) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.p50_us.size(); ++i) ratios.push_back(ours.p50_us[i] / bare.p50_us[i]);
  return spread_of(ratios);
}

void measure(std::vector<entrant>& entrants, std::uint64_t rounds, std::uint64_t count) {
  for (entrant& e : entrants) {
    latency_histogram warm_up;
    e.who->run(std::min<std::uint64_t>(count, 500), warm_up);
  }
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (entrant& e : entrants) {
      latency_histogram latencies;
      e.who->run(count, latencies);
      e.p50_us.push_back(static_cast<double>(latencies.quantile(0.5).count()) / 1000);
      e.p99_us.push_back(static_cast<double>(latencies.quantile(0.99).count()) / 1000);
    }
  }
}

void print_table(const std::vector<entrant>& entrants, output& out) {
  out.add_line("round trip on loopback, microseconds: median (min-max) over the turns");
  for (const entrant& e : entrants) {
    char line[160];
    std::snprintf(line, sizeof line, "%-28s p50 %s   p99 %s", e.who->name().c_str(),
                  microseconds(spread_of(e.p50_us)).c_str(), microseconds(spread_of(e.p99_us)).c_str());
    out.add_line(line);
  }
  for (std::size_t i = 0; i + 1 < entrants.size(); i += 2) {
    const spread r = ratio(entrants[i + 1], entrants[i]);
    char line[160];
    std::snprintf(line, sizeof line, "%s / %s: %.2f (%.2f-%.2f) at p50", entrants[i + 1].who->name().c_str(),
                  entrants[i].who->name().c_str(), r.median, r.least, r.most);
    out.add_line(line);
  }
}

void print_json(const std::vector<entrant>& entrants, output& out) {
  json_object all;
  for (std::size_t i = 0; i < entrants.size(); ++i) {
    json_object one;
    one.add("p50_us", as_json(spread_of(entrants[i].p50_us)));
    one.add("p99_us", as_json(spread_of(entrants[i].p99_us)));
    if (i % 2 == 1) one.add("p50_ratio_to_bare", as_json(ratio(entrants[i], entrants[i - 1])));
    all.add(entrants[i].who->name(), one);
  }
  out.add_line(all.text());
}

}  // namespace

exit_code run_round_trips(const flags& given) {
  const std::uint64_t rounds = given.number("rounds", 1, 1000).value_or(7);
  const std::uint64_t count = given.number("count", 1, 10'000'000).value_or(5000);
  const std::size_t size = given.size("size", 1, largest_bare_datagram).value_or(64);

  std::vector<entrant> entrants;
  for (auto make :
       {+[](std::size_t n) -> std::unique_ptr<contender> { return std::make_unique<bare_udp>(n); },
        +[](std::size_t n) { return over_udp(n); },
        +[](std::size_t n) -> std::unique_ptr<contender> { return std::make_unique<bare_tcp>(n); },
        +[](std::size_t n) { return over_tcp(n); }}) {
    entrants.push_back({make(size), {}, {}});
  }
  measure(entrants, rounds, count);
  output out(1);
  given.given("json") ? print_json(entrants, out) : print_table(entrants, out);
  out.flush();
  return out.failed() ? exit_code::output : exit_code::ok;
}

}  // namespace dgram::app
