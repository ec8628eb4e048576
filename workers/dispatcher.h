// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher: how work reaches a worker. It holds the bounded queue, the stack of parked workers, the
// lead (the right to poll the work source), and the rules for waking threads. It starts no threads:
// ThreadPool does.
//
// A worker that calls NextTask gets the head of the queue. When the queue is empty it takes the lead
// and polls the source. When another thread leads, the worker is parked on a stack: the worker that
// was parked last is woken first, because its caches are warm, and the one that was parked first is
// the first to exit. docs/concurrency.md has a picture.
//
// Wake rule: a wake-up costs two context switches, about kWakeCostNs. A parked worker is woken only
//   when the backlog would wait for longer than that (backlog x recent service time), when recent
//   tasks are slow (another worker should poll while they run), or when no awake worker could take
//   the task.
// Vacancy rule: the supervisor corrects the wake rule's wrong guesses. When no thread has polled for
//   kPollGapNs, or no task was taken for a watch period although the queue is not empty, it wakes a
//   parked worker. When none is parked and nothing moves, it polls the source itself.
// Fairness rule: a worker that has taken a task polls, without waiting, before it runs the task when
//   no thread has polled for kPollGapNs. Otherwise tasks that come back, as those of streams do,
//   could keep the queue from ever being empty and so the source from being polled.
// Maintenance rule: maintenance of the pool is due at one time, maintenance_at_ns_. It is at most
//   kMaintenanceIntervalNs after the first task that was put in, taken or rejected since the last
//   maintenance, however busy the pool is.
//
// Invariants:
//   (D1) Every task that Offer or the source hands over gets exactly one of: out of NextTask, Reject.
//        Then Done.
//   (D2) At most one thread is inside WorkSource::Poll: the holder of leader_.
//   (D3) A worker is parked only if, after it was pushed on the stack, the queue was seen empty and
//        the source (if any) led. A producer reads the stack only after its push. So one of the two
//        sees the other.
//   (D4) A worker is on parked_ at most once, and is woken by the thread that removed it.
//   (D5) accepted = taken + expired + rejected + in the queue, at every moment at which no call is
//        under way.
//   (D6) A worker does not start a task while no thread leads and the last poll ended more than
//        kPollGapNs before the task was taken.
//   (D7) While there is something to watch, the supervisor is awake or has been woken: watching_ is
//        set after what is to be watched, and cleared before maintenance looks at it.
//   (D8) A poll begins only while the caller holds leader_ and has seen, after taking it, that the
//        dispatcher is not closed. So when Close has returned and no thread leads, no poll begins any
//        more, and the owner of the source may touch what only the poller may.
//
// Thread-safety: all methods; each section says which thread may call.
// Lock order: mu_ is a leaf: no other lock is taken and nothing is called with it held.

#ifndef ROBUSTO_WORKERS_DISPATCHER_H_
#define ROBUSTO_WORKERS_DISPATCHER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/parker.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/task.h"
#include "robusto/workers/task_queue.h"
#include "robusto/workers/work_source.h"

namespace robusto {

// The input of an admission check. The task is not part of it: its cost is not known yet.
struct AdmissionContext {
  size_t queue_size = 0;
  size_t queue_capacity = 0;
  int threads = 0;
  absl::Duration recent_service_time;
};

// Decides at Put whether a task is admitted, in addition to the queue's bound: nullopt, or the reason
// for the refusal. Called for every task by the thread that offers it. Must be quick and thread-safe,
// and must not throw.
using AdmissionCheck = std::function<absl::optional<RejectReason>(const AdmissionContext&)>;

class Dispatcher {
 public:
  struct Options {
    size_t queue_capacity = 1024;
    int64_t queue_ttl_ns = -1;  // negative: tasks do not expire
    int64_t grow_after_ns =
        -1;  // a longer wait in the queue makes maintenance due; negative: never
    bool watch_running = false;         // maintenance also checks running tasks
    AdmissionCheck admission_check;     // null: only the bound decides
    WorkSource* work_source = nullptr;  // must outlive every call
  };

  // What happens to new tasks. kNotOpen is the initial state, kStopped the final one.
  enum class Admission : uint8_t { kNotOpen, kOpen, kDraining, kStopped };

  // A worker's entry on the stack of parked workers (its wait node).
  class ParkedWorker {
   public:
    ParkedWorker() = default;

   private:
    friend class Dispatcher;
    Parker parker_;
    // Written by the owner, or by the thread that removed the entry from the stack, before the Unpark
    // that the owner then waits for.
    bool exit_ = false;
    int64_t parked_since_ns_ = 0;  // under Dispatcher::mu_
    int64_t task_ended_ns_ = 0;    // the owner's thread only; 0 after it has waited
  };

  // Totals since construction, each one monotone.
  struct Counters {
    uint64_t accepted = 0;  // offered to the pool, by Put or by the source
    uint64_t taken = 0;     // handed to a worker
    uint64_t expired = 0;
    uint64_t rejected_full = 0;
    uint64_t rejected_draining = 0;
    uint64_t rejected_stopped = 0;
  };

  explicit Dispatcher(const Options& options);

  // --- Producers: any thread ---

  // Hands a task over, waiting for room up to `timeout` (zero: does not wait). nullopt when it is
  // in the queue, else the reason; then Reject and Done of the task have been called. Never waits in
  // a worker or the supervisor of this dispatcher: the queue would wait for the thread that empties
  // it.
  absl::optional<RejectReason> Offer(TaskPtr task, absl::Duration timeout);

  // --- Workers: the thread that owns `worker` ---

  // Waits for a task. False: the worker must exit, because RequestExits chose it, or because the pool
  // has stopped and the queue is empty.
  [[nodiscard]] bool NextTask(ParkedWorker& worker, QueuedTask& out);
  // Makes sure that maintenance checks the task that this worker has just published.
  void WatchRunning() {
    if (watch_running_) EnsureWatched();
  }
  // Records how long a task ran, for the wake rule.
  void RecordServiceTime(int64_t nanoseconds);
  // Passes on the time at which the task from the last NextTask ended. The next call uses it unless
  // it has to wait: reading the clock is a good part of the cost of a tiny task.
  static void ShareClock(ParkedWorker& worker, int64_t now_ns) { worker.task_ended_ns_ = now_ns; }
  // Must follow the last NextTask, also one that threw: hands the lead on, so that no task waits for
  // a worker that has exited.
  void Leave(ParkedWorker& worker);

  // --- The pool ---

  // Admits tasks and has the source polled; until then workers only wait.
  void Open();
  // Has no effect after kStopped. Async-signal-safe.
  void SetAdmission(Admission admission);
  // Admits no more tasks. NextTask returns what is queued and then false.
  void Close();
  // Rejects all queued tasks, and passes the id of each to `rejecting` before.
  void RejectQueued(RejectReason reason, const std::function<void(uint64_t)>& rejecting);
  // Makes `count` workers exit: parked ones now, and then the next ones that call NextTask.
  void RequestExits(int count);
  // Takes back up to `count` requests that no worker has followed yet; returns how many.
  [[nodiscard]] int CancelExits(int count);
  // A worker was started (+1) or has ended (-1). The wake rule counts awake workers.
  void AddThreads(int delta) { threads_.fetch_add(delta, std::memory_order_relaxed); }

  // Makes maintenance due now, and ends the supervisor's wait or poll. Any thread.
  void RequestMaintenance();

  // --- The supervisor: one thread ---

  // Sleeps until the next check is due: a watch period while there is something to watch, else until
  // maintenance is due or another thread calls RequestMaintenance or leaves something to watch.
  void SupervisorWait();
  // Applies the vacancy rule and expiry once. Polls the source, and so sleeps like SupervisorWait,
  // while every worker is inside a task.
  void SupervisorTick();
  // Whether maintenance is due. If so, the caller does it and passes the time of the next one to
  // ScheduleMaintenance.
  [[nodiscard]] bool StartMaintenance();
  // Makes maintenance due at `at_ns` at the latest. The supervisor's thread only.
  void ScheduleMaintenance(int64_t at_ns);
  // How long the head of the queue had waited at the last tick; 0 when the queue was empty.
  int64_t oldest_wait_ns() const { return oldest_wait_ns_; }

  // --- Observers: any thread ---

  Counters counters() const;
  // When the worker that has been parked longest was parked; kNever when none is.
  int64_t ColdestParkedSince() const ABSL_LOCKS_EXCLUDED(mu_);
  size_t queue_size() const { return queue_.size(); }
  size_t queue_capacity() const { return queue_.capacity(); }
  int threads() const { return threads_.load(std::memory_order_relaxed); }
  int parked() const { return parked_count_.load(std::memory_order_relaxed); }
  int pending_exits() const { return pending_exits_.load(std::memory_order_relaxed); }
  Admission admission() const { return admission_.load(std::memory_order_acquire); }
  PollActivity poll_activity() const;
  // Ends the poll under way, or else the next one, so that poll_activity().polls advances.
  void InterruptPoll() {
    if (source_ != nullptr) source_->Interrupt();
  }
  // The mean service time of recent tasks.
  int64_t recent_service_ns() const { return service_ns_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kPollBatch = 64;
  // Waking a sleeping thread: futex wake, two context switches, cold caches. 5-50 us on the machines
  // measured. The upper end, so that a wake-up pays.
  static constexpr int64_t kWakeCostNs = 50 * 1000;
  // From this mean service time on, another worker should poll while a task runs.
  static constexpr int64_t kSlowTaskNs = 200 * 1000;
  // How often the supervisor checks while there is something to watch. A check costs some 10 us, 1 %
  // of a processor. Without a source no client waits for a poll, and a queue of tasks shorter than
  // kQuickTaskNs is hardly ever stuck: four periods then.
  static constexpr int64_t kWatchPeriodNs = 1000 * 1000;
  static constexpr int64_t kQuickTaskNs = 50 * 1000;
  // How long the source may go without a poll while another thread could poll it.
  static constexpr int64_t kPollGapNs = 1000 * 1000;
  // How often a supervisor that polls checks the queue for tasks that expire or ask for workers.
  static constexpr int64_t kQueueCheckNs = 10 * 1000 * 1000;
  // The longest time from an event that maintenance records, such as a rejection, to maintenance.
  static constexpr int64_t kMaintenanceIntervalNs = 100 * 1000 * 1000;

  static constexpr uintptr_t kNoLeader = 0;
  static constexpr uintptr_t kSupervisor = 1;

  struct PollResult {
    size_t count;
    int64_t ended_ns;
  };

  // False when another thread leads, or when the source must not be polled.
  [[nodiscard]] bool TakeLead(const ParkedWorker& worker);
  bool IsPollOverdue(int64_t now) const;
  // Calls WorkSource::Poll and records its end. The holder of leader_ only.
  PollResult PollSource(absl::Span<TaskPtr> out, absl::Duration timeout);
  // Polls once for the worker that holds leader_, and gives the lead up. With `next` not null: true
  // when *next is a task for this worker, one that would have been the head of the queue.
  bool Lead(absl::Duration timeout, QueuedTask* next);
  // Queues what a poll returned at `now`. The first task goes to *next if `next` is not null.
  void Admit(absl::Span<TaskPtr> tasks, int64_t now, QueuedTask* next);
  // Spins for a moment before parking; true: there is a reason to stay awake.
  [[nodiscard]] bool SpinBeforePark();
  // From now on Offer never waits in this thread.
  void ServeFromThisThread() const;
  // Waits on the stack until another thread wakes the worker, unless there is a reason to stay awake.
  void Park(ParkedWorker& worker);
  bool HasReasonToStayAwake() const;
  // Whether this worker must exit.
  [[nodiscard]] bool TakeExitRequest(ParkedWorker& worker);
  // The source should be polled and no thread leads.
  bool NeedsLeader() const;
  // Wakes the worker that was parked last; false when none is parked.
  bool WakeOne() ABSL_LOCKS_EXCLUDED(mu_);
  void WakeAll() ABSL_LOCKS_EXCLUDED(mu_);
  // False when the worker is not on the stack.
  [[nodiscard]] bool RemoveFromStack(ParkedWorker* worker) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Removes a worker for the caller to wake.
  void PopForWaking(ParkedWorker* worker) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Applies the wake rule, after a push or when a worker is about to run a task.
  void MaybeWakeWorker();
  void ApplyVacancyRule(int64_t now);
  void LeadForBlockedWorkers();
  absl::Duration SupervisorPollTimeout();
  // Rejects tasks that have waited for too long, and records how long the oldest other one has.
  void ExpireQueued(int64_t now);
  // Why a task is not admitted; nullopt: the queue's bound decides.
  absl::optional<RejectReason> CheckAdmission(const Task& task) const;
  bool Expired(const QueuedTask& task, int64_t now) const {
    return queue_ttl_ns_ >= 0 && now - task.accepted_ns > queue_ttl_ns_;
  }
  void RejectTask(TaskPtr task, RejectReason reason);
  void EnsureWatched();
  bool NeedsWatch() const;
  int64_t WatchPeriod() const {
    return source_ == nullptr && recent_service_ns() < kQuickTaskNs ? 4 * kWatchPeriodNs
                                                                    : kWatchPeriodNs;
  }
  void WakeSupervisor();

  // Constant after construction.
  WorkSource* const source_;
  const int64_t queue_ttl_ns_;
  const int64_t grow_after_ns_;
  const bool watch_running_;
  const bool watch_queue_;  // queued tasks may expire or make the pool grow
  const AdmissionCheck admission_check_;
  const int cpus_;  // usable by this process

  // Own synchronisation.
  TaskQueue queue_;
  Parker supervisor_parker_;

  // Read by every Offer and NextTask and seldom written. On a cache line of its own, apart from the
  // counters, which every task writes: each write would take the line away from all other threads.
  //
  // The thread that polls: kNoLeader, kSupervisor or the address of a ParkedWorker. Acquired by CAS
  // and released by a store, so that each Poll happens after the one before. Sequentially consistent
  // where D3 needs it.
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uintptr_t> leader_{kNoLeader};
  std::atomic<Admission> admission_{Admission::kNotOpen};
  std::atomic<bool> closed_{false};
  // Since the last maintenance there was something to watch (D7).
  std::atomic<bool> watching_{false};
  std::atomic<int64_t> maintenance_at_ns_{kNever};
  std::atomic<int> threads_{0};
  std::atomic<int> parked_count_{0};   // parked_.size(), readable without mu_
  std::atomic<int> waking_{0};         // woken, but not yet looking for work
  std::atomic<bool> spinning_{false};  // a worker is in SpinBeforePark
  std::atomic<int> pending_exits_{0};
  // Relaxed: an estimate. Starts slow, so that a new pool wakes its workers eagerly.
  std::atomic<int64_t> service_ns_{kSlowTaskNs * 4};

  // Counters: each is incremented before its effects, and with release, so that a thread that reads
  // them in the opposite order (counters()) never sees an effect without its cause (D5).
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uint64_t> accepted_{0};  // by producers
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uint64_t> taken_{0};     // by workers
  // polls_ is released after polled_ns_, so that poll_activity() never pairs a new count with an old
  // time.
  std::atomic<uint64_t> polls_{0};
  std::atomic<int64_t> polled_ns_{0};  // when the last poll ended
  std::atomic<uint64_t> expired_{0};
  std::array<std::atomic<uint64_t>, 4> rejected_{};  // by RejectReason

  alignas(ABSL_CACHELINE_SIZE) mutable absl::Mutex mu_;
  std::vector<ParkedWorker*> parked_ ABSL_GUARDED_BY(mu_);

  // The supervisor's thread only.
  uint64_t progress_seen_ = 0;
  int64_t oldest_wait_ns_ = 0;
  int64_t maintained_ns_ = 0;  // when the last maintenance began
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_DISPATCHER_H_
