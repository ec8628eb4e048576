// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/event_loop/event_loop.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/io/machine_memory.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {
namespace {

constexpr size_t kEventBatch = 128;
// How often a lasting condition is logged.
constexpr int64_t kWarningNanos = 10'000'000'000;
// How long a computed Retry-After is used: overload is when computing is least welcome.
constexpr int64_t kRetryAfterNanos = 250'000'000;
// See ConnectionHost::ExpectsFastResponse.
constexpr absl::Duration kFastResponse = absl::Milliseconds(1);
// How long to go without events when epoll_wait fails.
constexpr int kNoEventsMillis = 10;

ChunkedLimits BodyLimits(const ServerOptions& options) {
  ChunkedLimits limits;
  limits.max_body = options.max_body_bytes;
  return limits;
}

// The default of ServerOptions::memory_limit.
size_t MemoryLimit(const ServerOptions& options) {
  if (options.memory_limit > 0) return options.memory_limit;
  return static_cast<size_t>(std::min<uint64_t>(UsableMemoryBytes() / 4, uint64_t{1} << 30));
}

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("cannot wait for events: ", what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create(ServerOptions options, Handler handler,
                                                             std::vector<Listener> listeners,
                                                             ServerClock clock) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return SystemError("epoll_create1");
  UniqueFd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return SystemError("eventfd");
  // Edge-triggered: every write is an event, and the counter need not be read.
  epoll_event interest = {};
  interest.events = EPOLLIN | EPOLLET;
  interest.data.u64 = kInterruptTag;
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.get(), &interest) != 0) {
    return SystemError("epoll_ctl");
  }
  for (size_t i = 0; i < listeners.size(); ++i) {
    interest.events = EPOLLIN;
    interest.data.u64 = kListenerTag | i;
    if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, listeners[i].fd(), &interest) != 0) {
      return SystemError("epoll_ctl");
    }
  }
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(options), std::move(handler),
                                                  std::move(listeners), clock, std::move(epoll),
                                                  std::move(event)));
}

EventLoop::EventLoop(ServerOptions options, Handler handler, std::vector<Listener> listeners,
                     ServerClock clock, UniqueFd epoll, UniqueFd event)
    : ConnectionHost(clock),
      options_(std::move(options)),
      handler_(std::move(handler)),
      epoll_(std::move(epoll)),
      event_(std::move(event)),
      exchanges_(options_.parser, BodyLimits(options_)),
      timers_(clock.Nanos()),
      table_(this, options_.max_connections),
      evictor_(&table_, ConnectionEvictor::Among::kAll, clock),
      parked_evictor_(&table_, ConnectionEvictor::Among::kServed, clock),
      memory_(MemoryLimit(options_)),
      acceptor_(std::move(listeners), AcceptorEnvironment()),
      error_responses_(std::make_shared<const ErrorResponses>(options_.error_page)) {}

Acceptor::Environment EventLoop::AcceptorEnvironment() {
  Acceptor::Environment environment;
  environment.table = &table_;
  environment.evictor = &evictor_;
  environment.counters = &counters_;
  environment.clock = clock();
  environment.max_connections = options_.max_connections;
  environment.watch_listener = [this](size_t index, int fd, bool watch) {
    return Control(EPOLL_CTL_MOD, fd, watch ? static_cast<uint32_t>(EPOLLIN) : 0,
                   kListenerTag | index);
  };
  environment.forget_listener = [this](int fd) {
    static_cast<void>(Control(EPOLL_CTL_DEL, fd, 0, 0));
  };
  environment.watch_connection = [this](const Connection& connection, int fd) {
    return Control(EPOLL_CTL_ADD, fd, kReadEvents, TagOf(connection));
  };
  environment.warn = [this](absl::string_view text) { Warn(text); };
  return environment;
}

EventLoop::~EventLoop() {
  table_.ForEach([](Connection& connection) { connection.Abort(); });
}

bool EventLoop::Control(int operation, int fd, uint32_t events, uint64_t tag) {
  epoll_event interest = {};
  interest.events = events;
  interest.data.u64 = tag;
  return epoll_ctl(epoll_.get(), operation, fd, &interest) == 0;
}

// --- Polling ---

size_t EventLoop::Poll(absl::Span<TaskPtr> out, absl::Duration timeout) {
  // Relaxed: Finish reads it when every thread that could write it has ended or hangs.
  polling_.store(true, std::memory_order_relaxed);
  const size_t count = PollOnce(out, timeout);
  polling_.store(false, std::memory_order_relaxed);
  return count;
}

size_t EventLoop::PollOnce(absl::Span<TaskPtr> out, absl::Duration timeout) {
  std::array<epoll_event, kEventBatch> events;
  sleeping_.store(true);
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               TimeoutMillis(timeout));
  const int error = count < 0 ? errno : 0;
  sleeping_.store(false);
  if (error != 0 && error != EINTR) OnWaitError(error);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    const uint64_t tag = event.data.u64;
    if (tag >= kListenerTag) {
      acceptor_.OnReadable(static_cast<uint32_t>(tag));
    } else if (tag < kInterruptTag) {
      Readiness readiness;
      readiness.hangup = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
      readiness.readable = readiness.hangup || (event.events & EPOLLIN) != 0;
      readiness.writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
      Connection* connection = table_.At(static_cast<uint32_t>(tag >> 32));
      AddIf(connection->OnEvent(static_cast<uint32_t>(tag), readiness), connection);
    }
  }
  if (has_deferred_.load()) HandleDeferred();
  if (timers_.NextFireNanos() != kNever) {
    // Exact when it was for a timer that this woke up: by the coarse clock it might not be due yet.
    HandleTimers(count == 0 ? clock().Nanos() : clock().CoarseNanos());
  }
  if (acceptor_.paused()) acceptor_.ResumeIfDue(clock().Nanos());
  if (draining() && !listeners_closed_.load()) ContinueDraining();
  return HandOut(out);
}

void EventLoop::OnWaitError(int error) {
  const int64_t now_ns = clock().Nanos();
  if (now_ns >= next_wait_warning_ns_) {
    next_wait_warning_ns_ = now_ns + kWarningNanos;
    Warn(absl::StrCat("cannot wait for events: epoll_wait: ", std::strerror(error),
                      "; trying again"));
  }
  // It would fail again at once. Timers and what other threads left go on.
  poll(nullptr, 0, kNoEventsMillis);
}

size_t EventLoop::HandOut(absl::Span<TaskPtr> out) {
  const size_t count = std::min(out.size(), ready_.size());
  for (size_t i = 0; i < count; ++i) out[i] = TaskPtr(ready_[i]);
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

void EventLoop::Interrupt() {
  const uint64_t one = 1;
  // Fails for good only when the counter is full, and then Poll has been woken.
  while (write(event_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void EventLoop::WakeLeader() {
  if (sleeping_.load()) Interrupt();
}

int EventLoop::TimeoutMillis(absl::Duration timeout) const {
  const bool drains = draining() && !listeners_closed_.load() && !acceptor_.paused();
  // What was ready before comes first, with a look at the rest that does not wait.
  if (!ready_.empty() || has_deferred_.load() || drains) return 0;
  const int64_t next = std::min(timers_.NextFireNanos(), acceptor_.next_resume_ns());
  if (next != kNever) {
    timeout =
        std::min(timeout, absl::Nanoseconds(std::max<int64_t>(next - clock().CoarseNanos(), 0)));
  }
  if (timeout == absl::InfiniteDuration()) return -1;
  // Rounded up: waking before something is due would be waking twice.
  return static_cast<int>(std::min<int64_t>(
      absl::ToInt64Milliseconds(absl::Ceil(timeout, absl::Milliseconds(1))), 1'000'000));
}

void EventLoop::HandleTimers(int64_t now_ns) {
  timers_.TakeExpired(now_ns, &expired_);
  for (TimerWheel::Node* node : expired_) {
    auto* connection = static_cast<Connection*>(node);
    AddIf(connection->OnTimer(now_ns), connection);
  }
  expired_.clear();
}

void EventLoop::HandleDeferred() {
  {
    absl::MutexLock lock(&deferred_mu_);
    resumed_.swap(deferred_);
    has_deferred_.store(false);
  }
  // Each may defer itself again; that is for the next turn.
  for (Connection* connection : resumed_) AddIf(connection->Resume(), connection);
  resumed_.clear();
}

// --- ConnectionHost ---

void EventLoop::Submit(Connection* connection) {
  TaskPtr task(connection);
  if (pool_ != nullptr) {
    // On any error the connection has been told by Reject.
    pool_->TryPut(std::move(task)).IgnoreError();
  } else {
    task->Reject(RejectReason::kStopped);
  }
}

void EventLoop::Defer(Connection* connection) {
  {
    absl::MutexLock lock(&deferred_mu_);
    deferred_.push_back(connection);
    has_deferred_.store(true);
  }
  WakeLeader();
}

void EventLoop::WatchWritable(Connection* connection) {
  // Reports at once what is ready now: no edge is lost.
  static_cast<void>(
      Control(EPOLL_CTL_MOD, connection->fd(), kReadEvents | EPOLLOUT, TagOf(*connection)));
}

void EventLoop::ScheduleTimer(Connection* connection, int64_t at_ns) {
  if (timers_.Schedule(connection, at_ns)) WakeLeader();
}

void EventLoop::Closed(Connection* connection) {
  const size_t open = table_.Free(connection);
  if (acceptor_.Room()) WakeLeader();
  if (open == 0 && draining()) NotifyNoConnections();
}

void EventLoop::Parked() {
  if (acceptor_.Room()) WakeLeader();
  if (options_.max_parked_connections >= options_.max_connections) return;
  // Those that linger, or on which no request has come yet, count as well; but only connections that
  // have served a request are closed for it.
  const size_t open = table_.open();
  const size_t busy = exchanges_.in_use();
  if (open > busy && open - busy > options_.max_parked_connections) {
    parked_evictor_.Evict(1);
  }
}

bool EventLoop::ExpectsFastResponse() const {
  if (pool_ == nullptr) return false;
  const auto ahead = static_cast<int64_t>(pool_->queue_size()) + 1;
  return ahead * pool_->RecentServiceTime() <= kFastResponse;
}

int EventLoop::MaxFileReaders() const {
  // A quarter of the threads, and at least one, is kept for requests that read no file.
  const int threads = pool_ != nullptr ? pool_->threads() : 1;
  return std::max(1, threads - std::max(1, threads / 4));
}

ServerStats EventLoop::Stats() const {
  ServerStats stats = counters_.Snapshot();
  const size_t busy = exchanges_.in_use();
  stats.connections_open = table_.open();
  stats.connections_parked = stats.connections_open - std::min(stats.connections_open, busy);
  stats.connections_in_exchange = ConnectionsInExchange();
  stats.memory_used = memory_.used();
  stats.memory_limit = memory_.limit();
  return stats;
}

uint64_t EventLoop::ConnectionsInExchange() const {
  uint64_t count = 0;
  table_.ForEach([&count](Connection& connection) { count += connection.InExchange() ? 1 : 0; });
  return count;
}

int EventLoop::RetryAfterSeconds() const {
  // The time until what is queued now will have been served, at the pool's recent speed.
  if (pool_ == nullptr) return 1;
  const int64_t now = clock().CoarseNanos();
  if (now < retry_after_until_ns_.load(std::memory_order_relaxed)) {
    return retry_after_seconds_.load(std::memory_order_relaxed);
  }
  const PoolStats stats = pool_->Stats();
  const double seconds = static_cast<double>(stats.queue_size) *
                         absl::ToDoubleSeconds(pool_->RecentServiceTime()) /
                         std::max(stats.threads, 1);
  const int rounded = static_cast<int>(std::min(std::max(std::ceil(seconds), 1.0), 60.0));
  retry_after_seconds_.store(rounded, std::memory_order_relaxed);
  retry_after_until_ns_.store(now + kRetryAfterNanos, std::memory_order_relaxed);
  return rounded;
}

// --- Draining ---

void EventLoop::ReloadErrorPages() {
  auto made = std::make_shared<const ErrorResponses>(options_.error_page);
  absl::MutexLock lock(&error_responses_mu_);
  error_responses_ = std::move(made);
}

void EventLoop::BeginDrain() {
  draining_.store(true);
  WakeLeader();
}

void EventLoop::ContinueDraining() {
  const bool closed = !acceptor_.paused() && acceptor_.Drain();
  // Also those that it has just accepted: no event may come for them any more.
  table_.ForEach([this](Connection& connection) { AddIf(connection.OnDrain(), &connection); });
  if (!closed) return;
  // Only now: until the backlogs are empty, no open connection does not mean that none is left.
  listeners_closed_.store(true);
  NotifyNoConnections();
}

void EventLoop::NotifyNoConnections() {
  {
    // A waiter checks under it, and then waits or sees.
    const MonotonicMutexLock lock(&idle_mu_);
  }
  no_connections_.NotifyAll();
}

bool EventLoop::AwaitNoConnections(absl::Duration timeout) {
  const int64_t deadline_ns = DeadlineAfter(MonotonicNanos(), timeout);
  const MonotonicMutexLock lock(&idle_mu_);
  const auto none = [this] { return listeners_closed_.load() && table_.open() == 0; };
  while (!none()) {
    if (!no_connections_.WaitUntil(&idle_mu_, deadline_ns)) return none();
  }
  return true;
}

EventLoop::FinishReport EventLoop::Finish(int64_t deadline_ns) {
  FinishReport report;
  // A hanging thread still uses the leader's state: do not touch it.
  report.poll_hangs = polling_.load(std::memory_order_relaxed);
  if (report.poll_hangs) return report;
  // The second round is for what the first has read and refused. There is no third: a large response
  // in memory would take as many as its client likes.
  for (int round = 0; round < 2; ++round) {
    // No worker is left. A response that has begun is lost with this.
    for (Connection* connection : ready_) {
      if (connection->InExchange() && connection->Continues()) ++report.truncated;
      TaskPtr(connection)->Reject(RejectReason::kStopped);
    }
    ready_.clear();
    HandleDeferred();
  }
  std::vector<Connection*> unfinished;
  {
    absl::MutexLock lock(&deferred_mu_);
    unfinished.swap(deferred_);
  }
  unfinished.insert(unfinished.end(), ready_.begin(), ready_.end());
  ready_.clear();
  for (Connection* connection : unfinished) {
    if (connection->InExchange()) ++report.truncated;
    connection->Abort();
  }
  table_.ForEach([&report](Connection& connection) {
    const bool in_exchange = connection.InExchange();
    if (connection.AbortIfParked() && in_exchange) ++report.truncated;
  });
  // The descriptors and slots of the closed connections are free now, so waiting clients can be
  // accepted and refused.
  acceptor_.RefuseWaiting();
  if (!disposer_.Stop(deadline_ns)) ++report.abandoned_threads;
  return report;
}

void EventLoop::Warn(absl::string_view text) {
  if (!options_.on_warning) return;
  const absl::optional<uint64_t> suppressed = warnings_.Admit(clock().Nanos());
  if (!suppressed.has_value()) return;
  try {
    if (*suppressed > 0)
      options_.on_warning(absl::StrCat(*suppressed, " more warnings, not shown"));
    options_.on_warning(text);
  } catch (...) {
    // An exception here would leave a connection neither closed nor accepted.
  }
}

}  // namespace robusto
