// SPDX-License-Identifier: MIT
#include "apps/compare/plots_gnuplot.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "apps/cli/text_escape.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace dgram::app::compare {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;

struct file_closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, file_closer>;

class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// A file without a name: the child reads the whole script from it, so nobody waits for anybody.
file holding(const std::string& text) {
  file f(std::tmpfile());
  if (f && (std::fwrite(text.data(), 1, text.size(), f.get()) != text.size() || std::fflush(f.get()) != 0))
    f.reset();
  if (f) std::rewind(f.get());
  return f;
}

// Starts it with these as its three streams; 0, or an errno.
int start(pid_t& child, const std::string& program, int in, int out, int err) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, in, 0);
  posix_spawn_file_actions_adddup2(&streams, out, 1);
  posix_spawn_file_actions_adddup2(&streams, err, 2);
  std::string name = program;
  std::string defaults = "-d";  // nobody's ~/.gnuplot
  char* arguments[] = {name.data(), defaults.data(), nullptr};
  const int failed = posix_spawnp(&child, name.c_str(), &streams, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&streams);
  return failed;
}

enum class reading { done, late, too_much };

reading read_all(int fd, std::string& into, duration limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::array<char, 65536> some;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return reading::late;
    pollfd wanted{fd, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready <= 0) continue;
    const ssize_t got = ::read(fd, some.data(), some.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return reading::done;
    into.append(some.data(), static_cast<std::size_t>(got));
    if (into.size() > most_bytes) return reading::too_much;
  }
}

// gnuplot shows the command first, then "line N: " and what is wrong with it.
std::string first_complaint(std::FILE* f) {
  std::rewind(f);
  std::array<char, 4096> text{};
  const std::size_t got = std::fread(text.data(), 1, text.size(), f);
  const std::string all(text.data(), got);
  const auto numbered = all.find("line ");
  const auto begin = numbered != all.npos ? numbered : all.find_first_not_of(" \t\r\n");
  if (begin == all.npos) return {};
  return escaped(all.substr(begin, all.find('\n', begin) - begin), 200);
}

int ended(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

drawing draw_by_gnuplot(const std::string& script, const gnuplot_options& options) {
  const file input = holding(script);
  const file complaints(std::tmpfile());
  int ends[2];
  if (!input || !complaints || ::pipe2(ends, O_CLOEXEC) != 0)
    return {"", std::string("gnuplot was not run: ") + std::strerror(errno), true};
  const descriptor out(ends[0]);
  descriptor childs_out(ends[1]);

  pid_t child = 0;
  const int failed =
      start(child, options.program, ::fileno(input.get()), childs_out.get(), ::fileno(complaints.get()));
  if (failed != 0) return {"", options.program + ": " + std::strerror(failed), true};
  childs_out.close();

  drawing result;
  const reading how = read_all(out.get(), result.svg, options.limit);
  if (how != reading::done) ::kill(child, SIGKILL);
  const int status = ended(child);
  if (how == reading::late)
    result.reason = "gnuplot took more than " +
                    std::to_string(std::chrono::duration_cast<std::chrono::seconds>(options.limit).count()) +
                    " s and was ended";
  else if (how == reading::too_much)
    result.reason = "gnuplot wrote more than 4 MiB";
  else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    result.reason = "gnuplot failed: " + first_complaint(complaints.get());
  else if (result.svg.find("</svg>") == std::string::npos)
    result.reason = "gnuplot wrote no SVG: " + first_complaint(complaints.get());
  if (!result.reason.empty()) result.svg.clear();
  result.hopeless = how == reading::late;
  return result;
}

}  // namespace dgram::app::compare
