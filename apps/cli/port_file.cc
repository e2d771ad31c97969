// SPDX-License-Identifier: MIT
#include "apps/cli/port_file.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "apps/cli/start_up_error.h"

namespace dgram::app {

void write_port_file(const std::string& file, std::uint16_t port) {
  const std::string fresh = file + ".new";
  errno = 0;
  std::ofstream out(fresh, std::ios::trunc);
  out << port << '\n';
  out.close();
  if (!out || std::rename(fresh.c_str(), file.c_str()) != 0) {
    const std::string why = std::generic_category().message(errno);
    std::remove(fresh.c_str());
    throw start_up_error(exit_code::output, "--port-file: '" + file + "' cannot be written: " + why);
  }
}

}  // namespace dgram::app
