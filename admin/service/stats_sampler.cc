// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/stats_sampler.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/support/slice.h"
#include "robusto/admin/service/pool_messages.h"

namespace robusto {
namespace {

constexpr std::chrono::seconds kRateWindow{1};
constexpr size_t kEncodings = 4;

void SetTraffic(const AdminTraffic& traffic, admin::v1::TrafficStats* to) {
  if (traffic.connections_open.has_value()) to->set_connections_open(*traffic.connections_open);
  if (traffic.connections_accepted.has_value()) {
    to->set_connections_accepted(*traffic.connections_accepted);
  }
  if (traffic.bytes_received.has_value()) to->set_bytes_received(*traffic.bytes_received);
  if (traffic.bytes_sent.has_value()) to->set_bytes_sent(*traffic.bytes_sent);
  if (traffic.connections_in_exchange.has_value()) {
    to->set_connections_in_exchange(*traffic.connections_in_exchange);
  }
}

uint64_t Shed(const admin::v1::PoolStats& stats) {
  return stats.expired() + stats.rejected_queue_full() + stats.rejected_draining() +
         stats.rejected_stopped();
}

}  // namespace

StatsSampler::StatsSampler(const ThreadPool* pool, std::function<AdminTraffic()> traffic)
    : pool_(pool), traffic_(std::move(traffic)) {}

StatsSampler::SamplePtr StatsSampler::Take(absl::Duration max_age) {
  // The lock is held while the snapshot is made, so that the callers waiting for it share the result.
  absl::MutexLock lock(&mu_);
  auto now = std::chrono::steady_clock::now();
  if (newest_ != nullptr && absl::FromChrono(now - newest_->at) < max_age) return newest_;
  auto sample = std::make_shared<Sample>();
  const PoolHistograms histograms = pool_->Histograms();
  SetStats(pool_->Stats(), histograms, &sample->stats);
  sample->at = std::chrono::steady_clock::now();
  SetRecent(recent_.Last(RecentDurations::kTenSeconds, sample->at, histograms),
            sample->stats.mutable_recent_10s());
  SetRecent(recent_.Last(RecentDurations::kMinute, sample->at, histograms),
            sample->stats.mutable_recent_60s());
  recent_.Add(sample->at, histograms);
  SetTimestamp(absl::Now(), sample->stats.mutable_time());
  if (traffic_) SetTraffic(traffic_(), sample->stats.mutable_traffic());
  newest_ = std::move(sample);
  if (mark_ == nullptr || newest_->at - mark_->at >= kRateWindow) {
    earlier_mark_ = std::exchange(mark_, newest_);
  }
  return newest_;
}

StatsSampler::SamplePtr StatsSampler::Before(const Sample& sample) const {
  {
    absl::MutexLock lock(&mu_);
    for (const SamplePtr& mark : {mark_, earlier_mark_}) {
      if (mark != nullptr && sample.at - mark->at >= kRateWindow) return mark;
    }
  }
  auto start = std::make_shared<Sample>();
  start->at = sample.at - absl::ToChronoNanoseconds(ToDuration(sample.stats.uptime()));
  return start;
}

grpc::ByteBuffer StatsSampler::Encoded(const SamplePtr& before, const SamplePtr& after) {
  absl::MutexLock lock(&mu_);
  for (const Encoding& encoding : encodings_) {
    if (encoding.before == before && encoding.after == after) return encoding.bytes;
  }
  admin::v1::PoolStats message = after->stats;
  SetRates(*before, *after, &message);
  const grpc::Slice slice(message.SerializeAsString());
  if (encodings_.size() < kEncodings) encodings_.emplace_back();
  Encoding& encoding = encodings_[next_encoding_++ % kEncodings];
  encoding = Encoding{before, after, grpc::ByteBuffer(&slice, 1)};
  return encoding.bytes;
}

void StatsSampler::SetRates(const Sample& before, const Sample& after, admin::v1::PoolStats* to) {
  admin::v1::Rates* const rates = to->mutable_rates();
  const absl::Duration window = absl::FromChrono(after.at - before.at);
  SetDuration(window, rates->mutable_window());
  if (window <= absl::ZeroDuration()) return;
  const double seconds = absl::ToDoubleSeconds(window);
  const auto rate = [seconds](uint64_t earlier, uint64_t later) {
    return static_cast<double>(later - earlier) / seconds;
  };
  const admin::v1::PoolStats& then = before.stats;
  const admin::v1::PoolStats& now = after.stats;
  rates->set_accepted(rate(then.accepted(), now.accepted()));
  rates->set_completed(rate(then.completed(), now.completed()));
  rates->set_failed(rate(then.failed(), now.failed()));
  rates->set_cancelled(rate(then.cancelled(), now.cancelled()));
  rates->set_shed(rate(Shed(then), Shed(now)));
  rates->set_busy_threads(
      absl::FDivDuration(ToDuration(now.busy_time()) - ToDuration(then.busy_time()), window));
}

}  // namespace robusto
