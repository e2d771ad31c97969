// SPDX-License-Identifier: MIT
#include "apps/compare/sweep.h"

#include <array>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/compare/compare_limits.h"
#include "apps/compare/split.h"

namespace dgram::app::compare {
namespace {

constexpr const char* digits = "0123456789.";

[[noreturn]] void reject(const std::string& name, const std::string& value, const std::string& wanted) {
  throw usage_error("--sweep " + name + ": '" + escaped(value, 60) + "' is not " + wanted);
}

void apply(setting& s, const std::string& name, const std::string& value) {
  if (name == "rtt") {
    const auto rtt = parse_duration(value);
    if (!rtt) reject(name, value, "a duration (such as 40ms)");
    apply_settings(s.link, std::array{"delay=" + std::to_string(rtt->count() / 2) + "ns"});
  } else if (name == "size") {
    const auto size = parse_size(value);
    if (!size || *size < least_size || *size > max_message_size) {
      reject(name, value,
             "a size from " + std::to_string(least_size) + " to " + std::to_string(max_message_size));
    }
    s.work.size = *size;
  } else if (name == "message-rate") {
    const auto rate = parse_rate(value);
    if (!rate || *rate < least_message_rate || *rate > most_message_rate) {
      reject(name, value, "a rate from 0.1 to 50k");
    }
    s.work.message_rate = *rate;
  } else {
    try {
      apply_settings(s.link, std::array{name + '=' + value});
    } catch (const usage_error& e) {
      throw usage_error("--sweep " + std::string(e.what()));
    }
  }
}

}  // namespace

sweep sweep_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0 || equals + 1 == text.size()) {
    throw usage_error("--sweep: '" + escaped(text, 60) + "' is not NAME=VALUE,VALUE,… (such as loss=0,1,5%)");
  }
  sweep s{text.substr(0, equals), split(std::string_view(text).substr(equals + 1), ',')};
  const std::string& last = s.values.back();
  const std::size_t unit = last.find_first_not_of(digits);
  for (std::string& value : s.values) {
    if (value.empty()) throw usage_error("--sweep: '" + escaped(text, 60) + "' has an empty value");
    const bool bare = value.find_first_not_of(digits) == value.npos;
    if (bare && unit != last.npos && unit != 0) value += last.substr(unit);
  }
  return s;
}

std::vector<setting> settings_for(const setting& base, const std::vector<sweep>& sweeps) {
  std::vector<setting> all{base};
  for (const sweep& s : sweeps) {
    if (all.size() * s.values.size() > most_points) {
      throw usage_error("--sweep: more than " + std::to_string(most_points) + " points");
    }
    std::vector<setting> next;
    for (const setting& before : all) {
      for (const std::string& value : s.values) {
        setting& one = next.emplace_back(before);
        apply(one, s.name, value);
        one.swept.emplace_back(s.name, value);
      }
    }
    all = std::move(next);
  }
  return all;
}

}  // namespace dgram::app::compare
