// SPDX-License-Identifier: MIT
// An event loop for programs that talk fast: while answers come within microseconds of one another it looks
// for the next one before it sleeps, because waking a sleeping processor costs more than the whole round
// trip.
#pragma once

#include <asio/io_context.hpp>

namespace dgram {

// As io_context::run. Looks only when the last wait was shorter than 100 µs, for 100 µs at most, and gives
// the processor to whoever else wants it between two looks; so a program that hears something every few
// milliseconds uses no more time than with run.
void run_attentively(asio::io_context&);

}  // namespace dgram
