// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StreamDriver: the one thread that moves every call of the admin service which takes time: ticks
// of WatchStats, events of WatchEvents, progress of Stop, the second step of CancelRequest.
//
// gRPC's callback API needs no thread per call, but something has to say when the next message is
// due. A timer per stream would wake as many times as there are watchers; here all that are due are
// driven in one go, which is also when they share a snapshot. With nobody to drive the thread
// sleeps.
//
// Thread-safety: all methods, any thread. The journal must outlive the driver.
// Lock order: mu_ and calls_mu_ are leaves; Driven::Drive is called without it.

#ifndef ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_
#define ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/workers/journal.h"

namespace robusto {

class StreamDriver {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  class Driven {
   public:
    virtual ~Driven() = default;
    // Called by the driver's thread when the time that was returned last has come, when the journal
    // has a new event, after Poke, and at the end. Must not block. Returns when it wants to be
    // called at the latest. `ending`: nothing more will come, so bring it to an end.
    virtual Clock::time_point Drive(Clock::time_point now, bool ending) = 0;
    // True when there is nothing left to drive: it is let go.
    virtual bool done() const = 0;
  };

  explicit StreamDriver(const Journal* journal);
  // Everything that was added must be done, or nobody's concern any more.
  ~StreamDriver();

  // Drives it at once, and until it is done.
  void Add(std::shared_ptr<Driven> driven) ABSL_LOCKS_EXCLUDED(mu_);
  // Drives everything again now.
  void Poke();
  // Brings everything to its end, and what is added from now on too. Does not wait.
  void End();

  // Counts the calls that gRPC has not let go of yet. Add counts one, its OnDone gives it back.
  void Release();
  // Waits until there are none, for up to `timeout`; true when there are none.
  bool AwaitNone(absl::Duration timeout);

 private:
  void Main();

  // Constant after construction.
  const Journal* const journal_;

  // Own synchronisation: set before Journal::WakeReaders, whose lock orders them for the thread.
  std::atomic<bool> poked_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> quit_{false};

  absl::Mutex mu_;
  std::vector<std::shared_ptr<Driven>> added_ ABSL_GUARDED_BY(mu_);

  // Not absl::Mutex: its timed waits follow the wall clock, and the end of the process must not take
  // an hour longer because that was set back.
  std::mutex calls_mu_;
  std::condition_variable no_calls_;
  int calls_ = 0;  // guarded by calls_mu_

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_STREAM_DRIVER_H_
