// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/admin_service.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "robusto/admin/service/admin_streams.h"
#include "robusto/admin/service/message_stream.h"
#include "robusto/admin/service/pool_messages.h"
#include "robusto/admin/service/request_checks.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

// Upper bound for a stop timeout; larger values are almost certainly mistakes.
constexpr absl::Duration kMaxStopTimeout = absl::Hours(24);

absl::optional<int> OptionalInt(bool has, int value) {
  return has ? absl::make_optional(value) : absl::nullopt;
}

absl::optional<uint64_t> OptionalId(bool has, uint64_t value) {
  return has ? absl::make_optional(value) : absl::nullopt;
}

// The message on one line. Not ShortDebugString, whose output newer releases of protobuf randomize.
std::string OnOneLine(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(message, &text);
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

// The id of the running task that the request names. InvalidArgument if it names none, NotFound if no
// such task is running.
absl::StatusOr<uint64_t> FindTask(const ThreadPool& pool,
                                  const admin::v1::CancelRequestRequest& request) {
  using Request = admin::v1::CancelRequestRequest;
  switch (request.request_case()) {
    case Request::kTaskId:
      if (request.task_id() != 0) return request.task_id();
      return absl::InvalidArgumentError(
          "task_id is 0; it must be 1 or more, as returned by ListWorkers");
    case Request::kRequestId:
      if (!request.request_id().empty()) break;
      return absl::InvalidArgumentError(
          "request_id is empty; it must be that of a request, as returned by ListWorkers");
    case Request::REQUEST_NOT_SET:
      return absl::InvalidArgumentError("set one of task_id and request_id");
  }
  for (const WorkerInfo& worker : pool.Workers()) {
    // Compare what ListWorkers returned.
    if (DisplayText(worker.task.request_id, kMaxDisplayBytes) == request.request_id()) {
      return worker.task_id;
    }
  }
  return absl::NotFoundError(absl::StrCat("no request with request_id ",
                                          DisplayText(request.request_id(), kMaxDisplayBytes),
                                          " is running; ListWorkers returns the running ones"));
}

absl::Status CheckResize(const admin::v1::ResizeRequest& request) {
  absl::Status status = CheckThreads("min_threads", request.min_threads());
  if (status.ok() && request.has_max_threads()) {
    status = CheckThreads("max_threads", request.max_threads());
  }
  return status;
}

}  // namespace

AdminService::AdminService(ThreadPool* pool, AdminServiceOptions options)
    : pool_(pool),
      options_(std::move(options)),
      sampler_(pool, options_.traffic),
      driver_(&pool->journal()) {
  if (options_.stop) return;
  options_.stop = [this](absl::Duration timeout, auto done) {
    absl::MutexLock lock(&stoppers_mu_);
    stoppers_.emplace_back(
        [pool = pool_, timeout, done = std::move(done)] { done(pool->Stop(timeout)); });
  };
}

AdminService::~AdminService() {
  absl::MutexLock lock(&stoppers_mu_);
  for (std::thread& stopper : stoppers_) stopper.join();
}

absl::Status AdminService::Authorize(const grpc::ServerContextBase& context, AdminAccess access,
                                     std::string* role) const {
  return options_.authorize ? options_.authorize(context, access, role) : absl::OkStatus();
}

void AdminService::NotifyChange(const grpc::ServerContextBase& context, absl::string_view method,
                                const google::protobuf::Message& request, std::string role,
                                const absl::Status& result) const {
  if (!options_.on_change) return;
  AdminCall call;
  call.method = method;
  call.request = OnOneLine(request);
  call.peer = context.peer();
  call.role = std::move(role);
  call.result = result;
  options_.on_change(call);
}

template <typename Call>
grpc::ServerUnaryReactor* AdminService::Read(grpc::CallbackServerContext* context,
                                             const Call& call) {
  std::string role;
  absl::Status status = Authorize(*context, AdminAccess::kRead, &role);
  if (status.ok()) status = call();
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

template <typename Call>
grpc::ServerUnaryReactor* AdminService::Change(grpc::CallbackServerContext* context,
                                               absl::string_view method,
                                               const google::protobuf::Message& request,
                                               const Call& call) {
  std::string role;
  absl::Status status = Authorize(*context, AdminAccess::kChange, &role);
  if (status.ok()) status = call();
  NotifyChange(*context, method, request, std::move(role), status);
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

// --- Watching ---

grpc::ServerUnaryReactor* AdminService::GetStats(grpc::CallbackServerContext* context,
                                                 const admin::v1::GetStatsRequest*,
                                                 admin::v1::PoolStats* response) {
  return Read(context, [&] {
    const StatsSampler::SamplePtr sample = sampler_.Take(absl::ZeroDuration());
    *response = sample->stats;
    StatsSampler::SetRates(*sampler_.Before(*sample), *sample, response);
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* AdminService::WatchStats(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes) {
  std::string role;
  absl::Status status = Authorize(*context, AdminAccess::kRead, &role);
  if (!status.ok()) return new RefusedStream<grpc::ByteBuffer>(ToGrpc(status));
  admin::v1::WatchStatsRequest request;
  grpc::ByteBuffer copy(*bytes);  // decoding empties the buffer
  const grpc::Status decoded =
      grpc::SerializationTraits<admin::v1::WatchStatsRequest>::Deserialize(&copy, &request);
  if (!decoded.ok()) return new RefusedStream<grpc::ByteBuffer>(decoded);
  const absl::StatusOr<absl::Duration> interval =
      CheckDuration("interval", request.has_interval(), request.interval(), absl::Seconds(1),
                    absl::Milliseconds(10), absl::Hours(1));
  if (!interval.ok()) return new RefusedStream<grpc::ByteBuffer>(ToGrpc(interval.status()));
  return StatsStream::Launch(std::make_shared<StatsStream>(&driver_, &sampler_, *interval));
}

grpc::ServerUnaryReactor* AdminService::ListWorkers(grpc::CallbackServerContext* context,
                                                    const admin::v1::ListWorkersRequest*,
                                                    admin::v1::ListWorkersResponse* response) {
  return Read(context, [&] {
    std::vector<WorkerInfo> workers = pool_->Workers();
    std::stable_sort(workers.begin(), workers.end(), [](const auto& a, const auto& b) {
      return a.busy != b.busy ? a.busy : a.running_for > b.running_for;
    });
    for (const WorkerInfo& worker : workers) SetWorker(worker, response->add_workers());
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<admin::v1::PoolEvent>* AdminService::WatchEvents(
    grpc::CallbackServerContext* context, const admin::v1::WatchEventsRequest* request) {
  std::string role;
  const absl::Status status = Authorize(*context, AdminAccess::kRead, &role);
  if (!status.ok()) return new RefusedStream<admin::v1::PoolEvent>(ToGrpc(status));
  return EventStream::Launch(
      std::make_shared<EventStream>(&driver_, pool_, request->since(), !request->no_follow()));
}

// --- Resizing ---

grpc::ServerUnaryReactor* AdminService::Resize(grpc::CallbackServerContext* context,
                                               const admin::v1::ResizeRequest* request,
                                               admin::v1::ResizeResponse* response) {
  return Change(context, "Resize", *request, [&] {
    absl::Status status = CheckResize(*request);
    if (!status.ok()) return status;
    const absl::StatusOr<absl::Duration> revert_after =
        CheckDuration("revert_after", request->has_revert_after(), request->revert_after(),
                      absl::InfiniteDuration(), absl::Seconds(1), absl::Hours(24));
    if (!revert_after.ok()) return revert_after.status();
    ResizeRequest resize;
    resize.min_threads = request->min_threads();
    resize.max_threads = OptionalInt(request->has_max_threads(), request->max_threads());
    resize.dry_run = request->dry_run();
    resize.if_generation = OptionalId(request->has_if_generation(), request->if_generation());
    resize.revert_after = *revert_after;
    const absl::StatusOr<ResizeResult> result = pool_->Resize(resize);
    if (!result.ok()) return result.status();
    response->set_generation(result->generation);
    response->set_min_threads(request->min_threads());
    if (request->has_max_threads()) response->set_max_threads(request->max_threads());
    response->set_previous_min_threads(result->before.min_threads);
    if (result->before.max_threads.has_value()) {
      response->set_previous_max_threads(*result->before.max_threads);
    }
    response->set_started(result->started);
    response->set_retired(result->retired);
    response->set_target_threads(result->threads);
    response->set_dry_run(request->dry_run());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminService::ConfirmResize(
    grpc::CallbackServerContext* context, const admin::v1::ConfirmResizeRequest* request,
    admin::v1::ConfirmResizeResponse* response) {
  return Change(context, "ConfirmResize", *request, [&] {
    absl::Status status =
        pool_->ConfirmResize(OptionalId(request->has_generation(), request->generation()));
    response->set_generation(pool_->Stats().generation);
    return status;
  });
}

grpc::ServerUnaryReactor* AdminService::Grow(grpc::CallbackServerContext* context,
                                             const admin::v1::GrowRequest* request,
                                             admin::v1::GrowResponse* response) {
  return Change(context, "Grow", *request, [&] {
    absl::Status status = CheckThreads("count", request->count());
    if (!status.ok()) return status;
    const absl::StatusOr<int> started = pool_->Grow(request->count());
    if (!started.ok()) return started.status();
    const PoolStats stats = pool_->Stats();
    response->set_started(*started);
    response->set_target_threads(stats.target_threads);
    response->set_generation(stats.generation);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminService::Shrink(grpc::CallbackServerContext* context,
                                               const admin::v1::ShrinkRequest* request,
                                               admin::v1::ShrinkResponse* response) {
  return Change(context, "Shrink", *request, [&] {
    absl::Status status = CheckThreads("count", request->count());
    if (!status.ok()) return status;
    const absl::StatusOr<int> retired = pool_->Shrink(request->count());
    if (!retired.ok()) return retired.status();
    const PoolStats stats = pool_->Stats();
    response->set_retired(*retired);
    response->set_target_threads(stats.target_threads);
    response->set_generation(stats.generation);
    return absl::OkStatus();
  });
}

// --- Requests ---

grpc::ServerUnaryReactor* AdminService::CancelRequest(
    grpc::CallbackServerContext* context, const admin::v1::CancelRequestRequest* request,
    admin::v1::CancelRequestResponse* response) {
  std::shared_ptr<CancelCall> call;
  std::string role;
  const auto begin = [&]() -> absl::Status {
    absl::Status status = Authorize(*context, AdminAccess::kChange, &role);
    if (!status.ok()) return status;
    const absl::StatusOr<absl::Duration> firm_after =
        CheckDuration("firm_after", request->has_firm_after(), request->firm_after(),
                      absl::Milliseconds(100), absl::ZeroDuration(), absl::Seconds(60));
    if (!firm_after.ok()) return firm_after.status();
    const absl::StatusOr<uint64_t> task_id = FindTask(*pool_, *request);
    if (!task_id.ok()) return task_id.status();
    status = pool_->Cancel(*task_id, CancelLevel::kGentle);
    if (!status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat(status.message(), "; ListWorkers returns the running ones"));
    }
    call = std::make_shared<CancelCall>(&driver_, pool_, *task_id, *firm_after, response);
    return status;
  };
  const absl::Status status = begin();
  NotifyChange(*context, "CancelRequest", *request, std::move(role), status);
  if (status.ok()) return CancelCall::Launch(std::move(call));
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

// --- Draining and stopping ---

grpc::ServerUnaryReactor* AdminService::Drain(grpc::CallbackServerContext* context,
                                              const admin::v1::DrainRequest* request,
                                              admin::v1::DrainResponse* response) {
  return Change(context, "Drain", *request, [&] {
    absl::Status status = pool_->Drain();
    const PoolStats stats = pool_->Stats();
    response->set_queued(stats.queued);
    response->set_running(stats.running);
    return status;
  });
}

grpc::ServerUnaryReactor* AdminService::Resume(grpc::CallbackServerContext* context,
                                               const admin::v1::ResumeRequest* request,
                                               admin::v1::ResumeResponse*) {
  return Change(context, "Resume", *request, [&] { return pool_->Resume(); });
}

grpc::ServerWriteReactor<admin::v1::StopProgress>* AdminService::Stop(
    grpc::CallbackServerContext* context, const admin::v1::StopRequest* request) {
  std::string role;
  absl::Status status = Authorize(*context, AdminAccess::kChange, &role);
  const absl::StatusOr<absl::Duration> timeout =
      CheckDuration("timeout", request->has_timeout(), request->timeout(), options_.stop_timeout,
                    absl::ZeroDuration(), kMaxStopTimeout);
  if (status.ok()) status = timeout.status();
  NotifyChange(*context, "Stop", *request, std::move(role), status);
  if (!status.ok()) return new RefusedStream<admin::v1::StopProgress>(ToGrpc(status));
  auto stream = std::make_shared<StopStream>(&driver_, pool_);
  const std::weak_ptr<StopStream> watching(stream);
  // Launch the stream before the stop: an idle server stops, and shuts this service down, within a
  // millisecond, and waits only for streams that have been launched.
  auto* const reactor = StopStream::Launch(std::move(stream));
  options_.stop(*timeout, [watching](const absl::StatusOr<StopReport>& report) {
    // The client may have disconnected; then the report is dropped.
    if (const auto watcher = watching.lock()) watcher->SetReport(report);
  });
  return reactor;
}

}  // namespace robusto
