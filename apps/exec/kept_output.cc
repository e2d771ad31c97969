// SPDX-License-Identifier: MIT
#include "apps/exec/kept_output.h"

namespace dgram::app::exec {

void kept_output::add_out(std::string_view bytes) {
  // Once something is left out, so is everything after it: what is kept is a beginning.
  const std::size_t taken = out_lost_ != 0 ? 0 : std::min(bytes.size(), room());
  out_.append(bytes.substr(0, taken));
  out_lost_ += bytes.size() - taken;
}

void kept_output::add_err(std::string_view bytes) {
  if (err_lost_ != 0) {
    err_lost_ += bytes.size();
    return;
  }
  const std::size_t wanted = std::min(err_.size() + bytes.size(), share_of_err(most_));
  if (wanted > err_.size() && wanted - err_.size() > room()) {
    const std::size_t given_up = wanted - err_.size() - room();
    out_.resize(out_.size() - given_up);
    out_lost_ += given_up;
  }
  const std::size_t taken = std::min(bytes.size(), room());
  err_.append(bytes.substr(0, taken));
  err_lost_ += bytes.size() - taken;
}

}  // namespace dgram::app::exec
