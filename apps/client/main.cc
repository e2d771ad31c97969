// SPDX-License-Identifier: MIT
#include "apps/cli/run_program.h"
#include "apps/client/client_options.h"
#include "apps/client/client_run.h"
#include "apps/client/summary.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {
namespace {

exit_code run(const flags& given) {
  const client_options options = client_options_from(given);
  return client_run(options).run();
}

std::string failure_json(exit_code code, const std::string& why) {
  run_summary summary;
  summary.code = code;
  summary.error = why;
  return json(summary);
}

std::string line_editing_note() {
  return std::string(line_editing()) + "\n";
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_client", client_flags, run, failure_json, line_editing_note}, argc, argv);
}
