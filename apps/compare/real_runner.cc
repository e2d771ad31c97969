// SPDX-License-Identifier: MIT
#include "apps/compare/real_runner.h"

#include <exception>
#include <string>

#include "apps/cli/start_up_error.h"
#include "apps/cli/units.h"
#include "apps/compare/json_form.h"
#include "apps/compare/real_run.h"

namespace dgram::app::compare {
namespace {

// The child's answer is one line ("measured DROPS", "unsupported WHY" or "failed WHY"), then the run as JSON.
std::string answer_of_child(const entrant& who, const plan& p, const impairment& link) {
  try {
    const run_result r = run_for_real(who, p, link, die_with_parent);
    return "measured " + std::to_string(r.device_drops) + '\n' + run_to_json(r.measured);
  } catch (const start_up_error& e) {
    return std::string(e.code() == exit_code::unsupported ? "unsupported " : "failed ") + e.what() + '\n';
  } catch (const std::exception& e) {
    return std::string("failed ") + e.what() + '\n';
  }
}

run_result failed(const std::string& why) {
  run_result r;
  r.measured.failure = why;
  return r;
}

run_result result_from(const std::string& answer) {
  const std::size_t space = answer.find(' '), newline = answer.find('\n');
  const std::string kind = answer.substr(0, space);
  if (newline == answer.npos || space > newline) return failed("the run said nothing that can be understood");
  const std::string rest = answer.substr(space + 1, newline - space - 1);
  if (kind == "unsupported") {
    throw start_up_error(exit_code::unsupported, rest + "; --sim compares the UDP contenders without it");
  }
  if (kind == "failed") return failed(rest);
  return {run_from_json(std::string_view(answer).substr(newline + 1)), parse_count(rest).value_or(0)};
}

}  // namespace

runner real_runner(child_runner& children) {
  return [&children](const entrant& who, const plan& p, const impairment& link) -> std::optional<run_result> {
    const duration limit = longest_real_run(p);
    const child_answer answer = children.run([&] { return answer_of_child(who, p, link); }, limit);
    switch (answer.how) {
      case child_answer::ending::answered: return result_from(answer.text);
      case child_answer::ending::overran:
        return failed("the run did not end within " + format_duration(limit));
      case child_answer::ending::broke_off: return failed("the run ended before it was done");
      case child_answer::ending::stopped: break;
    }
    return std::nullopt;
  };
}

}  // namespace dgram::app::compare
