// SPDX-License-Identifier: MIT
// Makes gnuplot's SVG part of a page: its colours become the page's, its ids unique, its size that of its
// box. Knows gnuplot's way of writing SVG and the page's colour names, not what is drawn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dgram::app::compare {

// Colours as a script names them. gnuplot writes colours into its SVG, and a page has two sets of them, light
// and dark: so a script uses colours that stand for names, and `page_svg` puts var(--…) in their places.
namespace plot_colour {
inline constexpr std::size_t contenders = 8;       // then they begin again
inline const std::string ink = "rgb '#010101'";    // --ink
inline const std::string muted = "rgb '#010102'";  // --muted
inline const std::string grid = "rgb '#010103'";   // --rule
inline const std::string loss = "rgb '#010104'";   // --loss
std::string contender(std::size_t index);          // --c1 … --c8
}  // namespace plot_colour

// `id` is a prefix for every id within; `label` is what it shows, for those who do not see it.
std::string page_svg(std::string_view gnuplots, std::string_view id, std::string_view label);

}  // namespace dgram::app::compare
