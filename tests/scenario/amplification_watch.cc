// SPDX-License-Identifier: MIT
#include "tests/scenario/amplification_watch.h"

#include <cstring>
#include <string>

#include "tests/scenario/ledger.h"

namespace dgram::test {
namespace {

constexpr std::uint64_t most_times = 3;

// docs/wire.md: eight bytes behind the first. Their order does not matter here.
std::uint64_t session_of(std::span<const std::byte> datagram) {
  std::uint64_t id = 0;
  if (datagram.size() >= 1 + sizeof id) std::memcpy(&id, datagram.data() + 1, sizeof id);
  return id;
}

}  // namespace

void amplification_watch::see(const sim::wire_event& e, std::uint32_t incarnation) {
  const bool to_responder = e.to == responder_;
  const std::uint32_t initiator = to_responder ? e.from.value : e.to.value;
  exchange& x = exchanges_[{incarnation, initiator, session_of(e.bytes)}];
  if (to_responder && !e.arrived) offered_[initiator] = e.index + 1;
  if (to_responder && e.arrived) {
    x.received += e.bytes.size();
    if (x.may_echo_from && e.index >= *x.may_echo_from) x.may_be_validated = true;
  }
  if (to_responder) return;
  if (e.arrived && !x.may_echo_from) x.may_echo_from = offered_[initiator];
  if (e.arrived) return;
  x.sent += e.bytes.size();
  if (!x.may_be_validated && x.sent > most_times * x.received) {
    throw broken_promise("host " + std::to_string(initiator) + ", which cannot have echoed a token, sent " +
                         std::to_string(x.received) + " bytes and was sent " + std::to_string(x.sent));
  }
}

}  // namespace dgram::test
