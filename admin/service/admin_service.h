// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminService: the gRPC service robusto.admin.v1.PoolAdmin for a ThreadPool. It only translates
// between the two; pool_admin.proto documents the calls and their errors. AdminServer adds listening,
// credentials, health and reflection. To use the service in another gRPC server:
//
//   AdminService admin(&pool, AdminServiceOptions());
//   grpc::ServerBuilder builder;
//   builder.AddListeningPort("127.0.0.1:50051", grpc::InsecureServerCredentials());
//   builder.RegisterService(&admin);
//   auto server = builder.BuildAndStart();
//   ...
//   admin.EndStreams();
//   server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
//
// It has one thread of its own, whatever the number of calls. By default every caller may do
// everything: see AdminServiceOptions::authorize.
//
// Lifetime: the pool outlives the service, and the service outlives the calls of the gRPC server.
// Thread-safety: all methods.

#ifndef ROBUSTO_ADMIN_SERVICE_ADMIN_SERVICE_H_
#define ROBUSTO_ADMIN_SERVICE_ADMIN_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/admin/service/stats_sampler.h"
#include "robusto/admin/service/stream_driver.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// The permission that a call needs, as marked in pool_admin.proto.
enum class AdminAccess : uint8_t {
  kRead,    // [read]
  kChange,  // [change]
};

// A call that changed something, or tried to.
struct AdminCall {
  absl::string_view method;  // "Resize"
  std::string request;       // in protobuf's text form, on one line
  std::string peer;          // "ipv4:127.0.0.1:40312", "unix:"
  std::string role;          // *role as set by authorize; may be empty
  absl::Status result;       // for Stop: whether the stop began
};

struct AdminServiceOptions {
  // Authorizes the call: OK, or the error to return. Sets *role to the identity to log. Null: every
  // caller may do everything.
  std::function<absl::Status(const grpc::ServerContextBase& context, AdminAccess access,
                             std::string* role)>
      authorize;
  // Called after every call that changes something, including refused ones; must not block. May be
  // null.
  std::function<void(const AdminCall&)> on_change;
  // Counters of the server around the pool. May be null.
  std::function<AdminTraffic()> traffic;
  // Begins to stop the whole server within `timeout` and calls `done` with the report, from any
  // thread; must not block. It calls ThreadPool::MarkStopping, for which `requester` names the
  // caller: "Stop from ipv4:127.0.0.1:40312 as operator". A second call joins the first. Null: only
  // the pool is stopped, by a thread of the service.
  std::function<void(absl::Duration timeout, absl::string_view requester,
                     std::function<void(const absl::StatusOr<StopReport>&)> done)>
      stop;
  // The timeout of a Stop that specifies none.
  absl::Duration stop_timeout = absl::Seconds(10);
  // A call that `authorize` answers with Unauthenticated ends after this time, so that guessing tokens is
  // slow. No thread waits for it.
  absl::Duration unauthenticated_delay = absl::Seconds(1);
};

// WatchStats receives and sends bytes, so that a message is encoded once for all watchers.
class AdminService final : public admin::v1::PoolAdmin::WithRawCallbackMethod_WatchStats<
                               admin::v1::PoolAdmin::CallbackService> {
 public:
  AdminService(ThreadPool* pool, AdminServiceOptions options);
  ~AdminService() override;

  // Makes every stream end; a pending message, such as the report of a stop, is sent first. Does not
  // wait: shutting down the gRPC server does.
  void EndStreams() { driver_.End(); }
  // After EndStreams: waits for up to `timeout` until the clients have received everything; returns
  // whether they have.
  bool AwaitStreamsEnded(absl::Duration timeout) { return driver_.AwaitNone(timeout); }
  // Drives the streams; for other services of the same gRPC server.
  StreamDriver* driver() { return &driver_; }
  // Takes a sample as the base of GetStats' rates. Call it about once a second: the rates of GetStats are
  // taken over the time since the last such sample.
  void SampleForRates() { sampler_.Take(absl::Milliseconds(900)); }

 private:
  grpc::ServerUnaryReactor* GetStats(grpc::CallbackServerContext* context,
                                     const admin::v1::GetStatsRequest* request,
                                     admin::v1::PoolStats* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchStats(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* bytes) override;
  grpc::ServerUnaryReactor* ListWorkers(grpc::CallbackServerContext* context,
                                        const admin::v1::ListWorkersRequest* request,
                                        admin::v1::ListWorkersResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::PoolEvent>* WatchEvents(
      grpc::CallbackServerContext* context, const admin::v1::WatchEventsRequest* request) override;
  grpc::ServerUnaryReactor* Resize(grpc::CallbackServerContext* context,
                                   const admin::v1::ResizeRequest* request,
                                   admin::v1::ResizeResponse* response) override;
  grpc::ServerUnaryReactor* ConfirmResize(grpc::CallbackServerContext* context,
                                          const admin::v1::ConfirmResizeRequest* request,
                                          admin::v1::ConfirmResizeResponse* response) override;
  grpc::ServerUnaryReactor* Grow(grpc::CallbackServerContext* context,
                                 const admin::v1::GrowRequest* request,
                                 admin::v1::GrowResponse* response) override;
  grpc::ServerUnaryReactor* Shrink(grpc::CallbackServerContext* context,
                                   const admin::v1::ShrinkRequest* request,
                                   admin::v1::ShrinkResponse* response) override;
  grpc::ServerUnaryReactor* CancelRequest(grpc::CallbackServerContext* context,
                                          const admin::v1::CancelRequestRequest* request,
                                          admin::v1::CancelRequestResponse* response) override;
  grpc::ServerUnaryReactor* Drain(grpc::CallbackServerContext* context,
                                  const admin::v1::DrainRequest* request,
                                  admin::v1::DrainResponse* response) override;
  grpc::ServerUnaryReactor* Resume(grpc::CallbackServerContext* context,
                                   const admin::v1::ResumeRequest* request,
                                   admin::v1::ResumeResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::StopProgress>* Stop(
      grpc::CallbackServerContext* context, const admin::v1::StopRequest* request) override;

  // Authorizes the call, runs it and finishes with its status.
  template <typename Call>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const Call& call);
  // Ends a call with an error, after unauthenticated_delay if the caller is not authenticated.
  grpc::ServerUnaryReactor* Fail(grpc::CallbackServerContext* context, const absl::Status& status);
  template <typename Message>
  grpc::ServerWriteReactor<Message>* FailStream(const absl::Status& status);
  // The same, and reports the call to options_.on_change.
  template <typename Call>
  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context, absl::string_view method,
                                   const google::protobuf::Message& request, const Call& call);
  absl::Status Authorize(const grpc::ServerContextBase& context, AdminAccess access,
                         std::string* role) const;
  void NotifyChange(const grpc::ServerContextBase& context, absl::string_view method,
                    const google::protobuf::Message& request, std::string role,
                    const absl::Status& result) const;

  // Constant after construction.
  ThreadPool* const pool_;
  AdminServiceOptions options_;

  // Own synchronisation.
  StatsSampler sampler_;
  StreamDriver driver_;

  absl::Mutex stoppers_mu_;
  // They stop the pool if options.stop is null.
  std::vector<std::thread> stoppers_ ABSL_GUARDED_BY(stoppers_mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_ADMIN_SERVICE_H_
