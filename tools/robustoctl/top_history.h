// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TopHistory: the differences between consecutive snapshots, as many as a wide screen shows. The totals of
// a snapshot count from the start of the process: after a few hours their percentiles hardly change, and
// only differences show the current state.
//
// Thread-safety: const methods.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_HISTORY_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_HISTORY_H_

#include <cstddef>
#include <deque>

#include "absl/time/time.h"
#include "robusto/admin/pool_admin.pb.h"

namespace robusto {

struct TopSample {
  // Per second.
  double completed = 0;
  double failed = 0;
  double cancelled = 0;
  double shed = 0;  // expired and rejected
  // Means; 0 if no task began or ended.
  absl::Duration wait;
  absl::Duration service;
};

class TopHistory {
 public:
  static constexpr size_t kSamples = 300;

  // Adds a sample, except for the first snapshot of a process.
  void Add(const admin::v1::PoolStats& stats);

  // Oldest first.
  const std::deque<TopSample>& samples() const { return samples_; }

 private:
  admin::v1::PoolStats last_;
  bool has_last_ = false;
  std::deque<TopSample> samples_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_HISTORY_H_
