// SPDX-License-Identifier: MIT
#include "apps/compare/compare_options.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/compare/compare_limits.h"
#include "apps/compare/sweep.h"

namespace dgram::app::compare {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> workloads{"telemetry", "request", "bulk", "chat"};

constexpr std::array own_table{
    flag{"contenders", "LIST",
         "Who takes part (udp-bare,udp,tcp-bbr,tcp-cubic,tcp-nagle); also udp-reliable, udp-sequenced, "
         "udp-unreliable, udp-off (no redundancy), udp-reliable-off, udp-reno (new Reno), tcp-reno, enet, "
         "srt"},
    flag{"workload", "KIND",
         "telemetry (a message every so often; the default), request (each with its reply), bulk (as fast as "
         "it goes) or chat (short lines at a person's rhythm)"},
    flag{"message-rate", "N", "Messages per second (200; chat: 20 on average)"},
    flag{"size", "BYTES", "Bytes of a message, 16 to 16MiB (64; bulk: 1100)"},
    flag{"closed-loop", "", "Of requests: the next one when the reply came; --message-rate is the most then"},
    flag{"redundancy", "WHAT", "Of our own: off, auto (the default) or so many copies, 1 to 16"},
    flag{"mode", "MODE", "Of udp, udp-off and udp-reno: ordered (the default) or reliable"},
    flag{"congestion", "NAME", "Of our own: bbr (the default) or new-reno"},
    flag{"amount", "BYTES", "What bulk carries (4MB); what takes longer than 30 s is cut off"},
    flag{"duration", "TIME", "Measured time of a run (3s)"},
    flag{"warm-up", "TIME", "Time before it, which is in no figure (500ms)"},
    flag{"drain", "TIME", "Wait at most so long for what is still on its way (3s)"},
    flag{"deadline", "TIME", "What counts as delivered in time (100ms)"},
    flag{"repetitions", "N", "Runs of each contender (5)"},
    flag{"sweep", "NAME=V,V",
         "Measure at each value: loss=0,1,5,10,20%; also rtt, burst, size, rate, message-rate and the other "
         "settings of the link; repeatable"},
    flag{"fail-if", "CHECK",
         "Exit with 4 if so: 'udp.p99 > 60ms', 'udp.p99 > tcp-bbr.p99'. Figures: p50, p90, p99, p999, max, "
         "first, delivered, in-time, goodput, packets, bytes, cpu; repeatable"},
    flag{"sim", "", "The UDP contenders in virtual time: on any system, the same figures for the same seed"},
    flag{"json", "FILE",
         "Every figure and every sample as JSON into FILE; - for stdout, the table then goes to stderr"},
    flag{"csv", "FILE", "Every sample as CSV into FILE"},
    flag{"report", "FILE", "The report into FILE: one HTML page with plots"},
    flag{"q,quiet", "", "No words but errors and the table"},
    flag{"no-color", "", "No bold headings on a terminal either"},
};

// What only says where things go is not part of a run.
constexpr std::array<std::string_view, 5> outputs{"quiet", "no-color", "json", "csv", "report"};

constexpr const char* epilogue_text =
    "Without an impairment the link is --delay 20ms --loss 5%, each way. Every contender sends the same\n"
    "messages at the same moments over a link of its own that does the same to packet 0, 1, 2, ... of each\n"
    "direction. Latency counts from the moment a message should have been sent; what never came counts as\n"
    "later than everything. CPU is that of the two programs; what the kernel does for TCP while packets\n"
    "arrive is not in it. The first message counts from before there was a socket.\n\n"
    "Brackets hold 95 % intervals, bootstrapped over repetitions. With 5 repetitions such an interval "
    "misses\n"
    "the true value in about 15 of 100 cases; a contender is called worse only when its interval does not\n"
    "overlap that of the best, and more --repetitions tell more apart; fewer than 4 rank nobody.\n\n"
    "Examples:\n"
    "  udp_compare                                  UDP and TCP at 20 ms and 5 % loss, each way\n"
    "  udp_compare --loss 2% --burst 4 --delay 50ms --deadline 150ms\n"
    "  udp_compare --sweep loss=0,1,5,10,20% --repetitions 4\n"
    "  udp_compare --workload bulk --rate 10m --queue 100ms --delay 20ms\n"
    "  udp_compare --json it.json --report it.html  a page with plots, and all samples\n"
    "  udp_compare report it.json                   the table and the page again\n"
    "  udp_compare --sim --fail-if 'udp.p99 > 150ms'\n"
    "  udp_compare suite                            every case that this project is held to, and whether it "
    "holds\n"
    "  udp_compare suite telemetry,bulk --repetitions 3 --json it.json\n"
    "\nExit codes:\n";

std::string epilogue() {
  return epilogue_text + exit_code_table({exit_code::ok, exit_code::network, exit_code::usage,
                                          exit_code::check_failed, exit_code::output, exit_code::unsupported,
                                          exit_code::interrupted, exit_code::terminated});
}

double rate_from(const flags& given, double usual) {
  const auto text = given.text("message-rate");
  if (!text) return usual;
  const auto rate = parse_rate(*text);
  if (rate && *rate >= least_message_rate && *rate <= most_message_rate) return *rate;
  throw usage_error("--message-rate: '" + escaped(*text, 60) + "' is not a rate from 0.1 to 50k");
}

own_ways ways_from(const flags& given) {
  constexpr std::array<std::string_view, 2> modes{"ordered", "reliable"}, controls{"bbr", "new-reno"};
  own_ways w;
  if (const auto mode = given.choice("mode", modes)) {
    w.mode = *mode == 0 ? delivery_mode::ordered : delivery_mode::reliable;
  }
  if (const auto control = given.choice("congestion", controls)) {
    w.control = *control == 0 ? congestion_algorithm::bbr : congestion_algorithm::new_reno;
  }
  if (const auto text = given.text("redundancy")) {
    const auto copies = parse_count(*text);
    if (*text == "off") {
      w.redundancy = redundancy::off();
    } else if (*text == "auto") {
      w.redundancy = redundancy::automatic();
    } else if (copies && *copies >= 1 && *copies <= redundancy::most) {
      w.redundancy = redundancy{static_cast<std::uint8_t>(*copies)};
    } else {
      throw usage_error("--redundancy: '" + escaped(*text, 60) +
                        "' is not off, auto or a number from 1 to 16");
    }
  }
  return w;
}

plan plan_from(const flags& given) {
  plan p;
  p.work = static_cast<workload>(given.choice("workload", workloads).value_or(0));
  p.message_rate = rate_from(given, p.work == workload::chat ? 20 : 200);
  p.size =
      given.size("size", least_size, max_message_size).value_or(p.work == workload::bulk ? 1100 : p.size);
  p.closed_loop = given.given("closed-loop");
  if (p.closed_loop && p.work != workload::request) {
    throw usage_error("--closed-loop needs --workload request: only a request has a reply to wait for");
  }
  p.amount = given.size("amount", 1, 200'000'000).value_or(p.amount);
  p.measured = given.time("duration", 100ms, longest_run).value_or(p.measured);
  p.warm_up = given.time("warm-up", 0ms, longest_run).value_or(p.warm_up);
  p.drain = given.time("drain", 0ms, longest_run).value_or(p.drain);
  p.deadline = given.time("deadline", 100us, longest_run).value_or(p.deadline);
  return p;
}

impairment link_from(const flags& given) {
  impairment link = impairment_from(given);
  const bool impaired =
      std::any_of(link.given.begin(), link.given.end(), [](const given_flag& g) { return g.name != "seed"; });
  if (!impaired) apply_settings(link, std::array<std::string, 2>{"delay=20ms", "loss=5%"});
  return link;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(" ><'\"") == text.npos) return text;
  return text.find('\'') == text.npos ? '\'' + text + '\'' : '"' + text + '"';
}

std::string command_of(const flags& given, const impairment& link) {
  std::string text = "udp_compare";
  for (const given_flag& g : given.in_order()) {
    const auto is = [&](std::string_view name) { return g.name == name; };
    const auto own = std::find_if(own_table.begin(), own_table.end(),
                                  [&](const flag& f) { return is(f.names.substr(f.names.find(',') + 1)); });
    if (own == own_table.end() || std::any_of(outputs.begin(), outputs.end(), is)) continue;
    text += " --" + g.name + (own->value.empty() ? "" : ' ' + quoted(g.value));
  }
  return text + ' ' + link.flags;
}

// A chosen contender that --sim does not have is an error; of the usual ones it takes those it has.
std::vector<entrant> entrants_for(const flags& given, bool simulated) {
  auto all = entrants_from(given.text("contenders").value_or(std::string(usual_contenders())));
  if (!simulated) return all;
  const auto foreign = [](const entrant& e) { return e.over != transport::bare && e.over != transport::udp; };
  const auto found = std::find_if(all.begin(), all.end(), foreign);
  if (found != all.end() && given.given("contenders")) {
    throw usage_error("--contenders: '" + std::string(found->name) +
                      "' cannot take part with --sim: only what is ours knows virtual time");
  }
  all.erase(std::remove_if(all.begin(), all.end(), foreign), all.end());
  return all;
}

// Whoever never repeats anything waits for ever once a datagram is lost.
void leave_out_bare(std::vector<entrant>& all, bool chosen) {
  const auto bare = [](const entrant& e) { return e.over == transport::bare; };
  if (chosen && std::any_of(all.begin(), all.end(), bare)) {
    throw usage_error("--contenders: 'udp-bare' cannot take part in a closed loop: a lost reply never comes");
  }
  all.erase(std::remove_if(all.begin(), all.end(), bare), all.end());
}

void reject_too_much(const compare_options& o) {
  double samples = 0;
  for (const setting& s : o.settings) {
    const double messages = messages_of(s.work);
    if (messages > most_messages) {
      throw usage_error("a run of " + std::to_string(static_cast<std::uint64_t>(messages)) +
                        " messages is too long (" + std::to_string(most_messages) + " at most)");
    }
    samples += messages * static_cast<double>(o.who.entrants.size()) * o.who.repetitions;
  }
  if (samples > most_samples) {
    throw usage_error("this would be " + std::to_string(static_cast<std::uint64_t>(samples)) +
                      " messages in all, and 1,400,000 is the most; lower --repetitions, --duration or "
                      "--message-rate");
  }
}

}  // namespace

flags compare_flags() {
  std::vector<flag> table(own_table.begin(), own_table.end());
  table.insert(table.end(), impairment_flags().begin(), impairment_flags().end());
  return flags({"udp_compare", "The same messages over UDP and over TCP, on the same bad link.",
                "[report FILE.json | suite [ROWS]]", epilogue()},
               table);
}

compare_options compare_options_from(const flags& given) {
  compare_options o;
  o.simulated = given.given("sim");
  o.quiet = given.given("quiet");
  const setting base{{}, plan_from(given), link_from(given)};
  o.who.entrants = entrants_for(given, o.simulated);
  apply_ways(ways_from(given), o.who.entrants);
  if (base.work.closed_loop) leave_out_bare(o.who.entrants, given.given("contenders"));
  o.who.repetitions =
      static_cast<std::uint32_t>(given.number("repetitions", 1, most_repetitions).value_or(5));
  o.who.seed = base.link.seed;
  std::vector<sweep> sweeps;
  for (const std::string& s : given.texts("sweep")) sweeps.push_back(sweep_from(s));
  o.settings = settings_for(base, sweeps);
  for (const std::string& c : given.texts("fail-if")) o.checks.push_back(check_from(c, o.who.entrants));
  o.command = command_of(given, base.link);
  // "udp_compare 0.1.0\n"
  o.version = given.version();
  o.version = o.version.substr(o.version.find(' ') + 1);
  o.version.pop_back();
  reject_too_much(o);
  return o;
}

}  // namespace dgram::app::compare
