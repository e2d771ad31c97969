// SPDX-License-Identifier: MIT
#include "tests/compare/report_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dgram::test {
namespace {

using namespace app::compare;
using random_engine = std::mt19937_64;

std::string random_text(random_engine& random) {
  static const char* const pieces[] = {"a",         "\"", "\\", "\n",   "\t", "你好",
                                       "</script>", "&",  ",",  "🦉", " ",  "\x01"};
  std::string text;
  for (auto n = random() % 5; n > 0; --n) text += pieces[random() % std::size(pieces)];
  return text;
}

duration random_duration(random_engine& random) {
  const auto wide = static_cast<std::int64_t>(random() >> (11 + random() % 52));
  return duration(random() % 2 == 0 ? wide : -wide);
}

std::optional<duration> random_optional(random_engine& random) {
  if (random() % 3 == 0) return std::nullopt;
  return random_duration(random);
}

double random_real(random_engine& random) {
  switch (random() % 4) {
    case 0: return std::numeric_limits<double>::infinity();
    case 1: return static_cast<double>(random() % 1000);
    case 2: return -std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 600) - 300);
    default: return std::ldexp(static_cast<double>(random()), -70);
  }
}

wire_counts random_counts(random_engine& random) {
  return {random(), random(), random() % 10, random() % 1500};
}

std::vector<std::pair<std::string, std::string>> random_pairs(random_engine& random) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto n = random() % 3; n > 0; --n) all.emplace_back(random_text(random), random_text(random));
  return all;
}

run random_run(random_engine& random) {
  run r;
  r.repetition = static_cast<std::uint32_t>(random());
  r.seed = random();
  r.failure = random_text(random);
  r.up = random_counts(random);
  r.down = random_counts(random);
  for (auto n = random() % 20; n > 0; --n)
    r.samples.push_back({random(), random() % 2 == 0, random_duration(random), random_optional(random),
                         random_duration(random)});
  for (auto n = random() % 4; n > 0; --n) r.losses.push_back({random_duration(random), random() % 2 == 0});
  r.duplicates = random();
  r.reordered = random() % 5;
  r.retransmissions = random() % 5;
  r.rides = random() % 3;
  r.beside_bytes = random() % 1000;
  r.up_queue = duration(random() % 1000);
  if (random() % 2 == 0) r.stalls.push_back({duration(random() % 1000), duration(1000 + random() % 1000)});
  r.cpu = random_duration(random);
  r.first_message = random_optional(random);
  r.lateness_p99 = random_duration(random);
  r.send_lateness_p99 = random_duration(random);
  r.length = random_duration(random);
  return r;
}

}  // namespace

comparison random_comparison(random_engine& random) {
  comparison c;
  c.command = random_text(random);
  c.version = random_text(random);
  c.seed = random();
  c.simulated = random() % 2 == 0;
  c.workload = random_text(random);
  c.schedule = random_text(random);
  c.deadline = random_duration(random);
  c.environment = random_pairs(random);
  for (auto p = random() % 3; p > 0; --p) {
    point at{random_pairs(random), random_text(random), {}, random_text(random), {random_text(random)}};
    for (auto k = random() % 4; k > 0; --k) {
      contender who;
      who.name = random_text(random);
      who.label = random_text(random);
      for (auto n = random() % 3; n > 0; --n) who.runs.push_back(random_run(random));
      for (auto n = random() % 3; n > 0; --n)
        who.figures[random_text(random)] = {random_real(random), random_real(random), random_real(random)};
      at.contenders.push_back(who);
    }
    c.points.push_back(at);
  }
  return c;
}

namespace {

using std::chrono::milliseconds;

constexpr int warm_up = 50;
constexpr int measured = 300;
constexpr duration interval = milliseconds(5);
constexpr double one_way_ms = 20;

duration from_ms(double ms) {
  return duration(static_cast<std::int64_t>(ms * 1e6));
}

double uniform(random_engine& random) {
  return std::ldexp(static_cast<double>(random() >> 11), -53);
}

struct behaviour {
  const char* name;
  const char* label;
  bool retries;
  bool in_order;
  double retry_ms;  // from a loss to its repair; doubles with each further loss
  double bytes;     // on the wire, for a message
  double first_ms;
};

constexpr behaviour behaviours[] = {
    {"udp-bare", "UDP without retries", false, false, 0, 104, 21},
    {"udp", "UDP with acks and retries", true, false, 9, 168, 21},
    {"tcp-cubic", "TCP cubic", true, true, 240, 171, 63},
    {"tcp-bbr", "TCP bbr", true, true, 75, 174, 63},
};

run made_run(const behaviour& b, double loss, std::uint32_t repetition, std::uint64_t seed) {
  run r;
  r.repetition = repetition;
  r.seed = seed + repetition;
  random_engine fates(r.seed);
  double released = 0;  // when the messages before this one were released
  for (int i = 0; i < warm_up + measured; ++i) {
    sample s;
    s.number = static_cast<std::uint64_t>(i);
    s.warm_up = i < warm_up;
    s.intended = i * interval;
    double took = one_way_ms + 0.6 * uniform(fates);
    bool lost = uniform(fates) < loss;
    if (lost) r.losses.push_back({s.intended, true});
    for (double wait = b.retry_ms; lost && b.retries; wait *= 2) {
      took += wait;
      lost = uniform(fates) < loss;
    }
    const double sent_ms = static_cast<double>(s.intended.count()) / 1e6;
    if (b.in_order) took = std::max(took, released - sent_ms);
    released = std::max(released, sent_ms + took);
    if (!lost) s.latency = from_ms(took);
    s.waited = (warm_up + measured) * interval + milliseconds(500) - s.intended;
    r.samples.push_back(s);
  }
  r.up = {static_cast<std::uint64_t>(measured), static_cast<std::uint64_t>(b.bytes * measured),
          r.losses.size(), 132};
  r.first_message = from_ms(b.first_ms + uniform(fates));
  r.length = (warm_up + measured) * interval;
  return r;
}

double percentile(std::vector<double> sorted, double p) {
  return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1))];
}

void add_figures(contender& c, const behaviour& b, double deadline_ms) {
  std::vector<double> all;
  for (const run& r : c.runs)
    for (const sample& s : r.samples)
      if (!s.warm_up)
        all.push_back(s.latency ? static_cast<double>(s.latency->count()) / 1e6
                                : std::numeric_limits<double>::infinity());
  std::sort(all.begin(), all.end());
  const auto share = [&](double ms) {
    const auto in = std::upper_bound(all.begin(), all.end(), ms) - all.begin();
    return static_cast<double>(in) / static_cast<double>(all.size());
  };
  const auto about = [](double v, double off) { return estimate{v, v * (1 - off), v * (1 + off)}; };
  const auto share_about = [](double v) {
    return estimate{v, std::max(0.0, v - 0.004), std::min(1.0, v + 0.004)};
  };
  c.figures["delivered"] = share_about(share(1e12));
  c.figures["in_time"] = share_about(share(deadline_ms));
  c.figures["p50_ms"] = about(percentile(all, 0.5), 0.01);
  c.figures["p90_ms"] = about(percentile(all, 0.9), 0.05);
  c.figures["p99_ms"] = about(percentile(all, 0.99), 0.15);
  c.figures["p999_ms"] = about(percentile(all, 0.999), 0.2);
  c.figures["max_ms"] = about(all.back(), 0.2);
  c.figures["goodput_kbps"] = about(102.4 * share(1e12), 0.01);
  c.figures["packets_per_message"] = about(b.bytes / 90, 0.02);
  c.figures["bytes_per_message"] = about(b.bytes, 0.03);
  c.figures["duplicates"] = about(0, 0);
  c.figures["reordered"] = about(b.in_order ? 0 : 3, 0.5);
  c.figures["retransmissions"] = about(b.retries ? 15 : 0, 0.3);
  c.figures["cpu_us"] = about(b.in_order ? 9 : 7, 0.1);
  c.figures["first_ms"] = about(b.first_ms, 0.04);
}

}  // namespace

comparison made_comparison(std::uint64_t seed, std::size_t points) {
  static constexpr double losses[] = {0.05, 0.0, 0.01, 0.05, 0.1, 0.2};
  comparison c;
  c.command = "udp_compare --loss 5% --delay 20ms --seed " + std::to_string(seed);
  c.version = "0.1.0";
  c.seed = seed;
  c.workload = "telemetry";
  c.schedule = "200 messages/s of 64 B for 1.5 s after 0.25 s of warm-up, 4 repetitions";
  c.deadline = milliseconds(100);
  c.environment = {{"kernel", "Linux 6.1.0"},
                   {"processor", "two of <them>"},
                   {"offloads", "none: TUN without vnet header"}};
  for (std::size_t i = 0; i < points; ++i) {
    const double loss = losses[points == 1 ? 0 : 1 + i % (std::size(losses) - 1)];
    const std::string percent = std::to_string(static_cast<int>(loss * 100 + 0.5));
    point p;
    if (points > 1) p.swept = {{"loss", percent + "%"}};
    p.link = "20 ms each way, " + percent + " % loss";
    for (const behaviour& b : behaviours) {
      contender who;
      who.name = b.name;
      who.label = b.label;
      for (std::uint32_t repetition = 0; repetition < 4; ++repetition)
        who.runs.push_back(made_run(b, loss, repetition, seed));
      add_figures(who, b, 100);
      p.contenders.push_back(who);
    }
    p.verdict = "At " + percent +
                " % loss UDP with acks and retries delivered everything, and 99 of 100 messages far earlier "
                "than TCP did. Without retries what the link loses is gone.";
    if (i == 0) p.warnings.push_back("the link forwarded 2 ms late (p99): the machine was busy");
    c.points.push_back(p);
  }
  return c;
}

}  // namespace dgram::test
