// SPDX-License-Identifier: MIT
#include "apps/compare/conductor.h"

#include <utility>

#include "apps/compare/figures.h"
#include "apps/compare/verdict.h"
#include "apps/compare/warnings.h"

namespace dgram::app::compare {
namespace {

// False when somebody asked to end.
bool run_all(std::vector<contender>& contenders, std::uint64_t& device_drops, const setting& s,
             const lineup& who, const runner& run_one, const progress& tell) {
  for (std::uint32_t r = 0; r < who.repetitions; ++r) {
    impairment link = s.link;
    link.seed = seed_of(who, r);
    for (const std::size_t i : order_of(who, r)) {
      tell(r, who.entrants[i]);
      auto result = run_one(who.entrants[i], s.work, link);
      if (!result) return false;
      result->measured.repetition = r;
      result->measured.seed = link.seed;
      device_drops += result->device_drops;
      contenders[i].runs.push_back(std::move(result->measured));
    }
  }
  return true;
}

}  // namespace

measured_point measure(const setting& s, const lineup& who, const runner& run_one, const progress& tell) {
  measured_point out;
  point& p = out.point;
  p.swept = s.swept;
  p.link = describe(s.link);
  for (const entrant& e : who.entrants)
    p.contenders.push_back({std::string(e.name), std::string(e.label), {}, {}});
  std::uint64_t device_drops = 0;
  out.cut_short = !run_all(p.contenders, device_drops, s, who, run_one, tell);
  for (contender& c : p.contenders) fill_figures(c, s.work, who.seed);
  p.verdict = verdict_of(p, s.work);
  p.warnings = warnings_of(p, s, device_drops);
  if (out.cut_short) p.warnings.push_back("ended before all repetitions were done.");
  return out;
}

}  // namespace dgram::app::compare
