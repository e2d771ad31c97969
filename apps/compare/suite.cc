// SPDX-License-Identifier: MIT
#include "apps/compare/suite.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>

#include "apps/cli/output.h"
#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/compare/child_process.h"
#include "apps/compare/compare_limits.h"
#include "apps/compare/conductor.h"
#include "apps/compare/environment.h"
#include "apps/compare/real_runner.h"
#include "apps/compare/result_file.h"
#include "apps/compare/simulated_run.h"
#include "apps/compare/split.h"
#include "apps/compare/suite_form.h"

namespace dgram::app::compare {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 9> own_flags{"repetitions", "duration", "amount", "seed",    "sim",
                                                    "json",        "csv",      "quiet",  "no-color"};
// What says where things go, and how loudly, is not part of what is measured.
constexpr std::array<std::string_view, 4> outputs{"json", "csv", "quiet", "no-color"};

struct suite_options {
  std::vector<suite_case> cases;
  lineup who;
  bool simulated = false, quiet = false, colour = true;
  std::string command, version;
};

void reject_others(const flags& given) {
  for (const given_flag& g : given.in_order()) {
    if (std::find(own_flags.begin(), own_flags.end(), g.name) != own_flags.end()) continue;
    throw usage_error("--" + g.name + ": the suite takes no such flag; its links and messages are its own");
  }
}

std::vector<suite_case> chosen_cases(const flags& given, bool simulated) {
  std::set<std::string> wanted;
  const std::vector<std::string> groups = suite_groups();
  for (std::size_t i = 1; i < given.positional().size(); ++i) {
    for (const std::string& name : split(given.positional()[i], ',')) {
      if (std::find(groups.begin(), groups.end(), name) == groups.end()) {
        std::string all;
        for (const std::string& g : groups) all += (all.empty() ? "" : ", ") + g;
        throw usage_error("suite: '" + escaped(name, 60) + "' is not one of " + all);
      }
      wanted.insert(name);
    }
  }
  std::vector<suite_case> cases;
  for (const suite_case& c : suite_cases()) {
    if ((wanted.empty() || wanted.contains(c.group)) && (!simulated || c.virtual_too)) cases.push_back(c);
  }
  if (cases.empty()) throw usage_error("suite: with --sim nothing is left of what was asked for");
  return cases;
}

suite_options suite_options_from(const flags& given) {
  reject_others(given);
  suite_options o;
  o.simulated = given.given("sim");
  o.quiet = given.given("quiet");
  o.colour = !given.given("no-color");
  o.cases = chosen_cases(given, o.simulated);
  for (suite_case& c : o.cases) {
    // In virtual time nothing takes processor time.
    if (o.simulated) std::erase_if(c.bars, [](const bar& b) { return b.figure == "cpu_us"; });
    // Events have their moments.
    if (!c.work.events.empty()) continue;
    c.work.measured = given.time("duration", 100ms, longest_run).value_or(c.work.measured);
    if (c.work.work == workload::bulk && c.work.beside.empty()) {
      c.work.amount = given.size("amount", 1, 200'000'000).value_or(c.work.amount);
    }
  }
  o.who.repetitions =
      static_cast<std::uint32_t>(given.number("repetitions", 1, most_repetitions).value_or(5));
  const impairment link = impairment_from(given);
  o.who.seed = link.seed;
  o.command = "udp_compare";
  for (const std::string& word : given.positional()) o.command += ' ' + word;
  for (const given_flag& g : given.in_order()) {
    if (g.name == "seed" || std::find(outputs.begin(), outputs.end(), g.name) != outputs.end()) continue;
    o.command += " --" + g.name + (g.name == "sim" ? "" : ' ' + g.value);
  }
  o.command += " --seed " + std::to_string(o.who.seed);
  o.version = given.version();
  o.version = o.version.substr(o.version.find(' ') + 1);
  o.version.pop_back();
  return o;
}

std::vector<entrant> entrants_of(const suite_case& c, bool simulated) {
  std::vector<entrant> all;
  for (const std::string& name : contenders_of(c)) {
    const entrant e = entrants_from(name).front();
    if (!simulated || e.over == transport::udp) all.push_back(e);
  }
  return all;
}

// About; of bulk a guess between the fastest and being cut off.
duration time_of(const suite_case& c, const suite_options& o) {
  const duration one =
      c.work.work == workload::bulk && c.work.beside.empty() ? 18s : c.work.warm_up + c.work.measured + 500ms;
  return one * static_cast<int>(entrants_of(c, false).size() * o.who.repetitions);
}

class suite_progress {
 public:
  explicit suite_progress(const suite_options& o) : options_(o), redraw_(can_redraw(2)) {
    for (const suite_case& c : o.cases) left_ += time_of(c, o);
  }

  void begin(std::size_t index, const suite_case& c) {
    if (options_.quiet || options_.simulated) return;
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(left_).count();
    err_.add_line("[" + std::to_string(index + 1) + '/' + std::to_string(options_.cases.size()) + "] " +
                  c.group + ": " + c.text + "; about " + std::to_string(minutes) + " min left");
    err_.flush();
    left_ -= time_of(c, options_);
  }
  void step(std::uint32_t repetition, const entrant& who) {
    if (!redraw_ || options_.quiet || options_.simulated) return;
    err_.add("\r  repetition " + std::to_string(repetition + 1) + ": " + std::string(who.label) + "\033[K\r");
    err_.flush();
  }

 private:
  const suite_options& options_;
  bool redraw_;
  duration left_{0};
  output err_{2};
};

// Why somebody did not run, and what the machine did, each once a case.
void add_notes(suite_result& all, const suite_case& c, const point& p) {
  for (const contender& who : p.contenders) {
    std::set<std::string> told;
    for (const run& r : who.runs) {
      if (!r.failure.empty() && told.insert(r.failure).second)
        all.notes.push_back(c.text + ": " + who.label + ": " + r.failure);
    }
  }
  for (const std::string& w : p.warnings) {
    // How the others were set up is the same in all of them.
    const bool tuning = w.starts_with("ENet: ") || w.starts_with("SRT: ");
    const std::string note = tuning ? w : c.text + ": " + w;
    if (std::find(all.notes.begin(), all.notes.end(), note) == all.notes.end()) all.notes.push_back(note);
  }
}

exit_code hand_over(const suite_result& all, const suite_options& o, const std::string& json_to,
                    result_file* json, result_file* csv) {
  output out(1), err(2);
  const bool json_on_stdout = json_to == "-";
  (json_on_stdout ? err : out).add(suite_table(all, may_colour(json_on_stdout ? 2 : 1, o.colour)));
  if (json_on_stdout) out.add_line(suite_json(all));
  out.flush();
  exit_code code = out.failed() ? exit_code::output : exit_code::ok;
  std::vector<std::string> complaints;
  if (out.failed()) complaints.push_back(loss_of_output(out.error()));
  if (json) complaints.push_back(json->write(suite_json(all) + '\n'));
  if (csv) complaints.push_back(csv->write(suite_csv(all)));
  for (const std::string& why : complaints) {
    if (why.empty()) continue;
    err.add_line("udp_compare: " + why);
    code = exit_code::output;
  }
  err.flush();
  return code;
}

}  // namespace

exit_code run_suite(const flags& given) {
  const suite_options o = suite_options_from(given);
  const std::string json_to = given.text("json").value_or(""), csv_to = given.text("csv").value_or("");
  std::unique_ptr<result_file> json, csv;
  if (!json_to.empty() && json_to != "-") json = std::make_unique<result_file>("--json", json_to);
  if (!csv_to.empty()) csv = std::make_unique<result_file>("--csv", csv_to);

  suite_result all{
      o.command, o.version, o.who.seed, o.who.repetitions, o.simulated, environment_of(o.simulated), {}, {}};
  std::optional<child_runner> children;
  runner one = [](const entrant& who, const plan& p, const impairment& link) {
    return std::optional(run_result{simulate(who, p, link), 0});
  };
  if (!o.simulated) one = real_runner(children.emplace());
  suite_progress tell(o);
  exit_code ended = exit_code::ok;
  for (std::size_t i = 0; i < o.cases.size() && ended == exit_code::ok; ++i) {
    const suite_case& c = o.cases[i];
    tell.begin(i, c);
    setting s{{}, c.work, {}};
    s.link.seed = o.who.seed;
    apply_settings(s.link, c.link);
    lineup who = o.who;
    who.entrants = entrants_of(c, o.simulated);
    const measured_point m =
        measure(s, who, one, [&](std::uint32_t repetition, const entrant& e) { tell.step(repetition, e); });
    for (suite_row& row : rows_of(c, m.point)) all.rows.push_back(std::move(row));
    add_notes(all, c, m.point);
    if (m.cut_short) ended = code_for_signal(children->stopped_by());
  }
  const exit_code handed_over = hand_over(all, o, json_to, json.get(), csv.get());
  if (handed_over != exit_code::ok) return handed_over;
  if (ended != exit_code::ok) return ended;
  return all_hold(all) ? exit_code::ok : exit_code::check_failed;
}

}  // namespace dgram::app::compare
