// SPDX-License-Identifier: MIT
// Messages over TCP with the API of message_endpoint. Knows sockets and when they are ready; what the bytes
// mean is for the streams of the core.
//
// All delivery modes arrive reliable and in order, of all channels: TCP knows one order only. A peer made by
// open() is connected when there is something to send, and again after a break; a peer that was accepted is
// gone with its connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include <asio/ip/tcp.hpp>

#include "udp/net/message_endpoint.h"
#include "udp/net/tcp_acceptor.h"
#include "udp/net/tcp_kernel_view.h"
#include "udp/net/tcp_options.h"
#include "udp/net/tcp_peer_table.h"
#include "udp/net/wake_up_timer.h"

namespace dgram {

class tcp_endpoint : public message_endpoint {
 public:
  // Throws std::system_error when it cannot listen where options.listen says, or the congestion control is
  // not to be had.
  explicit tcp_endpoint(executor_type, const tcp_options& = {});
  ~tcp_endpoint() override;

  peer_id open(const address& remote) override;
  void close(peer_id) override;
  void close() override;

  void accept_sessions(bool accept) override { taking_connections_ = accept; }

  statistics total() const override;
  std::optional<statistics> of(peer_id) const override;
  std::optional<address> remote_of(peer_id) const override;
  // Nothing but zeroes when it does not listen.
  address local() const override;
  // Why the last attempt to connect failed, or the last connection broke.
  std::error_code last_hint(peer_id) const override;
  // A record for each write and read: its number, its bytes.
  void trace_to(trace_sink) override;

  // What the kernel says of the peer's present connection; nothing without one, or on another system than
  // Linux.
  std::optional<tcp_kernel_view> kernel_view(peer_id) const;

  // Times that the accept loop paused for want of descriptors.
  std::uint64_t accept_pauses() const { return acceptor_ ? acceptor_->pauses() : 0; }

 protected:
  // What a peer made by open() speaks.
  enum class language : std::uint8_t { ours, plain };
  tcp_endpoint(executor_type, const tcp_options&, language);

  send_status submit(peer_id, std::span<const std::byte>, const send_options&, ticket) override;
  send_status submit_reply(const request_id&, std::span<const std::byte>) override;
  void drain_events() override;
  void flush() override;
  void accept_messages(bool) override;

 private:
  using tcp = asio::ip::tcp;

  void accepted(tcp::socket, const address& remote);
  void connect(tcp_peer&);
  void connected(tcp_peer&, std::error_code);
  void attempt_failed(tcp_peer&, std::error_code);

  void arrived(tcp_peer&, std::error_code, std::size_t size);
  void read(tcp_peer&, std::size_t size);
  void take(tcp_peer&, std::span<const std::byte>);
  bool decide_language(tcp_peer&, std::span<const std::byte> first);
  void drain(tcp_peer&);
  void broken(tcp_peer&, std::error_code);

  void touch(tcp_peer&);
  void see_to(tcp_peer&);
  void write(tcp_peer&);
  bool write_some(tcp_peer&, std::span<const std::byte>);
  void wait_to_read(tcp_peer&);
  void wait_to_write(tcp_peer&);
  void drop_connection(tcp_peer&);
  void set_deadline(tcp_peer&);
  void remove(tcp_peer&);

  // A handler for asio: finds the peer again, if that connection is still its current one.
  template <class Work>
  auto on_peer(const tcp_peer&, Work);
  tcp_peer* usable(peer_id) const;
  retry_delay fresh_delay() const { return {options_.first_retry, options_.longest_retry}; }
  discard_counters turned_away() const;
  void trace(const tcp_peer&, trace_record::what, std::size_t bytes);

  void arm_timer();
  void timer_fired();

  tcp_options options_;
  language language_;
  tcp_peer_table peers_;
  std::size_t accepted_peers_ = 0;
  std::vector<peer_id> touched_;
  std::vector<std::byte> read_buffer_;
  statistics ended_;       // of peers that are gone
  bool accepting_ = true;  // messages
  bool taking_connections_ = true;
  trace_sink trace_;
  std::unique_ptr<wake_up_timer> timer_;
  std::unique_ptr<tcp_acceptor> acceptor_;
  address local_{};
};

}  // namespace dgram
