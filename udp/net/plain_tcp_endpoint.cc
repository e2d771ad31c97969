// SPDX-License-Identifier: MIT
#include "udp/net/plain_tcp_endpoint.h"

#include <utility>

namespace dgram {
namespace {

tcp_options without_listening(tcp_options options) {
  options.listen.reset();
  return options;
}

}  // namespace

plain_tcp_endpoint::plain_tcp_endpoint(executor_type executor, const tcp_options& options)
    : tcp_endpoint(std::move(executor), without_listening(options), language::plain) {}

}  // namespace dgram
