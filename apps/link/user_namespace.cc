// SPDX-License-Identifier: MIT
#include "apps/link/user_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "apps/link/link_obstacle.h"

namespace dgram::app {
namespace {

int write_file(const char* name, const std::string& text) {
  const int file = ::open(name, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = written ? 0 : errno;
  ::close(file);
  return error;
}

std::string to_itself(unsigned id) {
  return std::to_string(id) + ' ' + std::to_string(id) + " 1";
}

}  // namespace

void enter_user_namespace() {
  // Inside and before the maps are written both are the overflow id.
  const unsigned user = ::geteuid();
  const unsigned group = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) refuse_link(link_step::user_namespace, errno);
  // Without "deny" an unprivileged process may not write gid_map (user_namespaces(7)). Kernels before 3.19
  // have no such file.
  if (const int error = write_file("/proc/self/setgroups", "deny"); error != 0 && error != ENOENT) {
    refuse_link(link_step::map_ids, error);
  }
  if (const int error = write_file("/proc/self/uid_map", to_itself(user))) {
    refuse_link(link_step::map_ids, error);
  }
  if (const int error = write_file("/proc/self/gid_map", to_itself(group))) {
    refuse_link(link_step::map_ids, error);
  }
}

}  // namespace dgram::app
