// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/admin_streams.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "robusto/admin/service/pool_messages.h"

namespace robusto {
namespace {

constexpr std::chrono::milliseconds kStopProgressInterval{100};
constexpr std::chrono::milliseconds kMaxCheckInterval{50};

grpc::Status Ending() {
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the admin service is shutting down");
}

}  // namespace

StatsStream::Step StatsStream::Next(Clock::time_point now, bool ending, grpc::ByteBuffer* message) {
  Step step;
  step.next = due_;
  if (now < due_ && !ending) return step;
  const bool first = last_ == nullptr;
  const StatsSampler::SamplePtr sample =
      sampler_->Take(first || ending ? absl::ZeroDuration() : absl::FromChrono(interval_) / 2);
  StatsSampler::SamplePtr before = first ? sampler_->Before(*sample) : std::exchange(last_, sample);
  if (first) last_ = sample;

  const bool stopped = sample->stats.state() == admin::v1::POOL_STATE_STOPPED;
  if (stopped) {
    step.finish = grpc::Status::OK;
  } else if (ending) {
    step.finish = Ending();
    return step;
  }
  *message = sampler_->Encoded(before, sample);
  step.write = true;
  const auto since_epoch = now.time_since_epoch();
  due_ = now + (interval_ - since_epoch % interval_);
  // Applies only after the first message, which is sent at once: the second must not follow too soon.
  if (due_ - now < interval_ / 2) due_ += interval_;
  step.next = due_;
  return step;
}

EventStream::Step EventStream::Next(Clock::time_point now, bool ending,
                                    admin::v1::PoolEvent* message) {
  Step step;
  const std::vector<PoolEvent> events = pool_->journal().Read(next_, 1);
  if (events.empty() || (last_.has_value() && events.front().sequence > *last_)) {
    if (last_.has_value()) {
      step.finish = grpc::Status::OK;
    } else if (pool_->Stats().state == PoolState::kStopped) {
      // A pool that has stopped appends no further events; but check again for one appended just now.
      if (pool_->journal().Read(next_, 1).empty())
        step.finish = grpc::Status::OK;
      else
        step.next = now;
    } else if (ending) {
      step.finish = Ending();
    }
    return step;
  }
  const PoolEvent& event = events.front();
  SetEvent(event, message);
  next_ = event.sequence + 1;
  step.write = true;
  step.next = now;  // more events may be waiting
  if (event.kind == PoolEvent::Kind::kStopped) step.finish = grpc::Status::OK;
  return step;
}

void StopStream::SetReport(const absl::StatusOr<StopReport>& report) {
  {
    absl::MutexLock lock(&report_mu_);
    report_ = report;
  }
  driver_->Wake();
}

StopStream::Step StopStream::Next(Clock::time_point now, bool ending,
                                  admin::v1::StopProgress* message) {
  Step step;
  absl::optional<absl::StatusOr<StopReport>> report;
  {
    absl::MutexLock lock(&report_mu_);
    report = report_;
  }
  if (report.has_value() && !report->ok()) {
    step.finish = ToGrpc(report->status());
    return step;
  }
  if (!report.has_value() && ending) {
    step.finish = Ending();
    return step;
  }
  step.next = due_;
  if (!report.has_value() && now < due_) return step;

  const PoolStats stats = pool_->Stats();
  SetDuration(absl::FromChrono(now - began_), message->mutable_elapsed());
  message->set_queued(stats.queued);
  message->set_running(stats.running);
  step.write = true;
  if (report.has_value()) {
    robusto::SetReport(**report, message->mutable_report());
    step.finish = grpc::Status::OK;
  }
  step.next = due_ = now + kStopProgressInterval;
  return step;
}

CancelCall::CancelCall(StreamDriver* driver, ThreadPool* pool, uint64_t task_id,
                       absl::Duration firm_after, admin::v1::CancelRequestResponse* response)
    : driver_(driver),
      pool_(pool),
      task_id_(task_id),
      firm_at_(StreamDriver::Clock::now() + absl::ToChronoNanoseconds(firm_after)),
      response_(response) {}

grpc::ServerUnaryReactor* CancelCall::Launch(std::shared_ptr<CancelCall> call) {
  CancelCall* const raw = call.get();
  raw->self_ = call;
  raw->response_->set_task_id(raw->task_id_);
  raw->driver_->Add(std::move(call));
  return raw;
}

StreamDriver::Clock::time_point CancelCall::Drive(StreamDriver::Clock::time_point now,
                                                  bool ending) {
  using Response = admin::v1::CancelRequestResponse;
  if (done()) return StreamDriver::kNever;
  if (!pool_->IsRunning(task_id_)) {
    Answer(grpc::Status::OK, Response::OUTCOME_ENDED);
  } else if (now >= firm_at_ || ending) {
    const bool forced = pool_->Cancel(task_id_, CancelLevel::kFirm).ok();
    Answer(grpc::Status::OK, forced ? Response::OUTCOME_FORCED : Response::OUTCOME_ENDED);
  } else {
    // The end of a task raises no event, so poll. Most tasks that obey the gentle step end at once.
    check_interval_ =
        std::min<StreamDriver::Clock::duration>(check_interval_ * 2, kMaxCheckInterval);
    return std::min(firm_at_, now + check_interval_);
  }
  return StreamDriver::kNever;
}

bool CancelCall::done() const {
  absl::MutexLock lock(&mu_);
  return answered_;
}

void CancelCall::Answer(grpc::Status status, admin::v1::CancelRequestResponse::Outcome outcome) {
  {
    absl::MutexLock lock(&mu_);
    if (answered_) return;
    answered_ = true;
    // Must be set here, and only by the first caller: Finish frees the response.
    response_->set_outcome(outcome);
  }
  Finish(std::move(status));
}

}  // namespace robusto
