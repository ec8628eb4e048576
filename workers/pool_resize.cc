// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// How a ThreadPool's bounds are changed, and reverted when the change is not confirmed.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

std::string BoundsText(const PoolBounds& bounds) {
  return absl::StrCat("min_threads ", bounds.min_threads, ", max_threads ",
                      bounds.max_threads.has_value() ? absl::StrCat(*bounds.max_threads) : "none");
}

}  // namespace

absl::Status ThreadPool::CheckBounds(int min_threads, absl::optional<int> max_threads) {
  if (min_threads < 1) {
    return InvalidOption("min_threads", absl::StrCat(min_threads), "at least 1");
  }
  if (max_threads.has_value() && *max_threads < min_threads) {
    return InvalidOption("max_threads", absl::StrCat(*max_threads),
                         absl::StrCat("at least {min_threads}, which is ", min_threads));
  }
  return absl::OkStatus();
}

absl::Status ThreadPool::Resize(int min_threads, absl::optional<int> max_threads) {
  ResizeRequest request;
  request.min_threads = min_threads;
  request.max_threads = max_threads;
  return Resize(request).status();
}

absl::Status ThreadPool::CheckResize(const ResizeRequest& request) const {
  if (request.revert_after <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("revert_after is ",
                                                   absl::FormatDuration(request.revert_after),
                                                   "; it must be more than 0s, or infinite"));
  }
  absl::Status status = CheckBounds(request.min_threads, request.max_threads);
  if (!status.ok()) return status;
  if (state_ != PoolState::kCreated) {
    status = CheckAlive("Resize");
    if (!status.ok()) return status;
  }
  if (request.if_generation.value_or(generation_) != generation_) {
    return absl::AbortedError(absl::StrCat(
        "if_generation is ", *request.if_generation, ", but the pool is at generation ",
        generation_, ": it was changed concurrently; read its stats again and retry"));
  }
  return absl::OkStatus();
}

ThreadPool::ThreadChange ThreadPool::ChangeFor(const PoolBounds& bounds) const {
  ThreadChange change;
  if (state_ == PoolState::kCreated) return change;  // Start starts min_threads
  const int target = workers_.target_threads();
  change.start = std::max(0, bounds.min_threads - target);
  change.exit = std::max(0, target - bounds.max_threads.value_or(target));
  return change;
}

int ThreadPool::MoveBounds(const PoolBounds& bounds, PoolEvent::Kind kind, absl::string_view text,
                           absl::Status* why) {
  const ThreadChange change = ChangeFor(bounds);
  min_threads_ = bounds.min_threads;
  max_threads_ = bounds.max_threads;
  ++generation_;
  if (change.exit > 0) workers_.RequestExits(change.exit);
  const int started = change.start > 0 ? AddWorkers(change.start, why) : 0;
  if (state_ != PoolState::kCreated) Record(kind, started - change.exit, text);
  if (started < change.start) {
    Record(PoolEvent::Kind::kStartFailed, change.start - started, why->message());
  }
  return started;
}

absl::StatusOr<ResizeResult> ThreadPool::Resize(const ResizeRequest& request) {
  absl::MutexLock lock(&mu_);
  absl::Status status = CheckResize(request);
  if (!status.ok()) return status;
  const PoolBounds bounds{request.min_threads, request.max_threads};
  const ThreadChange change = ChangeFor(bounds);
  ResizeResult result;
  result.before = {min_threads_, max_threads_};
  result.retired = change.exit;
  if (request.dry_run) {
    result.generation = generation_;
    result.started = change.start;
    result.threads = workers_.target_threads() + change.start - change.exit;
    return result;
  }
  std::string text;
  if (request.revert_after < absl::InfiniteDuration()) {
    text = absl::StrCat("reverts in ", absl::FormatDuration(request.revert_after),
                        " unless confirmed");
    const PoolBounds back = revert_.has_value() ? revert_->bounds : result.before;
    revert_ = Revert{back, DeadlineNanos(request.revert_after), generation_ + 1};
  } else {
    revert_.reset();
  }
  result.started = MoveBounds(bounds, PoolEvent::Kind::kResize, text, &status);
  result.generation = generation_;
  result.threads = std::max(0, workers_.target_threads());
  dispatcher_->RequestMaintenance();
  if (result.started == change.start) return result;
  return absl::Status(status.code(),
                      absl::StrCat("resized to ", BoundsText(bounds), ", but only ", result.threads,
                                   " threads run for now: ", status.message()));
}

absl::Status ThreadPool::ConfirmResize(absl::optional<uint64_t> generation) {
  absl::MutexLock lock(&mu_);
  if (!revert_.has_value()) {
    return absl::FailedPreconditionError(
        "no Resize waits for confirmation: none had revert_after, or it was reverted or confirmed");
  }
  if (generation.value_or(revert_->generation) != revert_->generation) {
    return absl::AbortedError(absl::StrCat("generation is ", *generation,
                                           ", but the Resize that waits for confirmation has ",
                                           revert_->generation));
  }
  revert_.reset();
  Record(PoolEvent::Kind::kConfirm);
  return absl::OkStatus();
}

int64_t ThreadPool::RevertUnconfirmed(int64_t now_ns) {
  if (!revert_.has_value()) return kNever;
  if (now_ns < revert_->at_ns) return revert_->at_ns;
  const Revert revert = *std::exchange(revert_, absl::nullopt);
  absl::Status why;  // RespawnDead retries what could not be started
  MoveBounds(revert.bounds, PoolEvent::Kind::kRevert,
             absl::StrCat("the Resize of generation ", revert.generation, " was not confirmed"),
             &why);
  return kNever;
}

}  // namespace robusto
