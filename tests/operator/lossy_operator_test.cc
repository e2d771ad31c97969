// SPDX-License-Identifier: MIT
// A person answers over lossy links in virtual time.
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "apps/operator/operator_service.h"
#include "tests/operator/fake_desk.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "udp/net/address_text.h"
#include "udp/net/text.h"
#include "udp/sim/simulator.h"

using namespace std::chrono_literals;
using namespace dgram;
using namespace dgram::app;
using dgram::test::fake_console;
using dgram::test::fake_control;
using dgram::test::seed_or;
using lines = std::vector<std::string>;

namespace {

// Host 0 has the operator; what each client is answered and told is a list.
class lossy_desk : private service_port {
 public:
  lossy_desk(std::size_t clients, const sim::link_options& link, std::uint64_t seed)
      : replies(clients),
        told(clients),
        world_(seed),
        console_(new fake_console(true)),
        post_(*this, std::unique_ptr<operator_console>(console_), {}) {
    const sim::host_id server = world_.add_host({});
    world_.at(server).run([this](sim::host&, const event& e, time_point) { at_server(e); });
    for (std::size_t i = 0; i < clients; ++i) {
      const sim::host_id id = world_.add_host({});
      world_.connect(id, server, link);
      world_.at(id).run([this, i](sim::host&, const event& e, time_point) { at_client(i, e); });
      to_server_.push_back(world_.at(id).open(world_.at(server).self(), world_.now()));
    }
    post_.started(control_);
  }

  void ask(std::size_t client, const std::string& text) {
    send_options how;
    how.wants_reply = true;
    how.mode = delivery_mode::ordered;
    // The default hold of 4 s, and what a fifth lost each way may cost the question and the reply.
    how.deadline = 12s;
    world_.at(host_of_client(client)).send(to_server_[client], bytes_of(text), how, ticket{1}, world_.now());
  }
  void type(const std::string& line) { console_->line(line); }
  // 10 ms at a time, for the service's own moments.
  void pass(duration time) {
    for (const time_point end = world_.now() + time; world_.now() < end;) {
      if (world_.run_for(10ms) != sim::run_result::reached) FAIL("the simulation has no end");
      const auto due = post_.next_timeout();
      if (due && *due <= world_.now()) post_.handle_timeout(world_.now());
    }
  }
  // Until the person sees the line.
  void await(const std::string& line) {
    const time_point end = world_.now() + 60s;
    while (console_->shown.empty() || console_->shown.back() != line) {
      if (world_.now() > end) FAIL("never shown: " << line);
      pass(10ms);
    }
  }

  std::vector<lines> replies, told;
  std::size_t failed = 0;

 private:
  static sim::host_id host_of_client(std::size_t client) {
    return sim::host_id{static_cast<std::uint32_t>(client + 1)};
  }

  void at_client(std::size_t client, const event& e) {
    if (const auto* in = std::get_if<message_arrived>(&e)) told[client].emplace_back(text_of(in->bytes));
    if (const auto* done = std::get_if<message_resolved>(&e)) {
      if (done->report.outcome == outcome::answered) {
        replies[client].emplace_back(text_of(done->reply));
      } else {
        ++failed;
      }
    }
  }
  void at_server(const event& e) {
    const auto* in = std::get_if<message_arrived>(&e);
    if (!in) return;
    const auto [found, fresh] = clients_.emplace(in->id.peer.slot, peers_.size() + 1);
    const client_id id{found->second};
    if (fresh) {
      peers_.push_back(in->id.peer);
      const std::string where = to_string(*world_.at(sim::host_id{0}).board().remote_of(in->id.peer));
      post_.joined(id, {"UDP", where, where, false, false});
    }
    post_.arrived({id, text_of(in->bytes), in->channel, in->wants_reply, false, {id, 0, in->id}});
  }

  send_status reply(const reply_handle& to, std::string_view bytes) override {
    return world_.at(sim::host_id{0}).reply(to.request, bytes_of(bytes), world_.now());
  }
  send_status try_reply(const reply_handle& to, std::string_view bytes) override { return reply(to, bytes); }
  send_status acknowledge(const reply_handle& to) override { return reply(to, {}); }
  send_status send(client_id to, std::string_view bytes) override {
    send_options how;
    how.mode = delivery_mode::ordered;
    return world_.at(sim::host_id{0})
        .send(peers_[to.value - 1], bytes_of(bytes), how, ticket{2}, world_.now());
  }
  backlog waiting(client_id) const override { return {}; }
  void disconnect(client_id) override {}
  time_point now() const override { return world_.now(); }

  sim::simulator world_;
  fake_control control_;
  fake_console* console_;
  std::vector<peer_id> to_server_;
  std::unordered_map<std::uint32_t, std::uint64_t> clients_;
  std::vector<peer_id> peers_;
  operator_service post_;
};

}  // namespace

TEST_CASE(
    "with a fifth lost each way every message is answered once by a person who is quick and one who is not") {
  const std::uint64_t seed = seed_or(9);
  CAPTURE(seed);
  lossy_desk d(2, {.delay = 20ms, .jitter = 5ms, .loss = 0.2}, seed);
  d.ask(0, "/hello ada lobby");
  d.await("#1 is ada");
  d.pass(2s);
  CHECK(d.replies[0] == lines{""});
  d.replies[0].clear();
  lines quick, slow, late;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    d.ask(1, "question " + n);
    d.await("#2: question " + n);
    d.type("quick " + n);
    quick.push_back("quick " + n);
    d.ask(0, "question " + n);
    d.await("ada: question " + n);
    d.type("yes " + n);
    d.ask(1, "hard " + n);
    d.await("#2: hard " + n);
    d.pass(5s);
    slow.push_back("received " + std::to_string(5 + n.size()) + " bytes; nobody has answered yet");
    d.type("late " + n);
    late.push_back("late " + n);
    d.pass(5s);
  }
  lines wanted;
  for (std::size_t i = 0; i < quick.size(); ++i) {
    wanted.push_back(quick[i]);
    wanted.push_back(slow[i]);
  }
  CHECK(d.failed == 0);
  CHECK(d.replies[1] == wanted);
  CHECK(d.told[1] == late);
  CHECK(d.replies[0] == lines(40));
  REQUIRE(d.told[0].size() == 40);
  CHECK(d.told[0].back() == "yes 39");
}
