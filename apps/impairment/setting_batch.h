// SPDX-License-Identifier: MIT
// Settings given together: applied in order, then held against the rules between them (what needs or
// excludes what). Either all of it holds, or a usage_error says what does not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/flags.h"
#include "apps/impairment/impairment.h"

namespace dgram::app {

class setting_batch {
 public:
  // `before_name` goes before names in complaints: "--" for flags. Outages count from `zero`.
  setting_batch(impairment& to, std::string_view before_name, time_point zero)
      : to_(to), before_name_(before_name), zero_(zero) {}

  // On an error `to` is left half changed.
  void apply(std::span<const given_flag>);

 private:
  struct one {
    std::string_view name;  // without up-, down-
    std::string_view value;
    bool up;
    bool down;
  };

  static one split(const given_flag&);
  void apply(const one&, const given_flag&);
  void read_into(sim::link_options&, const one&, const given_flag&, bool first_outage);
  void check(bool up) const;
  void check_loss(bool up, const sim::link_options&) const;
  void check_company(bool up, const sim::link_options&) const;
  void exclusive(bool up, std::string_view a, std::string_view b) const;
  void needs(bool up, std::string_view what, std::string_view other, bool there) const;
  const given_flag* given(bool up, std::string_view name) const;
  std::string called(const given_flag&) const;
  void remember(const one&, const given_flag&);

  impairment& to_;
  std::string before_name_;
  time_point zero_;
  std::span<const given_flag> all_;
  bool up_outage_ = false;  // one was given in this batch, so further ones are added
  bool down_outage_ = false;
};

}  // namespace dgram::app
