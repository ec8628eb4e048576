// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StreamDriver: the one thread that drives all calls of the admin service that last: ticks of
// WatchStats, events of WatchEvents, progress of Stop, the second step of CancelRequest.
//
// gRPC's callback API needs no thread per call, but something has to decide when the next message is
// due. A timer per stream would cause one wake-up per watcher; here all streams that are due are
// driven together, so that they also share a snapshot. The thread sleeps while there are no calls.
//
// Thread-safety: all methods, any thread. The journal must outlive the driver.
// Lock order: mu_ and calls_mu_ are leaves; Driven::Drive is called without them.

#ifndef ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_
#define ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/workers/journal.h"
#include "robusto/workers/monotonic_mutex.h"

namespace robusto {

class StreamDriver {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  class Driven {
   public:
    virtual ~Driven() = default;
    // Called by the driver's thread at the time that the last call returned, when the journal has a
    // new event, after Wake, and after End. Must not block. Returns the latest time for the next call.
    // `ending`: the service shuts down; the call must finish.
    virtual Clock::time_point Drive(Clock::time_point now, bool ending) = 0;
    // True if there is nothing left to drive: the driver then drops its reference.
    virtual bool done() const = 0;
  };

  explicit StreamDriver(const Journal* journal);
  // Everything that was added must be done.
  ~StreamDriver();

  // Drives the call now, and until it is done.
  void Add(std::shared_ptr<Driven> driven) ABSL_LOCKS_EXCLUDED(mu_);
  // Drives all calls now.
  void Wake();
  // Makes all calls finish, including those that are added later. Does not wait.
  void End();

  // Counts the calls that gRPC still refers to: Add counts one up, and its OnDone calls Release.
  void Release();
  // Waits for up to `timeout` until there are none; returns whether there are none.
  bool AwaitNone(absl::Duration timeout);

 private:
  void Main();

  // Constant after construction.
  const Journal* const journal_;

  // Own synchronisation: set before Journal::WakeReaders, whose lock orders them for the driver's thread.
  std::atomic<bool> woken_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> quit_{false};

  absl::Mutex mu_;
  std::vector<std::shared_ptr<Driven>> added_ ABSL_GUARDED_BY(mu_);

  MonotonicMutex calls_mu_;
  MonotonicCondVar no_calls_;
  int calls_ ABSL_GUARDED_BY(calls_mu_) = 0;

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_
