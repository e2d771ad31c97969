// SPDX-License-Identifier: MIT
// report_page_maker POINTS: the page of a made comparison on stdout, for tests that open it in a browser.
#include <cstdlib>
#include <iostream>

#include "apps/compare/report.h"
#include "tests/compare/report_sample.h"

int main(int argc, char** argv) {
  const std::size_t points = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
  const auto page = dgram::app::compare::html_report(dgram::test::made_comparison(1, points));
  std::cout << page.html;
  if (page.complaint.empty()) return 0;
  std::cerr << page.complaint << '\n';
  return 77;  // gnuplot is missing: there is nothing to look at
}
