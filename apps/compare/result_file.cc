// SPDX-License-Identifier: MIT
#include "apps/compare/result_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "apps/cli/output.h"
#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"

namespace dgram::app::compare {
namespace {

// Devices, pipes: nothing can be put in their place.
bool is_special(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && !S_ISREG(s.st_mode);
}

}  // namespace

result_file::result_file(std::string flag, std::string path)
    : flag_(std::move(flag)), path_(std::move(path)), fresh_(is_special(path_) ? path_ : path_ + ".new") {
  descriptor_ = ::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw start_up_error(exit_code::output, complaint(errno));
}

result_file::~result_file() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (fresh_ != path_) ::unlink(fresh_.c_str());
}

std::string result_file::write(std::string_view text) {
  output out(descriptor_);
  out.add(text);
  out.flush();
  if (out.failed()) return complaint(out.error().value());
  // A full disk may show only now.
  if (::close(std::exchange(descriptor_, -1)) != 0 ||
      (fresh_ != path_ && std::rename(fresh_.c_str(), path_.c_str()) != 0)) {
    const int error = errno;
    if (fresh_ != path_) ::unlink(fresh_.c_str());
    return complaint(error);
  }
  return "";
}

std::string result_file::complaint(int error) const {
  return flag_ + ": '" + escaped(path_, 200) +
         "' cannot be written: " + std::generic_category().message(error);
}

}  // namespace dgram::app::compare
