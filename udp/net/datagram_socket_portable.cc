// SPDX-License-Identifier: MIT
#include "udp/net/datagram_socket_portable.h"

#include <algorithm>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include "udp/net/address_text.h"

namespace dgram {

portable_datagram_socket::portable_datagram_socket(const asio::any_io_executor& executor,
                                                   const datagram_socket_options& options)
    : datagram_socket(executor, options),
      // One byte more than the largest: asio does not say that a datagram was cut.
      stride_(options.largest + 1),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(stride_ * options.batch)) {
  arrivals_.reserve(options.batch);
  if (options.ecn) prepare_ecn();
}

// All departures or none: asio has no options for single ones. Where the system has no such option they leave
// as not capable.
void portable_datagram_socket::prepare_ecn() {
  using asio::detail::socket_option::integer;
  [[maybe_unused]] constexpr int ecn_capable = 2;  // ECT(0), RFC 3168 section 5
  std::error_code ignored;
#if defined(IP_TOS)
  socket_.set_option(integer<IPPROTO_IP, IP_TOS>(ecn_capable), ignored);
#endif
#if defined(IPV6_TCLASS)
  if (family_ == socket_family::ipv6) {
    socket_.set_option(integer<IPPROTO_IPV6, IPV6_TCLASS>(ecn_capable), ignored);
  }
#endif
}

datagram_socket::received_batch portable_datagram_socket::receive() {
  arrivals_.clear();
  received_batch batch;
  while (arrivals_.size() < options_.batch) {
    std::byte* const place = buffer_.get() + arrivals_.size() * stride_;
    asio::ip::udp::endpoint from;
    std::error_code error;
    const std::size_t size = socket_.receive_from(asio::buffer(place, stride_), from, 0, error);
    ++statistics_.receive_calls;
    if (error == asio::error::would_block || error == asio::error::try_again) {
      batch.drained = true;
      break;
    }
    if (error == asio::error::interrupted) continue;
    if (error && error != asio::error::message_size) {
      ++statistics_.receive_errors;
      batch.hint = error;
      break;
    }
    const bool cut = error || size > options_.largest;
    if (cut) ++statistics_.truncated;
    const path way{connected() ? *remote_ : to_address(from), {}};
    arrivals_.push_back({way, {place, std::min(size, options_.largest)}, cut});
  }
  batch.arrivals = arrivals_;
  return batch;
}

std::error_code portable_datagram_socket::send_one(const departure& d) {
  std::error_code error;
  const auto bytes = asio::buffer(d.bytes.data(), d.bytes.size());
  if (connected()) {
    socket_.send(bytes, 0, error);
  } else if (family_ == socket_family::ipv4 && !is_ipv4(d.to.remote)) {
    error = asio::error::address_family_not_supported;
  } else {
    socket_.send_to(bytes, to_udp_endpoint(d.to.remote, family_), 0, error);
  }
  ++statistics_.send_calls;
  return error;
}

std::span<const datagram_socket::failure> portable_datagram_socket::send(
    std::span<const departure> departures) {
  failures_.clear();
  for (std::size_t i = 0; i < departures.size(); ++i) {
    auto error = send_one(departures[i]);
    if (error == asio::error::connection_refused) {
      // It speaks of an earlier datagram and kept this one from leaving.
      count_send_error(error);
      failures_.push_back({i, error});
      error = send_one(departures[i]);
    }
    if (!error) continue;
    count_send_error(error);
    failures_.push_back({i, error});
  }
  return failures_;
}

}  // namespace dgram
