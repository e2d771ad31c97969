// SPDX-License-Identifier: MIT
// Lets a handler that asio still holds, or a function that calls user code, learn that the object it works
// for was destroyed meanwhile. A coroutine that owns an endpoint may end inside the endpoint's own wake-up.
#pragma once

#include <memory>
#include <utility>

namespace dgram {

class lifetime {
 public:
  // What outlives the object. Same thread as the object only.
  class watch {
   public:
    bool over() const { return *over_; }

   private:
    friend lifetime;
    explicit watch(std::shared_ptr<const bool> over) : over_(std::move(over)) {}
    std::shared_ptr<const bool> over_;
  };

  lifetime() : over_(std::make_shared<bool>(false)) {}
  ~lifetime() { *over_ = true; }
  lifetime(const lifetime&) = delete;
  lifetime& operator=(const lifetime&) = delete;

  watch observe() const { return watch(over_); }

 private:
  std::shared_ptr<bool> over_;
};

}  // namespace dgram
