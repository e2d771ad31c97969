// SPDX-License-Identifier: MIT
// Lines that a person types at a prompt, read on asio's loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <asio/any_io_executor.hpp>

namespace dgram::app {

class line_reader {
 public:
  // nullopt: the person leaves (Ctrl-D), or the terminal is gone. The prompt is off the screen during the
  // call and comes back after it.
  using on_line = std::function<void(std::optional<std::string>)>;

  virtual ~line_reader() = default;

  virtual void start(std::string prompt, on_line) = 0;
  // Ends reading, and leaves the terminal as it was found.
  virtual void stop() = 0;

  // Whether the line being typed can be taken off the screen and put back unharmed.
  virtual bool can_hide() const = 0;
  // Takes the prompt and what was typed off the screen; the cursor is at the left edge of its first row.
  virtual void hide() = 0;
  virtual void show() = 0;
};

// Line editing with history where the build and the terminal allow it, else plain lines.
std::unique_ptr<line_reader> make_line_reader(const asio::any_io_executor&);
// What the build allows, for --version.
const char* line_editing();

}  // namespace dgram::app
