// SPDX-License-Identifier: MIT
#include "apps/compare/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "apps/cli/units.h"
#include "udp/sim/random.h"

namespace dgram::app::compare {
namespace {

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

duration from_seconds(double s) {
  return duration(std::llround(s * 1e9));
}

// Box and Muller (1958).
double normal_draw(sim::random_stream& random) {
  const double u = 1 - sim::unit_interval(random());
  const double v = sim::unit_interval(random());
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * 3.14159265358979323846 * v);
}

// Pauses between lines and their lengths are log-normal: most are short, some are long. The mean of
// exp(sigma N) is exp(sigma^2 / 2), which is divided out.
constexpr double sigma = 1;
constexpr double median_line = 30;
constexpr std::size_t longest_line = 400;

std::vector<planned_message> chat_schedule(const plan& p, std::uint64_t seed) {
  sim::random_stream random(seed);
  const double mean_gap = 1 / p.message_rate;
  std::vector<planned_message> all;
  double at = 0;
  for (const double end = seconds(p.warm_up + p.measured); at < end && all.size() < most_messages;) {
    const auto length = static_cast<std::size_t>(median_line * std::exp(sigma * normal_draw(random)));
    const duration intended = from_seconds(at);
    all.push_back({intended, std::clamp(length, least_size, longest_line), intended < p.warm_up});
    at += mean_gap * std::exp(sigma * normal_draw(random) - sigma * sigma / 2);
  }
  return all;
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

}  // namespace

std::string_view to_string(workload w) {
  switch (w) {
    case workload::telemetry: return "telemetry";
    case workload::request: return "request";
    case workload::bulk: return "bulk";
    case workload::chat: return "chat";
  }
  return "?";
}

duration last_sending(const plan& p) {
  return p.work == workload::bulk && p.beside.empty() ? bulk_limit : p.warm_up + p.measured;
}

std::size_t bulk_outstanding(const plan& p) {
  return std::max<std::size_t>(4, (std::size_t{4} << 20) / p.size);
}

double messages_of(const plan& p) {
  if (p.work == workload::bulk) return std::ceil(static_cast<double>(p.amount) / static_cast<double>(p.size));
  // 1.1 s at 200/s are a little more than 220 in binary.
  return std::ceil(seconds(p.warm_up + p.measured) * p.message_rate - 1e-6);
}

std::vector<planned_message> schedule_of(const plan& p, std::uint64_t seed) {
  if (p.work == workload::chat) return chat_schedule(p, seed);
  const auto count = static_cast<std::size_t>(std::clamp(messages_of(p), 1.0, double{most_messages}));
  std::vector<planned_message> all(count, planned_message{duration{0}, p.size, false});
  if (p.work == workload::bulk) return all;
  for (std::size_t i = 0; i < count; ++i) {
    all[i].intended = from_seconds(static_cast<double>(i) / p.message_rate);
    all[i].warm_up = all[i].intended < p.warm_up;
  }
  return all;
}

std::string describe(const plan& p) {
  if (p.work == workload::bulk) {
    return format_size(p.amount) + " in messages of " + std::to_string(p.size) +
           " B as fast as they are taken";
  }
  const std::string what = p.work == workload::request ? " requests/s of "
                           : p.work == workload::chat  ? " lines/s on average"
                                                       : " messages/s of ";
  const std::string warm_up =
      p.warm_up > duration{0} ? " after " + format_duration(p.warm_up) + " of warm-up" : "";
  if (p.closed_loop) {
    return "requests of " + std::to_string(p.size) + " B one at a time, at most " + number(p.message_rate) +
           "/s, for " + format_duration(p.measured) + warm_up;
  }
  return number(p.message_rate) + what + (p.work == workload::chat ? "" : std::to_string(p.size) + " B") +
         " for " + format_duration(p.measured) + warm_up;
}

}  // namespace dgram::app::compare
