// SPDX-License-Identifier: MIT
#include "udp/net/datagram_socket_linux.h"

#if defined(__linux__)

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "udp/net/address_text.h"
#include "udp/net/packet_info_linux.h"

namespace dgram {

struct linux_datagram_socket::batch_memory {
  explicit batch_memory(std::size_t size) : headers(size), pieces(size), names(size), controls(size) {
    for (std::size_t i = 0; i < size; ++i) {
      headers[i].msg_hdr.msg_iov = &pieces[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  std::vector<mmsghdr> headers;
  std::vector<iovec> pieces;
  std::vector<socket_name> names;
  std::vector<control_space> controls;
};

linux_datagram_socket::linux_datagram_socket(const asio::any_io_executor& executor,
                                             const datagram_socket_options& options)
    : datagram_socket(executor, options),
      in_(std::make_unique<batch_memory>(options.batch)),
      out_(std::make_unique<batch_memory>(options.batch)),
      // Not a power of two, else the heads of all buffers would share one set of the cache.
      stride_(options.largest + 64),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(stride_ * options.batch)),
      last_received_(options.batch) {
  for (std::size_t i = 0; i < options.batch; ++i) {
    in_->pieces[i] = {buffer_.get() + i * stride_, options.largest};
  }
  arrivals_.reserve(options.batch);
  prepare_options();
}

linux_datagram_socket::~linux_datagram_socket() = default;

void linux_datagram_socket::prepare_options() {
  // IP_RECVERR stays off: with it, one peer's ICMP error fails the next send to another.
  set_fragmenting(options_.may_fragment);
  if (options_.ecn) prepare_ecn();
  if (wildcard()) {
    if (family_ == socket_family::ipv4) set(IPPROTO_IP, IP_PKTINFO, 1);
    if (family_ == socket_family::ipv6) set(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
  set(SOL_SOCKET, SO_RXQ_OVFL, 1);
}

// Capable by default: those that are not say so one by one. An IPv6 socket needs IPv4's options for what it
// sends to IPv4 peers and hears from them.
void linux_datagram_socket::prepare_ecn() {
  set(IPPROTO_IP, IP_TOS, ecn_capable);
  set(IPPROTO_IP, IP_RECVTOS, 1);
  if (family_ == socket_family::ipv6) {
    set(IPPROTO_IPV6, IPV6_TCLASS, ecn_capable);
    set(IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
  }
}

// PMTUDISC_WANT fragments what is longer than the path's MTU as the kernel knows it; PMTUDISC_PROBE sets DF
// and asks only the interface (RFC 8899 section 4.1 wants exactly that).
void linux_datagram_socket::set_fragmenting(bool fragment) {
  fragmenting_ = fragment;
  set(IPPROTO_IP, IP_MTU_DISCOVER, fragment ? IP_PMTUDISC_WANT : IP_PMTUDISC_PROBE);
  if (family_ == socket_family::ipv6) {
    set(IPPROTO_IPV6, IPV6_MTU_DISCOVER, fragment ? IPV6_PMTUDISC_WANT : IPV6_PMTUDISC_PROBE);
  }
}

void linux_datagram_socket::set(int level, int name, int value) {
  // An old kernel without the option still serves; the tests pin what must hold.
  ::setsockopt(socket_.native_handle(), level, name, &value, sizeof value);
}

datagram_socket::received_batch linux_datagram_socket::receive() {
  for (std::size_t i = 0; i < last_received_; ++i) {
    msghdr& header = in_->headers[i].msg_hdr;
    header.msg_name = connected() ? nullptr : &in_->names[i];
    header.msg_namelen = connected() ? 0 : sizeof(socket_name);
    header.msg_control = &in_->controls[i];
    header.msg_controllen = sizeof(control_space);
  }
  last_received_ = 0;
  arrivals_.clear();
  const bool one = rhythm_.wants_one();
  const long count = one ? read_one() : read_many();
  received_batch batch;
  if (count < 0) {
    batch.drained = errno == EAGAIN || errno == EWOULDBLOCK;
    if (!batch.drained) {
      ++statistics_.receive_errors;
      batch.hint = std::error_code(errno, asio::error::get_system_category());
    }
    return batch;
  }
  last_received_ = static_cast<std::size_t>(count);
  rhythm_.read(last_received_);
  for (std::size_t i = 0; i < last_received_; ++i) arrivals_.push_back(read_arrival(i));
  batch.arrivals = arrivals_;
  batch.drained = one || last_received_ < options_.batch;
  return batch;
}

long linux_datagram_socket::read_many() {
  long count = 0;
  do {
    ++statistics_.receive_calls;
    count = ::recvmmsg(socket_.native_handle(), in_->headers.data(), static_cast<unsigned>(options_.batch),
                       MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  return count;
}

long linux_datagram_socket::read_one() {
  mmsghdr& m = in_->headers[0];
  long size = 0;
  do {
    ++statistics_.receive_calls;
    if (told_of_each()) {
      size = ::recvmsg(socket_.native_handle(), &m.msg_hdr, MSG_DONTWAIT);
    } else {
      // Nothing to be told but the sender: the plainer call is the faster one. Returns the full length.
      size = ::recvfrom(socket_.native_handle(), in_->pieces[0].iov_base, options_.largest,
                        MSG_DONTWAIT | MSG_TRUNC, connected() ? nullptr : &in_->names[0].base,
                        connected() ? nullptr : &m.msg_hdr.msg_namelen);
      m.msg_hdr.msg_controllen = 0;
      m.msg_hdr.msg_flags = size > static_cast<long>(options_.largest) ? MSG_TRUNC : 0;
    }
  } while (size < 0 && errno == EINTR);
  if (size < 0) {
    last_received_ = 1;  // its header is to be set anew
    return size;
  }
  m.msg_len = static_cast<unsigned>(std::min(size, static_cast<long>(options_.largest)));
  return 1;
}

datagram_socket::arrival linux_datagram_socket::read_arrival(std::size_t index) {
  const mmsghdr& m = in_->headers[index];
  arrival a;
  a.from.remote = connected() ? *remote_ : read_name(in_->names[index]);
  const auto told = read_control(m.msg_hdr);
  if (told.local) {
    a.from.local = *told.local;
    a.from.local.port = local_.port;
  }
  a.congestion_marked = told.congestion_marked;
  if (told.dropped) statistics_.receive_overflow = *told.dropped;
  a.truncated = (m.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  if (a.truncated) ++statistics_.truncated;
  a.bytes = {buffer_.get() + index * stride_, m.msg_len};
  return a;
}

void linux_datagram_socket::write_departure(std::size_t index, const departure& d) {
  // The kernel only reads it.
  out_->pieces[index] = {const_cast<std::byte*>(d.bytes.data()), d.bytes.size()};
  msghdr& header = out_->headers[index].msg_hdr;
  header.msg_name = connected() ? nullptr : &out_->names[index];
  header.msg_namelen = connected() ? 0 : write_name(d.to.remote, family_, out_->names[index]);
  control_writer control(out_->controls[index]);
  if (wildcard() && !is_wildcard(d.to.local)) control.source(d.to.local, family_);
  if (options_.ecn && !d.ecn_capable) {
    control.traffic_class(not_ecn_capable, is_ipv4(connected() ? *remote_ : d.to.remote));
  }
  header.msg_control = control.size() > 0 ? &out_->controls[index] : nullptr;
  header.msg_controllen = control.size();
}

// How a socket fragments is not said per datagram, so those of one kind leave together.
std::size_t linux_datagram_socket::prepare_run(std::span<const departure> departures) {
  if (!options_.may_fragment) return departures.size();
  const bool whole = departures.front().whole;
  if (fragmenting_ == whole) set_fragmenting(!whole);
  const auto other = std::find_if(departures.begin(), departures.end(),
                                  [&](const departure& d) { return d.whole != whole; });
  return static_cast<std::size_t>(other - departures.begin());
}

std::size_t linux_datagram_socket::send_from(std::size_t first, std::size_t count, std::error_code& error) {
  const int descriptor = socket_.native_handle();
  long sent = 0;
  do {
    ++statistics_.send_calls;
    if (count == 1) {
      const msghdr& header = out_->headers[first].msg_hdr;
      sent = header.msg_controllen > 0
                 ? ::sendmsg(descriptor, &header, MSG_DONTWAIT | MSG_NOSIGNAL)
                 : ::sendto(descriptor, header.msg_iov->iov_base, header.msg_iov->iov_len,
                            MSG_DONTWAIT | MSG_NOSIGNAL, static_cast<sockaddr*>(header.msg_name),
                            header.msg_namelen);
      if (sent >= 0) return 1;
    } else {
      sent = ::sendmmsg(descriptor, &out_->headers[first], static_cast<unsigned>(count),
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  error = std::error_code(errno, asio::error::get_system_category());
  return 0;
}

std::span<const datagram_socket::failure> linux_datagram_socket::send(std::span<const departure> departures) {
  failures_.clear();
  for (std::size_t i = 0; i < departures.size(); ++i) write_departure(i, departures[i]);
  std::size_t next = 0;
  std::size_t run_end = 0;
  bool retried = false;
  while (next < departures.size()) {
    if (next == run_end) run_end += prepare_run(departures.subspan(next));
    std::error_code error;
    const std::size_t sent = send_from(next, run_end - next, error);
    next += sent;
    if (sent > 0) retried = false;
    if (!error) continue;
    count_send_error(error);
    failures_.push_back({next, error});
    // It speaks of an earlier datagram and kept this one from leaving.
    const bool again = error.value() == ECONNREFUSED && !std::exchange(retried, true);
    if (!again) ++next, retried = false;
  }
  return failures_;
}

void linux_datagram_socket::update_receive_overflow() {
  std::array<std::uint32_t, SK_MEMINFO_VARS> told{};
  socklen_t size = sizeof told;
  if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_MEMINFO, told.data(), &size) != 0) return;
  if (size > SK_MEMINFO_DROPS * sizeof told[0]) statistics_.receive_overflow = told[SK_MEMINFO_DROPS];
}

}  // namespace dgram

#endif
