// SPDX-License-Identifier: MIT
#include "apps/exec/result_text.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <csignal>
#include <string_view>
#include <utility>

#include "apps/cli/units.h"

namespace dgram::app::exec {
namespace {

constexpr std::string_view err_line = "-- stderr --";

std::string signal_name(int number) {
  constexpr std::array<std::pair<int, std::string_view>, 16> names{{{SIGHUP, "SIGHUP"},
                                                                    {SIGINT, "SIGINT"},
                                                                    {SIGQUIT, "SIGQUIT"},
                                                                    {SIGILL, "SIGILL"},
                                                                    {SIGTRAP, "SIGTRAP"},
                                                                    {SIGABRT, "SIGABRT"},
                                                                    {SIGBUS, "SIGBUS"},
                                                                    {SIGFPE, "SIGFPE"},
                                                                    {SIGKILL, "SIGKILL"},
                                                                    {SIGSEGV, "SIGSEGV"},
                                                                    {SIGPIPE, "SIGPIPE"},
                                                                    {SIGALRM, "SIGALRM"},
                                                                    {SIGTERM, "SIGTERM"},
                                                                    {SIGUSR1, "SIGUSR1"},
                                                                    {SIGUSR2, "SIGUSR2"},
                                                                    {SIGXCPU, "SIGXCPU"}}};
  const auto* found = std::ranges::find(names, number, &std::pair<int, std::string_view>::first);
  return found == names.end() ? "" : " (" + std::string(found->second) + ')';
}

// Empty when there is nothing to say.
std::string ending_line(const run_result& result) {
  switch (result.how) {
    case run_result::ending::exited:
      return result.number == 0 ? "" : "exit status " + std::to_string(result.number);
    case run_result::ending::killed:
      return "killed by signal " + std::to_string(result.number) + signal_name(result.number);
    case run_result::ending::overran:
      return "stopped after " + format_duration(result.limit) + ": time limit";
    case run_result::ending::stopped: return "stopped";
    case run_result::ending::not_started: return "could not be started: " + result.error.message();
  }
  return {};
}

void start_line(std::string& text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
}

void add_part(std::string& text, std::string_view kept, std::size_t most, std::uint64_t lost) {
  const std::size_t shown = std::min(kept.size(), most);
  text += kept.substr(0, shown);
  lost += kept.size() - shown;
  if (lost == 0) return;
  start_line(text);
  text += "... " + std::to_string(lost) + " bytes left out\n";
}

}  // namespace

std::string_view result_text(const run_result& result, std::size_t most, std::string& text) {
  text.clear();
  assert(most >= shortest_reply);
  const kept_output& output = result.output;
  const std::string ending = ending_line(result);
  const bool has_err = !output.err().empty() || output.err_lost() != 0;
  const bool has_out = !output.out().empty() || output.out_lost() != 0;
  if (!has_out && !has_err) {
    if (result.how != run_result::ending::not_started) text = ending.empty() ? "no output" : "no output\n";
    return text += ending;
  }
  if (ending.empty() && !has_err && output.out_lost() == 0 && output.out().size() <= most)
    return output.out();

  // The line about stderr, the two lines of 40 bytes at most about what is left out, and the ends of lines.
  const std::size_t around = ending.size() + err_line.size() + 2 * 40 + 4;
  const std::size_t room = most > around ? most - around : 0;
  const std::size_t free = room - std::min(room, output.out().size());
  const std::size_t for_err = std::min(output.err().size(), std::max(free, kept_output::share_of_err(room)));
  text.reserve(std::min(most, output.out().size() + output.err().size() + around));
  add_part(text, output.out(), room - for_err, output.out_lost());
  if (has_err) {
    start_line(text);
    text.append(err_line).append("\n");
    add_part(text, output.err(), for_err, output.err_lost());
  }
  if (!ending.empty()) {
    start_line(text);
    text += ending;
  }
  assert(text.size() <= most);
  return text;
}

}  // namespace dgram::app::exec
