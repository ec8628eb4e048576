// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/worker_set.h"

#include <algorithm>
#include <utility>

namespace robusto {

std::vector<WorkerSet::Worker> WorkerSet::Alive() const {
  std::vector<Worker> alive;
  alive.reserve(workers_.size());
  for (const Worker& worker : workers_) {
    if (!worker->exited()) alive.push_back(worker);
  }
  return alive;
}

int WorkerSet::Start(int count, const std::function<bool()>& give_up, absl::Status* why) {
  for (int started = 0; started < count; ++started) {
    if (give_up()) {
      *why = absl::FailedPreconditionError("the pool is being stopped");
      return started;
    }
    auto worker = std::make_shared<WorkerThread>(next_id_, environment_);
    *why = worker->Start();
    if (!why->ok()) return started;
    ++next_id_;
    ++target_threads_;
    workers_.push_back(std::move(worker));
  }
  return count;
}

void WorkerSet::RequestExits(int count) {
  environment_.dispatcher->RequestExits(count);
  target_threads_ -= count;
}

int WorkerSet::CancelExits(int count) {
  const int taken = environment_.dispatcher->CancelExits(count);
  target_threads_ += taken;
  return taken;
}

std::vector<WorkerSet::Death> WorkerSet::Reap() {
  std::vector<Death> deaths;
  const auto gone = std::stable_partition(workers_.begin(), workers_.end(),
                                          [](const Worker& worker) { return !worker->exited(); });
  for (auto it = gone; it != workers_.end(); ++it) {
    // The thread has only a few statements left, which take no lock that the caller may hold.
    (*it)->Join();
    gone_totals_ += (*it)->totals();
    (*it)->AddHistograms(&gone_histograms_);
    if ((*it)->death().empty()) continue;
    --target_threads_;
    deaths.push_back({(*it)->id(), (*it)->death()});
  }
  workers_.erase(gone, workers_.end());
  return deaths;
}

void WorkerSet::Abandon(const Worker& worker) {
  worker->Abandon();
  abandoned_.push_back(worker);
  workers_.erase(std::remove(workers_.begin(), workers_.end(), worker), workers_.end());
}

void WorkerSet::JoinAll() {
  for (const Worker& worker : workers_) worker->Join();
}

WorkerTotals WorkerSet::gone_totals() const {
  WorkerTotals totals = gone_totals_;
  for (const Worker& worker : abandoned_) totals += worker->totals();
  return totals;
}

PoolHistograms WorkerSet::histograms() const {
  PoolHistograms histograms = gone_histograms_;
  for (const Worker& worker : workers_) worker->AddHistograms(&histograms);
  for (const Worker& worker : abandoned_) worker->AddHistograms(&histograms);
  return histograms;
}

}  // namespace robusto
