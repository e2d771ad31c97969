// SPDX-License-Identifier: MIT
#include "apps/impairment/control_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <asio/error.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include "apps/cli/flags.h"
#include "apps/cli/start_up_error.h"
#include "apps/impairment/control_place.h"

namespace dgram::app {
namespace {

using local = asio::local::stream_protocol;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw start_up_error(exit_code::output, "--control: '" + path + "' cannot be used: " + why);
}

local::endpoint endpoint_at(const std::string& path) {
  if (path.empty() || path.size() > 107) refuse(path, "a socket's path has 1 to 107 bytes");
  return local::endpoint(path);
}

void make_room(const std::string& path) {
  switch (state_of_control_socket(path)) {
    case control_socket_state::absent: return;
    case control_socket_state::stale: ::unlink(path.c_str()); return;
    case control_socket_state::answers: refuse(path, "a running program answers there");
    case control_socket_state::no_socket: refuse(path, "it exists and is no socket");
  }
}

// Only this user may talk to it, whatever folder it is in.
void bind_privately(local::acceptor& acceptor, const local::endpoint& at, const std::string& path) {
  std::error_code error;
  const mode_t before = ::umask(0177);
  acceptor.bind(at, error);
  ::umask(before);
  if (error) refuse(path, error.message());
}

std::string answer_to(const control_server::command_handler& handle, std::string_view line) {
  try {
    std::string text = handle(line);
    if (!text.empty() && text.back() != '\n') text += '\n';
    return "ok\n" + text + '\n';
  } catch (const usage_error& e) {
    return "error " + std::string(e.what()) + "\n\n";
  }
}

}  // namespace

class control_server::connection : public std::enable_shared_from_this<connection> {
 public:
  connection(local::socket socket, std::shared_ptr<command_handler> handle,
             std::shared_ptr<std::size_t> count)
      : socket_(std::move(socket)), handle_(std::move(handle)), count_(std::move(count)) {
    ++*count_;
  }
  ~connection() { --*count_; }

  void read() {
    asio::async_read_until(
        socket_, asio::dynamic_buffer(input_, longest_control_line), '\n',
        [self = shared_from_this()](std::error_code error, std::size_t size) { self->arrived(error, size); });
  }

 private:
  void arrived(std::error_code error, std::size_t size) {
    const bool too_long = error == asio::error::not_found;
    if (error && !too_long) return;
    std::string line = too_long ? std::string() : input_.substr(0, size - 1);
    input_.erase(0, too_long ? input_.size() : size);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    answer_ = too_long ? "error a line has 4095 bytes at most\n\n" : answer_to(*handle_, line);
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this(), too_long](std::error_code failed, std::size_t) {
                        if (!failed && !too_long) self->read();
                      });
  }

  local::socket socket_;
  std::shared_ptr<command_handler> handle_;
  std::shared_ptr<std::size_t> count_;
  std::string input_;
  std::string answer_;
};

control_server::control_server(asio::io_context& context, const std::string& path, command_handler handle)
    : path_(path),
      handle_(std::make_shared<command_handler>(std::move(handle))),
      connections_(std::make_shared<std::size_t>(0)),
      acceptor_(context) {
  const local::endpoint at = endpoint_at(path);
  make_room(path);
  acceptor_.open();
  bind_privately(acceptor_, at, path);
  acceptor_.listen();
  accept();
}

control_server::~control_server() {
  close();
}

void control_server::close() {
  if (!acceptor_.is_open()) return;
  std::error_code ignored;
  acceptor_.close(ignored);
  ::unlink(path_.c_str());
  // Connections that outlive this must not call what may be gone.
  *handle_ = [](std::string_view) -> std::string { throw usage_error("the program is ending"); };
}

void control_server::accept() {
  acceptor_.async_accept([this](std::error_code error, local::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error && *connections_ < most_control_connections) {
      std::make_shared<connection>(std::move(socket), handle_, connections_)->read();
    }
    accept();
  });
}

}  // namespace dgram::app
