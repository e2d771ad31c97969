// SPDX-License-Identifier: MIT
#include "tests/lossy/case.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "tests/support/catch.h"
#include "tests/support/seed.h"

namespace dgram::test {
namespace {

std::string in_ms(duration d) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f ms", static_cast<double>(d.count()) / 1e6);
  return out;
}

void collect(case_result& out, const course_result& run) {
  for (const record& r : run.records) {
    if (r.from != side::client || !r.patient() || !r.resent()) continue;
    if (r.when_in == part::single) {
      if (r.result == outcome::answered) out.singles.sorted.push_back(*r.resolved - r.sent);
      continue;
    }
    if (r.when_in != part::stream) continue;
    samples& arrivals = r.how.mode == delivery_mode::ordered ? out.ordered : out.reliable;
    if (r.arrived) arrivals.sorted.push_back(*r.arrived - r.sent);
    if (r.result == outcome::answered) out.answers.sorted.push_back(*r.resolved - r.sent);
  }
}

void hold(const char* what, const samples& s, duration bar, bool enough) {
  const duration p99 = s.at(0.99);
  std::cout << "  " << what << ": p50 " << in_ms(s.at(0.5)) << ", p99 " << in_ms(p99) << ", most "
            << in_ms(s.most()) << " of " << s.sorted.size() << "; bar " << in_ms(bar) << '\n';
  if (!enough) return;
  INFO(what << ": p99 " << in_ms(p99) << ", bar " << in_ms(bar));
  CHECK(s.sorted.size() >= 400);
  CHECK(p99 <= bar);
}

}  // namespace

duration samples::at(double quantile) const {
  if (sorted.empty()) return duration{0};
  const auto n = static_cast<double>(sorted.size());
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(quantile * n))];
}

case_result run_case(const std::string& name, const course& c, transport t, std::uint64_t seeds) {
  const std::uint64_t first = seed_or(1);
  // All of them under sanitizers, too: a case takes a tenth of a second without.
  const std::uint64_t count =
      number_from_environment("DGRAM_SEED") ? 1 : number_from_environment("DGRAM_SEEDS").value_or(seeds);
  case_result out;
  out.enough = count >= seeds;
  tally sum;
  std::uint64_t offered = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    try {
      out.runs.push_back(run(c, t, seed));
    } catch (const broken_promise& broken) {
      FAIL(name << " over " << to_string(t) << ", seed " << seed << ": " << broken.what()
                << "\nrepeat it with DGRAM_SEED=" << seed);
    }
    collect(out, out.runs.back());
    sum += out.runs.back().messages;
    offered += out.runs.back().offered;
  }
  for (samples* s : {&out.reliable, &out.ordered, &out.answers, &out.singles}) std::ranges::sort(s->sorted);
  std::cout << name << " over " << to_string(t) << ": seeds " << first << " to " << first + count - 1 << ", "
            << sum.messages << " messages (" << sum.requests << " requests), " << offered
            << (t == transport::udp ? " datagrams" : " segments") << "; delivered " << sum.delivered
            << ", answered " << sum.answered << ", unanswered " << sum.unanswered << ", expired "
            << sum.expired << ", lost " << sum.lost << ", unknown " << sum.unknown << '\n';
  return out;
}

void hold(const case_result& r, const bars& b) {
  hold("reliable", r.reliable, b.reliable, r.enough);
  hold("ordered", r.ordered, b.ordered, r.enough);
  hold("answers", r.answers, b.answer, r.enough);
  hold("single requests", r.singles, b.single, r.enough);
}

duration recovered_within(const case_result& c, duration cleared) {
  duration most{0};
  for (const course_result& run : c.runs) {
    const time_point clear = run.stream_began + cleared;
    for (const record& r : run.records) {
      if (r.when_in != part::stream || !r.resent() || !r.patient() || !r.arrived) continue;
      most = std::max(most, *r.arrived - std::max(clear, r.sent));
    }
  }
  std::cout << "  recovered within " << in_ms(most) << '\n';
  return most;
}

}  // namespace dgram::test
