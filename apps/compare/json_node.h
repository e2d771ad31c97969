// SPDX-License-Identifier: MIT
// JSON from elsewhere, read with bounds: each step says where it is, and what was expected there, when it
// fails. Only json_form.cc includes this: the JSON library stays behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "udp/core/time.h"

namespace dgram::app::compare {

// Within json_limits, or throws std::runtime_error.
nlohmann::ordered_json parse_json(std::string_view);

// A value and the way to it, which is written out only for a complaint. Its parent must outlive it.
// Everything throws std::runtime_error when the value is not what was asked for.
class json_node {
 public:
  using json = nlohmann::ordered_json;

  json_node(const json& value, std::string_view root) : value_(value), key_(root) {}

  json_node operator[](std::string_view member) const;
  bool has(std::string_view member) const { return value_.is_object() && value_.contains(member); }
  // An element of an array that must have that size.
  json_node at(std::size_t index, std::size_t size) const;

  template <typename Visit>
  void each(Visit visit, std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    if (!value_.is_array()) refuse("must be an array");
    if (value_.size() > most) refuse("has more than " + std::to_string(most) + " elements");
    for (std::size_t i = 0; i < value_.size(); ++i) visit(json_node(value_[i], this, {}, i));
  }
  template <typename Visit>
  void each_member(Visit visit) const {
    if (!value_.is_object()) refuse("must be an object");
    for (const auto& [name, member] : value_.items()) visit(name, json_node(member, this, name, 0));
  }

  std::string text() const;
  bool truth() const;
  std::uint64_t count(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
  double real() const;  // or "inf", "-inf", "nan"
  duration time() const;
  std::optional<duration> time_or_null() const;
  bool choice(std::string_view yes, std::string_view no) const;

  [[noreturn]] void refuse(const std::string& why) const;

 private:
  json_node(const json& value, const json_node* parent, std::string_view key, std::size_t index)
      : value_(value), parent_(parent), key_(key), index_(index) {}
  std::string path() const;

  const json& value_;
  const json_node* parent_ = nullptr;
  std::string_view key_;  // empty: an element of an array
  std::size_t index_ = 0;
};

}  // namespace dgram::app::compare
