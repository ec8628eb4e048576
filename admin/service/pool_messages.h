// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Converts the pool's plain structs to messages of the admin service, and the service's durations to
// Abseil's. pool_admin.proto documents each field.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_ADMIN_SERVICE_POOL_MESSAGES_H_
#define ROBUSTO_ADMIN_SERVICE_POOL_MESSAGES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "grpcpp/support/status.h"
#include "robusto/admin/pool_admin.pb.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/journal.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/recent_durations.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

void SetDuration(absl::Duration from, google::protobuf::Duration* to);
void SetTimestamp(absl::Time from, google::protobuf::Timestamp* to);
absl::Duration ToDuration(const google::protobuf::Duration& from);

void SetRecent(const RecentDurations::Result& recent, admin::v1::RecentDurations* to);
// Sets all fields except the rates, the traffic and the recent distributions.
void SetStats(const PoolStats& stats, const PoolHistograms& histograms, admin::v1::PoolStats* to);
void SetWorker(const WorkerInfo& info, admin::v1::Worker* to);
void SetEvent(const PoolEvent& event, admin::v1::PoolEvent* to);
void SetReport(const StopReport& report, admin::v1::StopReport* to);

// Both use the same numbers for their codes.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_POOL_MESSAGES_H_
