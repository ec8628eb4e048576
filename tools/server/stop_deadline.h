// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StopDeadline: the one deadline of a stop, from which every step takes its time.
//
//   const StopDeadline deadline(absl::Seconds(10));
//   server.Stop(deadline.Left());
//   log.Close(deadline.Within(absl::Seconds(2)));

#ifndef ROBUSTO_TOOLS_SERVER_STOP_DEADLINE_H_
#define ROBUSTO_TOOLS_SERVER_STOP_DEADLINE_H_

#include <algorithm>
#include <chrono>

#include "absl/time/time.h"

namespace robusto {

class StopDeadline {
 public:
  // The least that a step gets, even when all the time is used: enough for a disk and for readers that work, and
  // little enough that all the steps of a stop add less than half a second.
  static constexpr absl::Duration kMinStep = absl::Milliseconds(100);

  explicit StopDeadline(absl::Duration timeout) : timeout_(timeout), begin_(Clock::now()) {}

  // From 0s up; infinite if the timeout is.
  absl::Duration Left() const {
    return std::max(timeout_ - absl::FromChrono(Clock::now() - begin_), absl::ZeroDuration());
  }
  // The time of a step that should take at most `limit`.
  absl::Duration Within(absl::Duration limit) const {
    return std::min(limit, std::max(Left(), kMinStep));
  }

 private:
  using Clock = std::chrono::steady_clock;

  absl::Duration timeout_;
  Clock::time_point begin_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_STOP_DEADLINE_H_
