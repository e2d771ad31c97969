// SPDX-License-Identifier: MIT
// udp_compare: the same messages over UDP and over TCP, on the same bad link, and a table that says which
// one to take.
#include "apps/cli/run_program.h"
#include "apps/compare/compare_options.h"
#include "apps/compare/session.h"

namespace dgram::app::compare {
namespace {

exit_code run_comparison(const flags& given) {
  return compare_and_show(compare_options_from(given));
}

}  // namespace
}  // namespace dgram::app::compare

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_compare", compare::compare_flags, compare::run_comparison}, argc, argv);
}
