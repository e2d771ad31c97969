// SPDX-License-Identifier: MIT
// The live view by ncurses, which only the screen's thread calls while it runs.
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "apps/cli/flags.h"
#include "apps/cli/terminal.h"
#include "apps/top/top_screen.h"
#include "apps/top/top_table.h"

// After all others, because they make macros of words such as "timeout" and "lines".
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>
#undef lines

namespace dgram::app {
namespace {

// ms for the rest of a key that begins with Escape, on a slow line too.
constexpr int escape_delay = 50;

volatile int signals_write_end = -1;

extern "C" void tell_screen(int number) {
  const int saved_errno = errno;
  const char byte = static_cast<char>(number);
  [[maybe_unused]] const ssize_t written = ::write(signals_write_end, &byte, 1);
  errno = saved_errno;
}

// The signals a screen lives with, as bytes of a pipe: whichever thread they come to, the screen's thread
// acts on them. ncurses keeps its own handlers off those that have one.
class screen_signals {
 public:
  screen_signals() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    signals_write_end = ends_[1];
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ::sigaction(numbers[i], nullptr, &before_[i]);
      // Whoever is not under job control has SIGTSTP ignored, and it stays so.
      if (before_[i].sa_handler != SIG_IGN) handle(numbers[i]);
    }
  }
  ~screen_signals() {
    for (std::size_t i = 0; i < numbers.size(); ++i) ::sigaction(numbers[i], &before_[i], nullptr);
    signals_write_end = -1;
    for (const int end : ends_) ::close(end);
  }
  screen_signals(const screen_signals&) = delete;
  screen_signals& operator=(const screen_signals&) = delete;

  int descriptor() const { return ends_[0]; }
  std::optional<int> next() {
    char byte = 0;
    if (::read(ends_[0], &byte, 1) != 1) return std::nullopt;
    return byte;
  }
  // Stops the program as the signal would have without us; returns when it goes on.
  static void suspend() {
    std::signal(SIGTSTP, SIG_DFL);
    ::raise(SIGTSTP);
    handle(SIGTSTP);
  }

 private:
  static constexpr std::array numbers{SIGWINCH, SIGTSTP, SIGCONT};

  static void handle(int number) {
    struct sigaction action {};
    action.sa_handler = tell_screen;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
  }

  std::array<int, 2> ends_{};
  std::array<struct sigaction, numbers.size()> before_{};
};

std::string capability(const char* name) {
  const char* value = ::tigetstr(name);
  // ncurses says (char*)-1 for what is no string at all.
  if (value == nullptr || reinterpret_cast<std::intptr_t>(value) == -1) return {};
  return value;
}

int attributes(line_style style) {
  switch (style) {
    case line_style::totals:
    case line_style::problem: return static_cast<int>(A_BOLD);
    case line_style::heading: return static_cast<int>(A_REVERSE);
    case line_style::keys: return static_cast<int>(A_DIM);
    case line_style::peer: break;
  }
  return static_cast<int>(A_NORMAL);
}

std::optional<top_key> key_of(int pressed) {
  switch (pressed) {
    case KEY_UP:
    case 'k': return top_key::up;
    case KEY_DOWN:
    case 'j': return top_key::down;
    case KEY_PPAGE: return top_key::page_up;
    case KEY_NPAGE:
    case ' ': return top_key::page_down;
    case KEY_HOME: return top_key::first;
    case KEY_END: return top_key::last;
    case 's':
    case 'S': return top_key::next_order;
    case 'p':
    case 'P': return top_key::pause;
    default: return std::nullopt;
  }
}

// ncurses on standard input and output.
class curses {
 public:
  curses() : screen_(::newterm(nullptr, stdout, stdin)) {
    if (screen_ == nullptr) throw usage_error("--top needs a terminal that ncurses knows");
    ::cbreak();
    ::noecho();
    ::nonl();
    ::keypad(stdscr, TRUE);
    ::nodelay(stdscr, TRUE);
    ::set_escdelay(escape_delay);
    ::curs_set(0);
    terminal_farewell(farewell());
  }
  ~curses() {
    give_back();
    ::delscreen(screen_);
  }
  curses(const curses&) = delete;
  curses& operator=(const curses&) = delete;

  void draw(top_table& table) {
    ::werase(stdscr);
    int row = 0;
    const auto width = static_cast<std::size_t>(::getmaxx(stdscr));
    for (const screen_line& line : table.lines(width, static_cast<std::size_t>(::getmaxy(stdscr)))) {
      ::wattrset(stdscr, attributes(line.style));
      ::wmove(stdscr, row, 0);
      // Should ncurses find a character wider than we did, the next line goes over what is too much.
      ::wclrtoeol(stdscr);
      ::waddstr(stdscr, line.text.c_str());
      ++row;
    }
    ::wattrset(stdscr, static_cast<int>(A_NORMAL));
    ::wrefresh(stdscr);
  }
  // ERR when nothing more waits.
  int key() { return ::wgetch(stdscr); }
  void resized() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
    ::resizeterm(size.ws_row, size.ws_col);
    ::clearok(curscr, TRUE);
  }
  void suspend() {
    ::endwin();
    screen_signals::suspend();
    taken_again();
  }
  // Somebody else may have used the terminal meanwhile, and changed its size and its modes.
  void taken_again() {
    ::reset_prog_mode();
    resized();
    ::clearok(curscr, TRUE);
  }
  void give_back() {
    if (::isendwin() == FALSE) ::endwin();
  }
  // What gives the screen back, for who cannot wait for ncurses.
  static std::string farewell() {
    return capability("sgr0") + capability("cnorm") + capability("rmcup") + capability("rmkx");
  }

 private:
  SCREEN* screen_;
};

}  // namespace

struct top_screen::state {
  state(top_mailbox& from, std::function<void()> quit) : mailbox(from), on_quit(std::move(quit)) {}

  void run();
  // Draws whenever there is something new, until the end or until the person leaves.
  void watch();
  // False: the person leaves, or the terminal is gone.
  bool read_keys();
  void read_signals();

  top_mailbox& mailbox;
  std::function<void()> on_quit;
  terminal_settings settings;
  screen_signals signals;
  curses screen;
  top_table table;
  std::promise<void> left;
  std::thread thread;
};

void top_screen::state::run() {
  watch();
  screen.give_back();
  // Only what could not be given back, because the terminal was stalled, is to be said again.
  terminal_farewell("");
  left.set_value();
}

void top_screen::state::watch() {
  bool here = true;
  while (!mailbox.ended()) {
    if (here) screen.draw(table);
    std::array<pollfd, 3> waited{{{mailbox.descriptor(), POLLIN, 0},
                                  {signals.descriptor(), POLLIN, 0},
                                  // A negative one is passed over.
                                  {here ? STDIN_FILENO : -1, POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) return;
    if (waited[0].revents != 0) {
      if (auto next = mailbox.take()) table.show(*std::move(next));
    }
    if (waited[1].revents != 0) read_signals();
    if (here && waited[2].revents != 0 && ((waited[2].revents & ~POLLIN) != 0 || !read_keys())) {
      here = false;
      on_quit();
    }
  }
}

bool top_screen::state::read_keys() {
  for (int pressed = screen.key(); pressed != ERR; pressed = screen.key()) {
    if (pressed == 'q' || pressed == 'Q') return false;
    if (const auto key = key_of(pressed)) table.press(*key);
  }
  return true;
}

void top_screen::state::read_signals() {
  while (const auto number = signals.next()) {
    if (*number == SIGWINCH) screen.resized();
    if (*number == SIGTSTP) screen.suspend();
    if (*number == SIGCONT) screen.taken_again();
  }
}

void top_screen::require() {
  if (!is_terminal(STDIN_FILENO)) throw usage_error("--top needs a terminal: standard input is none");
  if (!is_terminal(STDOUT_FILENO)) throw usage_error("--top needs a terminal: standard output is none");
  const char* name = std::getenv("TERM");
  const std::string term = name ? name : "";
  int found = 0;
  const bool known = !term.empty() && ::setupterm(nullptr, STDOUT_FILENO, &found) == OK;
  const bool able = known && !capability("cup").empty() && !capability("clear").empty();
  if (known) ::del_curterm(cur_term);
  if (!able) {
    throw usage_error("--top needs a terminal that can move its cursor: " +
                      (term.empty() ? "TERM is not set" : "TERM is '" + term + "'"));
  }
}

top_screen::top_screen(top_mailbox& mailbox, std::function<void()> on_quit) {
  require();
  use_utf8_locale();
  state_ = std::make_unique<state>(mailbox, std::move(on_quit));
  state_->thread = std::thread([this] { state_->run(); });
}

top_screen::~top_screen() {
  state_->mailbox.end();
  const auto left = state_->left.get_future();
  bool flushed = false;
  while (left.wait_for(std::chrono::milliseconds(200)) != std::future_status::ready) {
    // The terminal takes nothing: somebody stopped it by Ctrl-S, or nobody reads it. What waits for it is of
    // no use any more, and without it the thread goes on.
    ::tcflow(STDOUT_FILENO, TCOOFF);
    ::tcflush(STDOUT_FILENO, TCOFLUSH);
    ::tcflow(STDOUT_FILENO, TCOON);
    flushed = true;
  }
  state_->thread.join();
  if (!flushed) return;
  // What gives the screen back may have been among what was thrown away.
  terminal_farewell(curses::farewell());
  restore_terminal();
  terminal_farewell("");
}

}  // namespace dgram::app
