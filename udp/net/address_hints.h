// SPDX-License-Identifier: MIT
// What the system last said about the way to an address. At most 1024 are remembered; beyond it all are
// dropped, for they are hints.
#pragma once

#include <cstddef>
#include <map>
#include <system_error>

#include "udp/core/address.h"

namespace dgram {

class address_hints {
 public:
  void note(const address& a, std::error_code error) {
    if (hints_.size() >= most && !hints_.contains(a)) hints_.clear();
    hints_[a] = error;
  }
  void heard(const address& a) {
    if (!hints_.empty()) hints_.erase(a);
  }
  std::error_code of(const address& a) const {
    const auto found = hints_.find(a);
    return found == hints_.end() ? std::error_code{} : found->second;
  }

 private:
  static constexpr std::size_t most = 1024;
  std::map<address, std::error_code> hints_;
};

}  // namespace dgram
