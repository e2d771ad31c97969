// SPDX-License-Identifier: MIT
#include "tests/scenario/upheaval.h"

#include <array>

#include "tests/scenario/ledger.h"

namespace dgram::test {

void upheaval::change_rate(sim::host_id from, sim::host_id to) {
  sim::link_options options = net_.between(from, to).options();
  options.rate = work_.rate();
  net_.change(from, to, options);
}

void upheaval::set_mtu(sim::host_id from, sim::host_id to, std::size_t mtu) {
  constexpr std::size_t headers = 28;  // IPv4 and UDP
  sim::link_options options = net_.between(from, to).options();
  options.mtu = mtu;
  options.overhead = headers;
  net_.change(from, to, options);
}

void upheaval::change_mtu(sim::host_id a, sim::host_id b) {
  constexpr std::array<std::size_t, 3> mtus{1500, 1280, 600};
  mtu_ = (mtu_ + 1) % mtus.size();
  set_mtu(a, b, mtus[mtu_]);
  set_mtu(b, a, mtus[mtu_]);
}

void upheaval::move(sim::host_id who) {
  sim::host& h = net_.at(who);
  address next = h.self();
  former_.emplace_back(next, who.value);
  ++next.port;
  if (work_.dice().chance(0.5)) ++next.ip[8];
  h.move_to(next);
}

std::uint32_t upheaval::host_at(const address& a) const {
  for (std::uint32_t i = 0; i < net_.hosts(); ++i) {
    if (net_.at(sim::host_id{i}).self() == a) return i;
  }
  for (const auto& [earlier, host] : former_) {
    if (earlier == a) return host;
  }
  throw broken_promise("a peer has an address that nobody has");
}

}  // namespace dgram::test
