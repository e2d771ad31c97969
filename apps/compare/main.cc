// SPDX-License-Identifier: MIT
// udp_compare: the same messages over UDP and over TCP, on the same bad link, and a table that says which
// one to take.
#include "apps/cli/run_program.h"
#include "apps/cli/text_escape.h"
#include "apps/compare/compare_options.h"
#include "apps/compare/deliverables.h"
#include "apps/compare/redraw.h"
#include "apps/compare/session.h"
#include "apps/compare/suite.h"

namespace dgram::app::compare {
namespace {

exit_code run_comparison(const flags& given) {
  const auto& words = given.positional();
  if (!words.empty() && words.front() == "report") return redraw(given);
  if (!words.empty() && words.front() == "suite") return run_suite(given);
  if (!words.empty())
    throw usage_error("'" + escaped(words.front(), 60) + "' is not a command; there are report and suite");
  const compare_options options = compare_options_from(given);
  deliverables to(deliverables_from(given));
  return compare_and_show(options, to);
}

}  // namespace
}  // namespace dgram::app::compare

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_compare", compare::compare_flags, compare::run_comparison}, argc, argv);
}
