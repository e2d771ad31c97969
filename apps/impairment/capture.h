// SPDX-License-Identifier: MIT
// What the interface at each end of the link would show, as two files that any capture tool opens. Written by
// libpcap, which a build may lack.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <system_error>

#include "apps/impairment/impairment.h"

namespace dgram::app {

class capture {
 public:
  virtual ~capture() = default;

  // A packet of IP that crosses the interface at that end, into the link or out of it.
  virtual void add(side where, std::span<const std::byte> packet,
                   std::chrono::system_clock::time_point when) = 0;
  // What is gathered reaches the files.
  virtual void flush() = 0;
  // Why nothing further is written.
  virtual std::error_code error() const = 0;
};

// NAME-client.pcap and NAME-server.pcap. Throws start_up_error when one cannot be written, or, with
// exit_code::unsupported, when this build has no libpcap.
std::unique_ptr<capture> open_capture(const std::string& name);
// Whether this build has libpcap.
bool can_capture();

}  // namespace dgram::app
