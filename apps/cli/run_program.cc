// SPDX-License-Identifier: MIT
#include "apps/cli/run_program.h"

#include <exception>

#include "apps/cli/json_object.h"
#include "apps/cli/output.h"
#include "apps/cli/start_up_error.h"

namespace dgram::app {
namespace {

exit_code fail(const program& which, bool json, exit_code code, const std::string& why) {
  const std::string hint = code == exit_code::usage ? " (" + which.name + " --help shows the flags)" : "";
  output words(2);
  words.add_line(which.name + ": " + why + hint);
  words.flush();
  if (!json || !which.failure_json) return code;
  output out(1);
  out.add_line(which.failure_json(code, why));
  out.flush();
  return code;
}

exit_code run(const program& which, int argc, const char* const* argv) {
  bool json = false;
  try {
    flags given = which.declare();
    given.parse(argc, argv);
    if (given.given("help")) return print_and_end(given.help());
    if (given.given("version")) {
      return print_and_end(given.version() + (which.version_note ? which.version_note() : ""));
    }
    json = which.failure_json && given.given("json");
    return which.run(given);
  } catch (const usage_error& e) {
    return fail(which, json, exit_code::usage, e.what());
  } catch (const start_up_error& e) {
    return fail(which, json, e.code(), e.what());
  } catch (const std::exception& e) {
    return fail(which, json, exit_code::network, e.what());
  }
}

}  // namespace

std::string failure_event(exit_code code, const std::string& why) {
  json_object event;
  event.add("event", "error").add("error", why).add("exit_code", static_cast<int>(code));
  return event.text();
}

int run_program(const program& which, int argc, const char* const* argv) {
  secure_standard_streams();
  return static_cast<int>(run(which, argc, argv));
}

}  // namespace dgram::app
