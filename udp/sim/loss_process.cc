// SPDX-License-Identifier: MIT
#include "udp/sim/loss_process.h"

#include <algorithm>

namespace dgram::sim {
namespace {

// So that the most that there is (80 % in runs of 4) is to be had whatever its binary form is.
constexpr double rounding = 1e-9;

}  // namespace

std::optional<gilbert_elliott> chain_for(double share, double mean_burst) {
  if (!(share >= 0 && share < 1 && mean_burst >= 1)) return std::nullopt;
  gilbert_elliott chain;
  chain.r = 1 / mean_burst;
  chain.p = share * chain.r / (1 - share);
  if (chain.p > 1 + rounding) return std::nullopt;
  chain.p = std::min(chain.p, 1.0);
  return chain;
}

double share_of(const gilbert_elliott& chain) {
  const double moves = chain.p + chain.r;
  if (moves == 0) return chain.loss_in_good;  // it stays where it begins
  return (chain.p * chain.loss_in_bad + chain.r * chain.loss_in_good) / moves;
}

bool loss_process::loses(const link_options& options, const packet_draws& draws, std::uint64_t index) {
  const bool on_list = listed(options, index);
  if (options.chain) return chain_loses(*options.chain, draws) || on_list;
  if (options.mean_burst > 1) {
    const std::optional<gilbert_elliott> chain = chain_for(options.loss, options.mean_burst);
    if (chain) return chain_loses(*chain, draws) || on_list;
  }
  bad_.reset();
  return draws.chance(options.loss, draw::loss) || on_list;
}

// The first packet finds the chain where a link that has run for long would have it, so that short runs lose
// the share that was asked for too.
bool loss_process::chain_loses(const gilbert_elliott& chain, const packet_draws& draws) {
  if (!bad_) {
    const double moves = chain.p + chain.r;
    bad_ = moves > 0 && draws.chance(chain.p / moves, draw::chain_start);
  } else if (draws.chance(*bad_ ? chain.r : chain.p, draw::chain_step)) {
    bad_ = !*bad_;
  }
  return draws.chance(*bad_ ? chain.loss_in_bad : chain.loss_in_good, draw::loss);
}

bool loss_process::listed(const link_options& options, std::uint64_t index) {
  const auto& list = options.lose_indices;
  // Another list may have come meanwhile, of another length.
  if (next_listed_ > list.size() || (next_listed_ > 0 && list[next_listed_ - 1] >= index)) next_listed_ = 0;
  if (next_listed_ < list.size() && list[next_listed_] < index) {
    next_listed_ = static_cast<std::size_t>(std::lower_bound(list.begin(), list.end(), index) - list.begin());
  }
  if (next_listed_ == list.size() || list[next_listed_] != index) return false;
  ++next_listed_;
  return true;
}

}  // namespace dgram::sim
