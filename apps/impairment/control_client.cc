// SPDX-License-Identifier: MIT
#include "apps/impairment/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "apps/cli/flags.h"
#include "apps/cli/output.h"
#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "apps/impairment/control_place.h"
#include "apps/impairment/control_server.h"

namespace dgram::app {
namespace {

constexpr int patience_seconds = 5;
constexpr std::size_t most_answer = 1024 * 1024;

class socket_to {
 public:
  explicit socket_to(const std::string& path)
      : path_(path), descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    if (path.size() >= sizeof name.sun_path) throw usage_error("--control: '" + path + "' is too long");
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.data(), path.size());
    const timeval patience{patience_seconds, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) give_up(errno);
  }
  ~socket_to() { ::close(descriptor_); }
  socket_to(const socket_to&) = delete;
  socket_to& operator=(const socket_to&) = delete;

  void write(std::string_view rest) const {
    while (!rest.empty()) {
      const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0) give_up(errno);
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::string read_answer() const {
    std::string answer;
    std::array<char, 4096> piece{};
    while (!answer.ends_with("\n\n")) {
      const ssize_t size = ::recv(descriptor_, piece.data(), piece.size(), 0);
      if (size < 0) give_up(errno);
      if (size == 0 || answer.size() > most_answer) give_up(ECONNRESET);
      answer.append(piece.data(), static_cast<std::size_t>(size));
    }
    return answer.substr(0, answer.size() - 1);
  }

 private:
  [[noreturn]] void give_up(int error) const {
    const std::string why = error == EAGAIN || error == EWOULDBLOCK
                                ? "no answer in " + std::to_string(patience_seconds) + " s"
                                : std::generic_category().message(error);
    throw start_up_error(exit_code::network, "nobody answers at '" + path_ + "': " + why);
  }

  std::string path_;
  int descriptor_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

void check_command(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 4> known{"get", "set", "stats", "reset"};
  const std::string& command = words.front();
  if (std::find(known.begin(), known.end(), command) == known.end()) {
    throw usage_error("'" + escaped(command, 60) + "' is not one of the commands get, set, stats and reset");
  }
  if (command == "set" && words.size() == 1)
    throw usage_error("set: NAME=VALUE is missing (such as loss=20%)");
  if (command != "set" && words.size() > 1) {
    throw usage_error(command + ": '" + escaped(words[1], 60) + "' is one argument too many");
  }
  for (const std::string& word : words) {
    if (word.find_first_of(" \n\r") != word.npos)
      throw usage_error(command + ": no spaces in '" + escaped(word, 60) + "'");
  }
}

}  // namespace

control_answer ask_control(const std::string& path, std::string_view line) {
  const socket_to there(path);
  there.write(std::string(line) + '\n');
  const std::string answer = there.read_answer();
  const std::size_t first_end = answer.find('\n');
  const std::string first = answer.substr(0, first_end);
  if (first == "ok") return {true, answer.substr(first_end + 1)};
  return {false,
          first.starts_with("error ") ? first.substr(6) : "an answer that is none: " + escaped(first, 60)};
}

std::string find_control(std::string_view program, const std::string& path) {
  if (!path.empty()) return path;
  const std::vector<std::string> running = running_controls(program);
  if (running.size() == 1) return running.front();
  const std::string name(program);
  if (running.empty()) {
    throw start_up_error(exit_code::network,
                         "no " + name + " of this user is running (or --control PATH says where)");
  }
  std::string all;
  for (const std::string& one : running) all += (all.empty() ? "" : ", ") + one;
  throw usage_error("several of " + name + " are running; choose one by --control PATH: " + all);
}

exit_code run_control_command(std::string_view program, const std::string& path,
                              const std::vector<std::string>& words, bool json) {
  check_command(words);
  const std::string line = joined(words) + (words.front() == "stats" && json ? " json" : "");
  if (line.size() >= longest_control_line) throw usage_error("set: more than 4095 bytes");
  const control_answer answer = ask_control(find_control(program, path), line);
  if (!answer.ok) throw usage_error(answer.text);
  output out(1);
  out.add(answer.text);
  out.flush();
  if (!out.failed()) return exit_code::ok;
  return exit_code::output;
}

}  // namespace dgram::app
