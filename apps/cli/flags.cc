// SPDX-License-Identifier: MIT
#include "apps/cli/flags.h"

#include <cxxopts.hpp>

#include "apps/cli/output.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

#ifndef DGRAM_VERSION
#define DGRAM_VERSION "unknown"
#endif

namespace dgram::app {
namespace {

constexpr std::size_t shown_value = 60;

std::string dashed(std::string_view name) {
  return "--" + std::string(name);
}

}  // namespace

struct flags::state {
  program_description program;
  cxxopts::Options options;
  cxxopts::ParseResult result{};
  std::vector<std::string> positional{};
};

flags::flags(const program_description& program, std::span<const flag> own, std::span<const flag> shared)
    : state_(std::make_unique<state>(
          state{program, cxxopts::Options(std::string(program.name), std::string(program.purpose))})) {
  auto& options = state_->options;
  options.set_width(100);
  options.custom_help("[flags]");
  options.positional_help(std::string(program.positional));
  auto shown = options.add_options();
  auto hidden = options.add_options("hidden");
  for (const auto table : {own, shared}) {
    for (const flag& f : table) {
      auto& add = f.hidden ? hidden : shown;
      if (f.value.empty()) {
        add(std::string(f.names), std::string(f.help));
      } else {
        add(std::string(f.names), std::string(f.help), cxxopts::value<std::vector<std::string>>(),
            std::string(f.value));
      }
    }
  }
  shown("h,help", "Show this and end");
  shown("V,version", "Show the version and end");
}

flags::~flags() = default;

void flags::parse(int argc, const char* const* argv) {
  try {
    state_->result = state_->options.parse(argc, argv);
  } catch (const cxxopts::exceptions::exception& e) {
    throw usage_error(e.what());
  }
  // What cxxopts cannot place it sets aside in silence; for us it is an argument by position.
  state_->positional = state_->result.unmatched();
  if (state_->program.positional.empty() && !state_->positional.empty()) {
    throw usage_error("'" + escaped(state_->positional.front(), shown_value) + "' is one argument too many");
  }
}

bool flags::given(std::string_view name) const {
  return state_->result.count(std::string(name)) != 0;
}

std::optional<std::string> flags::text(std::string_view name) const {
  if (!given(name)) return std::nullopt;
  return texts(name).back();
}

std::vector<std::string> flags::texts(std::string_view name) const {
  if (!given(name)) return {};
  return state_->result[std::string(name)].as<std::vector<std::string>>();
}

std::optional<duration> flags::time(std::string_view name, duration least, duration most) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto parsed = parse_duration(*value);
  if (!parsed) reject_value(dashed(name), *value, "a duration (such as 250ms, 2s or 1m)");
  if (*parsed < least || *parsed > most) {
    reject_value(dashed(name), *value, "between " + format_duration(least) + " and " + format_duration(most));
  }
  return parsed;
}

std::optional<std::uint64_t> flags::number(std::string_view name, std::uint64_t least,
                                           std::uint64_t most) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  return number_between(dashed(name), *value, least, most);
}

std::optional<std::uint64_t> flags::size(std::string_view name, std::uint64_t least,
                                         std::uint64_t most) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto parsed = parse_size(*value);
  if (!parsed) reject_value(dashed(name), *value, "a size in bytes (such as 64, 1k or 1Ki)");
  if (*parsed < least || *parsed > most) {
    reject_value(dashed(name), *value, "between " + std::to_string(least) + " and " + std::to_string(most));
  }
  return parsed;
}

std::optional<std::size_t> flags::choice(std::string_view name,
                                         std::span<const std::string_view> choices) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::string wanted = "one of";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (*value == choices[i]) return i;
    wanted += i == 0 ? " " : i + 1 == choices.size() ? " or " : ", ";
    wanted += choices[i];
  }
  reject_value(dashed(name), *value, wanted);
}

void flags::exclusive(std::string_view one, std::string_view other) const {
  if (given(one) && given(other)) {
    throw usage_error(dashed(one) + " and " + dashed(other) + " exclude one another");
  }
}

void flags::meaningless(std::string_view one, std::string_view beside) const {
  if (given(one) && given(beside)) {
    throw usage_error(dashed(one) + " means nothing with " + dashed(beside));
  }
}

const std::vector<std::string>& flags::positional() const {
  return state_->positional;
}

std::vector<given_flag> flags::in_order() const {
  std::vector<given_flag> all;
  for (const auto& one : state_->result.arguments()) all.push_back({one.key(), one.value()});
  return all;
}

std::string flags::help() const {
  return state_->options.help({""}) + '\n' + state_->program.epilogue;
}

std::string flags::version() const {
  return std::string(state_->program.name) + " " DGRAM_VERSION "\n";
}

exit_code print_and_end(const std::string& text) {
  output out(1);
  out.add(text);
  out.flush();
  return out.failed() ? exit_code::output : exit_code::ok;
}

void reject_value(std::string_view what, std::string_view value, std::string_view wanted) {
  throw usage_error(std::string(what) + ": '" + escaped(value, shown_value) + "' is not " +
                    std::string(wanted));
}

std::uint64_t number_between(std::string_view what, std::string_view text, std::uint64_t least,
                             std::uint64_t most) {
  const auto parsed = parse_count(text);
  if (!parsed || *parsed < least || *parsed > most) {
    reject_value(what, text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *parsed;
}

}  // namespace dgram::app
