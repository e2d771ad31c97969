// SPDX-License-Identifier: MIT
// udp_compare: the same messages over UDP and over TCP, on the same bad link, and a table that says which
// one to take.
#include <optional>
#include <string>

#include "apps/cli/output.h"
#include "apps/cli/run_program.h"
#include "apps/cli/terminal.h"
#include "apps/compare/compare_options.h"
#include "apps/compare/comparison.h"
#include "apps/compare/conductor.h"
#include "apps/compare/simulated_run.h"
#include "apps/compare/table.h"

namespace dgram::app::compare {
namespace {

exit_code run_comparison(const flags& given) {
  const compare_options options = compare_options_from(given);
  comparison all;
  all.command = options.command;
  all.seed = options.who.seed;
  all.simulated = options.simulated;
  all.deadline = options.settings.front().work.deadline;
  all.workload = to_string(options.settings.front().work.work);
  all.schedule = describe(options.settings.front().work);
  const runner one = [](const entrant& who, const plan& p, const impairment& link) {
    return std::optional(run_result{simulate(who, p, link), 0});
  };
  for (const setting& s : options.settings) {
    all.points.push_back(measure(s, options.who, one, [](std::uint32_t, const entrant&) {}).point);
  }
  output out(1);
  out.add(table_text(all, may_colour(1, !options.no_colour)));
  out.flush();
  return exit_code::ok;
}

}  // namespace
}  // namespace dgram::app::compare

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_compare", compare::compare_flags, compare::run_comparison}, argc, argv);
}
