// SPDX-License-Identifier: MIT
#include "apps/bench/message_endpoints.h"

#include <stdexcept>
#include <utility>

#include <asio/post.hpp>

#include "udp/net/attentive_run.h"
#include "udp/net/clock.h"

namespace dgram::app {

message_endpoints::message_endpoints(std::string name, std::size_t message_size, const make_server& server,
                                     const make_client& client)
    : name_(std::move(name)),
      message_(message_size),
      server_(server(server_context_.get_executor())),
      client_(client(client_context_.get_executor(), server_->local())),
      peer_(client_->open(server_->local())) {
  server_->on_message([this](const message_view& m) { server_->reply(m.id, m.bytes); });
  server_thread_ = std::thread([this] { run_attentively(server_context_); });
}

message_endpoints::~message_endpoints() {
  client_->close();
  client_context_.restart();
  client_context_.run();
  asio::post(server_context_, [this] { server_->close(); });
  server_thread_.join();
}

void message_endpoints::run(std::uint64_t count, latency_histogram& latencies) {
  client_context_.restart();
  asio::post(client_context_, [&] { request(count, latencies); });
  run_attentively(client_context_);
  if (failed_) throw std::runtime_error(name_ + ": a request was not answered");
}

void message_endpoints::request(std::uint64_t left, latency_histogram& latencies) {
  const time_point start = read_clock();
  client_->async_request(
      peer_, message_, {}, [this, start, left, &latencies](std::error_code, const answer& a) {
        latencies.record(read_clock() - start);
        failed_ = a.report.outcome != outcome::answered;
        if (!failed_ && left > 1) {
          request(left - 1, latencies);
        } else {
          client_context_.stop();  // the endpoint goes on listening, the measurement is over
        }
      });
}

}  // namespace dgram::app
