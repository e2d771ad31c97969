// SPDX-License-Identifier: MIT
#include "tests/fuzz/discard_audit.h"

#include "tests/fuzz/finding.h"

namespace dgram::fuzz {
namespace {

// These are counted per message too, in datagrams that were taken.
bool counts_messages_too(discard_reason r) {
  return r == discard_reason::malformed || r == discard_reason::repeated_message ||
         r == discard_reason::stale_sequenced || r == discard_reason::late_reply ||
         r == discard_reason::buffer_full || r == discard_reason::bad_fragment;
}

}  // namespace

trace_sink discard_audit::sink() {
  return [this](const trace_record& r) {
    if (r.happened == trace_record::what::received) ++taken_;
    if (r.happened == trace_record::what::discarded) discarded_.count(r.discard);
  };
}

void discard_audit::check(const statistics& s) const {
  require(taken_ + discarded_.total() == offered_, "a datagram was neither taken nor discarded");
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    const auto reason = static_cast<discard_reason>(i);
    const std::uint64_t counted = s.discarded[reason];
    require(counted >= discarded_[reason], "a discarded datagram is missing in the statistics");
    require(counts_messages_too(reason) || counted == discarded_[reason],
            "the statistics count a discard that did not happen");
  }
}

discard_audit& discard_audit::operator+=(const discard_audit& other) {
  offered_ += other.offered_;
  taken_ += other.taken_;
  discarded_ += other.discarded_;
  return *this;
}

}  // namespace dgram::fuzz
