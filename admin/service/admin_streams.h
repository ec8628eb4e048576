// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The calls of the admin service that last: what each sends, and when.
//
// Thread-safety: as MessageStream.

#ifndef ROBUSTO_ADMIN_SERVICE_ADMIN_STREAMS_H_
#define ROBUSTO_ADMIN_SERVICE_ADMIN_STREAMS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "robusto/admin/pool_admin.pb.h"
#include "robusto/admin/service/message_stream.h"
#include "robusto/admin/service/stats_sampler.h"
#include "robusto/admin/service/stream_driver.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// WatchStats. All streams with one interval tick at the same time, so that they share a wake-up, a
// snapshot and its bytes: they send admin::v1::PoolStats in encoded form.
class StatsStream final : public MessageStream<grpc::ByteBuffer> {
 public:
  StatsStream(StreamDriver* driver, StatsSampler* sampler, absl::Duration interval)
      : MessageStream(driver), sampler_(sampler), interval_(absl::ToChronoNanoseconds(interval)) {}

 private:
  Step Next(Clock::time_point now, bool ending, grpc::ByteBuffer* message) override;

  StatsSampler* const sampler_;
  const Clock::duration interval_;
  Clock::time_point due_ = Clock::time_point::min();
  StatsSampler::SamplePtr last_;
};

// WatchEvents.
class EventStream final : public MessageStream<admin::v1::PoolEvent> {
 public:
  EventStream(StreamDriver* driver, const ThreadPool* pool, uint64_t since, bool follow)
      : MessageStream(driver),
        pool_(pool),
        next_(since),
        last_(follow ? absl::optional<uint64_t>() : pool->journal().newest()) {}

 private:
  Step Next(Clock::time_point now, bool ending, admin::v1::PoolEvent* message) override;

  const ThreadPool* const pool_;
  uint64_t next_;
  const absl::optional<uint64_t> last_;  // nullopt: the stream follows new events
};

// Stop. The thread that has stopped the server calls SetReport.
class StopStream final : public MessageStream<admin::v1::StopProgress> {
 public:
  StopStream(StreamDriver* driver, const ThreadPool* pool)
      : MessageStream(driver), driver_(driver), pool_(pool) {}

  void SetReport(const absl::StatusOr<StopReport>& report) ABSL_LOCKS_EXCLUDED(report_mu_);

 private:
  Step Next(Clock::time_point now, bool ending, admin::v1::StopProgress* message) override;

  StreamDriver* const driver_;
  const ThreadPool* const pool_;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point due_ = Clock::time_point::min();
  absl::Mutex report_mu_;
  absl::optional<absl::StatusOr<StopReport>> report_ ABSL_GUARDED_BY(report_mu_);
};

// CancelRequest after its gentle step: waits for the task to end, and cancels it firmly at the deadline.
// If the caller disconnects before that, the firm step is omitted.
class CancelCall final : public grpc::ServerUnaryReactor,
                         public StreamDriver::Driven,
                         public std::enable_shared_from_this<CancelCall> {
 public:
  CancelCall(StreamDriver* driver, ThreadPool* pool, uint64_t task_id, absl::Duration firm_after,
             admin::v1::CancelRequestResponse* response);

  static grpc::ServerUnaryReactor* Launch(std::shared_ptr<CancelCall> call);

 private:
  StreamDriver::Clock::time_point Drive(StreamDriver::Clock::time_point now, bool ending) override;
  bool done() const override;
  // Finishes the call, once.
  void Answer(grpc::Status status, admin::v1::CancelRequestResponse::Outcome outcome)
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override {
    Answer(grpc::Status::CANCELLED, admin::v1::CancelRequestResponse::OUTCOME_UNSPECIFIED);
  }
  void OnDone() override {
    driver_->Release();
    self_.reset();
  }

  StreamDriver* const driver_;
  ThreadPool* const pool_;
  const uint64_t task_id_;
  const StreamDriver::Clock::time_point firm_at_;
  StreamDriver::Clock::duration check_interval_ = std::chrono::milliseconds(1);
  admin::v1::CancelRequestResponse* const response_;
  std::shared_ptr<CancelCall> self_;
  mutable absl::Mutex mu_;
  bool answered_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_ADMIN_STREAMS_H_
