// SPDX-License-Identifier: MIT
#include "apps/client/conversation_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

constexpr std::size_t shown_path = 200;

// What people say to one another is for its owner alone to read. A pipe that nobody reads must not hold the
// program up.
int opened(const std::string& path) {
  if (path.empty()) return -1;
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (descriptor >= 0) return descriptor;
  const std::error_code why(errno, std::generic_category());
  throw start_up_error(exit_code::output,
                       "--log: '" + escaped(path, shown_path) + "' cannot be opened: " + why.message());
}

}  // namespace

conversation_log::conversation_log(const std::string& path)
    : path_(path), descriptor_(opened(path)), file_(descriptor_) {}

conversation_log::~conversation_log() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void conversation_log::add(char mark, std::string_view text) {
  if (descriptor_ < 0 || lost()) return;
  if (text.ends_with('\n')) text.remove_suffix(1);
  file_.add(date_and_time(std::chrono::system_clock::now()));
  file_.add({" ", 1});
  file_.add({&mark, 1});
  file_.add({" ", 1});
  file_.add_line(escaped(text));
  file_.flush();
  if (lost() && on_loss_) {
    on_loss_("the log '" + escaped(path_, shown_path) + "' cannot be written: " + file_.error().message() +
             "; it ends here");
  }
}

}  // namespace dgram::app
