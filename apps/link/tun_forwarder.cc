// SPDX-License-Identifier: MIT
#include "apps/link/tun_forwarder.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <asio/post.hpp>

#include "apps/link/ip_packet.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

constexpr std::size_t largest_packet = 65535;
// Then the other side, and packets that are due, have their turn: about 0.1 ms of reading.
constexpr int packets_per_turn = 64;

asio::posix::stream_descriptor duplicate(asio::io_context& context, int descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "dup");
  return asio::posix::stream_descriptor(context, copy);
}

}  // namespace

tun_forwarder::tun_forwarder(asio::io_context& context, const tun_pair& pair, impaired_path& path)
    : path_(path),
      devices_{duplicate(context, pair.device(side::client)), duplicate(context, pair.device(side::server))},
      timer_(context),
      buffer_(largest_packet) {
  path_.mark_with([this](std::span<const std::byte> packet) { return marked(packet); });
}

void tun_forwarder::start() {
  wait_to_read(side::client);
  wait_to_read(side::server);
}

void tun_forwarder::stop() {
  stopped_ = true;
  timer_.cancel();
  path_.mark_with({});
  for (auto& device : devices_) device.close();
}

void tun_forwarder::reschedule() {
  forward_due();
  arm_timer();
}

void tun_forwarder::wait_to_read(side from) {
  devices_[static_cast<std::size_t>(from)].async_wait(
      asio::posix::stream_descriptor::wait_read,
      [this, from, alive = alive_.observe()](std::error_code error) {
        if (!error && !alive.over() && !stopped_) read(from);
      });
}

bool tun_forwarder::caught_up() {
  std::array<pollfd, 2> waiting{};
  for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i] = {devices_[i].native_handle(), POLLIN, 0};
  return ::poll(waiting.data(), waiting.size(), 0) <= 0;
}

void tun_forwarder::read(side from) {
  const bool more = read_some(from);
  forward_due();
  arm_timer();
  if (!more) return wait_to_read(from);
  asio::post(timer_.get_executor(), [this, from, alive = alive_.observe()] {
    if (!alive.over() && !stopped_) read(from);
  });
}

bool tun_forwarder::read_some(side from) {
  const int device = devices_[static_cast<std::size_t>(from)].native_handle();
  for (int i = 0; i < packets_per_turn; ++i) {
    const ssize_t size = ::read(device, buffer_.data(), buffer_.size());
    if (size < 0) return errno == EINTR;
    // Not the time at which the turn began: what came since would be faster than the link.
    take(from, std::span(buffer_).first(static_cast<std::size_t>(size)), read_clock());
  }
  return true;
}

void tun_forwarder::take(side from, std::span<std::byte> packet, time_point now) {
  switch (kind_of(packet)) {
    case packet_kind::chatter: ++counts_.multicast; return;
    case packet_kind::unreadable: ++counts_.unreadable; return;
    case packet_kind::traffic: break;
  }
  if (rewrite_) rewrite_(from, packet);
  counts_.largest = std::max(counts_.largest, packet.size());
  path_.push(from, packet, 0, now, is_ecn_capable(packet));
}

void tun_forwarder::forward_due() {
  path_.deliver_due(read_clock(), [this](side from, const sim::arrival& packet) {
    const int device = devices_[static_cast<std::size_t>(opposite(from))].native_handle();
    if (::write(device, packet.bytes.data(), packet.bytes.size()) < 0) ++counts_.device_full;
  });
}

std::span<const std::byte> tun_forwarder::marked(std::span<const std::byte> packet) {
  std::copy(packet.begin(), packet.end(), buffer_.begin());
  const std::span<std::byte> copy = std::span(buffer_).first(packet.size());
  mark_congestion(copy);
  return copy;
}

void tun_forwarder::arm_timer() {
  const std::optional<time_point> next = path_.next_event();
  if (!next || next == armed_) return;
  armed_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([this, alive = alive_.observe()](std::error_code error) {
    if (error || alive.over() || stopped_) return;
    armed_.reset();
    forward_due();
    arm_timer();
  });
}

}  // namespace dgram::app
