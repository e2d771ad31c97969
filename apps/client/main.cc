// SPDX-License-Identifier: MIT
#include <exception>
#include <memory>
#include <string>

#include "apps/cli/exit_code.h"
#include "apps/cli/flags.h"
#include "apps/cli/output.h"
#include "apps/cli/start_up_error.h"
#include "apps/client/client_options.h"
#include "apps/client/client_run.h"
#include "apps/client/line_reader.h"
#include "apps/client/summary.h"

namespace dgram::app {
namespace {

exit_code fail(exit_code code, const std::string& why, bool json) {
  output words(2);
  words.add_line("udp_client: " + why);
  words.flush();
  if (!json) return code;
  run_summary summary;
  summary.code = code;
  summary.error = why;
  output out(1);
  out.add_line(dgram::app::json(summary));
  out.flush();
  return code;
}

exit_code run(int argc, char** argv) {
  bool json = false;
  try {
    flags given = client_flags();
    given.parse(argc, argv);
    if (given.given("help")) return print_and_end(given.help());
    if (given.given("version")) return print_and_end(given.version() + line_editing() + "\n");
    json = given.given("json");
    const client_options options = client_options_from(given);
    return client_run(options).run();
  } catch (const usage_error& e) {
    return fail(exit_code::usage, std::string(e.what()) + " (udp_client --help shows the flags)", json);
  } catch (const start_up_error& e) {
    return fail(e.code(), e.what(), json);
  } catch (const std::exception& e) {
    return fail(exit_code::network, e.what(), json);
  }
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  dgram::app::secure_standard_streams();
  return static_cast<int>(dgram::app::run(argc, argv));
}
