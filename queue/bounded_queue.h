// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// BoundedQueue<T>: a first-in, first-out queue of move-only items with a fixed number of slots, for many
// producers and many consumers.
//
// The standard library has no concurrent queue. The usual one, a mutex with two condition
// variables, wakes a thread for nearly every item once more threads than processors use it, and the
// fast lock-free ones give up something that a worker pool needs: an exact bound, one order for all
// producers, waiting with a timeout, or a reliable answer of "empty".
//
//   robusto::BoundedQueue<std::unique_ptr<Job>> jobs(1024);
//
//   // Producers:
//   switch (jobs.Push(std::move(job), absl::Seconds(10))) {
//     case PushResult::kOk:     break;
//     case PushResult::kClosed: return;            // `job` is still ours.
//     default:                  Shed(std::move(job));
//   }
//
//   // Consumers:
//   std::unique_ptr<Job> job;
//   while (jobs.Pop(job, absl::InfiniteDuration()) == PopResult::kOk) job->Run();
//
//   // To end: consumers get what is queued, and then kClosed.
//   jobs.Close();
//
// Thread-safety: all methods, from any thread, except the constructor and the destructor.
// What blocks: Push, PushBatch, Pop and PopBatch, up to their timeout. No other method waits for
// anything but the lock, which is held for a few moves of T at a time. Not for signal handlers.
// Lifetime: no thread may be inside a method when the destructor runs. Items still in the queue are
// destroyed with it. Nothing is allocated after construction.
//
// Timeouts: absl::ZeroDuration() does not wait, absl::InfiniteDuration() waits for ever, and a
// negative one is refused with kInvalidArgument, before anything else is looked at. They are
// measured on the monotonic clock. A call that can proceed never times out.
//
// T: its move constructor, move assignment and destructor must not throw. They run under the
// queue's lock, so they must be short and must not call the queue: keep large things behind a
// pointer.
//
// Invariants, which the tests cite:
//   (I1) 0 <= size() <= capacity() at every moment, and capacity() is exactly what was asked for.
//   (I2) Once Close() has returned, no push succeeds.
//   (I3) A pop reports kClosed only when the queue is closed and holds nothing, and from then on
//        every pop does.
//   (I4) Items leave in the order in which they entered, whichever threads pushed them, each exactly once.
//   (I5) A push that fails leaves its argument unmoved; a pop that fails leaves its out-parameter
//        alone.
//   (I6) Every call takes effect at one instant between its start and its end: a TryPop never
//        reports kEmpty while an item whose push had returned is in the queue, and a TryPush never
//        kFull while a place is free.
//   (I7) No thread sleeps although it could proceed. Whenever the lock is free and an item is in the queue
//        (or a slot is free), either no thread is parked in a pop (in a push), or one thread that was
//        parked there has been woken and is on its way to the lock. When it has its item (its
//        place) and there are more, it wakes the next; when it times out instead, it does too.
//   (I8) A parked thread is woken only when it can proceed: the queue held an item (a place) for it
//        or was closed, and at most one thread a side is on its way. One that is overtaken by a
//        thread that never slept parks again, at the head of the line.
//
// Lock order: mu_ is a leaf; no other lock is taken, and no system call made, while it is held.
//
// How it is built, and what was measured: docs/adr/0001-bounded-queue.md.

#ifndef ROBUSTO_QUEUE_BOUNDED_QUEUE_H_
#define ROBUSTO_QUEUE_BOUNDED_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "robusto/queue/futex.h"
#include "robusto/queue/queue_lock.h"
#include "robusto/queue/spin.h"
#include "robusto/queue/wait_list.h"

namespace robusto {

// Why a push ended. Everything but kOk leaves the item with the caller.
enum class PushResult {
  kOk,
  // TryPush: every place is taken.
  kFull,
  // Push: every place was taken until the timeout.
  kTimedOut,
  // Close() was called; no later push can succeed.
  kClosed,
  // The timeout is negative.
  kInvalidArgument,
};

// Why a pop ended.
enum class PopResult {
  kOk,
  // TryPop: nothing is in the queue; more may come.
  kEmpty,
  // Pop: nothing was in the queue until the timeout.
  kTimedOut,
  // Close() was called and everything has been popped; nothing will ever come.
  kClosed,
  // The timeout is negative.
  kInvalidArgument,
};

// What TryPopIf did.
enum class PopIfResult {
  kOk,
  // The oldest item did not satisfy the predicate and is still the oldest.
  kKept,
  // As in PopResult.
  kEmpty,
  kClosed,
};

struct PushBatchResult {
  // The first `count` elements were pushed and are moved from; the rest are untouched.
  size_t count;
  // Why it stopped there: kOk exactly when all of them were pushed.
  PushResult reason;
};

struct PopBatchResult {
  // The first `count` elements were assigned to, oldest first; the rest are untouched.
  size_t count;
  // Why it stopped there: kOk exactly when all of them were filled; kEmpty when the queue had no
  // more; kClosed when it had no more and never will; kTimedOut only with a count of 0.
  PopResult reason;
};

template <typename T>
class BoundedQueue {
  static_assert(std::is_object<T>::value && !std::is_const<T>::value, "T must be a mutable object");
  static_assert(std::is_nothrow_move_constructible<T>::value &&
                    std::is_nothrow_move_assignable<T>::value &&
                    std::is_nothrow_destructible<T>::value,
                "an exception out of T's move would lose the item: wrap T in a std::unique_ptr");

 public:
  // Room for exactly `capacity` items, allocated here. `capacity` must be at least 1 and no more
  // than memory could hold, or the process aborts with a message: there is no way to ask for a
  // queue without a bound.
  explicit BoundedQueue(size_t capacity);
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;
  // Aborts when a thread is still parked in the queue.
  ~BoundedQueue();

  // Appends `item`, or says at once why not: kFull or kClosed.
  PushResult TryPush(T&& item);

  // Appends `item`, waiting up to `timeout` for a place: kTimedOut, kClosed or kInvalidArgument
  // otherwise.
  PushResult Push(T&& item, absl::Duration timeout);

  // Appends as many of `items` as there are places for, in order and next to each other.
  PushBatchResult TryPushBatch(absl::Span<T> items);

  // Appends all of `items` in order, waiting up to `timeout` in total for places. Other producers'
  // items may come between them where it had to wait.
  PushBatchResult PushBatch(absl::Span<T> items, absl::Duration timeout);

  // Moves the oldest item to `out`, or says at once why not: kEmpty or kClosed.
  PopResult TryPop(T& out);

  // Moves the oldest item to `out`, waiting up to `timeout` for one: kTimedOut, kClosed or
  // kInvalidArgument otherwise.
  PopResult Pop(T& out, absl::Duration timeout);

  // Moves as many of the oldest items as there are, and as fit, to `out`. What the elements held
  // before is destroyed under the lock: pass empty ones.
  PopBatchResult TryPopBatch(absl::Span<T> out);

  // Waits up to `timeout` for the first item, and then does as TryPopBatch: it never waits for
  // `out` to be filled.
  PopBatchResult PopBatch(absl::Span<T> out, absl::Duration timeout);

  // Moves the oldest item to `out` if `predicate(const T&)` is true for it. No thread can take or pass
  // the item meanwhile, because the predicate runs under the lock: it must be short, and must not
  // call the queue. Meant for one supervising thread that removes items which waited too long.
  template <typename Predicate>
  PopIfResult TryPopIf(T& out, Predicate&& predicate);

  // From now on pushes fail and pops drain. Wakes all waiting threads. May be called again.
  void Close();

  // Snapshots that take no lock. They are exact when no other thread pushes, pops or closes. They
  // are not sequentially consistent. If a consumer checks them before it sleeps outside the queue,
  // and producers wake it after a push, then both sides need a
  // std::atomic_thread_fence(std::memory_order_seq_cst): the consumer between announcing its sleep
  // and the check, the producer between the push and its check for sleepers.
  size_t size() const { return Size(state_.load(std::memory_order_acquire)); }
  bool closed() const { return Closed(state_.load(std::memory_order_acquire)); }
  size_t capacity() const { return capacity_; }

 private:
  using WaitList = queue_internal::WaitList;
  using Waiter = queue_internal::Waiter;
  using Deadline = queue_internal::Deadline;

  // Holds mu_ for a scope. Releasing it is the one place where (I7) is restored, so there is no way
  // to change the queue and forget the sleepers.
  class ABSL_SCOPED_LOCKABLE Section {
   public:
    explicit Section(BoundedQueue* queue) ABSL_EXCLUSIVE_LOCK_FUNCTION(queue->mu_) : queue_(queue) {
      queue->mu_.Lock();
    }
    ~Section() ABSL_UNLOCK_FUNCTION() {
      if (queue_ != nullptr) queue_->UnlockAndWake();
    }
    void Release() ABSL_UNLOCK_FUNCTION() { std::exchange(queue_, nullptr)->UnlockAndWake(); }

   private:
    BoundedQueue* queue_;
  };

  // The size and whether it is closed are one word, so that one load says both (I3, I6).
  static size_t Size(uint64_t state) { return static_cast<size_t>(state >> 1); }
  static bool Closed(uint64_t state) { return (state & kClosedBit) != 0; }
  static constexpr uint64_t kClosedBit = 1;
  static constexpr uint64_t kOneItem = 2;

  bool CanPush(uint64_t state) const { return Size(state) < capacity_ && !Closed(state); }
  static bool CanPop(uint64_t state) { return Size(state) > 0; }

  uint64_t State() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return state_.load(std::memory_order_relaxed);
  }
  void SetState(uint64_t state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    state_.store(state, std::memory_order_release);
  }
  size_t After(size_t place) const { return place + 1 == capacity_ ? 0 : place + 1; }

  // What stands in the way of a push or a pop, kOk for nothing.
  PushResult PushObstacle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  PopResult PopObstacle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // These wait for the obstacle to go; they release mu_ while they sleep.
  PushResult AwaitPlace(const Deadline& deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  PopResult AwaitItem(const Deadline& deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void Append(T&& item) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  T TakeOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Up to so many as there is something in the way; they return how many.
  size_t AppendSome(absl::Span<T> items) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  size_t TakeSome(absl::Span<T> out) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Sleeps in `list` until woken or `deadline`; mu_ is released meanwhile.
  void Park(WaitList* list, Waiter* waiter, bool first_time, const Deadline& deadline)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Spins for a moment, until `may_proceed` is true of the state or it is closed.
  template <typename MayProceed>
  void SpinBeforeParking(MayProceed may_proceed) const;
  void UnlockAndWake() ABSL_UNLOCK_FUNCTION(mu_);
  void UnlockAndWakeParked() ABSL_UNLOCK_FUNCTION(mu_);

  // Constant after construction.
  const size_t capacity_;
  T* const places_;

  // All that an operation changes, in a cache line of its own.
  alignas(ABSL_CACHELINE_SIZE) queue_internal::QueueLock mu_;
  // Written under mu_ only. An atomic so that size(), closed() and SpinBeforeParking may look without the
  // lock: their acquire pairs with the release in SetState. What is decided is decided under mu_.
  std::atomic<uint64_t> state_{0};
  size_t oldest_ ABSL_GUARDED_BY(mu_) = 0;
  size_t next_free_ ABSL_GUARDED_BY(mu_) = 0;
  WaitList poppers_ ABSL_GUARDED_BY(mu_);
  WaitList pushers_ ABSL_GUARDED_BY(mu_);
};

// Implementation only below.

namespace queue_internal {

[[noreturn]] void AbortOnCapacity(size_t capacity, size_t greatest);
[[noreturn]] void AbortOnDestructionWhileParked();

}  // namespace queue_internal

template <typename T>
BoundedQueue<T>::BoundedQueue(size_t capacity)
    : capacity_([capacity] {
        constexpr size_t kGreatest = PTRDIFF_MAX / sizeof(T);
        if (capacity < 1 || capacity > kGreatest) {
          queue_internal::AbortOnCapacity(capacity, kGreatest);
        }
        return capacity;
      }()),
      places_(std::allocator<T>().allocate(capacity)) {}

template <typename T>
BoundedQueue<T>::~BoundedQueue() {
  {
    Section section(this);
    if (!poppers_.empty() || !pushers_.empty()) queue_internal::AbortOnDestructionWhileParked();
    while (CanPop(State())) TakeOldest();
  }
  std::allocator<T>().deallocate(places_, capacity_);
}

template <typename T>
PushResult BoundedQueue<T>::TryPush(T&& item) {
  Section section(this);
  const PushResult obstacle = PushObstacle();
  if (ABSL_PREDICT_TRUE(obstacle == PushResult::kOk)) Append(std::move(item));
  return obstacle;
}

template <typename T>
PushResult BoundedQueue<T>::Push(T&& item, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(timeout < absl::ZeroDuration())) return PushResult::kInvalidArgument;
  PushResult result = TryPush(std::move(item));
  if (ABSL_PREDICT_TRUE(result != PushResult::kFull)) return result;
  if (timeout == absl::ZeroDuration()) return PushResult::kTimedOut;
  const Deadline deadline(timeout);
  SpinBeforeParking([this](uint64_t state) { return CanPush(state); });
  Section section(this);
  result = AwaitPlace(deadline);
  if (result == PushResult::kOk) Append(std::move(item));
  return result;
}

template <typename T>
PushBatchResult BoundedQueue<T>::TryPushBatch(absl::Span<T> items) {
  if (items.empty()) return {0, PushResult::kOk};
  Section section(this);
  const size_t count = AppendSome(items);
  return {count, count == items.size() ? PushResult::kOk : PushObstacle()};
}

template <typename T>
PushBatchResult BoundedQueue<T>::PushBatch(absl::Span<T> items, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(timeout < absl::ZeroDuration())) return {0, PushResult::kInvalidArgument};
  PushBatchResult result = TryPushBatch(items);
  if (result.reason != PushResult::kFull) return result;
  if (timeout == absl::ZeroDuration()) return {result.count, PushResult::kTimedOut};
  const Deadline deadline(timeout);
  do {
    SpinBeforeParking([this](uint64_t state) { return CanPush(state); });
    Section section(this);
    result.reason = AwaitPlace(deadline);
    if (result.reason == PushResult::kOk) result.count += AppendSome(items.subspan(result.count));
  } while (result.reason == PushResult::kOk && result.count < items.size());
  return result;
}

template <typename T>
PopResult BoundedQueue<T>::TryPop(T& out) {
  Section section(this);
  const PopResult obstacle = PopObstacle();
  if (ABSL_PREDICT_FALSE(obstacle != PopResult::kOk)) return obstacle;
  // Two moves, so that what `out` held is destroyed without the lock.
  T item = TakeOldest();
  section.Release();
  out = std::move(item);
  return PopResult::kOk;
}

template <typename T>
PopResult BoundedQueue<T>::Pop(T& out, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(timeout < absl::ZeroDuration())) return PopResult::kInvalidArgument;
  PopResult result = TryPop(out);
  if (ABSL_PREDICT_TRUE(result != PopResult::kEmpty)) return result;
  if (timeout == absl::ZeroDuration()) return PopResult::kTimedOut;
  const Deadline deadline(timeout);
  SpinBeforeParking([](uint64_t state) { return CanPop(state); });
  Section section(this);
  result = AwaitItem(deadline);
  if (result != PopResult::kOk) return result;
  T item = TakeOldest();
  section.Release();
  out = std::move(item);
  return PopResult::kOk;
}

template <typename T>
PopBatchResult BoundedQueue<T>::TryPopBatch(absl::Span<T> out) {
  if (out.empty()) return {0, PopResult::kOk};
  Section section(this);
  const size_t count = TakeSome(out);
  return {count, count == out.size() ? PopResult::kOk : PopObstacle()};
}

template <typename T>
PopBatchResult BoundedQueue<T>::PopBatch(absl::Span<T> out, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(timeout < absl::ZeroDuration())) return {0, PopResult::kInvalidArgument};
  const PopBatchResult result = TryPopBatch(out);
  if (result.count > 0 || result.reason != PopResult::kEmpty) return result;
  if (timeout == absl::ZeroDuration()) return {0, PopResult::kTimedOut};
  const Deadline deadline(timeout);
  SpinBeforeParking([](uint64_t state) { return CanPop(state); });
  Section section(this);
  const PopResult waited = AwaitItem(deadline);
  if (waited != PopResult::kOk) return {0, waited};
  const size_t count = TakeSome(out);
  return {count, count == out.size() ? PopResult::kOk : PopObstacle()};
}

template <typename T>
template <typename Predicate>
PopIfResult BoundedQueue<T>::TryPopIf(T& out, Predicate&& predicate) {
  Section section(this);
  switch (PopObstacle()) {
    case PopResult::kOk:
      break;
    case PopResult::kClosed:
      return PopIfResult::kClosed;
    default:
      return PopIfResult::kEmpty;
  }
  if (!predicate(static_cast<const T&>(places_[oldest_]))) return PopIfResult::kKept;
  T item = TakeOldest();
  section.Release();
  out = std::move(item);
  return PopIfResult::kOk;
}

template <typename T>
void BoundedQueue<T>::Close() {
  {
    Section section(this);
    SetState(State() | kClosedBit);
  }
  // One at a time, because an entry may be gone as soon as its thread was picked and the lock is
  // free. The loop ends, because no thread parks in a closed queue.
  for (bool more = true; more;) {
    mu_.Lock();
    const std::atomic<uint32_t>* popper = poppers_.empty() ? nullptr : poppers_.PickNext();
    const std::atomic<uint32_t>* pusher = pushers_.empty() ? nullptr : pushers_.PickNext();
    mu_.Unlock();
    if (popper != nullptr) queue_internal::FutexWakeOne(popper);
    if (pusher != nullptr) queue_internal::FutexWakeOne(pusher);
    more = popper != nullptr || pusher != nullptr;
  }
}

template <typename T>
PushResult BoundedQueue<T>::PushObstacle() const {
  const uint64_t state = State();
  if (ABSL_PREDICT_TRUE(CanPush(state))) return PushResult::kOk;
  return Closed(state) ? PushResult::kClosed : PushResult::kFull;
}

template <typename T>
PopResult BoundedQueue<T>::PopObstacle() const {
  const uint64_t state = State();
  if (ABSL_PREDICT_TRUE(CanPop(state))) return PopResult::kOk;
  return Closed(state) ? PopResult::kClosed : PopResult::kEmpty;
}

template <typename T>
PushResult BoundedQueue<T>::AwaitPlace(const Deadline& deadline) {
  Waiter waiter;
  for (bool first_time = true;; first_time = false) {
    const PushResult obstacle = PushObstacle();
    if (obstacle != PushResult::kFull) return obstacle;
    if (deadline.Passed()) return PushResult::kTimedOut;
    Park(&pushers_, &waiter, first_time, deadline);
  }
}

template <typename T>
PopResult BoundedQueue<T>::AwaitItem(const Deadline& deadline) {
  Waiter waiter;
  for (bool first_time = true;; first_time = false) {
    const PopResult obstacle = PopObstacle();
    if (obstacle != PopResult::kEmpty) return obstacle;
    if (deadline.Passed()) return PopResult::kTimedOut;
    Park(&poppers_, &waiter, first_time, deadline);
  }
}

template <typename T>
void BoundedQueue<T>::Append(T&& item) {
  ::new (static_cast<void*>(places_ + next_free_)) T(std::move(item));
  next_free_ = After(next_free_);
  SetState(State() + kOneItem);
}

template <typename T>
T BoundedQueue<T>::TakeOldest() {
  T* const place = places_ + oldest_;
  T item = std::move(*place);
  place->~T();
  oldest_ = After(oldest_);
  SetState(State() - kOneItem);
  return item;
}

template <typename T>
size_t BoundedQueue<T>::AppendSome(absl::Span<T> items) {
  size_t count = 0;
  while (count < items.size() && CanPush(State())) Append(std::move(items[count++]));
  return count;
}

template <typename T>
size_t BoundedQueue<T>::TakeSome(absl::Span<T> out) {
  size_t count = 0;
  while (count < out.size() && CanPop(State())) out[count++] = TakeOldest();
  return count;
}

template <typename T>
void BoundedQueue<T>::Park(WaitList* list, Waiter* waiter, bool first_time,
                           const Deadline& deadline) {
  if (first_time) {
    list->AddLast(waiter);
  } else {
    list->AddFirst(waiter);
  }
  UnlockAndWake();
  waiter->Sleep(deadline);
  mu_.Lock();
  list->Leave(waiter);
}

template <typename T>
template <typename MayProceed>
void BoundedQueue<T>::SpinBeforeParking(MayProceed may_proceed) const {
  if (!queue_internal::SpinningMayHelp()) return;
  queue_internal::SpinUntil([&] {
    const uint64_t state = state_.load(std::memory_order_acquire);
    return may_proceed(state) || Closed(state);
  });
}

template <typename T>
void BoundedQueue<T>::UnlockAndWake() {
  if (ABSL_PREDICT_TRUE(poppers_.empty() && pushers_.empty())) {
    mu_.Unlock();
  } else {
    UnlockAndWakeParked();
  }
}

template <typename T>
ABSL_ATTRIBUTE_NOINLINE void BoundedQueue<T>::UnlockAndWakeParked() {
  const uint64_t state = State();
  const std::atomic<uint32_t>* popper = nullptr;
  const std::atomic<uint32_t>* pusher = nullptr;
  if (!poppers_.empty() && !poppers_.waking() && CanPop(state)) popper = poppers_.PickNext();
  if (!pushers_.empty() && !pushers_.waking() && CanPush(state)) pusher = pushers_.PickNext();
  mu_.Unlock();
  if (popper != nullptr) queue_internal::FutexWakeOne(popper);
  if (pusher != nullptr) queue_internal::FutexWakeOne(pusher);
}

}  // namespace robusto

#endif  // ROBUSTO_QUEUE_BOUNDED_QUEUE_H_
