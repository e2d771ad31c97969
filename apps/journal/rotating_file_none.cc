// SPDX-License-Identifier: MIT
// Of a build without spdlog.
#include "apps/cli/start_up_error.h"
#include "apps/journal/rotating_file.h"

namespace dgram::app::journal {

void require_rotating_file() {
  throw start_up_error(exit_code::unsupported,
                       "--log: this build has no spdlog (install libspdlog-dev and build again)");
}

std::unique_ptr<line_file> open_rotating_file(const file_options&, std::error_code& error) {
  error = std::make_error_code(std::errc::not_supported);
  return nullptr;
}

}  // namespace dgram::app::journal
