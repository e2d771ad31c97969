// SPDX-License-Identifier: MIT
#include "apps/terminal/libedit_line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cwchar>
#include <utility>

#include "apps/cli/output.h"
#include "apps/cli/terminal.h"
#include "apps/terminal/wrapping.h"

namespace dgram::app {
namespace {

constexpr int remembered_lines = 1000;
// What libedit makes of Ctrl-D on an empty line.
constexpr wchar_t control_d = L'\x04';

// Keys that libedit does not know by itself.
constexpr std::array<std::pair<const wchar_t*, const wchar_t*>, 12> keys{{
    {L"^L", L"clear-all"},
    {L"^R", L"em-inc-search-prev"},
    {L"\\e[1~", L"ed-move-to-beg"},
    {L"\\e[4~", L"ed-move-to-end"},
    {L"\\e[7~", L"ed-move-to-beg"},
    {L"\\e[8~", L"ed-move-to-end"},
    {L"\\e[H", L"ed-move-to-beg"},
    {L"\\e[F", L"ed-move-to-end"},
    {L"\\e[3~", L"ed-delete-next-char"},
    {L"\\e[2~", L"em-toggle-overwrite"},
    {L"\\e[1;5C", L"em-next-word"},
    {L"\\e[1;5D", L"ed-prev-word"},
}};

// The locale is UTF-8 (see use_utf8_locale).
std::string narrow(std::wstring_view wide) {
  std::string text;
  std::mbstate_t state{};
  std::array<char, MB_LEN_MAX> one{};
  for (const wchar_t c : wide) {
    const std::size_t length = std::wcrtomb(one.data(), c, &state);
    if (length != static_cast<std::size_t>(-1)) text.append(one.data(), length);
  }
  return text;
}

std::wstring widened(const std::string& text) {
  std::wstring wide(text.size(), L'\0');
  const std::size_t length = std::mbstowcs(wide.data(), text.c_str(), wide.size());
  wide.resize(length == static_cast<std::size_t>(-1) ? 0 : length);
  return wide;
}

// Bytes that wait, and whether more can come.
struct input_state {
  bool readable = false;
  bool gone = false;
};

input_state look_at_input() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, 0) <= 0) return {};
  const bool gone = (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  return {(input.revents & POLLIN) != 0 && !gone, gone};
}

}  // namespace

libedit_line_reader::libedit_line_reader(const asio::any_io_executor& executor)
    : input_(executor), signals_(executor, SIGWINCH, SIGCONT) {}

libedit_line_reader::~libedit_line_reader() {
  stop();
}

void libedit_line_reader::start(std::string prompt, on_line handler) {
  prompt_ = std::move(prompt);
  wide_prompt_ = widened(prompt_);
  on_line_ = std::move(handler);
  stopped_ = false;
  set_up();
  install();
  wait_for_signals();
  wait();
}

void libedit_line_reader::set_up() {
  history_.reset(::history_winit());
  HistEventW event{};
  ::history_w(history_.get(), &event, H_SETSIZE, remembered_lines);

  editor_.reset(::el_init("udp_client", stdin, stdout, stderr));
  EditLine* editor = editor_.get();
  ::el_wset(editor, EL_CLIENTDATA, this);
  ::el_wset(editor, EL_SIGNAL, 0);  // signals are the loop's business
  ::el_wset(editor, EL_PROMPT, prompt_of);
  ::el_wset(editor, EL_EDITOR, L"emacs");
  ::el_wset(editor, EL_HIST, ::history_w, history_.get());
  ::el_wset(editor, EL_ADDFN, L"clear-all", L"Clear the screen, but for the line being typed", clear_all);
  for (const auto& [key, action] : keys) ::el_wset(editor, EL_BIND, key, action, nullptr);
  ::el_source(editor, nullptr);  // what the person wants otherwise
}

wchar_t* libedit_line_reader::prompt_of(EditLine* editor) {
  void* reader = nullptr;
  ::el_wget(editor, EL_CLIENTDATA, &reader);
  return static_cast<libedit_line_reader*>(reader)->wide_prompt_.data();
}

// libedit's own would draw the prompt alone. Inside of libedit nothing can be drawn.
unsigned char libedit_line_reader::clear_all(EditLine* editor, wint_t) {
  void* reader = nullptr;
  ::el_wget(editor, EL_CLIENTDATA, &reader);
  static_cast<libedit_line_reader*>(reader)->cleared_ = true;
  return CC_NORM;
}

void libedit_line_reader::stop() {
  if (std::exchange(stopped_, true)) return;
  if (shown_) hide();
  if (installed_) remove();
  std::error_code ignored;
  input_.stream().cancel(ignored);
  signals_.cancel(ignored);
}

// Raw mode begins, an empty line and the prompt are shown.
void libedit_line_reader::install() {
  ::el_wset(editor_.get(), EL_UNBUFFERED, 1);
  installed_ = shown_ = true;
  drawn_at_once();
}

// The terminal is as it was.
void libedit_line_reader::remove() {
  ::el_wset(editor_.get(), EL_UNBUFFERED, 0);
  installed_ = false;
}

void libedit_line_reader::wait() {
  input_.stream().async_wait(asio::posix::stream_descriptor::wait_read, [this](std::error_code error) {
    if (error || stopped_) return;
    read_characters();
    if (!stopped_) wait();
  });
}

void libedit_line_reader::read_characters() {
  for (;;) {
    const input_state input = look_at_input();
    // libedit would report neither, and the loop would spin.
    if (input.gone) return on_line_(std::nullopt);
    if (!input.readable) return;
    int length = 0;
    errno = 0;  // tells an empty line from one that cannot be read any more: both are null and -1
    const wchar_t* line = ::el_wgets(editor_.get(), &length);
    look_at(line, length);
    if (stopped_) return;
    watch_length();
    if (std::exchange(cleared_, false)) {
      output screen(STDOUT_FILENO);
      screen.add("\x1b[H\x1b[2J");
      screen.flush();
      recover(disturbance::cleared);
    }
  }
}

// The line as it is after a key, and after Enter with its end.
void libedit_line_reader::look_at(const wchar_t* line, int length) {
  if (line == nullptr) return errno == 0 ? void() : left();
  if (length <= 0) return;
  const std::wstring_view text(line, static_cast<std::size_t>(length));
  if (text == std::wstring_view(&control_d, 1)) return left();
  if (text.back() == L'\n' || text.back() == L'\r') entered(text.substr(0, text.size() - 1));
}

void libedit_line_reader::entered(std::wstring_view line) {
  const std::wstring whole(line);  // what libedit holds ends with its raw mode
  shown_ = false;
  remove();
  HistEventW event{};
  if (!whole.empty()) ::history_w(history_.get(), &event, H_ENTER, whole.c_str());
  on_line_(narrow(whole));
  if (!stopped_) install();
}

void libedit_line_reader::left() {
  shown_ = false;
  remove();
  // libedit has shown ^D where the line would be.
  output screen(STDOUT_FILENO);
  screen.add("\r\x1b[J");
  screen.flush();
  on_line_(std::nullopt);
}

void libedit_line_reader::hide() {
  output screen(STDOUT_FILENO);
  screen.add(take_off());
  screen.flush();
}

std::string libedit_line_reader::take_off() {
  if (!std::exchange(shown_, false)) return {};
  const std::size_t rows = rows_above_cursor();
  return (rows != 0 ? "\x1b[" + std::to_string(rows) + "A" : "") + "\r\x1b[J";
}

void libedit_line_reader::show() {
  if (stopped_ || !installed_ || std::exchange(shown_, true)) return;
  // Its signal may still be on the way.
  if (drawn_columns_ != columns(STDOUT_FILENO)) ::el_resize(editor_.get());
  drawn_at_once();
  ::el_wset(editor_.get(), EL_REFRESH);
}

void libedit_line_reader::drawn_at_once() {
  may_have_scrolled_ = false;
  drawn_columns_ = columns(STDOUT_FILENO);
  watch_length();
  at_once_ = length_;
}

// Once per key, so without looking at the characters: a line of thousands of them would take a while.
void libedit_line_reader::watch_length() {
  const LineInfoW* line = ::el_wline(editor_.get());
  const auto length = static_cast<std::size_t>(line->lastchar - line->buffer);
  const bool appended = length == length_ + 1 && line->cursor == line->lastchar;
  if (!appended) at_once_ = length;
  length_ = length;
  const std::size_t widest = display_width(prompt_) + 2 * length;
  if (widest / columns(STDOUT_FILENO) + 2 > window_rows(STDOUT_FILENO)) may_have_scrolled_ = true;
}

std::size_t libedit_line_reader::rows_above_cursor() const {
  const LineInfoW* line = ::el_wline(editor_.get());
  const std::string text = prompt_ + narrow({line->buffer, line->cursor});
  const std::size_t now = columns(STDOUT_FILENO);
  if (now == drawn_columns_ || !wraps_anew()) return place_after(text, drawn_columns_).row;
  const std::size_t at_once = prompt_.size() + narrow({line->buffer, at_once_}).size();
  return rows_after_resize(text, at_once, drawn_columns_, now);
}

std::optional<std::size_t> libedit_line_reader::rows_to_cursor() const {
  if (!shown_ || may_have_scrolled_) return std::nullopt;
  return rows_above_cursor();
}

void libedit_line_reader::wait_for_signals() {
  signals_.async_wait([this](std::error_code error, int number) {
    if (error || stopped_) return;
    if (number == SIGCONT) {
      // The shell has set the terminal meanwhile; libedit believes it is still raw.
      ::el_wset(editor_.get(), EL_PREP_TERM, 0);
      ::el_wset(editor_.get(), EL_PREP_TERM, 1);
    }
    if (number == SIGWINCH) ::el_resize(editor_.get());
    recover(number == SIGWINCH ? disturbance::resized : disturbance::resumed);
    wait_for_signals();
  });
}

void libedit_line_reader::recover(disturbance what) {
  if (!shown_) return;
  // Where the prompt was before nobody knows any more.
  if (what != disturbance::resized) shown_ = false;
  if (disturbed_) return disturbed_(what);
  hide();
  show();
}

}  // namespace dgram::app
