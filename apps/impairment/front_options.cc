// SPDX-License-Identifier: MIT
#include "apps/impairment/front_options.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "apps/impairment/shell_word.h"

namespace dgram::app {
namespace {

constexpr std::array table{
    flag{"record", "FILE", "Write what becomes of each packet into FILE, for --replay"},
    flag{"pcap", "NAME", "Write NAME-client.pcap and NAME-server.pcap: what each end sees"},
    flag{"interval", "TIME", "Say how it goes every TIME"},
    flag{"duration", "TIME", "End after TIME"},
    flag{"control", "PATH", "Where to talk to a program that runs (a folder of this user's)"},
    flag{"q,quiet", "", "No words but errors"},
    flag{"json", "", "One JSON object per event and line on stdout"},
};

bool is(const flag& f, std::string_view name) {
  return f.names == name || (f.names.size() > 2 && f.names[1] == ',' && f.names.substr(2) == name);
}

}  // namespace

std::span<const flag> front_flags() {
  return table;
}

front_options front_options_from(const flags& given) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  front_options options;
  options.record = given.text("record").value_or("");
  options.pcap = given.text("pcap").value_or("");
  for (const char* name : {"record", "pcap", "control"}) {
    if (given.given(name) && given.text(name)->empty())
      throw usage_error("--" + std::string(name) + ": '' is no name");
  }
  options.interval = given.time("interval", milliseconds(1), hours(24 * 365));
  options.duration_limit = given.time("duration", milliseconds(1), hours(24 * 365));
  options.control = given.text("control").value_or("");
  options.quiet = given.given("quiet");
  options.json = given.given("json");
  return options;
}

std::string command_to_repeat(std::string_view program, const flags& given, std::span<const flag> own,
                              const impairment& what) {
  std::string command(program);
  for (const given_flag& g : given.in_order()) {
    const auto found = std::find_if(own.begin(), own.end(), [&](const flag& f) { return is(f, g.name); });
    if (found == own.end()) continue;
    command += " --" + g.name;
    if (!found->value.empty()) command += ' ' + shell_word(g.value);
  }
  return command + ' ' + what.flags;
}

}  // namespace dgram::app
