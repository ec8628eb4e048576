// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminService: the gRPC service robusto.admin.v1.PoolAdmin over a ThreadPool. It translates
// between the two and decides nothing; what the calls do and which errors they give stands in
// pool_admin.proto. AdminServer is what listens, with credentials, health and reflection; to have
// the service in a gRPC server of one's own:
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
// It has one thread of its own, however many calls are under way. As it comes, whoever reaches the
// port may do everything: see AdminServiceOptions::authorize.
//
// Lifetime: the pool outlives the service, and the service the gRPC server's calls.
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

// What a call needs, as pool_admin.proto marks it.
enum class AdminAccess : uint8_t {
  kRead,    // [read]
  kChange,  // [change]
};

// A call that changes something, or was meant to.
struct AdminCall {
  absl::string_view method;  // "Resize"
  std::string request;       // in protobuf's text form, on one line
  std::string peer;          // "ipv4:127.0.0.1:40312", "unix:"
  std::string role;          // what authorize said; empty: nothing
  absl::Status result;       // of Stop: whether it was begun
};

struct AdminServiceOptions {
  // Whether the caller may: OK, or what he is told. Sets *role to what is logged of him. Null:
  // everybody may do everything.
  std::function<absl::Status(const grpc::ServerContextBase& context, AdminAccess access,
                             std::string* role)>
      authorize;
  // Told of every call that changes something, also of one that is refused, after it; must not
  // block. Null: nobody is told.
  std::function<void(const AdminCall&)> on_change;
  // Facts about the server around the pool. Null: there are none.
  std::function<AdminTraffic()> traffic;
  // Begins to stop the whole server within `timeout` and calls `done` with the report, from any
  // thread; must not block. A second call joins the stop that is under way. Null: the pool alone
  // is stopped, by a thread that the service makes for it.
  std::function<void(absl::Duration timeout,
                     std::function<void(const absl::StatusOr<StopReport>&)> done)>
      stop;
  // For a Stop that names none.
  absl::Duration stop_timeout = absl::Seconds(10);
};

// WatchStats takes and sends bytes: its messages are encoded once for all who watch.
class AdminService final : public admin::v1::PoolAdmin::WithRawCallbackMethod_WatchStats<
                               admin::v1::PoolAdmin::CallbackService> {
 public:
  AdminService(ThreadPool* pool, AdminServiceOptions options);
  ~AdminService() override;

  // Brings every stream to its end: those that still have something to say, such as a stop's
  // report, say it first. Does not wait: shutting the gRPC server down does.
  void EndStreams() { driver_.End(); }
  // Waits, after EndStreams, until their clients have all of it, for up to `timeout`; true when
  // they have.
  bool AwaitStreamsEnded(absl::Duration timeout) { return driver_.AwaitNone(timeout); }
  // Called about once a second it keeps the window of GetStats's rates that short.
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

  // Authorises, makes the call and answers with its status.
  template <typename Call>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const Call& call);
  // The same, and tells of it.
  template <typename Call>
  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context, absl::string_view method,
                                   const google::protobuf::Message& request, const Call& call);
  absl::Status Authorize(const grpc::ServerContextBase& context, AdminAccess access,
                         std::string* role) const;
  void Tell(const grpc::ServerContextBase& context, absl::string_view method,
            const google::protobuf::Message& request, std::string role,
            const absl::Status& result) const;

  // Constant after construction.
  ThreadPool* const pool_;
  AdminServiceOptions options_;

  // Own synchronisation.
  StatsSampler sampler_;
  StreamDriver driver_;

  absl::Mutex stoppers_mu_;
  // Where options.stop was null: they stop the pool.
  std::vector<std::thread> stoppers_ ABSL_GUARDED_BY(stoppers_mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_ADMIN_SERVICE_H_
