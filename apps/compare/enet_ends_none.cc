// SPDX-License-Identifier: MIT
#include <system_error>

#include "apps/compare/enet_ends.h"

namespace dgram::app::compare {
namespace {

[[noreturn]] void refuse() {
  throw std::system_error(std::make_error_code(std::errc::not_supported), "this build has no ENet");
}

}  // namespace

std::unique_ptr<real_end> make_enet_receiver(shared_run&, const address&) {
  refuse();
}

std::unique_ptr<real_end> make_enet_sender(shared_run&, const address&) {
  refuse();
}

}  // namespace dgram::app::compare
