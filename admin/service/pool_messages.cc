// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/pool_messages.h"

#include <cstdint>
#include <string>

#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

// Kinds and states have the same order in both; the message's begin with "unspecified".
static_assert(static_cast<int>(PoolEvent::Kind::kStart) + 1 == admin::v1::PoolEvent::KIND_START,
              "the kinds of events are out of step");
static_assert(static_cast<int>(PoolEvent::Kind::kStopped) + 1 == admin::v1::PoolEvent::KIND_STOPPED,
              "the kinds of events are out of step");
static_assert(static_cast<int>(PoolEvent::Kind::kConfirm) + 1 == admin::v1::PoolEvent::KIND_CONFIRM,
              "the kinds of events are out of step");
static_assert(static_cast<int>(PoolState::kStopped) + 1 == admin::v1::POOL_STATE_STOPPED,
              "the states of the pool are out of step");

void SetSummary(const DurationHistogram& histogram, admin::v1::DurationSummary* to) {
  to->set_count(histogram.count());
  SetDuration(histogram.sum(), to->mutable_sum());
  SetDuration(histogram.Percentile(50), to->mutable_p50());
  SetDuration(histogram.Percentile(90), to->mutable_p90());
  SetDuration(histogram.Percentile(99), to->mutable_p99());
  SetDuration(histogram.Percentile(99.9), to->mutable_p999());
  SetDuration(histogram.max(), to->mutable_max());
}

}  // namespace

void SetDuration(absl::Duration from, google::protobuf::Duration* to) {
  to->set_seconds(absl::IDivDuration(from, absl::Seconds(1), &from));
  to->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(from)));
}

void SetTimestamp(absl::Time from, google::protobuf::Timestamp* to) {
  const int64_t nanos = absl::ToUnixNanos(from);
  to->set_seconds(nanos / 1'000'000'000);
  to->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
}

absl::Duration ToDuration(const google::protobuf::Duration& from) {
  return absl::Seconds(from.seconds()) + absl::Nanoseconds(from.nanos());
}

void SetRecent(const RecentDurations::Result& recent, admin::v1::RecentDurations* to) {
  SetDuration(recent.window, to->mutable_window());
  SetSummary(recent.histograms.queue_wait, to->mutable_queue_wait());
  SetSummary(recent.histograms.service_time, to->mutable_service_time());
}

void SetStats(const PoolStats& stats, const PoolHistograms& histograms, admin::v1::PoolStats* to) {
  to->set_state(static_cast<admin::v1::PoolState>(static_cast<int>(stats.state) + 1));
  SetDuration(stats.uptime, to->mutable_uptime());
  to->set_generation(stats.generation);
  to->set_min_threads(stats.min_threads);
  if (stats.max_threads.has_value()) to->set_max_threads(*stats.max_threads);
  to->set_threads(stats.threads);
  to->set_target_threads(stats.target_threads);
  to->set_idle(stats.idle);
  to->set_busy(stats.busy);
  to->set_retiring(stats.retiring);
  to->set_stuck(stats.stuck);
  to->set_abandoned(stats.abandoned);
  to->set_queue_size(stats.queue_size);
  to->set_queue_capacity(stats.queue_capacity);
  to->set_accepted(stats.accepted);
  to->set_completed(stats.completed);
  to->set_failed(stats.failed);
  to->set_cancelled(stats.cancelled);
  to->set_expired(stats.expired);
  to->set_rejected_queue_full(stats.rejected_full);
  to->set_rejected_draining(stats.rejected_draining);
  to->set_rejected_stopped(stats.rejected_stopped);
  to->set_queued(stats.queued);
  to->set_running(stats.running);
  SetDuration(stats.busy_time, to->mutable_busy_time());
  SetSummary(histograms.queue_wait, to->mutable_queue_wait());
  SetSummary(histograms.service_time, to->mutable_service_time());
  if (stats.pending_revert.has_value()) {
    admin::v1::PendingRevert* const pending = to->mutable_pending_revert();
    pending->set_min_threads(stats.pending_revert->bounds.min_threads);
    if (const auto& max_threads = stats.pending_revert->bounds.max_threads) {
      pending->set_max_threads(*max_threads);
    }
    SetDuration(stats.pending_revert->remaining, pending->mutable_remaining());
    pending->set_generation(stats.pending_revert->generation);
  }
}

void SetWorker(const WorkerInfo& info, admin::v1::Worker* to) {
  to->set_id(info.id);
  to->set_state(info.stuck  ? admin::v1::WORKER_STATE_STUCK
                : info.busy ? admin::v1::WORKER_STATE_BUSY
                            : admin::v1::WORKER_STATE_IDLE);
  if (info.busy) {
    admin::v1::RunningTask* const task = to->mutable_task();
    task->set_id(info.task_id);
    task->set_request_id(DisplayText(info.task.request_id, kMaxDisplayBytes));
    task->set_label(DisplayText(info.task.label, kMaxDisplayBytes));
    task->set_peer(DisplayText(info.task.peer, kMaxDisplayBytes));
    task->set_phase(DisplayText(info.task.phase, kMaxDisplayBytes));
    SetDuration(info.running_for, task->mutable_age());
  }
  to->set_completed(info.totals.completed);
  to->set_failed(info.totals.failed);
  to->set_cancelled(info.totals.cancelled);
  SetDuration(info.totals.busy, to->mutable_busy_time());
}

void SetEvent(const PoolEvent& event, admin::v1::PoolEvent* to) {
  to->set_sequence(event.sequence);
  SetTimestamp(event.at, to->mutable_time());
  to->set_kind(static_cast<admin::v1::PoolEvent::Kind>(static_cast<int>(event.kind) + 1));
  to->set_count(event.count);
  to->set_task_id(event.task_id);
  to->set_worker_id(event.worker_id);
  to->set_text(DisplayText(event.text, kMaxDisplayBytes));
  to->set_target_threads(event.threads);
  to->set_min_threads(event.min_threads);
  if (event.max_threads.has_value()) to->set_max_threads(*event.max_threads);
  to->set_queue_size(event.queue_size);
  if (event.oldest_wait > absl::ZeroDuration()) {
    SetDuration(event.oldest_wait, to->mutable_oldest_wait());
  }
}

void SetReport(const StopReport& report, admin::v1::StopReport* to) {
  to->set_completed(report.completed);
  for (const uint64_t id : report.rejected) to->add_rejected(id);
  for (const uint64_t id : report.cancelled) to->add_cancelled(id);
  for (const uint64_t id : report.abandoned) to->add_abandoned(id);
  SetDuration(report.took, to->mutable_took());
  to->set_clean(report.clean());
}

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.raw_code()),
                      std::string(status.message()));
}

}  // namespace robusto
