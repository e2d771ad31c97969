// SPDX-License-Identifier: MIT
// One UDP socket: datagrams in and out in batches, each with both ends of its way, never blocking. Two
// implementations: Linux's batch calls with packet info, and asio alone, for every other system.
//
// What the system says against a datagram is a hint that is counted: the datagram is lost, the socket lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>

#include "udp/core/address.h"
#include "udp/net/socket_address.h"

namespace dgram {

struct datagram_socket_options {
  // Nothing: any free port, of the family of `connect`, or of both families.
  std::optional<address> bind = std::nullopt;
  // Only this peer; the system then reports what ICMP says of it.
  std::optional<address> connect = std::nullopt;
  // Asked of the system for each direction; it may give less.
  int buffer_bytes = 4 * 1024 * 1024;
  // Datagrams read or written by one call at most.
  std::size_t batch = 64;
  // Longer datagrams arrive truncated. Only touched pages of the buffers cost memory.
  std::size_t largest = 2048;
  // Whether datagrams longer than the path's MTU may be sent in fragments. Otherwise they leave whole, even
  // where the system believes the path to carry less: a protocol that measures the path wants to find out
  // itself. Those that the interface cannot carry are refused (EMSGSIZE).
  bool may_fragment = false;
  // Explicit congestion notification (RFC 3168): departures may say that they are capable of it, and arrivals
  // tell what a router marked. Without the system's packet info all departures say so, and no arrival does.
  bool ecn = false;
  bool force_portable = false;
};

struct socket_statistics {
  std::uint64_t receive_calls = 0, send_calls = 0;
  std::uint64_t truncated = 0;         // datagrams longer than the buffer
  std::uint64_t receive_overflow = 0;  // dropped by the system because this program was too slow (Linux)
  std::uint64_t receive_errors = 0;    // ICMP hints and the like
  std::uint64_t send_no_room = 0;      // EAGAIN, ENOBUFS
  std::uint64_t send_too_large = 0;    // EMSGSIZE
  std::uint64_t send_unreachable = 0;  // no route, or the family is not there
  std::uint64_t send_refused = 0;      // an ICMP hint shown on send; the datagram left after all
  std::uint64_t send_forbidden = 0;    // EPERM, EACCES: a firewall
  std::uint64_t send_other = 0;
  int receive_buffer = 0, send_buffer = 0;  // bytes the system gave, as it counts them
};

class datagram_socket {
 public:
  struct arrival {
    path from;
    std::span<const std::byte> bytes;  // valid until the next receive
    bool truncated = false;
    bool congestion_marked = false;  // ECN's CE
  };
  struct received_batch {
    std::span<const arrival> arrivals;
    std::error_code hint;  // what ICMP said, for a connected socket
    bool drained = false;  // another call is not worth while before async_wait_readable says so
  };
  struct departure {
    path to;
    std::span<const std::byte> bytes;
    bool ecn_capable = false;  // ECT(0), if options.ecn
    bool whole = false;        // never in fragments, even if options.may_fragment (Linux)
  };
  struct failure {
    std::size_t index;
    std::error_code error;
  };

  // Throws std::system_error that says which step failed for which address.
  static std::unique_ptr<datagram_socket> open(const asio::any_io_executor&, const datagram_socket_options&);

  virtual ~datagram_socket() = default;
  datagram_socket(const datagram_socket&) = delete;
  datagram_socket& operator=(const datagram_socket&) = delete;

  virtual received_batch receive() = 0;
  // Says which departures failed and why; valid until the next send. At most `batch` at once.
  virtual std::span<const failure> send(std::span<const departure>) = 0;

  // Calls handler(error_code) once, when there may be something to receive: at once if something was left.
  template <class Handler>
  void async_wait_readable(Handler&& handler) {
    socket_.async_wait(asio::ip::udp::socket::wait_read, std::forward<Handler>(handler));
  }
  void close();
  // Asks the system what `receive_overflow` is now; else it is as of the last datagram that told. Linux only.
  virtual void update_receive_overflow() {}

  address local() const { return local_; }
  const socket_statistics& statistics() const { return statistics_; }

 protected:
  datagram_socket(const asio::any_io_executor&, const datagram_socket_options&);

  socket_family family() const { return family_; }
  bool connected() const { return remote_.has_value(); }
  // True when replies must name the address that was asked.
  bool wildcard() const;
  void count_send_error(std::error_code);

  const datagram_socket_options options_;
  asio::ip::udp::socket socket_;
  socket_family family_ = socket_family::ipv6;
  std::optional<address> remote_;
  address local_;
  socket_statistics statistics_;
  std::vector<failure> failures_;

 private:
  void open_for(const std::optional<address>& bind_to);
  void set_buffers();
};

}  // namespace dgram
