// SPDX-License-Identifier: MIT
// Sets up and asks after network devices, as ip(8) does. Stays with the network namespace in which it was
// made, whichever thread uses it. Linux only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "udp/core/address.h"

namespace dgram::app {

struct device_counts {
  std::uint64_t to_us = 0;          // packets the namespace sent, read from the device
  std::uint64_t to_us_dropped = 0;  // found the device's queue full
  std::uint64_t from_us = 0;        // written to the device
  std::uint64_t from_us_dropped = 0;
};

// Each throws std::system_error.
class rtnetlink {
 public:
  rtnetlink();
  ~rtnetlink();
  rtnetlink(rtnetlink&& other) noexcept;
  rtnetlink& operator=(rtnetlink&&) = delete;

  void bring_up(int device);
  // `queue` in packets.
  void bring_up(int device, std::size_t mtu, std::size_t queue);
  // No IPv6 addresses made up by the kernel, which it would then talk about. Before the device is up.
  void no_automatic_addresses(int device);
  void add_address(int device, const address& own, const address& peer);
  void add_default_route(int device, bool ipv6);
  device_counts counts(int device) const;

 private:
  void ask(std::span<const std::byte> request) const;

  int socket_ = -1;
};

}  // namespace dgram::app
