// SPDX-License-Identifier: MIT
// What a command writes, kept up to a bound; what is beyond it is counted. Knows neither pipes nor processes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dgram::app::exec {

class kept_output {
 public:
  // `most` is for both streams together.
  explicit kept_output(std::size_t most) : most_(most) {}

  void add_out(std::string_view);
  // May take the place of what stdout has beyond its share, so that the reason of a failure is seen.
  void add_err(std::string_view);

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }
  // Bytes that were written and are not kept.
  std::uint64_t out_lost() const { return out_lost_; }
  std::uint64_t err_lost() const { return err_lost_; }

  // What stderr gets of so many bytes, however much stdout has.
  static std::size_t share_of_err(std::size_t most) { return std::min(most / 4, std::size_t{64} * 1024); }

 private:
  std::size_t room() const { return most_ - out_.size() - err_.size(); }

  std::size_t most_;
  std::string out_;
  std::string err_;
  std::uint64_t out_lost_ = 0;
  std::uint64_t err_lost_ = 0;
};

}  // namespace dgram::app::exec
