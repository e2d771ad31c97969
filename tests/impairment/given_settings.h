// SPDX-License-Identifier: MIT
// Impairments as a command line gives them.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "apps/impairment/impairment.h"

namespace dgram::app {

inline impairment link_of(std::vector<const char*> arguments) {
  flags given({"udp_test", "", "", ""}, impairment_flags());
  arguments.insert(arguments.begin(), "udp_test");
  given.parse(static_cast<int>(arguments.size()), arguments.data());
  return impairment_from(given);
}

// What the complaint says; empty when there is none.
inline std::string complaint_about(const std::vector<const char*>& arguments) {
  try {
    link_of(arguments);
  } catch (const usage_error& e) {
    return e.what();
  }
  return {};
}

// Gone with the object.
class temporary_file {
 public:
  explicit temporary_file(const std::string& content) {
    char name[] = "/tmp/dgram-test-XXXXXX";
    const int descriptor = ::mkstemp(name);
    ::close(descriptor);
    path_ = name;
    std::ofstream(path_) << content;
  }
  ~temporary_file() { ::unlink(path_.c_str()); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::string& path() const { return path_; }
  std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string path_;
};

}  // namespace dgram::app
