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

namespace robusto {
namespace {

constexpr size_t kEventBatch = 128;
// How often an operator is told of what lasts: that connections wait, and why.
constexpr int64_t kWarningNanos = 10'000'000'000;
// How long a computed Retry-After is told: overload is when computing is least welcome.
constexpr int64_t kRetryAfterNanos = 250'000'000;
// See ConnectionHost::AnswersSoon.
constexpr absl::Duration kSoon = absl::Milliseconds(1);
// How long to do without events when the system refuses to say whether there are any.
constexpr int kNoEventsMillis = 10;

ChunkedLimits BodyLimits(const ServerOptions& options) {
  ChunkedLimits limits;
  limits.max_body = options.max_body_bytes;
  return limits;
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
  // Edge-triggered: every write is an event, and nobody has to read it away.
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
      evictor_(&table_, IdleEvictor::Among::kAll, clock),
      parked_evictor_(&table_, IdleEvictor::Among::kServed, clock),
      listeners_(std::move(listeners)) {}

EventLoop::~EventLoop() {
  table_.ForEach([](Connection& connection) { connection.Abort(); });
}

// --- Polling ---

size_t EventLoop::Poll(absl::Span<TaskPtr> out, absl::Duration timeout) {
  std::array<epoll_event, kEventBatch> events;
  sleeping_.store(true);
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               TimeoutMillis(timeout));
  const int error = count < 0 ? errno : 0;
  sleeping_.store(false);
  if (error != 0 && error != EINTR) WaitWithoutEvents(error);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    const uint64_t tag = event.data.u64;
    if (tag >= kListenerTag) {
      Accept(static_cast<uint32_t>(tag));
    } else if (tag < kInterruptTag) {
      Readiness readiness;
      readiness.hangup = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
      readiness.readable = readiness.hangup || (event.events & EPOLLIN) != 0;
      readiness.writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
      Connection* connection = table_.At(static_cast<uint32_t>(tag >> 32));
      if (connection->OnEvent(static_cast<uint32_t>(tag), readiness)) AddReady(connection);
    }
  }
  if (has_deferred_.load()) HandleDeferred();
  if (timers_.NextFireNanos() != TimerWheel::kNever) {
    // Exact when it was for a timer that this woke up: the coarse clock might say that it is not due.
    HandleTimers(count == 0 ? clock().Nanos() : clock().CoarseNanos());
  }
  if (draining() && !drain_started_.load()) StartDraining();
  if (!accepting_) ResumeAcceptingIfDue(clock().Nanos());
  return HandOut(out);
}

void EventLoop::WaitWithoutEvents(int error) {
  WarnNowAndThen(
      &next_wait_warning_ns_,
      absl::StrCat("cannot wait for events: epoll_wait: ", std::strerror(error), "; trying again"));
  // It would fail again at once, and again. Timers and what others left go on.
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

void EventLoop::WakePoller() {
  if (sleeping_.load()) Interrupt();
}

int EventLoop::TimeoutMillis(absl::Duration timeout) const {
  // What was ready before comes first, with a look at the rest that does not wait.
  if (!ready_.empty() || has_deferred_.load() || (draining_.load() && !drain_started_.load()) ||
      (!accepting_ && accept_again_ns_ == TimerWheel::kNever && !waits_for_room_.load())) {
    return 0;
  }
  // No pause for lack of descriptors ends while there is no room.
  const int64_t next =
      std::min(timers_.NextFireNanos(), waits_for_room_.load() ? look_again_ns_ : accept_again_ns_);
  if (next != TimerWheel::kNever) {
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
    if (connection->OnTimer(now_ns)) AddReady(connection);
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
  for (Connection* connection : resumed_) {
    if (connection->Resume()) AddReady(connection);
  }
  resumed_.clear();
}

// --- What connections ask for ---

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
  WakePoller();
}

void EventLoop::WatchWritable(Connection* connection) {
  epoll_event interest = {};
  interest.events = kReadEvents | EPOLLOUT;
  interest.data.u64 = TagOf(*connection);
  // Reports at once what is ready now: no edge is lost.
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection->fd(), &interest);
}

void EventLoop::ScheduleTimer(Connection* connection, int64_t at_ns) {
  if (timers_.Schedule(connection, at_ns)) WakePoller();
}

void EventLoop::Closed(Connection* connection) {
  const size_t open = table_.Free(connection);
  if (waits_for_room_.load() && waits_for_room_.exchange(false)) WakePoller();
  if (open == 0 && draining()) TellNoConnections();
}

void EventLoop::Parked() {
  // Somebody waits for a place, and here is one that can be had. Not relaxed: whoever waits looks for
  // parked ones after it has said so, and this looks after it is parked (IdleSince).
  if (waits_for_room_.load() && waits_for_room_.exchange(false)) {
    WakePoller();
  }
  if (options_.max_parked_connections >= options_.max_connections) return;
  // Those that linger, or have not been asked anything yet, count as well; only that the latter are
  // not closed for it.
  const size_t open = table_.open();
  const size_t busy = exchanges_.in_use();
  if (open > busy && open - busy > options_.max_parked_connections) {
    parked_evictor_.Evict(1);
  }
}

bool EventLoop::AnswersSoon() const {
  if (pool_ == nullptr) return false;
  const auto ahead = static_cast<int64_t>(pool_->queue_size()) + 1;
  return ahead * pool_->RecentServiceTime() <= kSoon;
}

ServerStats EventLoop::Stats() const {
  ServerStats stats = counters_.Snapshot();
  const size_t busy = exchanges_.in_use();
  stats.connections_open = table_.open();
  stats.connections_parked = stats.connections_open - std::min(stats.connections_open, busy);
  return stats;
}

int EventLoop::RetryAfterSeconds() const {
  // Until what is queued now would have been served, at the pool's recent speed.
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

void EventLoop::BeginDrain() {
  draining_.store(true);
  WakePoller();
}

void EventLoop::StartDraining() {
  for (Listener& listener : listeners_) {
    while (AcceptOne(listener)) {
    }
    // Closing alone does not take it out of epoll when another process has it too, a service manager
    // that passed it say (epoll(7)).
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.fd(), nullptr);
    listener.Close();
  }
  listeners_.clear();
  // There is nothing left to be paused, nor to be taken up again; nobody waits for room any more.
  waits_for_room_.store(false);
  accepting_ = true;
  accept_again_ns_ = TimerWheel::kNever;
  table_.ForEach([this](Connection& connection) {
    if (connection.OnDrain()) AddReady(&connection);
  });
  // Only now: until the backlog is accepted, no open connection does not mean that none is left.
  drain_started_.store(true);
  TellNoConnections();
}

void EventLoop::TellNoConnections() {
  {
    // Whoever looks does so under it, and then waits or sees.
    std::lock_guard<std::mutex> lock(idle_mu_);
  }
  no_connections_.notify_all();
}

bool EventLoop::AwaitNoConnections(absl::Duration timeout) {
  const auto none = [this] { return drain_started_.load() && table_.open() == 0; };
  // Longer than anybody waits, and no more than the clock can count.
  const absl::Duration bounded = std::min(timeout, absl::Hours(24 * 365));
  std::unique_lock<std::mutex> lock(idle_mu_);
  return no_connections_.wait_for(lock, absl::ToChronoNanoseconds(bounded), none);
}

void EventLoop::Finish() {
  // The second round is for what the first has read and refused. There is no third: a long file
  // would take as many as its client likes.
  for (int round = 0; round < 2; ++round) {
    // No worker is there any more.
    for (Connection* connection : ready_) TaskPtr(connection)->Reject(RejectReason::kStopped);
    ready_.clear();
    HandleDeferred();
  }
  std::vector<Connection*> unfinished;
  {
    absl::MutexLock lock(&deferred_mu_);
    unfinished.swap(deferred_);
  }
  for (Connection* connection : unfinished) connection->Abort();
  for (Connection* connection : ready_) connection->Abort();
  ready_.clear();
  table_.ForEach([](Connection& connection) { connection.AbortIfParked(); });
  listeners_.clear();
}

void EventLoop::WarnNowAndThen(int64_t* next_ns, absl::string_view text) {
  const int64_t now = clock().Nanos();
  if (now < *next_ns) return;
  *next_ns = now + kWarningNanos;
  Warn(text);
}

void EventLoop::Warn(absl::string_view text) {
  if (!options_.on_warning) return;
  const absl::optional<uint64_t> left_out = warnings_.Admit(clock().Nanos());
  if (!left_out.has_value()) return;
  try {
    if (*left_out > 0) options_.on_warning(absl::StrCat(*left_out, " more warnings, not shown"));
    options_.on_warning(text);
  } catch (...) {
    // A connection that is not closed, or not accepted, because nobody could be told would stay so
    // for ever.
  }
}

}  // namespace robusto
