// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/thread_pool.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

constexpr int kNoLimit = std::numeric_limits<int>::max();

absl::Status CheckCount(absl::string_view call, int count) {
  if (count >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(call, " of ", count, " threads; it must be 0 or more"));
}

// Nanoseconds, or -1 for infinite.
int64_t NanosOrNever(absl::Duration duration) {
  return duration >= kMaxWait ? -1 : absl::ToInt64Nanoseconds(duration);
}

Dispatcher::Options DispatcherOptions(const ThreadPoolOptions& options) {
  Dispatcher::Options out;
  out.queue_capacity = options.queue_capacity;
  out.queue_ttl_ns = NanosOrNever(options.queue_ttl);
  // Also without max_threads, which Resize may bring.
  out.grow_after_ns = NanosOrNever(options.grow_after);
  out.watch_running = NanosOrNever(options.stuck_after) >= 0;
  out.admission_check = options.admission_check;
  out.work_source = options.work_source;
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ThreadPool>> ThreadPool::Create(ThreadPoolOptions options) {
  absl::Status status = CheckBounds(options.min_threads, options.max_threads);
  if (status.ok()) status = CheckRange(kQueueCapacityRange, uint64_t{options.queue_capacity});
  if (status.ok()) status = CheckNotNegative("queue_timeout", options.queue_timeout);
  if (status.ok()) status = CheckNotNegative("queue_ttl", options.queue_ttl);
  if (status.ok()) status = CheckPositive("grow_after", options.grow_after);
  if (status.ok()) status = CheckPositive("idle_timeout", options.idle_timeout);
  if (status.ok()) status = CheckPositive("stuck_after", options.stuck_after);
  if (!status.ok()) return status;
  return std::unique_ptr<ThreadPool>(new ThreadPool(std::move(options)));
}

ThreadPool::ThreadPool(ThreadPoolOptions options)
    : options_(std::move(options)),
      dispatcher_(std::make_shared<Dispatcher>(DispatcherOptions(options_))),
      signal_(std::make_shared<WorkerSignal>()),
      stuck_after_ns_(NanosOrNever(options_.stuck_after)),
      min_threads_(options_.min_threads),
      max_threads_(options_.max_threads),
      workers_({options_.name, dispatcher_, signal_, options_.on_task_failure,
                options_.thread_factory, stuck_after_ns_}),
      autoscaler_(NanosOrNever(options_.grow_after), NanosOrNever(options_.idle_timeout)) {}

ThreadPool::~ThreadPool() {
  Stop(absl::ZeroDuration()).IgnoreError();
  // Stop could not wait for a worker that called it. Without the lock, which its task may need.
  std::vector<WorkerSet::Worker> left;
  {
    absl::MutexLock lock(&mu_);
    left = workers_.workers();
  }
  for (const auto& worker : left) worker->Join();
}

absl::Status ThreadPool::Start() {
  auto supervisor = std::make_shared<Supervisor>(
      options_.name, dispatcher_, signal_,
      [this](int64_t oldest_wait_ns) { return Maintain(oldest_wait_ns); });
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != PoolState::kCreated || stopping_) {
      return absl::FailedPreconditionError(
          absl::StrCat("Start of a pool that is ", PoolStateName(state_), "; a pool is used once"));
    }
    if (AddWorkers(min_threads_, &status) == min_threads_) status = supervisor->Start();
    if (status.ok()) {
      dispatcher_->Open();
      supervisor_ = std::move(supervisor);
      state_ = PoolState::kRunning;
      started_ns_ = MonotonicNanos();
      Record(PoolEvent::Kind::kStart, min_threads_);
      return absl::OkStatus();
    }
    workers_.RequestExits(workers_.target_threads());
    workers_.JoinAll();
    static_cast<void>(workers_.Reap());
  }
  const std::string threads = absl::StrCat(options_.min_threads);
  return WithOptionError(
      absl::Status(status.code(), absl::StrCat("min_threads is ", threads, ": ", status.message())),
      {"min_threads", threads, "", std::string(status.message())});
}

int64_t ThreadPool::DeadlineNanos(absl::Duration timeout) {
  return MonotonicNanos() + absl::ToInt64Nanoseconds(std::min(timeout, kMaxWait));
}

// --- Tasks ---

absl::Status ThreadPool::Put(TaskPtr task) {
  return Offer(std::move(task), options_.queue_timeout);
}

absl::Status ThreadPool::TryPut(TaskPtr task) {
  return Offer(std::move(task), absl::ZeroDuration());
}

absl::Status ThreadPool::Offer(TaskPtr task, absl::Duration timeout) {
  const absl::optional<RejectReason> rejected = dispatcher_->Offer(std::move(task), timeout);
  if (!rejected.has_value()) return absl::OkStatus();
  switch (*rejected) {
    case RejectReason::kQueueFull:
    case RejectReason::kExpired:
      return absl::ResourceExhaustedError(
          absl::StrCat("the queue is full: ", dispatcher_->queue_capacity(), " tasks wait"));
    case RejectReason::kDraining:
      return absl::UnavailableError("the pool is draining: it takes no new tasks for now");
    case RejectReason::kStopped:
      break;
  }
  return absl::FailedPreconditionError("the pool is not running: it takes no tasks");
}

absl::Status ThreadPool::Cancel(uint64_t task_id, CancelLevel level) {
  std::vector<WorkerSet::Worker> workers;
  {
    absl::MutexLock lock(&mu_);
    workers = workers_.Alive();
  }
  for (const auto& worker : workers) {
    if (!worker->Cancel(task_id, level)) continue;
    RecordCancel(worker->id(), task_id, level);
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat("no task with id ", task_id, " is running"));
}

void ThreadPool::RecordCancel(int64_t worker_id, uint64_t task_id, CancelLevel level) {
  absl::MutexLock lock(&mu_);
  PoolEvent event = Event(PoolEvent::Kind::kCancel);
  event.task_id = task_id;
  event.worker_id = worker_id;
  event.text = level == CancelLevel::kGentle ? "gentle" : "firm";
  journal_.Append(std::move(event));
}

bool ThreadPool::IsRunning(uint64_t task_id) const {
  absl::MutexLock lock(&mu_);
  const std::vector<WorkerSet::Worker> workers = workers_.Alive();
  return task_id != 0 && std::any_of(workers.begin(), workers.end(), [&](const auto& worker) {
           return worker->task_id() == task_id;
         });
}

// --- Threads ---

int ThreadPool::AddWorkers(int count, absl::Status* why) {
  const int taken_back = workers_.CancelExits(count);
  return taken_back + workers_.Start(
                          count - taken_back, [this] { return StopHasBegun(); }, why);
}

absl::Status ThreadPool::CheckAlive(absl::string_view call) const {
  switch (state_) {
    case PoolState::kRunning:
    case PoolState::kDraining:
      return absl::OkStatus();
    case PoolState::kCreated:
    case PoolState::kStopping:
    case PoolState::kStopped:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrCat(call, " of a pool that is ", PoolStateName(state_)));
}

absl::StatusOr<int> ThreadPool::Grow(int count) {
  absl::Status status = CheckCount("Grow", count);
  if (!status.ok()) return status;
  absl::MutexLock lock(&mu_);
  status = CheckAlive("Grow");
  if (!status.ok()) return status;
  // target_threads is below 0 for a moment when retired workers have died before they took their
  // exit requests. Without a limit the difference then exceeds an int.
  const int64_t room = int64_t{max_threads_.value_or(kNoLimit)} - workers_.target_threads();
  count = static_cast<int>(std::min<int64_t>(count, room));
  if (count <= 0) return 0;
  const int added = AddWorkers(count, &status);
  if (!status.ok()) Record(PoolEvent::Kind::kStartFailed, count - added, status.message());
  if (added == 0) return status;
  ++generation_;
  Record(PoolEvent::Kind::kGrow, added);
  dispatcher_->RequestMaintenance();  // there may be a surplus to trim some time
  return added;
}

absl::StatusOr<int> ThreadPool::Shrink(int count) {
  absl::Status status = CheckCount("Shrink", count);
  if (!status.ok()) return status;
  absl::MutexLock lock(&mu_);
  status = CheckAlive("Shrink");
  if (!status.ok()) return status;
  count = std::min(count, workers_.target_threads() - min_threads_);
  if (count <= 0) return 0;
  workers_.RequestExits(count);
  ++generation_;
  Record(PoolEvent::Kind::kShrink, count);
  return count;
}

// --- Draining and stopping ---

absl::Status ThreadPool::Drain() {
  absl::MutexLock lock(&mu_);
  absl::Status status = CheckAlive("Drain");
  if (!status.ok()) return status;
  if (state_ == PoolState::kDraining) return absl::OkStatus();
  state_ = PoolState::kDraining;
  dispatcher_->SetAdmission(Dispatcher::Admission::kDraining);
  Record(PoolEvent::Kind::kDrain);
  return absl::OkStatus();
}

absl::Status ThreadPool::Resume() {
  absl::MutexLock lock(&mu_);
  absl::Status status = CheckAlive("Resume");
  if (!status.ok()) return status;
  if (state_ == PoolState::kRunning) {
    return absl::FailedPreconditionError(
        "Resume of a pool that is running; only one that is draining can be resumed");
  }
  state_ = PoolState::kRunning;
  dispatcher_->SetAdmission(Dispatcher::Admission::kOpen);
  Record(PoolEvent::Kind::kResume);
  return absl::OkStatus();
}

void ThreadPool::RequestStop() {
  // An atomic and a futex: nothing here that a signal handler may not do.
  dispatcher_->SetAdmission(Dispatcher::Admission::kStopped);
  stop_requested_.Unpark();
}

void ThreadPool::AwaitStopRequest() {
  stop_requested_.Park();
  stop_requested_.Unpark();  // for the next call
}

void ThreadPool::MarkStopping(absl::string_view reason) {
  absl::MutexLock lock(&mu_);
  if (state_ != PoolState::kRunning && state_ != PoolState::kDraining) return;
  state_ = PoolState::kStopping;
  Record(PoolEvent::Kind::kStop, 0, reason);
}

absl::StatusOr<StopReport> ThreadPool::Stop(absl::Duration timeout) {
  absl::Status status = CheckNotNegative("Stop's timeout", timeout);
  if (!status.ok()) return status;
  const int64_t begin = MonotonicNanos();
  const int64_t deadline = DeadlineNanos(timeout);
  stop_requested_.Unpark();
  int64_t earliest = stop_deadline_ns_.load();
  while (deadline < earliest && !stop_deadline_ns_.compare_exchange_weak(earliest, deadline)) {
  }
  WorkerThread* const self = WorkerThread::Current();
  if (self != nullptr && self->serves(*dispatcher_)) self->EnterStop();
  signal_->Notify();
  {
    absl::MutexLock lock(&mu_);
    if (stopping_) {
      // Bounded: the first Stop ends by the earliest deadline.
      mu_.Await(absl::Condition(
          +[](PoolState* state) { return *state == PoolState::kStopped; }, &state_));
      return stop_report_;
    }
    stopping_ = true;
    revert_.reset();
    if (state_ == PoolState::kCreated) {
      dispatcher_->Close();
      state_ = PoolState::kStopped;
      return stop_report_;
    }
    const bool marked = state_ == PoolState::kStopping;
    state_ = PoolState::kStopping;
    dispatcher_->SetAdmission(Dispatcher::Admission::kStopped);
    if (!marked) {
      Record(PoolEvent::Kind::kStop, 0, absl::StrCat("timeout ", absl::FormatDuration(timeout)));
    }
  }
  StopReport report = StopOnce();
  report.took = absl::Nanoseconds(MonotonicNanos() - begin);
  absl::MutexLock lock(&mu_);
  next_rejection_record_ns_ = 0;
  JournalRejections(MonotonicNanos());
  Record(
      PoolEvent::Kind::kStopped, 0,
      absl::StrCat(report.completed, " completed, ", report.rejected.size(), " rejected, ",
                   report.cancelled.size(), " cancelled, ", report.abandoned.size(), " abandoned",
                   report.abandoned_threads == 0
                       ? ""
                       : absl::StrCat("; ", report.abandoned_threads, " threads did not end")));
  stop_report_ = report;
  state_ = PoolState::kStopped;
  return report;
}

// --- Observing ---

PoolStats ThreadPool::Stats() const {
  absl::MutexLock lock(&mu_);
  PoolStats stats;
  stats.state = state_;
  stats.min_threads = min_threads_;
  stats.max_threads = max_threads_;
  stats.generation = generation_;
  if (revert_.has_value()) {
    stats.pending_revert = PendingRevert{
        revert_->bounds, absl::Nanoseconds(std::max<int64_t>(0, revert_->at_ns - MonotonicNanos())),
        revert_->generation};
  }
  stats.abandoned = workers_.abandoned() + abandoned_helpers_;
  if (started_ns_ != 0) stats.uptime = absl::Nanoseconds(MonotonicNanos() - started_ns_);
  stats.retiring = dispatcher_->pending_exits();

  // The totals of a worker are consistent with each other, and started tasks are read before accepted
  // ones. So no difference between two counters is negative.
  WorkerTotals totals = workers_.gone_totals();
  for (const auto& worker : workers_.workers()) {
    const bool exited = worker->exited();
    const WorkerTotals its = worker->totals();
    totals += its;
    if (exited) continue;
    ++stats.threads;
    if (its.started != its.ended()) ++stats.busy;
    if (worker->stuck()) ++stats.stuck;
  }
  stats.idle = stats.threads - stats.busy;
  // A worker that just died still counts, and the target is negative for a moment when workers died
  // that had been asked to exit.
  stats.target_threads = std::max(0, std::min(workers_.target_threads(), stats.threads));
  const Dispatcher::Counters counters = dispatcher_->counters();
  stats.completed = totals.completed;
  stats.failed = totals.failed;
  stats.cancelled = totals.cancelled;
  stats.busy_time = totals.busy;
  stats.expired = counters.expired;
  stats.rejected_full = counters.rejected_full;
  stats.rejected_draining = counters.rejected_draining;
  stats.rejected_stopped = counters.rejected_stopped;
  stats.accepted = counters.accepted;
  stats.running = totals.started - totals.ended();
  stats.queued = counters.accepted - totals.started - counters.expired - stats.rejected();
  stats.queue_size = dispatcher_->queue_size();
  stats.queue_capacity = dispatcher_->queue_capacity();
  return stats;
}

std::vector<WorkerInfo> ThreadPool::Workers() const {
  std::vector<WorkerSet::Worker> workers;
  {
    absl::MutexLock lock(&mu_);
    workers = workers_.Alive();
  }
  // Describe is the tasks' own code: not under the lock.
  std::vector<WorkerInfo> infos;
  infos.reserve(workers.size());
  for (const auto& worker : workers) infos.push_back(worker->Info());
  return infos;
}

PoolHistograms ThreadPool::Histograms() const {
  absl::MutexLock lock(&mu_);
  return workers_.histograms();
}

PollActivity ThreadPool::Polls() const { return dispatcher_->poll_activity(); }

void ThreadPool::InterruptPoll() { dispatcher_->InterruptPoll(); }

absl::Duration ThreadPool::RecentServiceTime() const {
  return absl::Nanoseconds(dispatcher_->recent_service_ns());
}

size_t ThreadPool::queue_size() const { return dispatcher_->queue_size(); }

int ThreadPool::threads() const { return dispatcher_->threads(); }

}  // namespace robusto
