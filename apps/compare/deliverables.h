// SPDX-License-Identifier: MIT
// The forms in which a comparison is handed over: the table, JSON, CSV, the report.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/cli/exit_code.h"
#include "apps/cli/flags.h"
#include "apps/cli/output.h"
#include "apps/compare/comparison.h"
#include "apps/compare/result_file.h"

namespace dgram::app::compare {

struct deliverable_options {
  std::string json;    // a file, "-" for stdout, empty for none
  std::string csv;     // a file, or empty
  std::string report;  // a file, or empty
  bool colour = true;
};
deliverable_options deliverables_from(const flags&);

class deliverables {
 public:
  // Opens what is to be written. Throws start_up_error(exit_code::output).
  explicit deliverables(const deliverable_options&);

  // Writes everything: the table to stdout, or to stderr when JSON goes there. ok, or output with the reason
  // on `err`.
  exit_code hand_over(const comparison&, output& err);

 private:
  deliverable_options options_;
  std::unique_ptr<result_file> json_, csv_, report_;
};

}  // namespace dgram::app::compare
