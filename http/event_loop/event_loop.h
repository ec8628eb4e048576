// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// EventLoop: epoll, listeners, timers and the connections that no worker holds. A WorkSource: the
// pool's leader polls it, and what it returns are connections with work for a worker. It reads,
// parses and writes without blocking, so that no worker waits for a client and no file, log or
// handler delays the leader (invariant C4 in http/connection/connection.h).
//
// A connection is registered with epoll once, edge-triggered; the connection's own ownership word
// (http/connection/connection.h) decides which thread may act on an event, not a lock here.
//
// Invariants:
//   (E1) A connection is in at most one of: parked, owned by the leader, deferred, with the pool.
//   (E2) With no connection due and nothing to read, Poll sleeps: an idle server makes no wake-ups.
//   (E3) Listeners are polled unless a pending connection cannot be admitted (A1 in acceptor.h).
//
// Thread-safety: Poll by one thread at a time (the pool's leader); everything else any thread.
// Lock order: error_responses_mu_, deferred_mu_, idle_mu_ are leaves.

#ifndef ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_
#define ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_

#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
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
#include "robusto/http/event_loop/acceptor.h"
#include "robusto/http/event_loop/connection_evictor.h"
#include "robusto/http/io/listener.h"
#include "robusto/http/io/server_clock.h"
#include "robusto/http/io/timer_wheel.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/workers/monotonic_mutex.h"
#include "robusto/workers/thread_pool.h"
#include "robusto/workers/warning_limiter.h"
#include "robusto/workers/work_source.h"

namespace robusto {

class EventLoop final : public WorkSource, private ConnectionHost {
 public:
  // Calls options.error_page for each error that the server answers itself. Unavailable when the
  // system gives no epoll or event descriptor. `clock` decides what is due, not how long Poll sleeps.
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(ServerOptions options, Handler handler,
                                                           std::vector<Listener> listeners,
                                                           ServerClock clock = ServerClock());
  // No thread may be inside Poll or own a connection. Closes the connections that are left.
  ~EventLoop() override;

  // Where connections with a further whole request go. To be called before the first Poll; `pool`
  // must outlive the loop. Null: they are rejected.
  void SetPool(ThreadPool* pool) { pool_ = pool; }

  // --- WorkSource ---
  size_t Poll(absl::Span<TaskPtr> out, absl::Duration timeout) override;
  void Interrupt() override;

  // Calls options.error_page again for each error that the server answers itself. Not under a lead:
  // it may block.
  void ReloadErrorPages();
  // Closes the listeners once the connections that wait in their backlogs are accepted; idle
  // connections have Connection::kDrainGrace to send another request, and every response from now on
  // ends its connection.
  void BeginDrain();
  // Waits until no connection is open, or for `timeout`; true when none is.
  [[nodiscard]] bool AwaitNoConnections(absl::Duration timeout);
  // Once, after the pool has stopped: sends what is in memory, as far as the sockets take it, closes
  // all connections and listeners, and answers what waits in the backlogs. Connections that an
  // abandoned thread owns stay open, and when one is inside Poll nothing is touched. Returns by
  // `deadline_ns` on CLOCK_MONOTONIC, or soon after.
  struct FinishReport {
    uint64_t truncated = 0;          // requests and responses that were cut off
    uint64_t abandoned_threads = 0;  // in a destructor, see Disposer
    bool poll_hangs = false;         // a thread is inside Poll
  };
  FinishReport Finish(int64_t deadline_ns);

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
  bool ExpectsFastResponse() const override;
  bool FreeMemory(size_t bytes) override { return evictor_.EvictLargest(bytes); }
  int MaxFileReaders() const override;
  void Warn(absl::string_view text) override;
  const ServerOptions& options() const override { return options_; }
  const Handler& handler() const override { return handler_; }
  std::shared_ptr<const ErrorResponses> error_responses() const override {
    absl::MutexLock lock(&error_responses_mu_);
    return error_responses_;
  }
  ExchangePool& exchanges() override { return exchanges_; }
  ServerCounters& counters() override { return counters_; }
  FileSlots& file_slots() override { return file_slots_; }
  Disposer& disposer() override { return disposer_; }
  MemoryBudget& memory() override { return memory_; }

  // The tag of an epoll event. Tags from kListenerTag on are listeners: kListenerTag plus the
  // listener's index. kInterruptTag is the eventfd of Interrupt. Smaller tags are connections: the
  // slot and the generation.
  static constexpr uint64_t kListenerTag = uint64_t{0xffffffff} << 32;
  static constexpr uint64_t kInterruptTag = uint64_t{0xfffffffe} << 32;
  static uint64_t TagOf(const Connection& connection) {
    return uint64_t{connection.index()} << 32 | connection.generation();
  }
  // What is watched of every connection.
  static constexpr uint32_t kReadEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

  Acceptor::Environment AcceptorEnvironment();

  // --- The leader's ---
  // Registers a descriptor. False: the system refuses; errno says why.
  [[nodiscard]] bool Control(int operation, int fd, uint32_t events, uint64_t tag);
  size_t PollOnce(absl::Span<TaskPtr> out, absl::Duration timeout);
  void ContinueDraining();
  int TimeoutMillis(absl::Duration timeout) const;
  // epoll_wait(2) has failed with `error`.
  void OnWaitError(int error);
  void HandleTimers(int64_t now_ns);
  void HandleDeferred();
  // Appends the connection to `ready_` if `handoff` is kToPool.
  void AddIf(Handoff handoff, Connection* connection) {
    if (handoff == Handoff::kToPool) ready_.push_back(connection);
  }
  size_t HandOut(absl::Span<TaskPtr> out);

  // Makes the leader look at what was left for it, unless it is about to. Any thread.
  void WakeLeader();
  // Makes AwaitNoConnections check again.
  void NotifyNoConnections();
  uint64_t ConnectionsInExchange() const;

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
  ConnectionEvictor evictor_;         // for new connections
  ConnectionEvictor parked_evictor_;  // for max_parked_connections
  ServerCounters counters_;
  WarningLimiter warnings_;
  FileSlots file_slots_;
  Disposer disposer_;
  MemoryBudget memory_;
  // The last answer of RetryAfterSeconds, and until when it is valid (CLOCK_MONOTONIC_COARSE).
  mutable std::atomic<int> retry_after_seconds_{1};
  mutable std::atomic<int64_t> retry_after_until_ns_{0};
  std::atomic<bool> draining_{false};
  std::atomic<bool> listeners_closed_{false};  // after BeginDrain; see A3
  // The leader is in epoll_wait or about to be. Set before it looks at what other threads may have
  // left for it (deferred_, timers_, Acceptor::Room), read by them after they left it: one of the
  // two sees the other.
  std::atomic<bool> sleeping_{false};
  std::atomic<bool> polling_{false};  // a thread is inside Poll

  // The leader's only; but see Acceptor.
  Acceptor acceptor_;
  std::vector<Connection*> ready_;  // with work for a worker, oldest first
  std::vector<TimerWheel::Node*> expired_;
  std::vector<Connection*> resumed_;
  int64_t next_wait_warning_ns_ = 0;

  // A refusal takes it; other requests do not.
  mutable absl::Mutex error_responses_mu_;
  std::shared_ptr<const ErrorResponses> error_responses_ ABSL_GUARDED_BY(error_responses_mu_);

  absl::Mutex deferred_mu_;
  std::vector<Connection*> deferred_ ABSL_GUARDED_BY(deferred_mu_);
  std::atomic<bool> has_deferred_{false};  // !deferred_.empty(), readable without the lock

  // For AwaitNoConnections.
  MonotonicMutex idle_mu_;
  MonotonicCondVar no_connections_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EVENT_LOOP_EVENT_LOOP_H_
