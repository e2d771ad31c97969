// SPDX-License-Identifier: MIT
#include "apps/compare/deliverables.h"

#include "apps/cli/terminal.h"
#include "apps/compare/csv_form.h"
#include "apps/compare/json_form.h"
#include "apps/compare/report.h"
#include "apps/compare/table.h"

namespace dgram::app::compare {
namespace {

std::unique_ptr<result_file> opened(const char* flag, const std::string& path) {
  return path.empty() ? nullptr : std::make_unique<result_file>(flag, path);
}

void complain(output& err, const std::string& why) {
  err.add_line("udp_compare: " + why);
}

}  // namespace

deliverable_options deliverables_from(const flags& given) {
  deliverable_options o;
  o.json = given.text("json").value_or("");
  o.csv = given.text("csv").value_or("");
  o.report = given.text("report").value_or("");
  o.colour = !given.given("no-color");
  return o;
}

deliverables::deliverables(const deliverable_options& o)
    : options_(o),
      json_(opened("--json", o.json == "-" ? "" : o.json)),
      csv_(opened("--csv", o.csv)),
      report_(opened("--report", o.report)) {}

exit_code deliverables::hand_over(const comparison& all, output& err) {
  output out(1);
  const bool json_on_stdout = options_.json == "-";
  const int table_to = json_on_stdout ? 2 : 1;
  (json_on_stdout ? err : out).add(table_text(all, may_colour(table_to, options_.colour)));
  if (json_on_stdout) out.add_line(to_json(all));
  out.flush();
  exit_code code = out.failed() ? exit_code::output : exit_code::ok;
  if (const std::string why = loss_of_output(out.error()); out.failed() && !why.empty()) complain(err, why);

  const auto write = [&](result_file& file, const std::string& text) {
    const std::string why = file.write(text);
    if (why.empty()) return;
    complain(err, why);
    code = exit_code::output;
  };
  if (json_) write(*json_, to_json(all) + '\n');
  if (csv_) write(*csv_, to_csv(all));
  if (report_) {
    const report page = html_report(all);
    if (!page.complaint.empty()) complain(err, page.complaint);
    write(*report_, page.html);
  }
  err.flush();
  return code;
}

}  // namespace dgram::app::compare
