// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The event loop without a pool: the test is the leader that polls and the worker that runs what
// comes out. A wait for ever is a wait for something that must happen; the test's own time limit is
// what ends it otherwise.

#include "robusto/http/event_loop/event_loop.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/io/server_clock.h"
#include "tests/testing/http_client.h"

namespace robusto {
namespace {

constexpr char kGet[] = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr char kGetAndClose[] = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() {
    signal(SIGPIPE, SIG_IGN);
    handler_ = [](const Request& request, ResponseWriter& response) {
      response.Write(request.target());
    };
    options_.on_warning = [this](absl::string_view text) {
      warnings_.emplace_back(text);
      if (on_warning_) on_warning_();
    };
  }

  void Create(size_t addresses = 1) {
    std::vector<Listener> listeners;
    while (listeners.size() < addresses) {
      auto listener = Listener::Open("127.0.0.1:0");
      ASSERT_TRUE(listener.ok()) << listener.status();
      urls_.push_back(listener->url());
      shared_.emplace_back(shares_ ? dup(listener->fd()) : -1);
      listeners.push_back(*std::move(listener));
    }
    url_ = urls_[0];
    auto loop = EventLoop::Create(options_, handler_, std::move(listeners), clock_);
    ASSERT_TRUE(loop.ok()) << loop.status();
    loop_ = *std::move(loop);
  }

  // One turn of the leader: the tasks that it got.
  std::vector<TaskPtr> Poll(absl::Duration timeout = absl::InfiniteDuration(), size_t max = 64) {
    std::vector<TaskPtr> tasks(max);
    tasks.resize(loop_->Poll(absl::MakeSpan(tasks), timeout));
    return tasks;
  }
  // Turns until there is a task.
  TaskPtr NextTask() {
    for (;;) {
      std::vector<TaskPtr> tasks = Poll(absl::InfiniteDuration(), 1);
      if (!tasks.empty()) return std::move(tasks[0]);
    }
  }
  static void Run(TaskPtr task) { task->Run(); }
  // Takes no task out, whatever is ready.
  void PollUntilOpenWithoutTasks(size_t connections) {
    while (loop_->open_connections() != connections) Poll(absl::InfiniteDuration(), 0);
  }
  void PollUntilOpen(size_t connections) {
    while (loop_->open_connections() != connections) EXPECT_TRUE(Poll().empty());
  }

  ServerOptions options_;
  std::atomic<int64_t> now_ns_{1};
  ServerClock clock_;  // the system's, unless a test sets it to now_ns_
  Handler handler_;
  std::vector<std::string> warnings_;
  std::function<void()> on_warning_;
  std::string url_;
  std::vector<std::string> urls_;
  bool shares_ = false;           // the listeners are another's, too
  std::vector<UniqueFd> shared_;  // the other's
  std::unique_ptr<EventLoop> loop_;
};

TEST_F(EventLoopTest, AWholeRequestComesOutAsATaskThatAnswersIt) {
  Create();
  HttpClient client(url_);
  client.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(client.ReadResponse().body, "/a");
  client.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(client.ReadResponse().body, "/a");
  EXPECT_EQ(loop_->open_connections(), 1u);
}

TEST_F(EventLoopTest, APartOfARequestIsNoTask) {
  Create();
  HttpClient client(url_);
  client.Send("GET /a HTTP/1.1\r\n");
  PollUntilOpen(1);
  EXPECT_TRUE(Poll(absl::ZeroDuration()).empty());
  client.Send("Host: h\r\n\r\n");
  Run(NextTask());
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, ABadRequestIsAnsweredWithoutATask) {
  Create();
  HttpClient client(url_);
  client.Send("bad\r\n");
  client.FinishSending();
  PollUntilOpen(1);
  PollUntilOpen(0);
  EXPECT_EQ(client.ReadResponse().status, 400);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EventLoopTest, WithoutAPoolWhatAWorkerBringsIsRejected) {
  Create();
  HttpClient client(url_);
  client.Send(absl::StrCat(kGet, kGet));
  Run(NextTask());  // and its release finds the next request
  EXPECT_EQ(client.ReadResponse().status, 200);
  while (loop_->open_connections() == 1) Poll();
  const HttpResponse refused = client.ReadResponse();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("X-Robusto-Reason"), "stopped");
  EXPECT_TRUE(refused.closes());
}

TEST_F(EventLoopTest, WhatOnWarningThrowsIsDropped) {
  on_warning_ = [] { throw 1; };
  Create();
  HttpClient client(url_);
  client.Send("bad\r\n");
  while (warnings_.empty()) EXPECT_TRUE(Poll().empty());
  EXPECT_EQ(client.ReadResponse().status, 400);
  HttpClient next(url_);
  next.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(next.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, NoMoreWarningsAreToldThanALogCanTake) {
  clock_ = ServerClock(&now_ns_);
  Create();
  const auto refuse = [&] {
    HttpClient client(url_);
    client.Send("bad\r\n");
    PollUntilOpen(1);
    client.FinishSending();
    PollUntilOpen(0);
    EXPECT_EQ(client.ReadResponse().status, 400);
  };
  for (int i = 0; i < WarningLimiter::kPerSecond + 10; ++i) refuse();
  EXPECT_EQ(warnings_.size(), size_t{WarningLimiter::kPerSecond});
  now_ns_ += absl::ToInt64Nanoseconds(absl::Seconds(1));
  refuse();
  ASSERT_EQ(warnings_.size(), size_t{WarningLimiter::kPerSecond + 2});
  EXPECT_EQ(warnings_[WarningLimiter::kPerSecond], "10 more warnings, not shown");
  EXPECT_EQ(loop_->Stats().refusals.at("bad_request_line"), WarningLimiter::kPerSecond + 11u);
}

TEST_F(EventLoopTest, WhatDoesNotFitComesNextTime) {
  Create();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(url_);
  PollUntilOpen(5);
  for (HttpClient& client : clients) client.Send(kGet);
  size_t tasks = 0;
  while (tasks < 5) {
    for (TaskPtr& task : Poll(absl::InfiniteDuration(), 2)) {
      Run(std::move(task));
      ++tasks;
    }
  }
  for (HttpClient& client : clients) EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, InterruptEndsTheNextPollAndTheOneUnderWay) {
  Create();
  loop_->Interrupt();
  EXPECT_TRUE(Poll().empty());
  std::thread interrupter([this] { loop_->Interrupt(); });
  EXPECT_TRUE(Poll().empty());
  interrupter.join();
}

TEST_F(EventLoopTest, AConnectionThatAWorkerDeferredIsResumed) {
  Create();
  HttpClient client(url_);
  client.Send(kGet);
  TaskPtr task = NextTask();
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  EXPECT_TRUE(Poll().empty());
  const HttpResponse response = client.ReadResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_GE(response.Header("Retry-After"), "1");
}

TEST_F(EventLoopTest, AConnectionThatIsDeferredWhileThePollerSleepsIsResumed) {
  // No timer may wake it.
  options_.header_timeout = options_.keep_alive_timeout = absl::InfiniteDuration();
  options_.write_timeout = absl::InfiniteDuration();
  Create();
  HttpClient client(url_);
  for (int i = 0; i < 20 && !HasFailure(); ++i) {
    client.Send(kGet);
    TaskPtr task = NextTask();
    std::atomic<bool> polls{false};
    std::atomic<bool> answered{false};
    std::thread poller([&] {
      polls = true;
      while (!answered) EXPECT_TRUE(Poll().empty());
    });
    // Then it sleeps, or soon will: both must do.
    while (!polls) std::this_thread::yield();
    for (int yields = 0; yields < 1000; ++yields) std::this_thread::yield();
    task->Reject(RejectReason::kQueueFull);
    task.reset();
    EXPECT_EQ(client.ReadResponse().status, 503);
    answered = true;
    loop_->Interrupt();
    poller.join();
  }
}

TEST_F(EventLoopTest, AnIdleConnectionEndsAfterItsTimeout) {
  options_.keep_alive_timeout = absl::Milliseconds(1);
  Create();
  HttpClient client(url_);
  client.Send(kGet);
  Run(NextTask());
  PollUntilOpen(0);
  EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EventLoopTest, ASlowHeadEndsAfterItsTimeout) {
  options_.header_timeout = absl::Milliseconds(1);
  Create();
  HttpClient client(url_);
  client.Send("GET ");
  PollUntilOpen(1);
  std::thread poller([this] { PollUntilOpen(0); });
  EXPECT_EQ(client.ReadResponse().status, 408);
  client.FinishSending();
  EXPECT_TRUE(client.AtEnd());
  poller.join();
}

TEST_F(EventLoopTest, ALargeResponseIsFinishedByThePollerWhenTheClientReads) {  // C4
  const std::string body(8 << 20, 'x');
  handler_ = [&](const Request&, ResponseWriter& response) { response.Write(body); };
  Create();
  HttpClient client(url_, /*receive_buffer=*/4096);
  client.Send(kGetAndClose);
  Run(NextTask());  // returns although nobody reads
  EXPECT_EQ(loop_->open_connections(), 1u);
  HttpResponse response;
  std::thread reader([&] { response = client.ReadResponse(); });
  PollUntilOpen(0);
  reader.join();
  EXPECT_TRUE(response.body == body);
}

// The descriptor that the process would get next, as a limit: then it gets none, or as many as are
// `spare`.
class NoMoreDescriptors {
 public:
  explicit NoMoreDescriptors(int spare = 0) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd next(dup(0));
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(next.get()) + static_cast<rlim_t>(spare);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST_F(EventLoopTest, WithoutDescriptorsThereIsNone) {
  for (int spare : {0, 1}) {
    SCOPED_TRACE(spare);
    const UniqueFd kept(dup(0));
    const NoMoreDescriptors none(spare);
    const auto loop = EventLoop::Create(options_, handler_, {});
    EXPECT_EQ(loop.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(loop.status().message(),
              absl::StrCat("cannot wait for events: ", spare == 0 ? "epoll_create1" : "eventfd",
                           ": Too many open files"));
  }
}

TEST_F(EventLoopTest, WithoutDescriptorsAcceptingPausesAndGoesOn) {
  Create();
  HttpClient client(url_);
  client.Send(kGet);
  {
    const NoMoreDescriptors none;
    while (warnings_.empty()) EXPECT_TRUE(Poll().empty());
    EXPECT_EQ(loop_->open_connections(), 0u);
  }
  EXPECT_TRUE(
      absl::StrContains(warnings_[0], "cannot accept: Too many open files; new connections wait"))
      << warnings_[0];
  Run(NextTask());
  EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_EQ(warnings_.size(), 1u) << "a pause is one line";
}

TEST_F(EventLoopTest, WithoutDescriptorsAnIdleConnectionMakesRoom) {
  Create();
  HttpClient idle(url_);
  idle.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(idle.ReadResponse().status, 200);
  HttpClient client(url_);
  client.Send(kGet);
  {
    const NoMoreDescriptors none;
    Run(NextTask());
  }
  EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(warnings_.empty());
  EXPECT_EQ(loop_->Stats().connections_evicted, 1u);
  EXPECT_EQ(loop_->Stats().accept_errors, 1u);
}

// --- Draining ---

TEST_F(EventLoopTest, ADrainAcceptsWhatWaitsAndRefusesWhatComes) {
  Create();
  HttpClient waiting(url_);
  waiting.Send(kGet);
  loop_->BeginDrain();
  PollUntilOpenWithoutTasks(1);
  TaskPtr task = NextTask();
  EXPECT_FALSE(HttpClient(url_).connected());
  Run(std::move(task));
  EXPECT_TRUE(waiting.ReadResponse().closes());
  EXPECT_TRUE(waiting.AtEnd());
  EXPECT_TRUE(loop_->AwaitNoConnections(absl::ZeroDuration()));
}

TEST_F(EventLoopTest, ADrainWithoutConnectionsIsOverAtOnce) {
  Create();
  EXPECT_FALSE(loop_->AwaitNoConnections(absl::ZeroDuration())) << "it has not begun";
  loop_->BeginDrain();
  Poll();
  EXPECT_TRUE(loop_->AwaitNoConnections(absl::InfiniteDuration()));
}

TEST_F(EventLoopTest, ADrainEndsIdleConnectionsAfterAGraceInWhichTheyAreStillServed) {
  options_.keep_alive_timeout = absl::Hours(1);
  Create();
  HttpClient idle(url_);
  HttpClient late(url_);
  idle.Send(kGet);
  Run(NextTask());
  EXPECT_FALSE(idle.ReadResponse().closes());
  PollUntilOpen(2);
  loop_->BeginDrain();
  Poll();
  late.Send(kGet);
  Run(NextTask());
  EXPECT_TRUE(late.ReadResponse().closes());
  PollUntilOpen(0);
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(late.AtEnd());
}

// --- Connections at most ---

TEST_F(EventLoopTest, NoMoreConnectionsAreOpenThanAllowed) {  // E3
  options_.max_connections = 2;
  Create();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(url_);
    clients.back().Send(kGetAndClose);
  }
  std::vector<TaskPtr> tasks;
  tasks.push_back(NextTask());
  tasks.push_back(NextTask());
  EXPECT_TRUE(Poll(absl::ZeroDuration()).empty());
  EXPECT_EQ(loop_->open_connections(), 2u);
  Run(std::move(tasks[0]));
  Run(NextTask());  // the third's turn
  Run(std::move(tasks[1]));
  for (HttpClient& client : clients) EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, RoomThatIsMadeBetweenTwoPollsIsSeen) {  // E3
  options_.max_connections = 1;
  // No timer may end the wait in the room's stead.
  options_.header_timeout = options_.keep_alive_timeout = absl::InfiniteDuration();
  Create();
  HttpClient first(url_);
  first.Send(kGetAndClose);
  HttpClient second(url_);
  second.Send(kGetAndClose);
  TaskPtr task = NextTask();
  EXPECT_TRUE(Poll(absl::ZeroDuration()).empty());  // sees the second, and has no room
  Run(std::move(task));
  // Nobody sleeps in Poll now, so nobody is woken; the next one must look by itself.
  Run(NextTask());
  EXPECT_EQ(second.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, AConnectionThatBecomesIdleMakesRoomForOneThatWaits) {  // E3
  options_.max_connections = 1;
  options_.header_timeout = options_.keep_alive_timeout = absl::InfiniteDuration();
  Create();
  HttpClient first(url_);
  first.Send(kGet);
  HttpClient second(url_);
  second.Send(kGet);
  TaskPtr task = NextTask();
  EXPECT_TRUE(Poll(absl::ZeroDuration()).empty());  // sees the second, and has no room
  Run(std::move(task));
  Run(NextTask());
  EXPECT_EQ(first.ReadResponse().status, 200);
  EXPECT_TRUE(first.AtEnd());
  EXPECT_EQ(second.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, ADrainWithoutDescriptorsDoesNotSpin) {  // E2
  options_.header_timeout = absl::Milliseconds(300);
  Create();
  HttpClient busy(url_);  // an idle one would make room
  busy.Send("GET / HT");
  PollUntilOpen(1);
  Poll(absl::ZeroDuration());  // reads it
  HttpClient waiting(url_);
  {
    const NoMoreDescriptors none;
    loop_->BeginDrain();
    while (warnings_.empty()) Poll();
  }
  int polls = 0;
  while (loop_->open_connections() != 0) {
    Poll();
    ++polls;
  }
  EXPECT_LT(polls, 100) << "the timeout of what is open is a few wake-ups long";
}

TEST_F(EventLoopTest, ADrainWithoutRoomForOneThatWaitsDoesNotSpin) {  // E2
  options_.max_connections = 1;
  options_.header_timeout = options_.keep_alive_timeout = absl::InfiniteDuration();
  Create();
  HttpClient busy(url_);
  busy.Send(kGet);
  HttpClient waiting(url_);
  TaskPtr task = NextTask();
  loop_->BeginDrain();
  const absl::Time end = absl::Now() + absl::Milliseconds(300);
  int polls = 0;
  for (; absl::Now() < end; ++polls) Poll(end - absl::Now());
  EXPECT_LT(polls, 50);
  Run(std::move(task));
  EXPECT_EQ(busy.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, ADrainForgetsAListenerThatAnotherProcessHasToo) {  // E2
  // As a service manager does: what it passed stays open there, and so do events of it in epoll(7).
  shares_ = true;
  options_.header_timeout = absl::Milliseconds(300);
  Create();
  HttpClient busy(url_);
  busy.Send("GET / HT");
  PollUntilOpen(1);
  loop_->BeginDrain();
  Poll(absl::ZeroDuration());
  HttpClient for_the_next_process(url_);
  EXPECT_TRUE(for_the_next_process.connected());
  int polls = 0;
  while (loop_->open_connections() != 0) {
    Poll();
    ++polls;
  }
  EXPECT_LT(polls, 100);
}

TEST_F(EventLoopTest, ADrainIsNotOverBeforeWhatWaitedIsAccepted) {
  // A handler that is told of the warning runs in the middle of the drain's beginning.
  Create();
  HttpClient waiting(url_);
  waiting.Send(kGet);
  const NoMoreDescriptors none;
  bool over = false;
  on_warning_ = [&] { over = loop_->AwaitNoConnections(absl::ZeroDuration()); };
  loop_->BeginDrain();
  while (warnings_.empty()) Poll(absl::ZeroDuration());
  EXPECT_FALSE(over);
}

TEST_F(EventLoopTest, ASilentNewcomerIsNotClosedBeforeOneThatHasBeenIdleForLonger) {
  // Whichever of the two has the shorter timeout.
  options_.max_connections = 2;
  options_.header_timeout = absl::Seconds(10);
  options_.keep_alive_timeout = absl::Hours(1);
  clock_ = ServerClock(&now_ns_);
  Create();
  HttpClient idle(url_);
  idle.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(idle.ReadResponse().status, 200);
  now_ns_ += 1;
  HttpClient silent(url_);
  PollUntilOpen(2);
  HttpClient newcomer(url_);
  newcomer.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(newcomer.ReadResponse().status, 200);
  EXPECT_TRUE(idle.AtEnd());
  silent.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(silent.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, ThePlacesForParkedConnectionsAreNotANewcomersBusiness) {
  options_.max_parked_connections = 1;
  Create();
  HttpClient silent(url_);
  PollUntilOpen(1);
  HttpClient served(url_);
  served.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(served.ReadResponse().status, 200);
  EXPECT_TRUE(served.AtEnd());
  silent.Send(kGet);
  Run(NextTask());
  EXPECT_EQ(silent.ReadResponse().status, 200);
}

TEST_F(EventLoopTest, APauseForLackOfDescriptorsThatBecomesOneForLackOfRoomDoesNotSpin) {  // E2
  options_.max_connections = 1;
  options_.header_timeout = options_.keep_alive_timeout = absl::InfiniteDuration();
  Create(/*addresses=*/3);
  HttpClient refused(urls_[0]);
  std::vector<HttpClient> others;
  for (int i : {1, 2}) {
    others.emplace_back(urls_[i]);
    others.back().Send(kGet);
  }
  auto none = std::make_unique<NoMoreDescriptors>();
  on_warning_ = [&] { none.reset(); };  // in time for the second listener
  TaskPtr task = NextTask();
  EXPECT_EQ(warnings_.size(), 2u) << "one for each reason";
  const absl::Time end = absl::Now() + absl::Milliseconds(300);
  int polls = 0;
  for (; absl::Now() < end; ++polls) Poll(end - absl::Now());
  EXPECT_LT(polls, 50);
  Run(std::move(task));
  EXPECT_EQ(others[0].ReadResponse().status, 200);
}

TEST_F(EventLoopTest, FlushAnswersWhatWasReadAndNeverHandedOut) {  // C2
  Create();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(url_);
    clients.back().Send(kGet);
  }
  PollUntilOpenWithoutTasks(3);
  while (!Poll(absl::ZeroDuration(), 0).empty()) {
  }
  EXPECT_EQ(loop_->Finish(/*deadline_ns=*/0).truncated, 0u);  // each is told
  for (HttpClient& client : clients) {
    const HttpResponse response = client.ReadResponse();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.Header("X-Robusto-Reason"), "stopped");
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST_F(EventLoopTest, TheEndClosesEveryConnectionAndListener) {
  options_.keep_alive_timeout = absl::Hours(1);
  clock_ = ServerClock(&now_ns_);
  Create();
  HttpClient idle(url_);
  idle.Send(kGet);
  Run(NextTask());
  HttpClient half(url_);
  half.Send("GET / HT");
  PollUntilOpen(2);
  Poll(absl::ZeroDuration());  // reads it
  EXPECT_EQ(loop_->Finish(/*deadline_ns=*/0).truncated, 0u);
  EXPECT_EQ(idle.ReadResponse().status, 200);
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(half.AtEnd());
  EXPECT_FALSE(HttpClient(url_).connected());
}

}  // namespace
}  // namespace robusto
