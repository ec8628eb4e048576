// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/pool_words.h"

#include "absl/strings/str_cat.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/wire_time.h"
#include "robusto/workers/text/escape.h"

namespace robusto {

using admin::v1::PoolEvent;

absl::string_view StateWord(admin::v1::PoolState state) {
  switch (state) {
    case admin::v1::POOL_STATE_CREATED:
      return "not started";
    case admin::v1::POOL_STATE_RUNNING:
      return "running";
    case admin::v1::POOL_STATE_DRAINING:
      return "draining";
    case admin::v1::POOL_STATE_STOPPED:
      return "stopped";
    default:
      return "unknown";
  }
}

absl::string_view WorkerWord(admin::v1::WorkerState state) {
  switch (state) {
    case admin::v1::WORKER_STATE_IDLE:
      return "idle";
    case admin::v1::WORKER_STATE_BUSY:
      return "busy";
    case admin::v1::WORKER_STATE_STUCK:
      return "stuck";
    default:
      return "?";
  }
}

std::string BoundsWords(int min_threads, bool has_max_threads, int max_threads) {
  return has_max_threads ? absl::StrCat(min_threads, " to ", max_threads)
                         : absl::StrCat(min_threads, " or more");
}

std::string RevertWords(const admin::v1::PendingRevert& pending) {
  return absl::StrCat("the bounds return to ", BoundsWords(pending), " in ",
                      DurationText(FromWire(pending.remaining())),
                      " unless confirmed: robustoctl confirm ", pending.generation());
}

uint64_t Refused(const admin::v1::PoolStats& stats) {
  return stats.expired() + stats.rejected_queue_full() + stats.rejected_draining() +
         stats.rejected_stopped();
}

std::string EventWords(const PoolEvent& event) {
  const std::string text = PrintableText(event.text());
  const std::string workers = Counted(event.count(), "worker");
  const std::string because = text.empty() ? "" : absl::StrCat(": ", text);
  switch (event.kind()) {
    case PoolEvent::KIND_START:
      return absl::StrCat("the pool started with ", workers);
    case PoolEvent::KIND_GROW:
      return absl::StrCat("an operator added ", workers);
    case PoolEvent::KIND_AUTO_GROW:
      return absl::StrCat("added ", workers, ": a request had waited for ",
                          DurationText(FromWire(event.oldest_wait())));
    case PoolEvent::KIND_SHRINK:
      return absl::StrCat("an operator retired ", workers);
    case PoolEvent::KIND_TRIM:
      return absl::StrCat("retired ", workers, " after idle_timeout");
    case PoolEvent::KIND_RESIZE:
      return absl::StrCat("an operator set the bounds to ", BoundsWords(event), because);
    case PoolEvent::KIND_START_FAILED:
      return absl::StrCat("could not start ", workers, because);
    case PoolEvent::KIND_WORKER_DIED:
      return absl::StrCat("worker ", event.worker_id(), " died", because);
    case PoolEvent::KIND_RESPAWN:
      return absl::StrCat("started ", workers, " to replace dead ones");
    case PoolEvent::KIND_REJECT:
      return absl::StrCat("refused ", Counted(event.count(), "request"), because);
    case PoolEvent::KIND_CANCEL:
      return absl::StrCat("cancelled request ", event.task_id(), because);
    case PoolEvent::KIND_STUCK:
      return absl::StrCat("request ", event.task_id(), " is stuck on worker ", event.worker_id());
    case PoolEvent::KIND_DRAIN:
      return "drain: new requests are refused";
    case PoolEvent::KIND_RESUME:
      return "resume: new requests are accepted again";
    case PoolEvent::KIND_STOP:
      return absl::StrCat("the stop began", because);
    case PoolEvent::KIND_STOPPED:
      return absl::StrCat("the stop ended", because);
    case PoolEvent::KIND_REVERT:
      return absl::StrCat("a resize was not confirmed: the bounds are ", BoundsWords(event),
                          " again");
    case PoolEvent::KIND_CONFIRM:
      return absl::StrCat("an operator confirmed the bounds ", BoundsWords(event));
    default:
      return absl::StrCat("event of kind ", static_cast<int>(event.kind()), because);
  }
}

}  // namespace robusto
