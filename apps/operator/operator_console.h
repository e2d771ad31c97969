// SPDX-License-Identifier: MIT
// Where the person sits who answers: lines come from there, and lines are shown there. What they mean is for
// operator_service.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dgram::app {

class operator_console {
 public:
  enum class kind : std::uint8_t {
    speech,   // what a peer said
    event,    // who comes and goes
    report,   // what the person asked for; may have several rows
    note,     // what became of a typed line, as hoped
    refusal,  // what was not done, and why
  };
  // nullopt: no line comes any more.
  using on_line = std::function<void(std::optional<std::string>)>;

  virtual ~operator_console() = default;

  virtual void start(on_line) = 0;
  // No line comes after it, and whatever the console changed is as it was.
  virtual void stop() = 0;
  // While false no line comes. The console may read ahead a little.
  virtual void want_lines(bool) = 0;
  // Without control characters. Shown before long; a console whose output is lost says so elsewhere.
  virtual void show(kind, std::string_view text) = 0;
  // Whom an answer without a name goes to; empty: nobody.
  virtual void show_target(std::string_view name) = 0;
  // A person who sees what is said and then types; else lines that others wrote, maybe before anybody spoke.
  virtual bool interactive() const = 0;
};

}  // namespace dgram::app
