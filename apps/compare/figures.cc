// SPDX-License-Identifier: MIT
#include "apps/compare/figures.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/compare/statistics.h"

namespace dgram::app::compare {
namespace {

double in_ms(duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

// A figure that is a quotient of sums: numerator and denominator by repetition.
struct quotient {
  std::vector<double> over, under;

  double operator()(const weights& w) const {
    double o = 0, u = 0;
    for (std::size_t r = 0; r < w.size(); ++r) {
      o += w[r] * over[r];
      u += w[r] * under[r];
    }
    return u > 0 ? o / u : 0;
  }
};

// What one run adds to the quotients.
struct sums {
  double messages = 0;       // warm-up included, as packets and CPU time are of the whole run
  double bytes = 0;          // of measured messages that arrived
  double time_ms = 0;        // in which they did
  double bytes_in_time = 0;  // before sending was over
  double left_out = 0;       // because the machine stood still
};

sums sums_of(const run& r, const plan& p) {
  const auto schedule = schedule_of(p, r.seed);
  sums s;
  duration begin = duration::max(), end{0}, last_intended{0};
  for (const sample& m : r.samples) {
    ++s.messages;
    if (m.warm_up) continue;
    s.left_out += stalled(m, r);
    begin = std::min(begin, m.intended);
    last_intended = std::max(last_intended, m.intended);
    end = std::max(end, m.intended + m.latency.value_or(duration{0}));
    if (m.latency && m.number < schedule.size() && m.intended + *m.latency <= last_sending(p)) {
      s.bytes_in_time += static_cast<double>(schedule[m.number].size);
    }
    if (m.latency && m.number < schedule.size()) s.bytes += static_cast<double>(schedule[m.number].size);
  }
  // In an open loop the time is given: late messages do not stretch it, early ones do not shorten it.
  const bool open_loop = p.work != workload::bulk;
  s.time_ms = in_ms(open_loop ? p.measured : std::max(duration{1}, end - begin));
  return s;
}

class figure_maker {
 public:
  figure_maker(contender& c, const plan& p, std::uint64_t seed)
      : out_(c), request_(p.work == workload::request) {
    for (const run& r : c.runs) {
      if (r.failure.empty()) runs_.push_back(&r);
    }
    for (const run* r : runs_) sums_.push_back(sums_of(*r, p));
    if (!runs_.empty()) draws_.emplace(runs_.size(), seed);
  }
  bool empty() const { return runs_.empty(); }

  void latencies(duration deadline);
  void totals();

 private:
  template <class Over, class Under>
  void add_quotient(const char* name, Over over, Under under) {
    quotient q;
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      q.over.push_back(over(*runs_[r], sums_[r]));
      q.under.push_back(under(*runs_[r], sums_[r]));
    }
    out_.figures[name] = draws_->of(q);
  }

  contender& out_;
  bool request_;
  std::vector<const run*> runs_;
  std::vector<sums> sums_;
  std::optional<bootstrap> draws_;
};

void figure_maker::latencies(duration deadline) {
  std::vector<std::vector<double>> by_repetition(runs_.size()), arrived(runs_.size()), first(runs_.size());
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    for (const sample& s : runs_[r]->samples) {
      if (s.warm_up) continue;
      // A stalled one arrived.
      arrived[r].push_back(s.latency ? 0 : never);
      if (stalled(s, *runs_[r])) continue;
      by_repetition[r].push_back(s.latency ? in_ms(*s.latency) : never);
    }
    first[r].push_back(runs_[r]->first_message ? in_ms(*runs_[r]->first_message) : never);
  }
  const pooled_values pool(by_repetition);
  constexpr std::array<std::pair<const char*, double>, 5> quantiles{
      {{"p50_ms", 0.5}, {"p90_ms", 0.9}, {"p99_ms", 0.99}, {"p999_ms", 0.999}, {"max_ms", 1}}};
  for (const auto& [name, fraction] : quantiles) {
    out_.figures[name] = draws_->of([&](const weights& w) { return pool.quantile(fraction, w); });
  }
  const pooled_values all(arrived);
  out_.figures["delivered"] = draws_->of([&](const weights& w) { return all.share_within(0, w); });
  out_.figures["in_time"] =
      draws_->of([&](const weights& w) { return pool.share_within(in_ms(deadline), w); });
  const pooled_values firsts(first);
  out_.figures["first_ms"] = draws_->of([&](const weights& w) { return firsts.quantile(0.5, w); });
}

void figure_maker::totals() {
  const auto messages = [](const run&, const sums& s) { return s.messages; };
  const auto each_run = [](const run&, const sums&) { return 1.0; };
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  // Bits per millisecond are kilobits per second.
  add_quotient(
      "goodput_kbps", [](const run&, const sums& s) { return 8 * s.bytes; },
      [](const run&, const sums& s) { return s.time_ms; });
  add_quotient(
      "packets_per_message", [&](const run& r, const sums&) { return count(r.up.packets + r.down.packets); },
      messages);
  add_quotient(
      "up_packets_per_message", [&](const run& r, const sums&) { return count(r.up.packets); }, messages);
  add_quotient(
      "down_packets_per_message", [&](const run& r, const sums&) { return count(r.down.packets); }, messages);
  // A request's reply is a message too.
  const double each = request_ ? 2 : 1;
  add_quotient(
      "copies_per_message",
      [&](const run& r, const sums& s) { return each * s.messages + count(r.retransmissions); },
      [&](const run&, const sums& s) { return each * s.messages; });
  add_quotient(
      "fair_share", [](const run&, const sums& s) { return 2 * s.bytes_in_time; },
      [&](const run& r, const sums& s) { return s.bytes_in_time + count(r.beside_bytes); });
  add_quotient(
      "bytes_per_message", [&](const run& r, const sums&) { return count(r.up.bytes + r.down.bytes); },
      messages);
  add_quotient(
      "cpu_us", [](const run& r, const sums&) { return in_ms(r.cpu) * 1000; }, messages);
  add_quotient(
      "duplicates", [&](const run& r, const sums&) { return count(r.duplicates); }, each_run);
  add_quotient(
      "reordered", [&](const run& r, const sums&) { return count(r.reordered); }, each_run);
  add_quotient(
      "left_out", [](const run&, const sums& s) { return s.left_out; }, each_run);
  add_quotient(
      "spurious_share",
      [&](const run& r, const sums&) {
        return std::max(count(r.retransmissions - r.rides) - count(r.up.lost), 0.0);
      },
      [&](const run& r, const sums&) { return count(r.up.packets); });
  add_quotient(
      "queue_ms", [](const run& r, const sums&) { return in_ms(r.up_queue); }, each_run);
  add_quotient(
      "retransmissions", [&](const run& r, const sums&) { return count(r.retransmissions); }, each_run);
}

}  // namespace

void fill_figures(contender& c, const plan& p, std::uint64_t seed) {
  c.figures.clear();
  figure_maker make(c, p, seed);
  if (make.empty()) return;
  make.latencies(p.deadline);
  make.totals();
}

}  // namespace dgram::app::compare
