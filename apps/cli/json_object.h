// SPDX-License-Identifier: MIT
// Writes one flat or nested JSON object on one line (RFC 8259). Reading JSON is left to those who need it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dgram::app {

class json_object {
 public:
  // The value must be valid UTF-8; bytes that are not become U+FFFD.
  json_object& add(std::string_view key, std::string_view value);
  json_object& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  json_object& add(std::string_view key, bool value);
  json_object& add(std::string_view key, double value);
  json_object& add(std::string_view key, const json_object& value);
  json_object& add_null(std::string_view key);
  template <std::integral Int>
  json_object& add(std::string_view key, Int value) {
    return add_raw(key, std::to_string(value));
  }

  std::string text() const { return members_ + '}'; }

 private:
  json_object& add_raw(std::string_view key, std::string_view value);

  std::string members_ = "{";
};

std::string json_string(std::string_view);

}  // namespace dgram::app
