// SPDX-License-Identifier: MIT
#include "udp/sim/fate_record.h"

#include <algorithm>
#include <array>
#include <optional>

#include "udp/sim/text_lines.h"

namespace dgram::sim {
namespace {

constexpr std::string_view header =
    "dgram-fates 1: direction offered_ns index size fate delay_ns copy_ns order flipped copy_flipped\n";
constexpr std::size_t fields = 10;
constexpr std::size_t most_flips = 64;
constexpr std::int64_t longest_delay = std::int64_t{1'000'000'000} * 3600 * 24 * 365;
constexpr std::string_view none = "-";

void append_number(std::string& to, std::int64_t value) {
  to += std::to_string(value);
  to += ' ';
}

void append_bits(std::string& to, const std::vector<std::uint32_t>& bits) {
  if (bits.empty()) to += none;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (i > 0) to += ',';
    to += std::to_string(bits[i]);
  }
}

std::optional<fate> fate_named(std::string_view name) {
  for (const fate f : {fate::carried, fate::lost, fate::outage, fate::overflow, fate::too_big}) {
    if (to_string(f) == name) return f;
  }
  return std::nullopt;
}

std::optional<duration> delay_in(std::string_view text) {
  const auto ns = whole<std::int64_t>(text);
  if (!ns || *ns < 0 || *ns > longest_delay) return std::nullopt;
  return duration(*ns);
}

bool read_bits(std::string_view text, std::vector<std::uint32_t>& bits) {
  if (text == none) return true;
  if (text.ends_with(',')) return false;
  while (!text.empty()) {
    const auto bit = whole<std::uint32_t>(take_word(text, ','));
    if (!bit || bits.size() == most_flips) return false;
    bits.push_back(*bit);
  }
  return !bits.empty();
}

bool read_order(std::string_view text, packet_fate& to) {
  constexpr std::string_view held_until = "held:";
  if (text == none) return true;
  if (text == "overtook") return to.overtakes = true;
  if (text == "held") return to.held_back = true;
  if (!text.starts_with(held_until)) return false;
  const auto count = whole<std::uint32_t>(text.substr(held_until.size()));
  if (!count || *count == 0) return false;
  to.held_back = true;
  to.passed_by = *count;
  return true;
}

// What is wrong with the line; empty when nothing is.
std::string_view read_line(std::string_view line, fate_record& to) {
  std::array<std::string_view, fields> word;
  for (std::string_view& w : word) w = take_word(line, ' ');
  if (!line.empty() || word.back().empty()) return "does not have ten fields";
  if (word[0] != "up" && word[0] != "down") return "begins with neither up nor down";
  std::vector<packet_fate>& way = word[0] == "up" ? to.up : to.down;

  packet_fate read;
  const auto index = whole<std::uint64_t>(word[2]);
  if (!index || *index != way.size()) return "is not the next packet of its direction";
  read.index = *index;
  const auto size = whole<std::uint32_t>(word[3]);
  const auto what = fate_named(word[4]);
  if (!delay_in(word[1]) || !size || !what) return "has a time, a size or a fate that cannot be";
  read.size = *size;
  read.fate = *what;
  const auto delay = word[5] == none ? duration{0} : delay_in(word[5]);
  if (!delay) return "has a delay that cannot be";
  read.delay = *delay;
  if (word[6] != none) {
    read.copy = delay_in(word[6]);
    if (!read.copy) return "has a delay that cannot be";
  }
  if (!read_order(word[7], read)) return "has an order that cannot be";
  if (!read_bits(word[8], read.flipped_bits) || !read_bits(word[9], read.copy_flipped_bits)) {
    return "has flipped bits that cannot be";
  }
  way.push_back(std::move(read));
  return {};
}

}  // namespace

std::string_view fate_record_header() {
  return header;
}

void append_fate(std::string& to, bool up, duration offered, const packet_fate& what) {
  to += up ? "up " : "down ";
  append_number(to, offered.count());
  append_number(to, static_cast<std::int64_t>(what.index));
  append_number(to, static_cast<std::int64_t>(what.size));
  to += to_string(what.fate);
  to += ' ';
  to += what.fate == fate::carried ? std::to_string(what.delay.count()) : std::string(none);
  to += ' ';
  to += what.copy ? std::to_string(what.copy->count()) : std::string(none);
  to += ' ';
  to += what.passed_by > 0 ? "held:" + std::to_string(what.passed_by)
        : what.held_back   ? "held"
        : what.overtakes   ? "overtook"
                           : std::string(none);
  to += ' ';
  append_bits(to, what.flipped_bits);
  to += ' ';
  append_bits(to, what.copy_flipped_bits);
  to += '\n';
}

std::variant<fate_record, text_error> parse_fate_record(std::string_view text) {
  fate_record record;
  text_lines lines(text);
  const auto first = lines.next();
  if (!first || *first != header.substr(0, header.size() - 1)) {
    return text_error{1, "is not the first line of a recording"};
  }
  while (const auto line = lines.next()) {
    if (line->empty() || line->front() == '#') continue;
    if (record.up.size() + record.down.size() == most_recorded_fates) {
      return text_error{lines.number(), "is one too many"};
    }
    const std::string_view wrong = read_line(*line, record);
    if (!wrong.empty()) return text_error{lines.number(), std::string(wrong)};
  }
  if (record.up.empty() && record.down.empty()) return text_error{0, "has no packets"};
  return record;
}

}  // namespace dgram::sim
