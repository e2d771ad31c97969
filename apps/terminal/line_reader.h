// SPDX-License-Identifier: MIT
// Lines that a person types at a prompt, read on asio's loop.
#pragma once

#include <cstddef>
#include <cstdint>
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

  // Hides, but leaves it to the caller to write the sequence that does so, in one piece with what takes the
  // place of what was typed.
  virtual std::string take_off() {
    hide();
    return {};
  }
  // Rows from the prompt's first down to the cursor; none while the prompt is not on the screen, or what is
  // typed may have pushed the row above it out of the window.
  virtual std::optional<std::size_t> rows_to_cursor() const { return std::nullopt; }
  // Called where the reader alone would bring the prompt back: the window's size has changed, the program
  // goes on after it was stopped, below what others wrote, or the person has cleared the screen.
  enum class disturbance : std::uint8_t { resized, resumed, cleared };
  virtual void on_disturbed(std::function<void(disturbance)>) {}
};

// Line editing with history where the build and the terminal allow it, else plain lines.
std::unique_ptr<line_reader> make_line_reader(const asio::any_io_executor&);
// What the build allows, for --version.
const char* line_editing();

}  // namespace dgram::app
