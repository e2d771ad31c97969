// SPDX-License-Identifier: MIT
#include "apps/cli/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace dgram::app {
namespace {

constexpr rlim_t for_others = 64;

rlimit before{};
bool asked = false;

}  // namespace

void ask_for_descriptors(std::size_t sockets) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= sockets + for_others) return;
  if (!asked) before = limit;
  asked = true;
  limit.rlim_cur = std::min<rlim_t>(sockets + for_others, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void restore_descriptor_limit() noexcept {
  if (asked) ::setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace dgram::app
