// SPDX-License-Identifier: MIT
// A server that a person answers for: at a terminal where standard input and output are one, else line by
// line.
#pragma once

#include <asio/any_io_executor.hpp>

#include "apps/operator/operator_service.h"
#include "apps/operator/operator_words.h"

namespace dgram::app {

make_service operate(const asio::any_io_executor&, operator_options, operator_words, bool may_use_terminal);

}  // namespace dgram::app
