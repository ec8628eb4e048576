// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminServiceFixture: a pool with an admin service, called over an in-process channel; and what
// the tests of its calls share.

#ifndef ROBUSTO_TESTS_ADMIN_SERVICE_ADMIN_SERVICE_FIXTURE_H_
#define ROBUSTO_TESTS_ADMIN_SERVICE_ADMIN_SERVICE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/admin/service/admin_service.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// A task that runs until it is let go, or cancelled at the level that it heeds.
class HeldTask : public Task {
 public:
  struct Control {
    absl::Notification started;
    absl::Notification let_go;
    absl::Notification released;
    CancelLevel heeds = CancelLevel::kGentle;
    std::string request_id;
    std::string label = "GET /held";
  };
  explicit HeldTask(Control* control) : control_(control) {}
  void Run() override {
    control_->started.Notify();
    control_->let_go.WaitForNotification();
  }
  void Cancel(CancelLevel level) override {
    if (level == control_->heeds && !control_->let_go.HasBeenNotified()) control_->let_go.Notify();
  }
  TaskDescription Describe() const override {
    return {control_->request_id, control_->label, "127.0.0.1:1", "handling"};
  }
  void Done() override {
    control_->released.Notify();
    delete this;
  }

 private:
  Control* const control_;
};

class AdminServiceFixture : public ::testing::Test {
 protected:
  void SetUp() override { Serve(2, 8, AdminServiceOptions()); }

  void Serve(int min_threads, absl::optional<int> max_threads, AdminServiceOptions options) {
    TearDown();
    ThreadPoolOptions pool_options;
    pool_options.min_threads = min_threads;
    pool_options.max_threads = max_threads;
    pool_options.queue_capacity = 4;
    pool_options.grow_after = absl::InfiniteDuration();
    pool_ = *ThreadPool::Create(pool_options);
    ASSERT_TRUE(pool_->Start().ok());
    service_ = std::make_unique<AdminService>(pool_.get(), std::move(options));
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = admin::v1::PoolAdmin::NewStub(server_->InProcessChannel({}));
  }

  void TearDown() override {
    stub_.reset();
    if (service_ != nullptr) service_->EndStreams();
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
    service_.reset();
    pool_.reset();
  }

  void Hold(HeldTask::Control* control) {
    ASSERT_TRUE(pool_->Put(TaskPtr(new HeldTask(control))).ok());
    control->started.WaitForNotification();
  }

  admin::v1::PoolStats Stats() {
    grpc::ClientContext context;
    admin::v1::PoolStats stats;
    EXPECT_TRUE(stub_->GetStats(&context, {}, &stats).ok());
    return stats;
  }

  // A unary call of the stub.
  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, const Request& request, Response* response) {
    grpc::ClientContext context;
    return (stub_.get()->*method)(&context, request, response);
  }

  template <typename Request>
  grpc::Status Resize(const Request& request, admin::v1::ResizeResponse* response) {
    grpc::ClientContext context;
    return stub_->Resize(&context, request, response);
  }

  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<AdminService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<admin::v1::PoolAdmin::Stub> stub_;
};

inline admin::v1::ResizeRequest Bounds(int min_threads, int max_threads) {
  admin::v1::ResizeRequest request;
  request.set_min_threads(min_threads);
  request.set_max_threads(max_threads);
  return request;
}

inline void ExpectError(const grpc::Status& status, grpc::StatusCode code,
                        const std::string& message) {
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr(message));
}

inline void ExpectIdentity(const admin::v1::PoolStats& s) {
  EXPECT_EQ(s.accepted(), s.completed() + s.failed() + s.cancelled() + s.expired() +
                              s.rejected_queue_full() + s.rejected_draining() +
                              s.rejected_stopped() + s.queued() + s.running())
      << s.ShortDebugString();
}

// Reads the stream to its end; returns the last message.
template <typename Message>
Message ReadAll(grpc::ClientReader<Message>* reader, grpc::Status* status) {
  Message message, last;
  while (reader->Read(&message)) last = message;
  *status = reader->Finish();
  return last;
}

}  // namespace robusto

#endif  // ROBUSTO_TESTS_ADMIN_SERVICE_ADMIN_SERVICE_FIXTURE_H_
