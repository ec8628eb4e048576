// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/status_page/status_json.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/journal.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

// The page subtracts two snapshots to estimate the percentiles of the time between them. Four buckets an
// octave give an accuracy of 9 %. The buckets reach from 1 us to 67 s.
constexpr int kBucketsPerOctave = 4;
constexpr int kBuckets = 26 * kBucketsPerOctave + 1;

double BucketBound(int i) { return 1e-6 * std::exp2(static_cast<double>(i) / kBucketsPerOctave); }

// Writes objects and arrays with their commas.
class JsonWriter {
 public:
  void Open(char bracket) {
    Comma();
    json_.push_back(bracket);
    first_ = true;
  }
  void Open(absl::string_view key, char bracket) {
    Key(key);
    json_.push_back(bracket);
    first_ = true;
  }
  void Close(char bracket) {
    json_.push_back(bracket);
    first_ = false;
  }

  // For numbers, true, false and null; not for text.
  void Raw(absl::string_view key, const absl::AlphaNum& value) {
    Key(key);
    absl::StrAppend(&json_, value);
  }
  void Raw(const absl::AlphaNum& value) {
    Comma();
    absl::StrAppend(&json_, value);
  }
  void Text(absl::string_view key, absl::string_view value) {
    Key(key);
    AppendJsonString(value, &json_);
  }
  // For untrusted text, such as the target of a request or the message of an exception.
  void Untrusted(absl::string_view key, absl::string_view value) {
    Text(key, DisplayText(value, kMaxDisplayBytes));
  }
  void Seconds(absl::string_view key, absl::Duration value) {
    Raw(key, absl::StrFormat("%.9g", absl::ToDoubleSeconds(value)));
  }
  void MaxThreads(absl::optional<int> max_threads) {
    Raw("max_threads", max_threads.has_value() ? absl::StrCat(*max_threads) : "null");
  }

  std::string Take() { return std::move(json_); }

 private:
  void Comma() {
    if (!first_) json_.push_back(',');
    first_ = false;
  }
  void Key(absl::string_view key) {
    Comma();
    AppendJsonString(key, &json_);
    json_.push_back(':');
  }

  std::string json_;
  bool first_ = true;
};

void WriteStats(const PoolStats& stats, JsonWriter* json) {
  json->Text("state", PoolStateName(stats.state));
  json->Seconds("uptime_s", stats.uptime);
  json->Raw("generation", stats.generation);
  json->Raw("min_threads", stats.min_threads);
  json->MaxThreads(stats.max_threads);
  json->Raw("threads", stats.threads);
  json->Raw("target_threads", stats.target_threads);
  json->Raw("idle", stats.idle);
  json->Raw("busy", stats.busy);
  json->Raw("retiring", stats.retiring);
  json->Raw("stuck", stats.stuck);
  json->Raw("abandoned", stats.abandoned);
  json->Raw("queue_size", stats.queue_size);
  json->Raw("queue_capacity", stats.queue_capacity);
  json->Raw("accepted", stats.accepted);
  json->Raw("completed", stats.completed);
  json->Raw("failed", stats.failed);
  json->Raw("cancelled", stats.cancelled);
  json->Raw("expired", stats.expired);
  json->Raw("rejected_queue_full", stats.rejected_full);
  json->Raw("rejected_draining", stats.rejected_draining);
  json->Raw("rejected_stopped", stats.rejected_stopped);
  json->Raw("queued", stats.queued);
  json->Raw("running", stats.running);
  json->Seconds("busy_time_s", stats.busy_time);
  if (!stats.pending_revert.has_value()) return;
  json->Open("pending_revert", '{');
  json->Raw("min_threads", stats.pending_revert->bounds.min_threads);
  json->MaxThreads(stats.pending_revert->bounds.max_threads);
  json->Seconds("remaining_s", stats.pending_revert->remaining);
  json->Close('}');
}

void WritePercentiles(const DurationHistogram& histogram, JsonWriter* json) {
  json->Raw("count", histogram.count());
  json->Seconds("sum_s", histogram.sum());
  json->Seconds("p50_s", histogram.Percentile(50));
  json->Seconds("p90_s", histogram.Percentile(90));
  json->Seconds("p99_s", histogram.Percentile(99));
  json->Seconds("p999_s", histogram.Percentile(99.9));
  json->Seconds("max_s", histogram.max());
}

void WriteRecent(absl::string_view key, const RecentDurations::Result& recent, JsonWriter* json) {
  json->Open(key, '{');
  json->Seconds("window_s", recent.window);
  json->Open("queue_wait", '{');
  WritePercentiles(recent.histograms.queue_wait, json);
  json->Close('}');
  json->Open("service_time", '{');
  WritePercentiles(recent.histograms.service_time, json);
  json->Close('}');
  json->Close('}');
}

void WriteHistogram(absl::string_view key, const DurationHistogram& histogram, JsonWriter* json) {
  json->Open(key, '{');
  WritePercentiles(histogram, json);
  json->Open("up_to", '[');
  for (int i = 0; i < kBuckets; ++i) {
    json->Raw(histogram.CountUpTo(absl::Seconds(BucketBound(i))));
  }
  json->Close(']');
  json->Close('}');
}

void WriteWorkers(std::vector<WorkerInfo> workers, JsonWriter* json) {
  json->Raw("workers_total", workers.size());
  std::stable_sort(workers.begin(), workers.end(), [](const WorkerInfo& a, const WorkerInfo& b) {
    return a.busy != b.busy ? a.busy : a.busy && a.running_for > b.running_for;
  });
  if (workers.size() > kMaxStatusWorkers) workers.resize(kMaxStatusWorkers);
  json->Open("workers", '[');
  for (const WorkerInfo& worker : workers) {
    json->Open('{');
    json->Raw("id", worker.id);
    json->Text("state", worker.stuck ? "stuck" : worker.busy ? "busy" : "idle");
    if (worker.busy) {
      // As text: numbers of a script are exact only up to 2^53.
      json->Text("task_id", absl::StrCat(worker.task_id));
      json->Seconds("age_s", worker.running_for);
      json->Untrusted("request_id", worker.task.request_id);
      json->Untrusted("label", worker.task.label);
      json->Untrusted("peer", worker.task.peer);
      json->Untrusted("phase", worker.task.phase);
    }
    json->Raw("completed", worker.totals.completed);
    json->Raw("failed", worker.totals.failed);
    json->Raw("cancelled", worker.totals.cancelled);
    json->Seconds("busy_time_s", worker.totals.busy);
    json->Close('}');
  }
  json->Close(']');
}

void WriteEvents(const Journal& journal, JsonWriter* json) {
  const uint64_t newest = journal.newest();
  const uint64_t from = newest > kMaxStatusEvents ? newest - kMaxStatusEvents + 1 : 1;
  json->Open("events", '[');
  for (const PoolEvent& event : journal.Read(from, kMaxStatusEvents)) {
    json->Open('{');
    json->Raw("sequence", event.sequence);
    json->Raw("time_ms", absl::ToUnixMillis(event.at));
    json->Text("kind", PoolEventKindName(event.kind));
    json->Raw("count", event.count);
    json->Text("task_id", absl::StrCat(event.task_id));
    json->Raw("worker_id", event.worker_id);
    json->Untrusted("text", event.text);
    json->Raw("target_threads", event.threads);
    json->Raw("min_threads", event.min_threads);
    json->MaxThreads(event.max_threads);
    json->Raw("queue_size", event.queue_size);
    json->Seconds("oldest_wait_s", event.oldest_wait);
    json->Close('}');
  }
  json->Close(']');
}

}  // namespace

std::string StatusJson(const ThreadPool& pool, const StatusExtras& extras) {
  const PoolHistograms histograms = pool.Histograms();
  JsonWriter json;
  json.Open('{');
  json.Raw("time_ms", absl::ToUnixMillis(absl::Now()));
  json.Text("may", extras.may_operate ? "operate" : "read");
  if (extras.connections_open.has_value()) json.Raw("connections_open", *extras.connections_open);
  WriteStats(pool.Stats(), &json);
  json.Open("bounds_s", '[');
  for (int i = 0; i < kBuckets; ++i) json.Raw(absl::StrFormat("%.4g", BucketBound(i)));
  json.Close(']');
  WriteHistogram("queue_wait", histograms.queue_wait, &json);
  WriteHistogram("service_time", histograms.service_time, &json);
  if (extras.recent != nullptr) {
    const auto now = RecentDurations::Clock::now();
    WriteRecent("recent_10s", extras.recent->Last(RecentDurations::kTenSeconds, now, histograms),
                &json);
    WriteRecent("recent_60s", extras.recent->Last(RecentDurations::kMinute, now, histograms),
                &json);
  }
  WriteWorkers(pool.Workers(), &json);
  WriteEvents(pool.journal(), &json);
  json.Close('}');
  return json.Take();
}

}  // namespace robusto
