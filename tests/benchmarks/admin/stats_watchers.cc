// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// stats_watchers ADDRESS WATCHERS INTERVAL_MS: that many clients of WatchStats at once, each with a
// connection of its own. Says "watching" when each has had its first snapshot; at the end of stdin
// it stops and says how many snapshots came since then. For watch_cost_benchmark.py, which measures
// the server.
//
// One thread reads for all: the clients are to cost as little as they can, for they share the
// machine with what is measured. The window probe of HTTP/2 is off, as it would measure itself.

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/synchronization/blocking_counter.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "robusto/admin/pool_admin.grpc.pb.h"

namespace {

using robusto::admin::v1::PoolAdmin;
using robusto::admin::v1::PoolStats;
using robusto::admin::v1::WatchStatsRequest;

class Watcher final : public grpc::ClientReadReactor<PoolStats> {
 public:
  Watcher(const std::shared_ptr<grpc::Channel>& channel, int interval_ms,
          absl::BlockingCounter* first, absl::BlockingCounter* done)
      : stub_(PoolAdmin::NewStub(channel)), first_(first), done_(done) {
    request_.mutable_interval()->set_seconds(interval_ms / 1000);
    request_.mutable_interval()->set_nanos(interval_ms % 1000 * 1000000);
    stub_->async()->WatchStats(&context_, &request_, this);
    StartRead(&snapshot_);
    StartCall();
  }

  uint64_t snapshots() const { return snapshots_.load(); }
  void Cancel() { context_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (snapshots_.fetch_add(1) == 0) first_->DecrementCount();
    StartRead(&snapshot_);
  }
  void OnDone(const grpc::Status& status) override {
    if (status.error_code() != grpc::StatusCode::CANCELLED) {
      std::fprintf(stderr, "stats_watchers: %s\n", status.error_message().c_str());
      _exit(1);
    }
    done_->DecrementCount();
  }

  const std::unique_ptr<PoolAdmin::Stub> stub_;
  absl::BlockingCounter* const first_;
  absl::BlockingCounter* const done_;
  grpc::ClientContext context_;
  WatchStatsRequest request_;
  PoolStats snapshot_;
  std::atomic<uint64_t> snapshots_{0};
};

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  int interval_ms = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[2], &count) || !absl::SimpleAtoi(argv[3], &interval_ms) ||
      count < 1 || interval_ms < 1) {
    std::fprintf(stderr, "usage: stats_watchers ADDRESS WATCHERS INTERVAL_MS\n");
    return 2;
  }
  absl::BlockingCounter first(count);
  absl::BlockingCounter done(count);
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    watchers.push_back(std::make_unique<Watcher>(
        grpc::CreateCustomChannel(argv[1], grpc::InsecureChannelCredentials(), arguments),
        interval_ms, &first, &done));
  }
  first.Wait();
  const auto total = [&watchers] {
    uint64_t sum = 0;
    for (const auto& watcher : watchers) sum += watcher->snapshots();
    return sum;
  };
  const uint64_t before = total();
  std::puts("watching");
  std::fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  std::printf("%llu\n", static_cast<unsigned long long>(total() - before));
  for (const auto& watcher : watchers) watcher->Cancel();
  done.Wait();
  return 0;
}
