// SPDX-License-Identifier: MIT
// Aligned columns. Knows nothing of what stands in them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dgram::app::compare {

class text_table {
 public:
  // So many columns are aligned to the left, the others to the right.
  explicit text_table(std::size_t left = 1) : left_(left) {}
  // The first row is the heading.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // The heading in bold when `colour` is set. Each line ends in a newline.
  std::string text(bool colour) const;

 private:
  std::size_t left_;
  std::vector<std::vector<std::string>> rows_;
};

// Broken at spaces, no line wider than `width` unless one word is.
std::string wrapped(const std::string& paragraph, std::size_t width);

}  // namespace dgram::app::compare
