// SPDX-License-Identifier: MIT
#include "apps/compare/real_run.h"

#include <pthread.h>
#include <sched.h>

#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "apps/compare/beside_flow.h"
#include "apps/compare/port_change.h"
#include "apps/compare/real_end.h"
#include "apps/compare/stall_watch.h"
#include "apps/compare/thread_cpu.h"
#include "apps/compare/wire_watch.h"
#include "apps/impairment/impaired_path.h"
#include "apps/link/tun_forwarder.h"
#include "apps/link/tun_pair.h"

namespace dgram::app::compare {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t port = 9000;
// How often it is looked whether the run is over.
constexpr duration look = 2ms;
// An empty link that stays so for this long has nothing more to bring, and a receiver has taken what it
// brought.
constexpr duration quiet_time = 100ms;

address server_address() {
  address a = tun_pair::address_of(side::server);
  a.port = port;
  return a;
}

// What else the machine has to do must not show in the figures, as far as the system allows that: the ends go
// before it, and the link, which stands for a wire, before the ends. All of them sleep between packets.
enum class precedence : int { ends = 1, link = 2 };

// Threads that the calling one makes later have it too.
void take(precedence p) {
  sched_param wanted{};
  wanted.sched_priority = static_cast<int>(p);
  ::pthread_setschedparam(::pthread_self(), SCHED_RR, &wanted);
}

// The link, in a thread of its own.
class running_link {
 public:
  running_link(const tun_pair& pair, const impairment& link)
      : now_(link), path_(link, read_clock()), watch_(path_), forwarder_(context_, pair, path_) {
    forwarder_.start();
    thread_ = std::thread([this] {
      take(precedence::link);
      context_.run();
      cpu_ = cpu_time(CLOCK_THREAD_CPUTIME_ID);
    });
  }
  ~running_link() { stop(); }

  // Counted from `start`.
  void plan_events(const std::vector<mid_run>& events, time_point start) {
    asio::post(context_, [this, events, start] {
      for (const mid_run& e : events) {
        asio::steady_timer& timer = timers_.emplace_back(context_, start + e.at);
        timer.async_wait([this, what = e.what](std::error_code error) {
          if (!error) happen(what);
        });
      }
    });
  }

  bool empty() {
    return ask([this] {
      return path_.link(side::client).counts().in_flight == 0 &&
             path_.link(side::server).counts().in_flight == 0;
    });
  }
  // Afterwards nothing moves, and the rest may be asked.
  void stop() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
      forwarder_.stop();
      for (asio::steady_timer& t : timers_) t.cancel();
    });
    thread_.join();
  }
  void fill_in(run& r, time_point start, const std::vector<standstill>& seen) const {
    watch_.fill_in(r, start, seen);
  }
  duration cpu() const { return cpu_; }
  std::uint64_t device_full() const { return forwarder_.counts().device_full; }

 private:
  void happen(const std::string& what) {
    if (what == mid_run::new_address) {
      return forwarder_.rewrite_with(
          [](side from, std::span<std::byte> packet) { change_port(packet, from == side::client); });
    }
    apply_settings(now_, std::array{what});
    path_.change(now_, read_clock());
    forwarder_.reschedule();
  }

  template <class Question>
  bool ask(Question question) {
    std::promise<bool> answer;
    auto there = answer.get_future();
    asio::post(context_, [&] { answer.set_value(question()); });
    return there.get();
  }

  asio::io_context context_{1};
  impairment now_;
  impaired_path path_;
  wire_watch watch_;
  tun_forwarder forwarder_;
  std::deque<asio::steady_timer> timers_;
  duration cpu_{0};
  std::thread thread_;
};

// One end and the thread it lives in.
class running_end {
 public:
  using maker = std::function<std::unique_ptr<real_end>()>;

  running_end(const tun_pair& pair, side where, const maker& make) {
    std::promise<void> made;
    auto ready = made.get_future();
    thread_ = std::thread([this, &pair, where, &make, &made] {
      try {
        pair.enter(where);
        end_ = make();
      } catch (...) {
        made.set_exception(std::current_exception());
        return;
      }
      real_end& end = *end_;
      made.set_value();  // from here on `make` and `made` may be gone
      end.run();
      cpu_ = cpu_time(CLOCK_THREAD_CPUTIME_ID);
    });
    try {
      ready.get();
    } catch (...) {
      thread_.join();
      throw;
    }
  }
  ~running_end() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    end_->stop();
    thread_.join();
  }
  bool has_threads() const { return end_->has_threads(); }
  void add_to(run& r) const {
    r.cpu += cpu_;
    r.retransmissions += end_->retransmissions();
    r.rides += end_->rides();
  }

 private:
  std::unique_ptr<real_end> end_;
  duration cpu_{0};
  std::thread thread_;
};

class end_of_run {
 public:
  end_of_run(const shared_run& r, running_link& link) : run_(r), link_(link) {}

  void wait() {
    const duration sending =
        run_.waits_for_outcomes() ? last_sending(run_.work) : run_.schedule.back().intended;
    std::optional<duration> since;  // all had left by then
    while (run_.arrivals.arrived() < run_.expected() && !nothing_comes()) {
      std::this_thread::sleep_for(look);
      const duration now = run_.elapsed();
      if (!since && run_.sent_all) since = now;
      if (now > sending + run_.work.drain || (since && now > *since + run_.work.drain)) return;
    }
  }

 private:
  // Everything has its outcome, and the link has been empty for a while.
  bool nothing_comes() {
    if (!run_.sent_all || run_.settled < run_.expected()) return false;
    if (!link_.empty()) {
      quiet_since_.reset();
      return false;
    }
    if (!quiet_since_) quiet_since_ = run_.elapsed();
    return run_.elapsed() > *quiet_since_ + quiet_time;
  }

  const shared_run& run_;
  running_link& link_;
  std::optional<duration> quiet_since_;
};

std::uint64_t device_drops(const tun_pair& pair, const running_link& link) {
  std::uint64_t sum = link.device_full();
  for (const side s : {side::client, side::server}) {
    const device_counts counts = pair.counts(s);
    sum += counts.to_us_dropped + counts.from_us_dropped;
  }
  return sum;
}

}  // namespace

run_result run_for_real(const entrant& who, const plan& p, const impairment& what,
                        const std::function<void()>& ready) {
  const tun_pair pair({});
  ready();
  take(precedence::ends);
  run_result result;
  shared_run shared(p, schedule_of(p, what.seed));
  running_link link(pair, what);
  stall_watch standstills;
  bool own_threads = false;
  try {
    running_end receiver(pair, side::server, [&] { return make_receiver(who, shared, server_address()); });
    shared.start();
    link.plan_events(p.events, shared.started());
    std::optional<beside_flow> beside;
    if (!p.beside.empty()) beside.emplace(pair, p.beside, shared);
    running_end sender(pair, side::client, [&] { return make_sender(who, shared, server_address()); });
    end_of_run(shared, link).wait();
    const duration end = shared.elapsed();
    if (beside) {
      beside->stop();
      result.measured.beside_bytes = beside->bytes();
    }
    sender.stop();
    receiver.stop();
    fill_in(result.measured, p, shared.schedule, shared.intended, shared.arrivals, end);
    sender.add_to(result.measured);
    receiver.add_to(result.measured);
    own_threads = sender.has_threads() || receiver.has_threads();
  } catch (const std::system_error& e) {
    result.measured.failure = e.code() == std::errc::no_such_file_or_directory && !who.congestion.empty()
                                  ? "this kernel has no TCP " + std::string(who.congestion)
                                  : e.what();
    return result;
  }
  link.stop();
  standstills.stop();
  // Whatever was used here by threads other than the link's and this one is the ends'.
  if (own_threads) {
    result.measured.cpu = cpu_time(CLOCK_PROCESS_CPUTIME_ID) - cpu_time(CLOCK_THREAD_CPUTIME_ID) -
                          link.cpu() - standstills.cpu();
  }
  link.fill_in(result.measured, shared.started(), standstills.seen());
  result.measured.send_lateness_p99 = shared.send_lateness.quantile(0.99);
  result.device_drops = device_drops(pair, link);
  return result;
}

duration longest_real_run(const plan& p) {
  return last_sending(p) + p.drain + 10s;
}

}  // namespace dgram::app::compare
