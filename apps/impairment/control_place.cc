// SPDX-License-Identifier: MIT
#include "apps/impairment/control_place.h"

#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#include "apps/cli/start_up_error.h"

namespace dgram::app {
namespace {

bool is_private_folder(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
         (found.st_mode & 077) == 0;
}

struct close_folder {
  void operator()(DIR* d) const { ::closedir(d); }
};

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, close_folder> open(::opendir(folder.c_str()));
  if (!open) return names;
  while (const dirent* entry = ::readdir(open.get())) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string control_folder() {
  const char* run_time = std::getenv("XDG_RUNTIME_DIR");
  const bool has_run_time = run_time != nullptr && *run_time == '/';
  const std::string folder =
      has_run_time ? std::string(run_time) + "/dgram" : "/tmp/dgram-" + std::to_string(::geteuid());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw start_up_error(exit_code::output,
                         "the folder for control sockets, '" + folder +
                             "', cannot be made: " + std::generic_category().message(errno) +
                             "; --control PATH chooses another place");
  }
  if (!is_private_folder(folder)) {
    throw start_up_error(exit_code::output, "the folder for control sockets, '" + folder +
                                                "', is not this user's alone (mode 0700); --control PATH "
                                                "chooses another place");
  }
  return folder;
}

std::string control_path(std::string_view program, std::string_view label) {
  return control_folder() + '/' + std::string(program) + '-' + std::string(label) + '-' +
         std::to_string(::getpid());
}

control_socket_state state_of_control_socket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return control_socket_state::absent;
  if (!S_ISSOCK(found.st_mode)) return control_socket_state::no_socket;
  sockaddr_un name{};
  if (path.size() >= sizeof name.sun_path) return control_socket_state::no_socket;
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // Without a descriptor to ask with, take it for alive: a live socket must not be removed.
  if (probe < 0) return control_socket_state::answers;
  const bool refused =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return refused ? control_socket_state::stale : control_socket_state::answers;
}

std::vector<std::string> running_controls(std::string_view program) {
  std::vector<std::string> running;
  const std::string folder = control_folder();
  for (const std::string& name : names_in(folder)) {
    if (!name.starts_with(std::string(program) + '-')) continue;
    const std::string path = folder + '/' + name;
    const control_socket_state state = state_of_control_socket(path);
    if (state == control_socket_state::answers) running.push_back(path);
    if (state == control_socket_state::stale) ::unlink(path.c_str());
  }
  return running;
}

}  // namespace dgram::app
