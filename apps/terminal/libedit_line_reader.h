// SPDX-License-Identifier: MIT
// Line editing with history by libedit, through its own interface in wide characters. Its interface in the
// style of readline writes into memory that it has freed, once a line is longer than some 1000 bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <histedit.h>

#include <asio/signal_set.hpp>

#include "apps/cli/standard_input.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {

class libedit_line_reader : public line_reader {
 public:
  explicit libedit_line_reader(const asio::any_io_executor&);
  ~libedit_line_reader() override;

  void start(std::string prompt, on_line) override;
  void stop() override;
  bool can_hide() const override { return true; }
  void hide() override;
  void show() override;
  std::string take_off() override;
  std::optional<std::size_t> rows_to_cursor() const override;
  void on_disturbed(std::function<void(disturbance)> handler) override { disturbed_ = std::move(handler); }

 private:
  static wchar_t* prompt_of(EditLine*);
  static unsigned char clear_all(EditLine*, wint_t);

  void set_up();
  void wait();
  void read_characters();
  void look_at(const wchar_t* line, int length);
  void entered(std::wstring_view line);
  void left();
  void install();
  void remove();
  void drawn_at_once();
  void watch_length();
  std::size_t rows_above_cursor() const;
  void wait_for_signals();
  void recover(disturbance);

  standard_input input_;
  asio::signal_set signals_;  // the window's size changed; the program goes on after Ctrl-Z
  std::unique_ptr<HistoryW, decltype(&::history_wend)> history_{nullptr, ::history_wend};
  std::unique_ptr<EditLine, decltype(&::el_end)> editor_{nullptr, ::el_end};
  std::string prompt_;
  std::wstring wide_prompt_;
  on_line on_line_;
  std::function<void(disturbance)> disturbed_;
  bool installed_ = false;
  bool shown_ = false;
  bool cleared_ = false;
  std::size_t length_ = 0;   // of what is typed, as of the last key
  std::size_t at_once_ = 0;  // of it, characters that were drawn together; those after it one by one
  std::size_t drawn_columns_ = 80;
  bool may_have_scrolled_ = false;  // since it was shown
  bool stopped_ = true;
};

}  // namespace dgram::app
