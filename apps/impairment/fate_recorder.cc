// SPDX-License-Identifier: MIT
#include "apps/impairment/fate_recorder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "apps/cli/start_up_error.h"
#include "udp/sim/fate_record.h"

namespace dgram::app {
namespace {

constexpr std::size_t enough = 64 * 1024;

int open_for_writing(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor >= 0) return descriptor;
  throw start_up_error(exit_code::output, "--record: '" + file + "' cannot be written: " +
                                              std::generic_category().message(errno));
}

}  // namespace

fate_recorder::fate_recorder(const std::string& file, const impairment& what)
    : descriptor_(open_for_writing(file)), out_(descriptor_) {
  out_.add(sim::fate_record_header());
  out_.add_line("# " + describe(what));
  out_.add_line("# " + what.flags);
}

fate_recorder::~fate_recorder() {
  flush();
  ::close(descriptor_);
}

void fate_recorder::add(side from, duration since_start, const sim::packet_fate& fate) {
  line_.clear();
  sim::append_fate(line_, from == side::client, since_start, fate);
  out_.add(line_);
  if (out_.size() >= enough) flush();
}

void fate_recorder::flush() {
  out_.flush();
}

}  // namespace dgram::app
