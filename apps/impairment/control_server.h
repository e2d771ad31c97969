// SPDX-License-Identifier: MIT
// Answers commands that come over a local socket, a line each. The answer is "ok" or "error WHY" on a line,
// lines of text, and an empty line. Knows no command.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>

namespace dgram::app {

// A longer line is answered with an error, and its connection closed.
inline constexpr std::size_t longest_control_line = 4096;
// Connections at once; one more is closed at once.
inline constexpr std::size_t most_control_connections = 16;

class control_server {
 public:
  // Returns lines of text. Throws usage_error for what is answered "error WHY".
  using command_handler = std::function<std::string(std::string_view line)>;

  // Takes the place of a socket that nobody answers on. Throws start_up_error when the path cannot be had.
  control_server(asio::io_context&, const std::string& path, command_handler);
  // Removes the socket.
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

  void close();
  const std::string& path() const { return path_; }

 private:
  class connection;
  void accept();

  std::string path_;
  std::shared_ptr<command_handler> handle_;
  std::shared_ptr<std::size_t> connections_;
  asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace dgram::app
