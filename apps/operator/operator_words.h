// SPDX-License-Identifier: MIT
// What an operator's console needs of the program around it: where its lines go when it has no terminal.
#pragma once

#include <functional>
#include <string_view>

namespace dgram::app {

struct operator_words {
  using to = std::function<void(std::string_view)>;

  to line;  // a line to standard output; gathered until the flush
  to word;  // a line to standard error, likewise
  std::function<void()> flush;
  // From now on the words of the program itself go there, for they must not break the line being typed; to
  // standard error again when it is empty.
  std::function<void(to)> divert;
};

}  // namespace dgram::app
