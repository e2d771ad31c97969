// SPDX-License-Identifier: MIT
// Reads a text line by line and a line word by word, the way both kinds of traces need it.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

namespace dgram::sim {

class text_lines {
 public:
  explicit text_lines(std::string_view text) : rest_(text) {}

  // Without its end, "\n" or "\r\n".
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    return line;
  }
  // Of the line that next gave last, from 1.
  std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Takes the text up to the separator off the front; all of it when there is none.
inline std::string_view take_word(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return word;
}

// A whole number and nothing else.
template <class Int>
std::optional<Int> whole(std::string_view text) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace dgram::sim
