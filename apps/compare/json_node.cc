// SPDX-License-Identifier: MIT
#include "apps/compare/json_node.h"

#include <stdexcept>
#include <vector>

#include "apps/cli/text_escape.h"
#include "apps/compare/json_form.h"

namespace dgram::app::compare {
namespace {

using json = nlohmann::ordered_json;

// 2^53: what a double, and so every JSON reader, holds exactly; 104 days.
constexpr std::int64_t longest_ns = std::int64_t{1} << 53;

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error(why);
}

// The library's own words begin with a code in brackets and may quote what they met.
std::string reason(const json::exception& e) {
  std::string_view what = e.what();
  if (const auto end = what.find("] "); end != what.npos) what.remove_prefix(end + 2);
  return escaped(what, 200);
}

// Goes through the text before anything is built from it. (The library's callback could do it, but it looks
// through the whole array at the end of each object in it.)
class meter : public nlohmann::json_sax<json> {
 public:
  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t&) override {
    if (++members_.back() > json_limits::members)
      fail("not read: more than " + std::to_string(json_limits::members) + " members in an object");
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& e) override {
    fail("not JSON: " + reason(e));
  }

 private:
  bool value() {
    if (++values_ > json_limits::values)
      fail("not read: more than " + std::to_string(json_limits::values) + " values in the JSON");
    return true;
  }
  bool open() {
    members_.push_back(0);
    if (members_.size() > json_limits::depth)
      fail("not read: JSON nested deeper than " + std::to_string(json_limits::depth));
    return value();
  }
  bool close() {
    members_.pop_back();
    return true;
  }

  std::size_t values_ = 0;
  std::vector<std::size_t> members_;  // of each object that is open; 0 for an array
};

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text) {
  if (text.size() > json_limits::bytes)
    fail("not read: more than " + std::to_string(json_limits::bytes >> 20) + " MiB of JSON");
  meter all;
  json::sax_parse(text.begin(), text.end(), &all);
  try {
    return json::parse(text.begin(), text.end());
  } catch (const json::exception& e) {
    fail("not JSON: " + reason(e));
  }
}

json_node json_node::operator[](std::string_view member) const {
  if (!value_.is_object()) refuse("must be an object");
  const auto found = value_.find(std::string(member));
  if (found == value_.end()) refuse("has no \"" + std::string(member) + "\"");
  return {*found, this, member, 0};
}

json_node json_node::at(std::size_t index, std::size_t size) const {
  if (!value_.is_array() || value_.size() != size)
    refuse("must be an array of " + std::to_string(size) + " elements");
  return {value_[index], this, {}, index};
}

std::string json_node::text() const {
  if (!value_.is_string()) refuse("must be a string");
  return value_.get_ref<const std::string&>();
}

bool json_node::truth() const {
  if (!value_.is_boolean()) refuse("must be true or false");
  return value_.get<bool>();
}

std::uint64_t json_node::count(std::uint64_t most) const {
  // What was parsed is unsigned exactly when it is whole, not negative, and below 2^64.
  if (!value_.is_number_unsigned() || value_.get<std::uint64_t>() > most)
    refuse("must be a whole number from 0 to " + std::to_string(most));
  return value_.get<std::uint64_t>();
}

double json_node::real() const {
  if (value_.is_number()) return value_.get<double>();
  if (value_ == "inf") return std::numeric_limits<double>::infinity();
  if (value_ == "-inf") return -std::numeric_limits<double>::infinity();
  if (value_ == "nan") return std::numeric_limits<double>::quiet_NaN();
  refuse("must be a number, \"inf\", \"-inf\" or \"nan\"");
}

duration json_node::time() const {
  constexpr const char* wanted = "must be whole nanoseconds, at most 2^53";
  if (!value_.is_number_integer()) refuse(wanted);
  if (value_.is_number_unsigned() && value_.get<std::uint64_t>() > std::uint64_t{longest_ns}) refuse(wanted);
  const auto ns = value_.get<std::int64_t>();
  if (ns < -longest_ns || ns > longest_ns) refuse(wanted);
  return duration(ns);
}

std::optional<duration> json_node::time_or_null() const {
  if (value_.is_null()) return std::nullopt;
  return time();
}

bool json_node::choice(std::string_view yes, std::string_view no) const {
  if (value_ == yes) return true;
  if (value_ != no) refuse("must be \"" + std::string(yes) + "\" or \"" + std::string(no) + "\"");
  return false;
}

void json_node::refuse(const std::string& why) const {
  fail(path() + " " + why);
}

std::string json_node::path() const {
  const std::string own = key_.empty() ? "[" + std::to_string(index_) + "]" : escaped(key_, 60);
  if (parent_ == nullptr) return own;
  if (parent_->parent_ == nullptr) return own;  // members of the whole need no prefix
  return parent_->path() + (key_.empty() ? "" : ".") + own;
}

}  // namespace dgram::app::compare
