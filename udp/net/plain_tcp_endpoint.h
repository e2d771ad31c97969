// SPDX-License-Identifier: MIT
// A client of any TCP service that knows nothing of us, with the API of message_endpoint. A request is its
// bytes as they are (bring the newline yourself), and what the next read returns is its reply.
//
// Limits: no boundaries, so a reply may come in pieces, of which the first answers; no acknowledgements, so
// async_send ends as `unknown`; one request at a time, the others wait. See udp/core/stream_plain_client.h.
#pragma once

#include "udp/net/tcp_endpoint.h"

namespace dgram {

class plain_tcp_endpoint final : public tcp_endpoint {
 public:
  // options.listen is not looked at.
  explicit plain_tcp_endpoint(executor_type, const tcp_options& = {});
};

}  // namespace dgram
