// SPDX-License-Identifier: MIT
#include "tests/lossy/bars.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tests/lossy/waiting_time.h"

namespace dgram::test {
namespace {

using namespace std::chrono_literals;

// The bar stands where the model leaves this much, half of the 1 % that it is for: a thousand and more
// samples do not come so far by chance.
constexpr double beyond = 0.005;

// docs/wire.md, Timers: acknowledgements wait min(max(SRTT / 8, 1 ms), 5 ms).
constexpr duration ack_delay = 5ms;
// And the back-off of probes ends here, before its jitter.
constexpr duration longest_probe = 2s;
constexpr double probe_jitter = 1.1;

// A packet and what it causes both get through, or not: the first after some that did, and one after another
// that did not. A run of losses is in one direction or the other.
struct exchange {
  double fails_first;
  double fails_again;
};
exchange exchange_of(loss_rate there, loss_rate back) {
  return {1 - (1 - there.after_good) * (1 - back.after_good),
          std::max(1 - (1 - there.after_loss) * (1 - back.any), 1 - (1 - there.any) * (1 - back.after_loss))};
}

// UDP, in a steady stream of one datagram each `every`. A lost datagram is noticed when a later one was
// acknowledged: the next is sent `every` later and its acknowledgement comes a round trip and a held-back
// acknowledgement after that, by when the time threshold of 9/8 round trip has passed. Each exchange of those
// two that fails costs another `every`. Then the message leaves again at once.
waiting_time udp_arrival(duration round_trip, duration every, loss_rate there, loss_rate back) {
  const duration noticed = every + round_trip + ack_delay;
  const auto repair = waiting_time::repeated(noticed, every, exchange_of(there, back).fails_again);
  return waiting_time::renewed(round_trip / 2, repair, there.any);
}

// UDP, with nothing behind that would reveal a loss: the probe timer alone. After the stream the round trip
// is well known, samples lie within [RTT, RTT + ack delay], so PTO <= SRTT + 4 RTTVAR + max_ack_delay
// <= (RTT + ack delay) + 4 (ack delay) + (RTT + ack delay) / 8. Then x1.5, x1.5, x2 to the cap, and 10 %
// jitter.
std::vector<duration> probe_times(duration first, duration round_trip) {
  const duration longest_sample = round_trip + ack_delay;
  duration wait = longest_sample + 4 * ack_delay + longest_sample / 8;
  std::vector<duration> at{first};
  while (at.back() < waiting_time::horizon) {
    at.push_back(at.back() + std::chrono::duration_cast<duration>(probe_jitter * wait));
    wait = std::min(at.size() <= 3 ? 3 * wait / 2 : 2 * wait, longest_probe);
  }
  return at;
}

bars udp_bars(const course& c, duration round_trip, loss_rate forth, loss_rate back) {
  const waiting_time there = udp_arrival(round_trip, c.client_every, forth, back);
  // Replies are repaired by what else the server sends.
  const waiting_time answer = there.then(udp_arrival(round_trip, c.server_every, back, forth));
  // Modes come by turns of four and channels of three, so a channel's ordered messages are twelve sends
  // apart.
  const std::array channel{12 * c.client_every};
  // A request alone: each of the client's tries is one exchange. Or, which is later in some cases and sooner
  // in others: tries of the client until one arrives, and then tries of the server with its reply.
  const auto tries = probe_times(round_trip / 2, round_trip);
  const exchange both = exchange_of(forth, back);
  const auto repeated = waiting_time::exactly(round_trip / 2)
                            .then(waiting_time::attempts(tries, both.fails_first, both.fails_again));
  const auto in_turn = waiting_time::attempts(tries, forth.after_good, forth.after_loss)
                           .then(waiting_time::attempts(tries, back.after_good, back.after_loss));
  const duration single = std::min(repeated.all_but(beyond), in_turn.all_but(beyond));
  return {there.all_but(beyond), there.behind(channel).all_but(beyond), answer.all_but(beyond), single};
}

// TCP over the perfect retransmitter: a segment lost k times arrives k round trips late.
waiting_time tcp_arrival(duration round_trip, double lost, double lost_again) {
  const auto repair = waiting_time::repeated(round_trip, round_trip, lost_again);
  const auto repaired = repair.then(waiting_time::exactly(round_trip / 2));
  return waiting_time::exactly(round_trip / 2).either(lost, repaired);
}

bars tcp_bars(const course& c, duration round_trip, loss_rate forth, loss_rate back) {
  // Nothing is handed over before what was sent earlier: one segment per `client_every`, and, in both
  // directions, up to one acknowledgement of ours for each message of the other side.
  const std::array streams{c.client_every, c.server_every};
  // In the round trip before a repetition one packet per `client_every` at least crosses: a run of losses
  // must outlast them all. (Of independent losses the share is what it is.)
  const auto in_stream = [&](loss_rate l) {
    const double outlasts = std::pow(l.after_loss, 1 + round_trip / c.client_every);
    return tcp_arrival(round_trip, l.any, std::max(l.any, outlasts)).behind(streams);
  };
  const waiting_time there = in_stream(forth);
  const waiting_time answer = there.then(in_stream(back));
  // Nothing was under way before, and nothing but the repetitions crosses.
  const auto alone = [&](loss_rate l) { return tcp_arrival(round_trip, l.after_good, l.after_loss); };
  const waiting_time single = alone(forth).then(alone(back));
  return {there.all_but(beyond), there.all_but(beyond), answer.all_but(beyond), single.all_but(beyond)};
}

}  // namespace

bars bars_of(const course& c, transport t, loss_rate forth, loss_rate back) {
  const duration round_trip = c.forth.delay + c.back.delay;
  return t == transport::udp ? udp_bars(c, round_trip, forth, back) : tcp_bars(c, round_trip, forth, back);
}

// UDP: during the silence the window filled and probes went on at their longest interval, so the next leaves
// at most 2.2 s after the silence ended. It takes half a round trip, its acknowledgement another half and
// what it may be held back; that shows all the others as lost, which arrive half a round trip after. What
// waited behind a full window of 64 datagrams follows within one more round trip each; the course has less
// than two of them. TCP over the perfect retransmitter: the next repetition leaves within one round trip.
duration recovery_after_silence(transport t, duration round_trip) {
  const auto longest = std::chrono::duration_cast<duration>(probe_jitter * longest_probe);
  return t == transport::udp ? longest + 3 * round_trip + ack_delay : 3 * round_trip / 2;
}

}  // namespace dgram::test
