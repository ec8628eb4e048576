// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher: how work reaches a worker. The bounded queue, the stack of parked workers, the one
// leader that polls the work source, and the rules that say whom to wake when. It knows nothing of
// threads: ThreadPool manages those.
//
// A worker that asks for work (Take) gets the head of the queue; when the queue is empty it becomes
// the leader and polls the source; when somebody else leads it is parked, last in, first out, so
// that the warmest one is woken first and the coldest can be retired. docs/concurrency.md draws it.
//
// Wake rule: a wake-up costs two switches of threads, about kWakeCostNs. Another worker is woken
// only when the backlog would wait for longer than that (backlog x recent service time), when
// recent tasks are slow (somebody should keep polling while they run), or when nobody who is awake
// could take the task.
// Vacancy rule: what the wake rule misjudges, the supervisor mends. When nothing was taken and
// nobody has polled for a watch period, it wakes a parked worker or, when there is none, polls the
// source itself.
// Fairness rule: a worker that has taken a task and finds that nobody has polled for kPollGapNs
// polls, without waiting, before it runs it: tasks that come back, as those of streams do, can keep
// the queue from ever being empty.
//
// Invariants:
//   (D1) Every task that Offer or the source hands over gets exactly one of: out of Take, Reject.
//        Then Release.
//   (D2) At most one thread is inside WorkSource::Poll: the holder of leader_.
//   (D3) A worker is parked only if, after it was put on the stack, the queue was seen empty and
//        the source (if any) led; a producer looks at the stack only after its push. So one of the
//        two sees the other.
//   (D4) A worker is on parked_ at most once, and is woken by whoever took it off.
//   (D5) accepted = taken + expired + rejected + in the queue, at every moment at which no call is
//        under way.
//
// Thread-safety: all methods; which thread may call is said at each.
// Lock order: mu_ is a leaf: nothing is called with it held.

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

// What an admission check is told. The task itself is not looked at: what it would cost is not
// known.
struct AdmissionFacts {
  size_t queue_size = 0;
  size_t queue_capacity = 0;
  int threads = 0;
  absl::Duration recent_service_time;
};

// Decides at Put whether a task is let in at all, beside the queue's bound: nullopt, or why not.
// Called for every task by the thread that offers it; must be quick, thread-safe and not throw.
using AdmissionCheck = std::function<absl::optional<RejectReason>(const AdmissionFacts&)>;

class Dispatcher {
 public:
  struct Options {
    size_t queue_capacity = 1024;
    int64_t queue_ttl_ns = -1;          // negative: tasks do not expire
    int64_t attention_after_ns = -1;    // see TakeAttention; negative: never
    bool watch_running = false;         // the supervisor wants to look at running tasks, too
    AdmissionCheck admission_check;     // null: only the bound decides
    WorkSource* work_source = nullptr;  // must outlive every call
  };

  // What is done with new tasks. kNotOpen is where it begins, kStopped is for ever.
  enum class Admission : uint8_t { kNotOpen, kOpen, kDraining, kStopped };

  // A worker's place on the stack of parked ones.
  class Seat {
   public:
    Seat() = default;

   private:
    friend class Dispatcher;
    Parker parker_;
    // Written by the owner, or by whoever took the seat off the stack before the Unpark that the
    // owner then waits for.
    bool retire_ = false;
    int64_t parked_since_ns_ = 0;  // under Dispatcher::mu_
    int64_t task_ended_ns_ = 0;    // the owner's; 0 once it has waited since
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
  // in the queue, else why not: then the task has been rejected and released. Never waits in a
  // worker of this dispatcher, or its supervisor: it would wait for itself.
  absl::optional<RejectReason> Offer(TaskPtr task, absl::Duration timeout);

  // --- Workers: the thread that owns `seat` ---

  // Waits for a task. False: the worker must end (it was retired, or the pool has stopped and the
  // queue is empty).
  bool Take(Seat& seat, QueuedTask& out);
  // The worker's task can be seen by the supervisor now, which has to look at it some time.
  void WatchRunning() {
    if (watch_running_) EnsureWatched();
  }
  // Tells how long a task ran: the wake rule's memory.
  void RecordServiceTime(int64_t nanoseconds);
  // Tells that it is `now_ns`, the task from the last Take having just ended: the time of the next
  // Take when that does not have to wait. A reading of the clock is a good part of what a tiny task
  // costs.
  static void ShareClock(Seat& seat, int64_t now_ns) { seat.task_ended_ns_ = now_ns; }
  // After the last Take, also when that threw: hands the lead on, so that nothing waits for a
  // worker that is gone.
  void Leave(Seat& seat);

  // --- The manager ---

  // Lets tasks in and has the source polled: before, the workers only gather.
  void Open();
  // Nothing comes after kStopped. Async-signal-safe.
  void SetAdmission(Admission admission);
  // No more tasks get in; Take gives out what is queued and then false.
  void Close();
  // Rejects all that is queued; returns the ids.
  std::vector<uint64_t> RejectQueued(RejectReason reason);
  // Retires `count` workers: parked ones now, then whoever is next to ask for work.
  void Retire(int count);
  // Takes back up to `count` retirements that nobody has followed yet; returns how many.
  int TakeBackRetirements(int count);
  // A worker was started (+1) or has ended (-1); the wake rule counts who is awake.
  void AddThreads(int delta) { threads_.fetch_add(delta, std::memory_order_relaxed); }

  // --- The supervisor: one thread ---

  // Sleeps until there is something to watch, and then for one period; in any case no longer than
  // to `deadline_ns`, and not after WakeSupervisor was called.
  void SupervisorWait(int64_t deadline_ns);
  // Applies the vacancy rule and expiry once. May poll the source, and so sleep, while no worker
  // can; not beyond `deadline_ns`.
  void SupervisorTick(int64_t deadline_ns);
  // What the last tick found: how long the queue's head has waited; 0 when the queue was empty.
  int64_t oldest_wait_ns() const { return oldest_wait_ns_; }
  // The manager should look: WakeSupervisor was called, the head has waited for longer than
  // attention_after_ns (again each time that this has passed), or there is nothing to watch any
  // more. True once for each.
  bool TakeAttention();
  // Any thread: ends a SupervisorWait, and a poll that the supervisor is in.
  void WakeSupervisor();

  // --- Observers: any thread ---

  Counters counters() const;
  // Since when the coldest worker is parked; kNever when none is.
  int64_t ColdestParkedSince() const ABSL_LOCKS_EXCLUDED(mu_);
  size_t queue_size() const { return queue_.size(); }
  size_t queue_capacity() const { return queue_.capacity(); }
  int threads() const { return threads_.load(std::memory_order_relaxed); }
  int parked() const { return parked_count_.load(std::memory_order_relaxed); }
  int pending_retirements() const { return pending_retirements_.load(std::memory_order_relaxed); }
  Admission admission() const { return admission_.load(std::memory_order_acquire); }
  PollActivity poll_activity() const;
  // Ends the poll under way, or else the next one, so that poll_activity().polls advances.
  void InterruptPoll() {
    if (source_ != nullptr) source_->Interrupt();
  }
  // How fast tasks left the queue lately: the mean service time of a task.
  int64_t recent_service_ns() const { return service_ns_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kPollBatch = 64;
  // Waking a sleeping thread: futex wake, two switches, cold caches. 5-50 us on the machines seen;
  // the upper end, so that a wake-up pays.
  static constexpr int64_t kWakeCostNs = 50 * 1000;
  // From this mean service time on, somebody else should poll while a task runs.
  static constexpr int64_t kSlowTaskNs = 200 * 1000;
  // How long nobody polls or takes before the supervisor steps in.
  static constexpr int64_t kWatchPeriodNs = 1000 * 1000;
  // Tasks that take less than this on average hold nobody up: four periods then.
  static constexpr int64_t kQuickTaskNs = 50 * 1000;
  // How long the source may go without a poll while tasks are taken.
  static constexpr int64_t kPollGapNs = 1000 * 1000;
  // Watch periods without a reason to watch before the supervisor goes to sleep again.
  static constexpr int kQuietPeriods = 100;

  static constexpr uintptr_t kNobody = 0;
  static constexpr uintptr_t kSupervisor = 1;

  // False where another polls, or nobody should.
  bool TakeLead(const Seat& seat);
  bool IsPollOverdue(int64_t now) const;
  // Calls WorkSource::Poll and records its end. The holder of leader_ only.
  struct PollResult {
    size_t count;
    int64_t ended_ns;
  };
  PollResult PollSource(absl::Span<TaskPtr> out, absl::Duration timeout);
  // Polls once for the worker that holds leader_, and gives the lead up. True: `next`, unless it is
  // null, has a task for this worker, which would have been the head of the queue.
  bool Lead(absl::Duration timeout, QueuedTask* next);
  // What a poll gave, at `now`. The first one goes to `next` where that is not null.
  void Admit(absl::Span<TaskPtr> tasks, int64_t now, QueuedTask* next);
  // Looks for a reason to stay awake for a moment before parking; true: there is one.
  bool Linger();
  // Offer never waits in this thread from now on: it would wait for itself.
  void ServeFromThisThread() const;
  // Waits on the stack until somebody wakes the worker, unless there is a reason to stay awake.
  void ParkSeat(Seat& seat);
  bool HasReasonToStayAwake() const;
  bool TakeRetirement(Seat& seat);
  // Somebody should poll and nobody does.
  bool Vacant() const;
  bool WakeOne() ABSL_LOCKS_EXCLUDED(mu_);
  void WakeAll() ABSL_LOCKS_EXCLUDED(mu_);
  // False when the seat is not on the stack (any more).
  bool Unseat(Seat* seat) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The wake rule, after something was put into the queue or a worker has gone to run a task.
  void WakeIfWorthIt();
  void ApplyVacancyRule(int64_t deadline_ns);
  void LeadForBlockedWorkers(int64_t deadline_ns);
  // Rejects what has waited too long, and notes how long the rest has.
  void ExpireQueued(int64_t now);
  // Why a task is not let in; nullopt: it may try the queue.
  absl::optional<RejectReason> CheckAdmission(const Task& task) const;
  bool Expired(const QueuedTask& task, int64_t now) const {
    return queue_ttl_ns_ >= 0 && now - task.accepted_ns > queue_ttl_ns_;
  }
  void RejectTask(TaskPtr task, RejectReason reason);
  void EnsureWatched();
  bool NeedsWatch() const;

  // Constant after construction.
  WorkSource* const source_;
  const int64_t queue_ttl_ns_;
  const int64_t attention_after_ns_;
  const bool watch_running_;
  const bool watch_queue_;  // waiting tasks may expire or ask for more workers
  const AdmissionCheck admission_check_;
  const int cpus_;  // that this process may run on

  // Own synchronisation.
  TaskQueue queue_;
  Parker supervisor_parker_;

  // What every Offer and Take reads and few write, apart from what each of them writes: otherwise
  // every task would take the line of the first from all other threads.
  //
  // Who polls: kNobody, kSupervisor or a Seat's address. Acquired by CAS and released by a store,
  // so that each Poll happens after the one before. Sequentially consistent where D3 needs it.
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uintptr_t> leader_{kNobody};
  std::atomic<Admission> admission_{Admission::kNotOpen};
  std::atomic<bool> closed_{false};
  std::atomic<bool> watched_{false};  // the supervisor is awake or has been woken
  std::atomic<bool> supervisor_called_{false};
  std::atomic<int> threads_{0};
  std::atomic<int> parked_count_{0};    // parked_.size(), readable without mu_
  std::atomic<int> waking_{0};          // woken, but not yet looking for work
  std::atomic<bool> lingering_{false};  // a worker is in Linger
  std::atomic<int> pending_retirements_{0};
  // Relaxed: an estimate. Starts slow, so that a new pool wakes its workers eagerly.
  std::atomic<int64_t> service_ns_{kSlowTaskNs * 4};

  // Counters: each is incremented before what follows from it, and with release, so that whoever
  // reads them in the opposite order (counters()) never sees an effect without its cause (D5).
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uint64_t> accepted_{0};  // by producers
  alignas(ABSL_CACHELINE_SIZE) std::atomic<uint64_t> taken_{0};     // by workers
  // polls_ is released after polled_ns_, so that poll_activity() never pairs a new count with an old
  // time.
  std::atomic<uint64_t> polls_{0};
  std::atomic<int64_t> polled_ns_{0};  // when the last poll ended
  std::atomic<uint64_t> expired_{0};
  std::array<std::atomic<uint64_t>, 4> rejected_{};  // by RejectReason

  alignas(ABSL_CACHELINE_SIZE) mutable absl::Mutex mu_;
  std::vector<Seat*> parked_ ABSL_GUARDED_BY(mu_);

  // The supervisor's thread only.
  uint64_t progress_seen_ = 0;
  int quiet_periods_ = 0;
  int64_t oldest_wait_ns_ = 0;
  bool attention_ = false;
  int64_t asked_for_attention_ns_ = 0;  // when the head's wait last did
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_DISPATCHER_H_
