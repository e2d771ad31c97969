// SPDX-License-Identifier: MIT
// The only place of the client that knows which transports there are.
#pragma once

#include <cstddef>
#include <memory>

#include <asio/any_io_executor.hpp>

#include "apps/client/client_options.h"
#include "apps/client/outcome_text.h"
#include "udp/core/address.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

wire wire_of(const client_options&);
// The largest that can be sent in that mode.
std::size_t largest_message(wire, delivery_mode);

// The server's address. Throws start_up_error when the name has none.
address find_server(const client_options&);
// Throws start_up_error.
std::unique_ptr<message_endpoint> make_endpoint(const asio::any_io_executor&, const client_options&,
                                                const address& server);

}  // namespace dgram::app
