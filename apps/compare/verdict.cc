// SPDX-License-Identifier: MIT
#include "apps/compare/verdict.h"

#include <cmath>
#include <vector>

#include "apps/cli/units.h"
#include "apps/compare/number_text.h"
#include "apps/compare/statistics.h"

namespace dgram::app::compare {
namespace {

using contenders = std::vector<const contender*>;

std::vector<estimate> all_of(const contenders& who, const char* figure) {
  std::vector<estimate> all;
  for (const contender* c : who) all.push_back(c->figures.at(figure));
  return all;
}

class ranking {
 public:
  ranking(const contenders& who, const char* figure, bool less_is_better, std::string (*text)(double))
      : who_(who), text_(text), estimates_(all_of(who, figure)) {
    standing_ = standing_of(estimates_, less_is_better);
  }

  // `did`: what the values in brackets mean.
  std::string words(const std::string& did) const {
    if (standing_.best.empty()) return "";
    std::string all = "best was " + list(standing_.best) + ": " + did + '.';
    if (!standing_.like_best.empty()) {
      all += " No difference from it is shown for " + list(standing_.like_best) + '.';
    }
    if (!standing_.worse.empty()) all += " Worse: " + list(standing_.worse) + '.';
    return all;
  }

 private:
  std::string list(const std::vector<std::size_t>& members) const {
    std::string all;
    for (const std::size_t i : members) {
      all += all.empty() ? "" : i == members.back() ? " and " : ", ";
      all += '"' + who_[i]->label + "\" (" + text_(estimates_[i].value) + ')';
    }
    return all;
  }

  const contenders& who_;
  std::string (*text_)(double);
  std::vector<estimate> estimates_;
  standing standing_;
};

// What did not arrive, and from whom.
std::string losses(const contenders& who) {
  std::string all;
  for (const contender* c : who) {
    const double delivered = c->figures.at("delivered").value;
    if (delivered >= 1) continue;
    all += (all.empty() ? "" : ", ") + ('"' + c->label + '"') + " " + share_text(1 - delivered);
  }
  if (all.empty()) return " Every message arrived.";
  return " Never arrived while it was waited for: " + all + " of the messages; the others delivered all.";
}

std::string in_time(const contenders& who, const plan& p) {
  std::string all;
  for (const contender* c : who) {
    all +=
        (all.empty() ? "" : ", ") + ('"' + c->label + '"') + " " + share_text(c->figures.at("in_time").value);
  }
  return " Arrived within " + format_duration(p.deadline) + ": " + all + ".";
}

}  // namespace

std::string verdict_of(const point& measured, const plan& p) {
  contenders who;
  for (const contender& c : measured.contenders) {
    if (!c.figures.empty()) who.push_back(&c);
  }
  if (who.empty()) return "Nothing could be measured.";
  const bool bulk = p.work == workload::bulk;
  std::string text = "With " + measured.link + ": ";
  if (who.front()->runs.size() < least_ranked) {
    text += "fewer than " + std::to_string(least_ranked) + " repetitions rank nobody.";
  } else if (bulk) {
    text += ranking(who, "goodput_kbps", false, rate_text).words("so much was carried per second");
  } else {
    text += ranking(who, "p99_ms", true, time_text)
                .words(std::string("99 of 100 ") + (p.work == workload::request ? "replies" : "messages") +
                       " arrived within that time");
  }
  return text + losses(who) + (bulk ? "" : in_time(who, p));
}

}  // namespace dgram::app::compare
