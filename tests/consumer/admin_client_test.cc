// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A program that offers the admin service and calls it, too, by the client that robusto has already generated.

#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/admin/service/admin_service.h"
#include "robusto/workers/thread_pool.h"

int main() {
  robusto::ThreadPoolOptions options;
  options.min_threads = 2;
  auto pool = robusto::ThreadPool::Create(options);
  if (!pool.ok() || !(*pool)->Start().ok()) return 1;
  robusto::AdminService service(pool->get(), robusto::AdminServiceOptions());
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  const auto client =
      robusto::admin::v1::PoolAdmin::NewStub(server->InProcessChannel(grpc::ChannelArguments()));
  grpc::ClientContext context;
  robusto::admin::v1::PoolStats stats;
  const grpc::Status status =
      client->GetStats(&context, robusto::admin::v1::GetStatsRequest(), &stats);
  if (!status.ok()) std::fprintf(stderr, "GetStats: %s\n", status.error_message().c_str());
  const bool right = status.ok() && stats.threads() == 2;

  service.EndStreams();
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  return (*pool)->Stop(absl::Seconds(5))->clean() && right ? 0 : 1;
}
