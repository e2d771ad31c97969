// SPDX-License-Identifier: MIT
// Does every datagram that goes in come out as taken, or as discarded for a reason? Watches a switchboard's
// trace and compares it with its statistics.
#pragma once

#include <cstdint>

#include "udp/core/statistics.h"
#include "udp/core/switchboard.h"
#include "udp/core/trace.h"

namespace dgram::fuzz {

class discard_audit {
 public:
  trace_sink sink();
  void offered() { ++offered_; }
  // Throws a finding when something went missing.
  void check(const statistics&) const;

  std::uint64_t offered_so_far() const { return offered_; }
  std::uint64_t taken() const { return taken_; }
  const discard_counters& discarded() const { return discarded_; }
  discard_audit& operator+=(const discard_audit&);

 private:
  std::uint64_t offered_ = 0;
  std::uint64_t taken_ = 0;
  discard_counters discarded_;
};

}  // namespace dgram::fuzz
