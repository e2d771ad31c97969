// SPDX-License-Identifier: MIT
// For a build without libpcap.
#include "apps/cli/start_up_error.h"
#include "apps/impairment/capture.h"

namespace dgram::app {

std::unique_ptr<capture> open_capture(const std::string&) {
  throw start_up_error(exit_code::unsupported,
                       "--pcap: this build cannot write captures, because libpcap was missing or turned off "
                       "(DGRAM_WITH_PCAP): install libpcap-dev and build again");
}

bool can_capture() {
  return false;
}

}  // namespace dgram::app
