// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Which worker is woken, and when: the stack of parked workers and the wake rule.

#include <algorithm>
#include <iterator>

#include "robusto/queue/spin.h"
#include "robusto/workers/dispatcher.h"

namespace robusto {

bool Dispatcher::SpinBeforePark() {
  // With a source, its leader waits for what comes next. Without one a single spinning worker is
  // enough: tasks that it cannot keep up with wake others.
  if (cpus_ < 2 || source_ != nullptr || spinning_.exchange(true, std::memory_order_relaxed)) {
    return false;
  }
  const bool found = queue_internal::SpinUntil([this] { return HasReasonToStayAwake(); });
  spinning_.store(false, std::memory_order_relaxed);
  return found;
}

void Dispatcher::Park(ParkedWorker& worker) {
  const int64_t now = MonotonicNanos();
  {
    absl::MutexLock lock(&mu_);
    worker.parked_since_ns_ = now;
    parked_.push_back(&worker);
    parked_count_.store(static_cast<int>(parked_.size()));
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (HasReasonToStayAwake()) {
    absl::MutexLock lock(&mu_);
    if (RemoveFromStack(&worker)) return;
    // Another thread has removed this worker just now, and its Unpark follows.
  }
  // The supervisor leads because every worker was busy. This one no longer is.
  if (leader_.load() == kSupervisor) source_->Interrupt();
  worker.parker_.Park();  // D4: one Unpark for each removal by another thread
  waking_.fetch_sub(1);
}

bool Dispatcher::HasReasonToStayAwake() const {
  return queue_.size() > 0 || closed_.load() || pending_exits_.load() > 0 || NeedsLeader();
}

bool Dispatcher::NeedsLeader() const {
  return source_ != nullptr && leader_.load() == kNoLeader &&
         admission_.load() != Admission::kNotOpen;
}

bool Dispatcher::RemoveFromStack(ParkedWorker* worker) {
  // The search starts at the top, where the worker usually is.
  const auto found = std::find(parked_.rbegin(), parked_.rend(), worker);
  if (found == parked_.rend()) return false;
  parked_.erase(std::next(found).base());
  parked_count_.store(static_cast<int>(parked_.size()));
  return true;
}

void Dispatcher::PopForWaking(ParkedWorker* worker) {
  waking_.fetch_add(1);
  parked_.erase(worker == parked_.back() ? parked_.end() - 1 : parked_.begin());
  parked_count_.store(static_cast<int>(parked_.size()));
}

bool Dispatcher::WakeOne() {
  ParkedWorker* worker;
  {
    absl::MutexLock lock(&mu_);
    if (parked_.empty()) return false;
    worker = parked_.back();
    PopForWaking(worker);
  }
  // It cannot be destroyed before this call: its thread waits for it.
  worker->parker_.Unpark();
  return true;
}

void Dispatcher::WakeAll() {
  while (WakeOne()) {
  }
}

void Dispatcher::RecordServiceTime(int64_t nanoseconds) {
  const int64_t mean = service_ns_.load(std::memory_order_relaxed);
  const int64_t step = (nanoseconds - mean) / 8;
  // Every Offer reads the mean: a few nanoseconds are not worth a write to its cache line.
  if (step > 8 || step < -8) service_ns_.store(mean + step, std::memory_order_relaxed);
}

void Dispatcher::MaybeWakeWorker() {
  // D3: after the push, before the stack is read.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const int parked = parked_count_.load();
  const uintptr_t leader = leader_.load();
  const bool worker_leads = leader > kSupervisor;
  const size_t backlog = queue_.size();
  const bool needs_leader = NeedsLeader();
  if (parked == 0) {
    // An interrupted worker in Poll takes the task. An interrupted supervisor in Poll learns that a
    // queued task may expire.
    const bool supervisor_must_know = leader == kSupervisor && watch_queue_ && backlog == 1;
    if (backlog > 0 && (worker_leads || supervisor_must_know)) source_->Interrupt();
  } else if (waking_.load() == 0) {
    // A worker that is being woken checks the backlog itself after it has taken its task.
    const int64_t service = service_ns_.load(std::memory_order_relaxed);
    const int awake = threads_.load(std::memory_order_relaxed) - parked - (worker_leads ? 1 : 0);
    const bool no_other_can = backlog > 0 && awake <= 0;
    const bool slow = service >= kSlowTaskNs && (backlog > 0 || needs_leader);
    const int64_t wait_ns = static_cast<int64_t>(backlog) * service;
    const bool pays = (awake < cpus_) && (wait_ns > kWakeCostNs);
    // The worker just woken takes a single queued task. Producers of further tasks decide for
    // themselves.
    if ((no_other_can || slow || pays) && WakeOne() && (!watch_queue_ || backlog <= 1) &&
        !needs_leader) {
      return;
    }
  }
  if (needs_leader || (backlog > 0 && (parked > 0 || watch_queue_))) EnsureWatched();
}

}  // namespace robusto
