// SPDX-License-Identifier: MIT
#include "apps/compare/plots_svg.h"

#include <array>
#include <cctype>
#include <cstdio>

#include "apps/compare/report_text.h"

namespace dgram::app::compare {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size())
    text.replace(at, what.size(), with);
}

// Everything from `open` to the next `close`, wherever it stands.
void remove_all(std::string& text, std::string_view open, std::string_view close) {
  for (std::size_t at = 0; (at = text.find(open, at)) != text.npos;) {
    const std::size_t end = text.find(close, at + open.size());
    if (end == text.npos) return;
    text.erase(at, end + close.size() - at);
  }
}

std::string page_colour(int red, int green, int blue) {
  static constexpr std::array own = {"var(--ink)", "var(--muted)", "var(--rule)", "var(--loss)"};
  if (red == 1 && green == 1 && blue >= 1 && blue <= int{own.size()})
    return own[static_cast<std::size_t>(blue - 1)];
  if (red == 2 && green == 1 && blue >= 1 && blue <= int{plot_colour::contenders})
    return "var(--c" + std::to_string(blue) + ")";
  return "currentColor";
}

// gnuplot writes "rgb(  2,   1,   3)" in some places, "rgb(2,1,3)" in others.
void take_page_colours(std::string& svg) {
  std::string result;
  result.reserve(svg.size());
  std::size_t done = 0;
  for (std::size_t at = 0; (at = svg.find("rgb(", at)) != svg.npos;) {
    int red = 0, green = 0, blue = 0, length = 0;
    if (std::sscanf(svg.c_str() + at, "rgb(%3d,%3d,%3d)%n", &red, &green, &blue, &length) != 3 ||
        length == 0) {
      at += 4;
      continue;
    }
    result.append(svg, done, at - done).append(page_colour(red, green, blue));
    at = done = at + static_cast<std::size_t>(length);
  }
  svg = result.append(svg, done);
}

// Groups in which nothing is drawn are a third of what gnuplot writes.
void remove_empty_groups(std::string& svg) {
  for (std::size_t at = 0; (at = svg.find("<g ", at)) != svg.npos;) {
    const std::size_t inside = svg.find('>', at);
    if (inside == svg.npos) return;
    const std::size_t next = svg.find_first_not_of(" \t\r\n", inside + 1);
    if (next != svg.npos && svg.compare(next, 4, "</g>") == 0)
      svg.erase(at, next + 4 - at);
    else
      at = inside;
  }
}

void remove_blank_lines(std::string& svg) {
  std::string result;
  result.reserve(svg.size());
  for (const char c : svg) {
    if (c == '\t' || (c == '\n' && !result.empty() && result.back() == '\n')) continue;
    result += c;
  }
  svg = result;
}

}  // namespace

std::string plot_colour::contender(std::size_t index) {
  char text[24];
  std::snprintf(text, sizeof text, "rgb '#0201%02x'", static_cast<unsigned>(index % contenders + 1));
  return text;
}

std::string page_svg(std::string_view gnuplots, std::string_view id, std::string_view label) {
  const std::size_t begin = gnuplots.find("<svg");
  const std::size_t body = gnuplots.find('>', begin);
  const std::size_t end = gnuplots.rfind("</svg>");
  const std::size_t box = gnuplots.find("viewBox=\"", begin);
  if (begin == gnuplots.npos || end == gnuplots.npos || body > end || box > body) return {};
  const std::string_view size = gnuplots.substr(box + 9, gnuplots.find('"', box + 9) - box - 9);

  std::string svg(gnuplots.substr(body + 1, end - body - 1));
  remove_all(svg, "<title>", "</title>");
  remove_all(svg, "<desc>", "</desc>");
  remove_all(svg, "<filter ", "</filter>");
  const std::size_t symbols_end = svg.find("</defs>");
  if (svg.find("href='#gp", symbols_end) == svg.npos) remove_all(svg, "<defs>", "</defs>");
  take_page_colours(svg);
  for (const std::string_view fixed : {" color=\"black\"", " color=\"white\"", " color=\"gray\"",
                                       " color=\"#FFFFFF\"", " font-family=\"sans\"", " class=\"gridline\""})
    replace_all(svg, fixed, "");
  replace_all(svg, "=\"black\"", "=\"currentColor\"");
  replace_all(svg, "='black'", "='currentColor'");
  remove_empty_groups(svg);
  remove_empty_groups(svg);  // those that only held empty ones
  remove_blank_lines(svg);
  const std::string prefix = html_escaped(id) + "-";
  replace_all(svg, "id=\"", "id=\"" + prefix);
  replace_all(svg, "id='", "id='" + prefix);
  replace_all(svg, "href='#", "href='#" + prefix);

  const std::string shown = html_escaped(label);
  return "<svg viewBox=\"" + html_escaped(size) + "\" role=\"img\" aria-label=\"" + shown +
         "\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">" + svg +
         "</svg>";
}

}  // namespace dgram::app::compare
