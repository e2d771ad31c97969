// SPDX-License-Identifier: MIT
#include "apps/impairment/setting_value.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <system_error>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

namespace dgram::app {
namespace {

constexpr std::size_t shown_value = 60;
constexpr std::size_t most_indices = 1'000'000;
constexpr std::size_t most_file = 1024 * 1024 * 1024;

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != text.npos; text.remove_prefix(std::min(text.size(), end + 1))) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
  }
  return parts;
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

struct time_pair {
  duration first;
  duration second;
};

std::optional<time_pair> two_times(std::string_view text, std::string_view between) {
  const std::size_t at = text.find(between);
  if (at == text.npos) return std::nullopt;
  const auto first = parse_duration(text.substr(0, at));
  const auto second = parse_duration(text.substr(at + between.size()));
  if (!first || !second) return std::nullopt;
  return time_pair{*first, *second};
}

// "7" or "20-25".
std::optional<std::pair<std::uint64_t, std::uint64_t>> index_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_count(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_count(text.substr(dash + 1));
  if (!first || !last || *last < *first || *last - *first >= most_indices) return std::nullopt;
  return std::pair(*first, *last);
}

bool add_limit(sim::queue_limit& to, std::string_view text) {
  if (text.ends_with('p')) {
    const auto packets = parse_count(text.substr(0, text.size() - 1));
    to.packets = packets.value_or(0);
    return packets && *packets > 0;
  }
  if (text.ends_with('B')) {
    const auto bytes = parse_size(text);
    to.bytes = bytes.value_or(0);
    return bytes && *bytes > 0;
  }
  // A bare number is no time here: nobody could tell what it counts.
  const auto time = text.empty() || text.back() <= '9' ? std::nullopt : parse_duration(text);
  to.time = time.value_or(duration{0});
  return time && *time > duration{0};
}

std::string exact(duration d) {
  const auto count = d.count();
  if (count % 1'000'000'000 == 0) return std::to_string(count / 1'000'000'000) + "s";
  if (count % 1'000'000 == 0) return std::to_string(count / 1'000'000) + "ms";
  return std::to_string(count) + "ns";
}

}  // namespace

void setting_value::reject(std::string_view wanted) const {
  throw usage_error(name + ": '" + escaped(text, shown_value) + "' is not " + std::string(wanted));
}

void setting_value::fail(std::string_view why) const {
  throw usage_error(name + ": '" + escaped(text, shown_value) + "' " + std::string(why));
}

void setting_value::fail_at(const sim::text_error& wrong, std::string_view wanted) const {
  fail("is not " + std::string(wanted) + ": " +
       (wrong.line > 0 ? "line " + std::to_string(wrong.line) : "it") + ' ' + wrong.what);
}

double setting_value::share() const {
  const auto parsed = parse_probability(text);
  if (!parsed) reject("a share from 0 to 1 (such as 5% or 0.05)");
  return *parsed;
}

duration setting_value::time() const {
  const auto parsed = parse_duration(text);
  if (!parsed || *parsed > std::chrono::hours(1)) reject("a time from 0 to 1h (such as 20ms or 1.5s)");
  return *parsed;
}

double setting_value::number(double least, double most) const {
  const auto parsed = plain_number(text);
  if (!parsed || !(*parsed >= least && *parsed <= most)) {
    reject("a number from " + std::to_string(static_cast<long>(least)) + " to " +
           std::to_string(static_cast<long>(most)));
  }
  return *parsed;
}

bool setting_value::yes_or_no() const {
  for (const char* yes : {"yes", "true", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"no", "false", "off", "0"}) {
    if (text == no) return false;
  }
  reject("yes or no");
}

double setting_value::bytes_per_second() const {
  if (none()) return 0;
  const auto bits = parse_rate(text);
  if (!bits || *bits < 1 || *bits > 1e12) {
    reject("a rate in bits per second from 1 to 1000g (such as 500k, 10m or 1g)");
  }
  return *bits / 8;
}

std::vector<std::uint64_t> setting_value::indices() const {
  std::vector<std::uint64_t> found;
  if (text == "none") return found;
  for (const std::string_view part : parts_of(text, ',')) {
    const auto range = index_range(part);
    if (!range || found.size() + (range->second - range->first) >= most_indices) {
      reject("a list of at most a million packet numbers from 0 (such as 3,7,20-25)");
    }
    for (std::uint64_t i = range->first; i <= range->second; ++i) found.push_back(i);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

sim::gilbert_elliott setting_value::chain() const {
  std::vector<double> given;
  for (const std::string_view part : parts_of(text, ',')) {
    const auto share = parse_probability(part);
    if (!share || given.size() == 4) {
      reject("1 to 4 shares p,r,1-h,1-k as netem's gemodel has them (such as 1%,25%)");
    }
    given.push_back(*share);
  }
  // What is left out, as netem fills it in: r = 1 - p (independent loss), all lost in the bad state, nothing
  // in the good one.
  sim::gilbert_elliott chain;
  chain.p = given[0];
  chain.r = given.size() > 1 ? given[1] : 1 - given[0];
  chain.loss_in_bad = given.size() > 2 ? given[2] : 1;
  chain.loss_in_good = given.size() > 3 ? given[3] : 0;
  return chain;
}

sim::queue_limit setting_value::queue() const {
  sim::queue_limit limit;
  if (text == "none") return limit;
  for (const std::string_view part : parts_of(text, '+')) {
    if (!add_limit(limit, part)) reject("a limit such as 50p, 64KB or 100ms, or several joined by +");
  }
  return limit;
}

sim::on_off setting_value::fades() const {
  const bool random = text.starts_with('~');
  const auto times = two_times(std::string_view(text).substr(random ? 1 : 0), "/");
  if (!times || times->first <= duration{0} || times->second <= duration{0}) {
    reject("UP/DOWN in times above 0 (such as 2s/500ms, or ~2s/500ms for random ones of that mean)");
  }
  return {times->first, times->second, random};
}

std::vector<sim::outage> setting_value::outages(time_point zero) const {
  std::vector<sim::outage> found;
  if (text == "none") return found;
  for (const std::string_view part : parts_of(text, ',')) {
    const auto times = two_times(part, "..");
    if (!times || times->second <= times->first || found.size() == 1000) {
      reject("a list of times FROM..UNTIL, FROM the earlier (such as 2s..7s,10s..12s)");
    }
    found.push_back({zero + times->first, zero + times->second});
  }
  return found;
}

std::string setting_value::file() const {
  errno = 0;
  std::ifstream in(text, std::ios::binary);
  std::string content;
  std::string piece(64 * 1024, '\0');
  while (in && content.size() <= most_file) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    content.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  if (content.size() > most_file) fail("has more than 1 GiB");
  if (!in.eof()) {
    const int why = errno != 0 ? errno : EIO;
    fail("cannot be read: " + std::generic_category().message(why));
  }
  return content;
}

std::string outage_text(const std::vector<sim::outage>& outages) {
  std::string text;
  for (const sim::outage& o : outages) {
    text += text.empty() ? "" : ",";
    text += exact(o.from.time_since_epoch()) + ".." + exact(o.until.time_since_epoch());
  }
  return text.empty() ? "none" : text;
}

}  // namespace dgram::app
