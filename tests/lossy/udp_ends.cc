// SPDX-License-Identifier: MIT
#include <optional>
#include <string>

#include "tests/lossy/ends.h"
#include "tests/scenario/ledger.h"
#include "udp/sim/simulator.h"

namespace dgram::test {
namespace {

constexpr std::uint64_t event_cap = 5'000'000;

class udp_ends final : public ends {
 public:
  udp_ends(const sim::link_options& forth, const sim::link_options& back, std::uint64_t seed)
      : net_(seed, event_cap) {
    for (const side s : {side::client, side::server}) {
      net_.add_host({});
      host(s).run([this, s](sim::host&, const event& e, time_point) { on_event(s, e); });
    }
    net_.connect(id(side::client), id(side::server), forth);
    link_from(side::server).change(back);
  }

  send_status send(side from, std::span<const std::byte> bytes, const send_options& how, ticket t) override {
    if (from == side::client) {
      if (!server_) server_ = host(from).open(host(side::server).self(), now());
      return host(from).send(*server_, bytes, how, t, now());
    }
    return client_ ? host(from).send(*client_, bytes, how, t, now()) : send_status::no_peer;
  }
  send_status reply(side at, const request_id& to, std::span<const std::byte> bytes) override {
    return host(at).reply(to, bytes, now());
  }
  void take_messages(side at, bool take) override { host(at).board().accept_messages(take); }

  void run_until(time_point t) override {
    const sim::run_result result = net_.run_until(t);
    if (result != sim::run_result::reached) throw broken_promise(std::string(to_string(result)));
  }
  time_point now() const override { return net_.now(); }
  sim::link& link_from(side s) override { return net_.between(id(s), id(other(s))); }
  std::uint64_t damage_found() override {
    std::uint64_t found = 0;
    for (const side s : {side::client, side::server}) {
      const auto& discarded = host(s).board().total().discarded;
      // Damage to the first byte makes a datagram look like text or another version.
      for (const auto why :
           {discard_reason::bad_checksum, discard_reason::foreign, discard_reason::wrong_version,
            discard_reason::malformed, discard_reason::wrong_direction}) {
        found += discarded[why];
      }
    }
    return found;
  }

 private:
  static sim::host_id id(side s) { return sim::host_id{static_cast<std::uint32_t>(s)}; }
  sim::host& host(side s) { return net_.at(id(s)); }

  void on_event(side at, const event& e) {
    if (const auto* opened = std::get_if<session_opened>(&e); opened != nullptr && at == side::server) {
      client_ = opened->peer;
    }
    tell(at, e);
  }

  sim::simulator net_;
  std::optional<peer_id> server_;  // as the client knows it
  std::optional<peer_id> client_;
};

}  // namespace

std::string_view to_string(transport t) {
  return t == transport::udp ? "UDP" : "TCP";
}

std::unique_ptr<ends> over_udp(const sim::link_options& forth, const sim::link_options& back,
                               std::uint64_t seed) {
  return std::make_unique<udp_ends>(forth, back, seed);
}

}  // namespace dgram::test
