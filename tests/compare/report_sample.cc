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

}  // namespace dgram::test
