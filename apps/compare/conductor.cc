// SPDX-License-Identifier: MIT
#include "apps/compare/conductor.h"

#include <optional>
#include <utility>

#include "apps/cli/units.h"
#include "apps/compare/figures.h"
#include "apps/compare/verdict.h"
#include "apps/compare/warnings.h"

namespace dgram::app::compare {
namespace {

// A machine that is shared stops now and then for tens of milliseconds. What a contender then looks like says
// nothing of it; the lateness of the sender and of the link tells, whatever the latencies were.
constexpr duration too_late = std::chrono::milliseconds(5);

bool stood_still(const run& r) {
  return r.lateness_p99 > too_late || r.send_lateness_p99 > too_late;
}

// What a point came to beside its runs.
struct tally {
  std::uint64_t device_drops = 0;
  std::size_t made_again = 0;
};

// The same again while the machine stalls, but not for ever: a fifth of all runs at most.
std::optional<run_result> run_steadily(const entrant& who, const setting& s, const impairment& link,
                                       std::size_t most_again, tally& t, const runner& run_one) {
  for (;;) {
    auto result = run_one(who, s.work, link);
    if (!result || !stood_still(result->measured) || t.made_again == most_again) return result;
    ++t.made_again;
  }
}

// False when somebody asked to end.
bool run_all(std::vector<contender>& contenders, tally& t, const setting& s, const lineup& who,
             const runner& run_one, const progress& tell) {
  const std::size_t most_again = (who.entrants.size() * who.repetitions + 4) / 5;
  for (std::uint32_t r = 0; r < who.repetitions; ++r) {
    impairment link = s.link;
    link.seed = seed_of(who, r);
    for (const std::size_t i : order_of(who, r)) {
      tell(r, who.entrants[i]);
      auto result = run_steadily(who.entrants[i], s, link, most_again, t, run_one);
      if (!result) return false;
      result->measured.repetition = r;
      result->measured.seed = link.seed;
      t.device_drops += result->device_drops;
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
  tally t;
  out.cut_short = !run_all(p.contenders, t, s, who, run_one, tell);
  for (contender& c : p.contenders) fill_figures(c, s.work, who.seed);
  p.verdict = verdict_of(p, s.work);
  p.warnings = warnings_of(p, s, t.device_drops);
  for (const entrant& e : who.entrants) {
    if (!e.tuning.empty()) p.warnings.push_back(std::string(e.label) + ": " + std::string(e.tuning) + '.');
  }
  if (t.made_again > 0) {
    p.warnings.push_back(
        counted(t.made_again, "run was", "runs were") +
        " made again, because the machine stood still for a while (link or sender more than " +
        format_duration(too_late) + " late, p99).");
  }
  if (out.cut_short) p.warnings.push_back("ended before all repetitions were done.");
  return out;
}

}  // namespace dgram::app::compare
