// SPDX-License-Identifier: MIT
#include "apps/compare/report_text.h"

#include "apps/cli/text_escape.h"

namespace dgram::app::compare {
std::string html_escaped(std::string_view text) {
  std::string result;
  for (const char c : escaped(text)) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += c;
    }
  }
  return result;
}

}  // namespace dgram::app::compare
