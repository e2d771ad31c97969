// SPDX-License-Identifier: MIT
// The plots of a report: what is drawn, how it is read, and what is seen in it. Knows gnuplot's language, not
// how gnuplot is run nor what a page looks like.
#pragma once

#include <string>
#include <vector>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

struct plot {
  std::string id;      // unique on the page
  std::string title;   // a question a person has
  std::string how;     // how to read it, a sentence or two
  std::string seen;    // what is seen; may be empty
  std::string script;  // for gnuplot; empty: there is nothing to draw, `seen` says why
  bool legend = true;  // contenders are told apart by colour alone
};

// Who has which colour: the same one in every plot of a comparison.
class contender_colours {
 public:
  explicit contender_colours(const comparison&);
  std::size_t of(const contender&) const;

 private:
  std::vector<std::string> names_;
};

// For one setting of the link. Ids begin with `prefix`.
std::vector<plot> point_plots(const point&, duration deadline, const contender_colours&,
                              const std::string& prefix);

// Figures against what was swept; nothing without a sweep.
std::vector<plot> sweep_plots(const comparison&, const contender_colours&);

}  // namespace dgram::app::compare
