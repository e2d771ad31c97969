// SPDX-License-Identifier: MIT
// Carries IP packets between two TUN devices through an impaired path. Linux only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "apps/impairment/impaired_path.h"
#include "apps/link/tun_pair.h"
#include "udp/net/lifetime.h"

namespace dgram::app {

// Beside the link's own counts.
struct tun_counts {
  std::uint64_t multicast = 0;    // a kernel's own chatter (IGMP, MLD, router solicitation): not carried
  std::uint64_t unreadable = 0;   // not an IP packet
  std::uint64_t device_full = 0;  // the device would not take it: the machine could not keep up
  std::size_t largest = 0;        // bytes of the largest packet carried
};

class tun_forwarder {
 public:
  // Descriptors are duplicated; the path must outlive this.
  tun_forwarder(asio::io_context&, const tun_pair&, impaired_path&);

  void start();
  void stop();
  // No packet waits in the devices to be read.
  bool caught_up();
  // Called with each packet before the link sees it: it may write into it.
  using rewriter = std::function<void(side from, std::span<std::byte> packet)>;
  void rewrite_with(rewriter r) { rewrite_ = std::move(r); }
  // After the settings of the path were changed.
  void reschedule();
  const tun_counts& counts() const { return counts_; }

 private:
  void wait_to_read(side);
  void read(side);
  // Whether there may be more.
  bool read_some(side);
  void take(side, std::span<std::byte>, time_point now);
  void forward_due();
  std::span<const std::byte> marked(std::span<const std::byte>);
  void arm_timer();

  impaired_path& path_;
  std::array<asio::posix::stream_descriptor, 2> devices_;
  asio::steady_timer timer_;
  std::vector<std::byte> buffer_;
  std::optional<time_point> armed_;
  bool stopped_ = false;
  rewriter rewrite_;
  tun_counts counts_;
  lifetime alive_;
};

}  // namespace dgram::app
