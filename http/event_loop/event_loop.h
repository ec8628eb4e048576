// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// EventLoop: epoll, listeners, timers and the connections that no worker holds. A WorkSource: the
// pool's leader polls it, and what it returns are connections with a whole request. It reads,
// parses and writes without blocking, so that no worker ever waits for a client.
//
// A connection is registered with epoll once, edge-triggered; who may act on an event is decided by
// the connection's own ownership word (http/connection/connection.h), not by a lock here.
//
// Invariants:
//   (E1) A connection is in at most one of: parked, owned by the poller, deferred, with the pool.
//   (E2) With no connection due and nothing to read, Poll sleeps: an idle server makes no wake-ups.
//   (E3) A listener is looked at unless somebody waits there for whom no room can be made.
//
// Thread-safety: Poll by one thread at a time (the pool's leader); everything else any thread.
// Lock order: deferred_mu_, idle_mu_ are leaves.

#ifndef ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_
#define ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_

#include <sys/epoll.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/api/server_stats.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/connection/connection_table.h"
#include "robusto/http/connection/exchange.h"
#include "robusto/http/connection/server_counters.h"
#include "robusto/http/event_loop/idle_evictor.h"
#include "robusto/http/io/listener.h"
#include "robusto/http/io/server_clock.h"
#include "robusto/http/io/timer_wheel.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/logging/warning_limiter.h"
#include "robusto/workers/thread_pool.h"
#include "robusto/workers/work_source.h"

namespace robusto {

class EventLoop final : public WorkSource, private ConnectionHost {
 public:
  // Unavailable when the system gives no epoll or event descriptor. `clock` decides what is due, not
  // how long Poll sleeps.
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(ServerOptions options, Handler handler,
                                                           std::vector<Listener> listeners,
                                                           ServerClock clock = ServerClock());
  // No thread may be inside Poll or hold a connection. Drops the connections that are left.
  ~EventLoop() override;

  // Where connections with a further whole request go; before the first Poll. It must outlive the
  // loop. Null: they are rejected.
  void SetPool(ThreadPool* pool) { pool_ = pool; }

  // --- WorkSource ---
  size_t Poll(absl::Span<TaskPtr> out, absl::Duration timeout) override;
  void Interrupt() override;

  // Closes the listeners once what waits in them is accepted; idle ones get Connection::kDrainGrace
  // to send another request, and every response from now on ends its connection.
  void BeginDrain();
  // Waits until no connection is open, or for `timeout`; true when none is.
  bool AwaitNoConnections(absl::Duration timeout);
  // Once, after the pool has stopped: sends what connections still have to say, as far as they take
  // it, then closes them all, and the listeners. What an abandoned handler holds stays open.
  void Finish();

  size_t open_connections() const { return table_.open(); }
  ServerStats Stats() const;

 private:
  EventLoop(ServerOptions options, Handler handler, std::vector<Listener> listeners,
            ServerClock clock, UniqueFd epoll, UniqueFd event);

  // --- ConnectionHost ---
  void Submit(Connection* connection) override;
  void Defer(Connection* connection) override;
  void WatchWritable(Connection* connection) override;
  void ScheduleTimer(Connection* connection, int64_t at_ns) override;
  void Closed(Connection* connection) override;
  int RetryAfterSeconds() const override;
  bool draining() const override { return draining_.load(std::memory_order_relaxed); }
  void Parked() override;
  bool AnswersSoon() const override;
  void Warn(absl::string_view text) override;
  const ServerOptions& options() const override { return options_; }
  const Handler& handler() const override { return handler_; }
  ExchangePool& exchanges() override { return exchanges_; }
  ServerCounters& counters() override { return counters_; }

  // What an epoll event is about: a connection's place and generation, or one of these with a
  // listener's index.
  static constexpr uint64_t kListenerTag = uint64_t{0xffffffff} << 32;
  static constexpr uint64_t kInterruptTag = uint64_t{0xfffffffe} << 32;
  static uint64_t TagOf(const Connection& connection) {
    return uint64_t{connection.index()} << 32 | connection.generation();
  }
  // What is watched of every connection.
  static constexpr uint32_t kReadEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

  // --- The poller's ---
  // False: the system refuses; errno says why.
  bool WatchListener(size_t index, bool watch);
  void Accept(size_t index);
  // Accepts one connection. False: none is waiting, or no more can be taken now.
  bool AcceptOne(Listener& listener);
  // What to make of accept(2)'s error, as AcceptOne returns it.
  bool AcceptFailed(Listener& listener, int error);
  // The system has not what a connection takes: stops accepting for a while.
  void PauseForLack(absl::string_view why);
  void WarnThatAllAreBusy();
  void PauseAccepting();
  void ResumeAcceptingIfDue(int64_t now_ns);
  void StartDraining();
  int TimeoutMillis(absl::Duration timeout) const;
  // epoll_wait(2) has failed with `error`.
  void WaitWithoutEvents(int error);
  void HandleTimers(int64_t now_ns);
  void HandleDeferred();
  // Has the poller look at what was left for it, if it is not about to anyway. Any thread.
  void WakePoller();
  // A connection has a whole request: into `ready_`.
  void AddReady(Connection* connection) { ready_.push_back(connection); }
  size_t HandOut(absl::Span<TaskPtr> out);
  // Only once in a while; *next_ns is when again.
  void WarnNowAndThen(int64_t* next_ns, absl::string_view text);
  // To AwaitNoConnections: look again.
  void TellNoConnections();

  // Constant after construction.
  const ServerOptions options_;
  const Handler handler_;
  const UniqueFd epoll_;
  const UniqueFd event_;  // eventfd: wakes Poll
  ThreadPool* pool_ = nullptr;

  // Own synchronisation.
  ExchangePool exchanges_;
  TimerWheel timers_;
  ConnectionTable table_;
  IdleEvictor evictor_;         // for newcomers
  IdleEvictor parked_evictor_;  // for max_parked_connections
  ServerCounters counters_;
  WarningLimiter warnings_;
  // What RetryAfterSeconds said last, and until when it is good (CLOCK_MONOTONIC_COARSE).
  mutable std::atomic<int> retry_after_seconds_{1};
  mutable std::atomic<int64_t> retry_after_until_ns_{0};
  std::atomic<bool> draining_{false};
  std::atomic<bool> drain_started_{false};
  std::atomic<bool> waits_for_room_{false};  // accepting is paused until a connection closes
  // The poller is in epoll_wait or about to be. Set before it looks at what others may have left
  // for it (deferred_, timers_, waits_for_room_), read by them after they left it: one of the two
  // sees the other.
  std::atomic<bool> sleeping_{false};

  // The poller's only.
  std::vector<Listener> listeners_;
  std::vector<Connection*> ready_;  // with a whole request, oldest first
  std::vector<TimerWheel::Node*> expired_;
  std::vector<Connection*> resumed_;
  bool accepting_ = true;  // the listeners are watched
  int accept_batch_ = 1;   // how many connections one event of a listener is for
  int full_accepts_ = 0;   // in a row, with this accept_batch_
  int gone_in_a_row_ = 0;  // accept(2) said that the connection is no longer there
  int64_t next_full_warning_ns_ = 0;
  int64_t next_lack_warning_ns_ = 0;
  int64_t next_wait_warning_ns_ = 0;
  int64_t accept_again_ns_ = TimerWheel::kNever;  // end of a pause for lack of descriptors
  int64_t look_again_ns_ = 0;                     // while waits_for_room_: for one that has stalled

  absl::Mutex deferred_mu_;
  std::vector<Connection*> deferred_ ABSL_GUARDED_BY(deferred_mu_);
  std::atomic<bool> has_deferred_{false};  // !deferred_.empty(), readable without the lock

  // For AwaitNoConnections. Not absl::Mutex: its timed waits follow the wall clock, and a stop must
  // not take an hour longer because that was set back.
  std::mutex idle_mu_;
  std::condition_variable no_connections_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_
