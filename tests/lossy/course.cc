// SPDX-License-Identifier: MIT
#include "tests/lossy/course.h"

#include <map>
#include <string>
#include <utility>

#include "udp/sim/simulator.h"

namespace dgram::test {
namespace {

using namespace std::chrono_literals;

// The longest deadline, and a little for acknowledged messages to be handed over.
constexpr duration patience = 61s;

std::unique_ptr<ends> make_ends(const course& c, transport t, std::uint64_t seed) {
  return t == transport::udp ? over_udp(c.forth, c.back, seed) : over_tcp(c.forth, c.back, seed, c.pipe);
}

class runner {
 public:
  runner(const course& c, transport t, std::uint64_t seed)
      : course_(c),
        ends_(make_ends(c, t, seed)),
        ledger_(seed, {.closes = !c.breaks.empty()}),
        breaks_(t == transport::tcp) {
    ends_->listen([this](side at, const event& e, time_point now) { on_event(at, e, now); });
  }

  course_result play();

 private:
  struct kind {
    delivery_mode mode;
    bool request;
  };

  void post(part, side from, const send_options&, std::uint32_t size);
  void post_nth(side from, std::uint32_t n);
  void play_stream();
  void play_single_requests();
  void await_outcomes();
  std::multimap<time_point, side> sends() const;
  void schedule_changes();
  void on_event(side at, const event&, time_point);
  void on_message(side at, const message_arrived&, time_point);
  void run_until(time_point);
  life life_of(side s) const { return {static_cast<std::uint32_t>(s), 0}; }

  const course& course_;
  std::unique_ptr<ends> ends_;
  ledger ledger_;
  bool breaks_;
  bool session_open_ = false;  // at the server
  std::multimap<time_point, std::function<void()>> agenda_;
  course_result result_;
};

course_result runner::play() {
  post(part::first, side::client, {.wants_reply = true, .deadline = 60s}, course_.small);
  await_outcomes();
  play_stream();
  await_outcomes();
  play_single_requests();
  run_until(ends_->now() + 10s);
  ledger_.check_end();
  result_.messages = ledger_.totals();
  result_.damage_found = ends_->damage_found();
  for (const side s : {side::client, side::server}) {
    const sim::link_counts& c = ends_->link_from(s).counts();
    if (!c.closes()) throw broken_promise("the counts of a link do not close");
    result_.offered += c.offered;
    result_.damaged += c.corrupted;
  }
  return std::move(result_);
}

// All four modes by turns; every fifth message wants a reply, so each mode has its requests.
void runner::post_nth(side from, std::uint32_t n) {
  if (from == side::server && !session_open_) return;
  send_options how;
  how.mode = static_cast<delivery_mode>(n % 4);
  how.channel = channel_id{static_cast<std::uint8_t>(n % 3)};
  how.wants_reply = n % 5 == 0;
  const bool large = n % course_.large_in == course_.large_in - 1;
  how.deadline = large ? course_.large_deadline : n % course_.short_in == 0 ? course_.short_deadline : 60s;
  post(part::stream, from, how, large ? course_.large : course_.small);
}

void runner::post(part when_in, side from, const send_options& how, std::uint32_t size) {
  const std::uint32_t index = ledger_.post({.from = life_of(from),
                                            .to = static_cast<std::uint32_t>(other(from)),
                                            .options = how,
                                            .size = size,
                                            .when = ends_->now(),
                                            .heard = true});
  result_.records.push_back({when_in, from, how, size, ends_->now()});
  const send_status status = ends_->send(from, ledger_.content(index), how, ticket{index});
  if (status == send_status::accepted) {
    ledger_.accepted(index);
  } else if (status == send_status::would_block) {
    ++result_.would_block;
  } else if (course_.breaks.empty()) {
    throw broken_promise(ledger_.describe(index) + " was not taken: " + std::string(to_string(status)));
  }
}

void runner::play_stream() {
  result_.stream_began = ends_->now();
  schedule_changes();
  const auto schedule = sends();
  std::uint32_t sent[2] = {0, 0};
  for (const auto& [when, who] : schedule) {
    run_until(when);
    const std::uint32_t count = who == side::client ? course_.at_once : 1;
    for (std::uint32_t i = 0; i < count; ++i) post_nth(who, sent[static_cast<std::size_t>(who)]++);
  }
}

std::multimap<time_point, side> runner::sends() const {
  std::multimap<time_point, side> all;
  for (const side s : {side::client, side::server}) {
    const duration every = s == side::client ? course_.client_every : course_.server_every;
    for (duration at{0}; at < course_.stream; at += every) all.emplace(result_.stream_began + at, s);
  }
  return all;
}

void runner::schedule_changes() {
  const time_point began = result_.stream_began;
  for (const link_change& c : course_.changes) {
    agenda_.emplace(began + c.at, [this, &c] { ends_->link_from(c.from).change(c.link); });
  }
  if (const auto& p = course_.server_pause) {
    agenda_.emplace(began + p->from, [this] { ends_->take_messages(side::server, false); });
    agenda_.emplace(began + p->until, [this] { ends_->take_messages(side::server, true); });
  }
  for (const duration at : course_.breaks) {
    if (breaks_) agenda_.emplace(began + at, [this] { ends_->break_connection(); });
  }
}

// Each begins long after the one before has its answer, when the link has fallen silent and whatever backed
// off has begun anew; and before anybody forgets the session (30 s).
void runner::play_single_requests() {
  for (std::uint32_t i = 0; i < course_.single_requests; ++i) {
    run_until(ends_->now() + 20s);
    post(part::single, side::client, {.wants_reply = true, .deadline = 60s}, course_.small);
    await_outcomes();
  }
}

void runner::await_outcomes() {
  const time_point end = ends_->now() + patience;
  while (ledger_.unresolved() > 0) {
    if (ends_->now() >= end) throw broken_promise("a message has no outcome after its deadline");
    run_until(ends_->now() + 10ms);
  }
}

void runner::run_until(time_point end) {
  while (!agenda_.empty() && agenda_.begin()->first <= end) {
    const auto due = agenda_.extract(agenda_.begin());
    ends_->run_until(due.key());
    due.mapped()();
  }
  ends_->run_until(end);
}

void runner::on_event(side at, const event& e, time_point now) {
  if (const auto* arrived = std::get_if<message_arrived>(&e)) {
    on_message(at, *arrived, now);
  } else if (const auto* done = std::get_if<message_resolved>(&e)) {
    ledger_.resolved(life_of(at), *done, now);
    record& r = result_.records[done->ticket.value];
    r.resolved = now;
    r.result = done->report.outcome;
  } else if (at == side::server && std::holds_alternative<session_opened>(e)) {
    session_open_ = true;
  } else if (std::holds_alternative<session_ended>(e)) {
    if (course_.breaks.empty()) throw broken_promise("a session ended in the middle");
    if (at == side::server) session_open_ = false;
  }
}

void runner::on_message(side at, const message_arrived& m, time_point now) {
  const auto index = ledger_.arrived(static_cast<std::uint32_t>(other(at)), life_of(at), m);
  if (!index) return;
  result_.records[*index].arrived = now;
  if (!m.wants_reply) return;
  if (ends_->reply(at, m.id, ledger_.reply_content(*index)) == send_status::accepted) {
    ledger_.replied(*index, now);
  }
}

}  // namespace

course_result run(const course& c, transport t, std::uint64_t seed) {
  return runner(c, t, seed).play();
}

}  // namespace dgram::test
