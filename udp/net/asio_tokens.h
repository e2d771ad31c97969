// SPDX-License-Identifier: MIT
// as_tuple and deferred under one name: asio had them in `experimental` until 1.24, and 1.33 has no alias
// left there.
#pragma once

#include <asio/version.hpp>

#if ASIO_VERSION >= 102400
#include <asio/as_tuple.hpp>
#include <asio/deferred.hpp>
namespace dgram {
using asio::as_tuple;
using asio::as_tuple_t;
using asio::deferred;
using asio::deferred_t;
}  // namespace dgram
#else
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/deferred.hpp>
namespace dgram {
using asio::experimental::as_tuple;
using asio::experimental::as_tuple_t;
using asio::experimental::deferred;
using asio::experimental::deferred_t;
}  // namespace dgram
#endif
