// SPDX-License-Identifier: MIT
#include "apps/server/report_options.h"

#include "apps/metrics/listen_address.h"

namespace dgram::app {
namespace {

std::optional<journal::file_options> log_file_from(const flags& given) {
  const auto path = given.text("log");
  if (!path) {
    for (const char* name : {"log-size", "log-files", "log-rate"}) {
      if (given.given(name)) throw usage_error("--" + std::string(name) + " needs --log");
    }
    return std::nullopt;
  }
  if (path->empty()) reject_value("--log", *path, "the name of a file");
  journal::file_options file;
  file.path = *path;
  file.size = given.size("log-size", 1000, 1'000'000'000'000).value_or(file.size);
  file.files = given.number("log-files", 1, 1000).value_or(file.files);
  file.rate = given.number("log-rate", 0, 1'000'000).value_or(file.rate);
  return file;
}

}  // namespace

report_options report_options_from(const flags& given) {
  report_options options;
  if (const auto where = given.text("metrics")) {
    options.metrics = metrics::parse_listen_address(*where);
    if (!options.metrics) {
      reject_value("--metrics", *where, "an address and a port (such as 127.0.0.1:9100 or [::1]:9100)");
    }
  }
  options.log_interval =
      given.time("log-interval", std::chrono::milliseconds(100), std::chrono::hours(24 * 365));
  options.log = log_file_from(given);
  return options;
}

}  // namespace dgram::app
