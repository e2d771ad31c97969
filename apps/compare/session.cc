// SPDX-License-Identifier: MIT
#include "apps/compare/session.h"

#include <algorithm>
#include <optional>
#include <string>

#include "apps/cli/output.h"
#include "apps/cli/terminal.h"
#include "apps/cli/units.h"
#include "apps/compare/child_process.h"
#include "apps/compare/conductor.h"
#include "apps/compare/environment.h"
#include "apps/compare/real_runner.h"
#include "apps/compare/simulated_run.h"

namespace dgram::app::compare {
namespace {

// Making the namespaces, and what is still on its way at the end of an ordinary run.
constexpr duration around_a_run = std::chrono::milliseconds(300);

// Words on stderr: how long it will take, and on a terminal how far it is.
class progress_line {
 public:
  explicit progress_line(const compare_options& o) : options_(o), redraw_(can_redraw(2) && !o.quiet) {
    for (std::size_t i = 0; i < o.settings.size(); ++i) runs_ += o.who.entrants.size() * o.who.repetitions;
  }

  void announce() {
    if (options_.quiet || options_.simulated) return;
    duration whole{0};
    bool bulk = false;
    for (const setting& s : options_.settings) {
      bulk = bulk || s.work.work == workload::bulk;
      const duration one = s.work.warm_up + s.work.measured + around_a_run;
      whole += one * static_cast<int>(options_.who.entrants.size() * options_.who.repetitions);
    }
    const std::string time =
        bulk ? "each as long as it takes, 30 s at most"
             : "about " + std::to_string(std::chrono::ceil<std::chrono::seconds>(whole).count()) + " s";
    err_.add_line("udp_compare: " + counted(runs_, "run", "runs") + ", " + time + "; seed " +
                  std::to_string(options_.who.seed));
    err_.flush();
  }

  void step(std::uint32_t repetition, const entrant& who) {
    ++run_;
    if (!redraw_ || options_.simulated) return;
    err_.add("\r[" + std::to_string(run_) + '/' + std::to_string(runs_) + "] repetition " +
             std::to_string(repetition + 1) + " of " + std::to_string(options_.who.repetitions) + ": " +
             std::string(who.label) + "\033[K");
    err_.flush();
  }

  void end() {
    if (!redraw_ || options_.simulated) return;
    err_.add("\r\033[K");
    err_.flush();
  }

 private:
  const compare_options& options_;
  bool redraw_;
  std::size_t runs_ = 0, run_ = 0;
  output err_{2};
};

comparison begin(const compare_options& o) {
  const plan& work = o.settings.front().work;
  comparison all;
  all.command = o.command;
  all.version = o.version;
  all.seed = o.who.seed;
  all.simulated = o.simulated;
  all.workload = to_string(work.work);
  all.schedule = describe(work) + ", " + counted(o.who.repetitions, "repetition", "repetitions");
  all.deadline = work.deadline;
  all.environment = environment_of(o.simulated);
  return all;
}

bool anything_ran(const comparison& all) {
  for (const point& p : all.points) {
    const bool here = std::any_of(p.contenders.begin(), p.contenders.end(),
                                  [](const contender& c) { return !c.figures.empty(); });
    if (here) return true;
  }
  return false;
}

// Says which do not.
bool checks_hold(const compare_options& o, const comparison& all, output& err) {
  bool hold = true;
  for (const point& p : all.points) {
    for (const check& c : o.checks) {
      const auto why = failure_of(c, p);
      if (!why) continue;
      hold = false;
      err.add_line("udp_compare: " + *why);
    }
  }
  return hold;
}

exit_code conclude(const compare_options& o, const comparison& all, exit_code ended, deliverables& to) {
  output err(2);
  const exit_code handed_over = to.hand_over(all, err);
  const bool hold = checks_hold(o, all, err);
  err.flush();
  if (handed_over != exit_code::ok) return handed_over;
  if (ended != exit_code::ok) return ended;
  if (!anything_ran(all)) return exit_code::network;
  return hold ? exit_code::ok : exit_code::check_failed;
}

}  // namespace

exit_code compare_and_show(const compare_options& o, deliverables& to) {
  comparison all = begin(o);
  std::optional<child_runner> children;
  runner one = [](const entrant& who, const plan& p, const impairment& link) {
    return std::optional(run_result{simulate(who, p, link), 0});
  };
  if (!o.simulated) one = real_runner(children.emplace());
  progress_line line(o);
  line.announce();
  exit_code code = exit_code::ok;
  for (const setting& s : o.settings) {
    const auto tell = [&](std::uint32_t repetition, const entrant& who) { line.step(repetition, who); };
    measured_point measured = measure(s, o.who, one, tell);
    all.points.push_back(std::move(measured.point));
    if (!measured.cut_short) continue;
    code = code_for_signal(children->stopped_by());
    break;
  }
  line.end();
  return conclude(o, all, code, to);
}

}  // namespace dgram::app::compare
