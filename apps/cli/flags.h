// SPDX-License-Identifier: MIT
// A program's flags: declared as a table, read with units and ranges. Every complaint is a usage_error
// whose text names the flag and the value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/exit_code.h"
#include "udp/core/time.h"

namespace dgram::app {

// Ends a program with exit_code::usage.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct flag {
  std::string_view names;  // "port", or "q,quiet" with a short form
  std::string_view value;  // what --help calls its value; empty for a switch
  std::string_view help;
  bool hidden = false;  // parses, but --help leaves it out
};

// One flag as it was given; "true" for a switch.
struct given_flag {
  std::string name;  // the long one
  std::string value;
};

struct program_description {
  std::string_view name;
  std::string_view purpose;     // one line
  std::string_view positional;  // "[HOST [PORT]]", empty when there is none
  std::string epilogue;         // examples, exit codes
};

class flags {
 public:
  // The program's own table, then one it shares with others; --help and --version are added.
  flags(const program_description&, std::span<const flag>, std::span<const flag> shared = {});
  ~flags();

  void parse(int argc, const char* const* argv);

  bool given(std::string_view name) const;
  // The last value given.
  std::optional<std::string> text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::optional<duration> time(std::string_view name, duration least, duration most) const;
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t most) const;
  std::optional<std::uint64_t> size(std::string_view name, std::uint64_t least, std::uint64_t most) const;
  // The index of the value in `choices`.
  std::optional<std::size_t> choice(std::string_view name, std::span<const std::string_view> choices) const;
  // Throws when two flags that exclude one another are both given, or one that means nothing beside another.
  void exclusive(std::string_view one, std::string_view other) const;
  void meaningless(std::string_view one, std::string_view beside) const;
  const std::vector<std::string>& positional() const;
  // All of them, for flags of which a later one overrides an earlier one of another name.
  std::vector<given_flag> in_order() const;

  std::string help() const;
  std::string version() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

// For --help and --version.
exit_code print_and_end(const std::string& text);

// `what` names the flag or argument, e.g. "--port"; `wanted` ends "'70000' is not ...". Throws usage_error.
[[noreturn]] void reject_value(std::string_view what, std::string_view value, std::string_view wanted);
std::uint64_t number_between(std::string_view what, std::string_view text, std::uint64_t least,
                             std::uint64_t most);

}  // namespace dgram::app
