// SPDX-License-Identifier: MIT
#include "apps/compare/text_table.h"

#include <algorithm>

namespace dgram::app::compare {

std::string text_table::text(bool colour) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string all;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (i < left_ ? row[i] + gap : gap + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    const bool bold = colour && &row == &rows_.front();
    all += (bold ? "\033[1m" + line + "\033[0m" : line) + '\n';
  }
  return all;
}

std::string wrapped(const std::string& paragraph, std::size_t width) {
  std::string all, line;
  for (std::size_t at = 0; at < paragraph.size();) {
    const std::size_t end = std::min(paragraph.find(' ', at), paragraph.size());
    const std::string word = paragraph.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      all += line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  return line.empty() ? all : all + line + '\n';
}

}  // namespace dgram::app::compare
