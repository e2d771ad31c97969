// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstdio>

#include <pcap/pcap.h>

#include "apps/cli/start_up_error.h"
#include "apps/impairment/capture.h"

namespace dgram::app {
namespace {

constexpr int longest_packet = 65535;

struct close_handle {
  void operator()(pcap_t* p) const { pcap_close(p); }
};
struct close_dump {
  void operator()(pcap_dumper_t* d) const { pcap_dump_close(d); }
};

class libpcap_capture final : public capture {
 public:
  explicit libpcap_capture(const std::string& name)
      : format_(pcap_open_dead_with_tstamp_precision(DLT_RAW, longest_packet, PCAP_TSTAMP_PRECISION_NANO)),
        files_{open(name + "-client.pcap"), open(name + "-server.pcap")} {}

  void add(side where, std::span<const std::byte> packet,
           std::chrono::system_clock::time_point when) override {
    if (error_) return;
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
    pcap_pkthdr header{};
    header.ts.tv_sec = since / 1'000'000'000;
    header.ts.tv_usec = since % 1'000'000'000;  // nanoseconds, as the file says
    header.caplen = header.len = static_cast<bpf_u_int32>(packet.size());
    pcap_dumper_t* to = files_[static_cast<std::size_t>(where)].get();
    errno = 0;
    pcap_dump(reinterpret_cast<u_char*>(to), &header, reinterpret_cast<const u_char*>(packet.data()));
    if (std::ferror(pcap_dump_file(to)) != 0) remember_error();
  }

  void flush() override {
    for (const auto& file : files_) {
      errno = 0;
      if (!error_ && pcap_dump_flush(file.get()) != 0) remember_error();
    }
  }

  std::error_code error() const override { return error_; }

 private:
  using dump = std::unique_ptr<pcap_dumper_t, close_dump>;

  dump open(const std::string& file) {
    errno = 0;
    dump opened(pcap_dump_open(format_.get(), file.c_str()));
    if (opened) return opened;
    const std::string why = errno != 0 ? std::generic_category().message(errno) : pcap_geterr(format_.get());
    throw start_up_error(exit_code::output, "--pcap: '" + file + "' cannot be written: " + why);
  }

  void remember_error() { error_ = std::error_code(errno != 0 ? errno : EIO, std::generic_category()); }

  std::unique_ptr<pcap_t, close_handle> format_;
  std::array<dump, 2> files_;
  std::error_code error_;
};

}  // namespace

std::unique_ptr<capture> open_capture(const std::string& name) {
  return std::make_unique<libpcap_capture>(name);
}

bool can_capture() {
  return true;
}

}  // namespace dgram::app
