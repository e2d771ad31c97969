// SPDX-License-Identifier: MIT
#include "apps/compare/redraw.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "apps/cli/text_escape.h"
#include "apps/compare/deliverables.h"
#include "apps/compare/json_form.h"

namespace dgram::app::compare {
namespace {

comparison read(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> buffer;
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > json_limits::bytes) break;  // from_json says so
  }
  if (!file.eof() && text.size() <= json_limits::bytes) {
    throw usage_error("report: '" + escaped(path, 200) +
                      "' cannot be read: " + std::generic_category().message(errno));
  }
  try {
    return from_json(text);
  } catch (const std::runtime_error& e) {
    throw usage_error("report: '" + escaped(path, 200) + "': " + e.what());
  }
}

}  // namespace

exit_code redraw(const flags& given) {
  if (given.positional().size() != 2) throw usage_error("report takes one file, as in: report FILE.json");
  const std::string& path = given.positional()[1];
  const comparison all = read(path);
  deliverable_options options = deliverables_from(given);
  output err(2);
  if (options.report.empty() && options.json.empty() && options.csv.empty()) {
    options.report = (path.ends_with(".json") ? path.substr(0, path.size() - 5) : path) + ".html";
    if (!given.given("quiet"))
      err.add_line("udp_compare: the report goes to " + escaped(options.report, 200));
  }
  return deliverables(options).hand_over(all, err);
}

}  // namespace dgram::app::compare
