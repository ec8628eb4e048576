// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Nothing blocks under a lead (C4): what the event loop's thread does with a connection reads no file,
// runs no code of the embedding program and destroys none of its objects.

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "robusto/http/io/unique_fd.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr absl::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr uint64_t kFileBytes = 256 << 20;

class LeadTest : public ConnectionTest {
 protected:
  LeadTest() : file_(std::tmpfile()) {
    EXPECT_EQ(ftruncate(fileno(file_), kFileBytes), 0);
    host_.serve = [this](const Request&, ResponseWriter& response) {
      response.WriteFile(UniqueFd(dup(fileno(file_))), 0, kFileBytes);
    };
  }
  ~LeadTest() override { std::fclose(file_); }

  // A turn in a worker, without what would follow by itself.
  void OneTurn() {
    host_.submitted.clear();
    Work();
  }

  FILE* const file_;
};

TEST_F(LeadTest, AnEventHandsTheRestOfAFileToAWorkerAndSendsNoneOfIt) {
  OpenTcp();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  OneTurn();
  while (!host_.submitted.empty()) OneTurn();  // until the socket is full
  for (int turns = 0; turns < 3; ++turns) {
    Handoff handoff = Handoff::kNone;
    while (handoff == Handoff::kNone) {
      Received();
      handoff = connection_.OnEvent(connection_.generation(), Writable());
    }
    EXPECT_EQ(Received(), "") << "the event sent bytes of the file";
    OneTurn();
    EXPECT_NE(Received(), "");
    while (!host_.submitted.empty()) OneTurn();
  }
}

TEST_F(LeadTest, ATimerSendsNothingOfAFile) {
  OpenTcp();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  OneTurn();
  ASSERT_FALSE(host_.submitted.empty());
  host_.submitted.clear();
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  host_.deferred.clear();
  EXPECT_EQ(connection_.Resume(), Handoff::kNone);
  Received();
  EXPECT_EQ(connection_.OnTimer(kFarFuture), Handoff::kToPool);
  EXPECT_EQ(Received(), "");
}

TEST_F(LeadTest, AnInvalidMessageAndATimeoutCallNoErrorPage) {
  int calls = 0;
  host_.server_options.error_page = [&calls](int status, absl::string_view reason,
                                             ResponseWriter& response) {
    ++calls;
    response.Write(absl::StrCat("page ", status, " ", reason));
  };
  Open();
  const int made = calls;
  EXPECT_GT(made, 30) << "one for each reason";
  SendAndTell("bad\r\n\r\n");
  EXPECT_EQ(OnlyResponse().body, "page 400 bad_request_line");
  connection_.Abort();

  Open();
  const int made_again = calls;
  SendAndTell("GET / HT");
  Timer();
  EXPECT_EQ(OnlyResponse().body, "page 408 header_timeout");
  EXPECT_EQ(calls, made_again);
}

// Tells which thread destroys it.
class Witness {
 public:
  explicit Witness(std::thread::id* destroyed_by) : destroyed_by_(destroyed_by) {}
  ~Witness() { *destroyed_by_ = std::this_thread::get_id(); }

 private:
  std::thread::id* const destroyed_by_;
};

TEST_F(LeadTest, TheSourceOfAClosedConnectionIsDestroyedInAThreadOfItsOwn) {
  std::thread::id destroyed_by;
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.Stream([witness = std::make_shared<Witness>(&destroyed_by)](std::string* chunk) {
      chunk->assign(1 << 20, 'x');
      return true;
    });
  };
  Open();
  SendAndTell(kGet);
  client_.reset();
  Readiness gone = HungUp();
  gone.writable = true;  // as epoll reports EPOLLHUP
  Event(gone);
  EXPECT_TRUE(closed());
  AwaitDisposal();
  EXPECT_NE(destroyed_by, std::thread::id());
  EXPECT_NE(destroyed_by, std::this_thread::get_id());
}

TEST_F(LeadTest, ASourceThatHasEndedIsDestroyedByTheWorkerThatSawItsEnd) {
  std::thread::id destroyed_by;
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.Stream([witness = std::make_shared<Witness>(&destroyed_by)](std::string* chunk) {
      *chunk = "all";
      return false;
    });
  };
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  connection_.Run();
  EXPECT_EQ(destroyed_by, std::this_thread::get_id());
  connection_.Done();
  EXPECT_EQ(OnlyResponse().body, "all");
}

TEST_F(LeadTest, ADestructorThatSleepsDelaysNeitherTheConnectionNorTheNext) {
  absl::Notification may_end;
  struct Sleeper {
    absl::Notification* may_end;
    ~Sleeper() { may_end->WaitForNotification(); }
  };
  host_.serve = [&](const Request& request, ResponseWriter& response) {
    if (request.path() == "/ok") return response.Write("ok");
    response.Stream(
        [sleeper = std::shared_ptr<Sleeper>(new Sleeper{&may_end})](std::string* chunk) {
          chunk->assign(1 << 20, 'x');
          return true;
        });
  };
  Open();
  SendAndTell(kGet);
  client_.reset();
  Readiness gone = HungUp();
  gone.writable = true;  // as epoll reports EPOLLHUP
  Event(gone);
  EXPECT_TRUE(closed());
  Open();
  SendAndTell("GET /ok HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(OnlyResponse().body, "ok");
  EXPECT_FALSE(host_.remains.Stop(/*deadline_ns=*/0)) << "it is reported as abandoned";
  may_end.Notify();
  AwaitDisposal();
}

// --- File slots ---

TEST_F(LeadTest, AFileWaitsParkedWhileEnoughWorkersReadFiles) {  // F1, F2
  ASSERT_TRUE(host_.slots.TryAcquire(1));                        // another connection's
  OpenTcp();
  SendAndTell(kGet);
  EXPECT_EQ(Received().find("HTTP/1.1 200 OK\r\n"), 0u) << "the head is sent";
  EXPECT_EQ(Received(), "");
  EXPECT_TRUE(connection_.InExchange());
  const absl::optional<FileSlots::Waiter> waiter = host_.slots.Release();
  ASSERT_TRUE(waiter.has_value());
  ASSERT_EQ(waiter->connection, &connection_);
  EXPECT_EQ(connection_.OnFileSlot(waiter->generation), Handoff::kToPool);
  OneTurn();
  EXPECT_NE(Received(), "");
  EXPECT_EQ(host_.slots.taken(), host_.submitted.empty() ? 0 : 1);
}

TEST_F(LeadTest, AFileThatFindsNoSlotWithinTheWriteTimeoutIsReset) {
  ASSERT_TRUE(host_.slots.TryAcquire(1));
  OpenTcp();
  SendAndTell(kGet);
  TimePasses(host_.server_options.write_timeout);
  Timer(host_.now_ns.load());
  EXPECT_TRUE(closed());
  EXPECT_EQ(host_.server_counters.Snapshot().refusals.at("file_timeout"), 1u);
}

TEST_F(LeadTest, AConnectionThatWaitsForASlotCanBeEvicted) {
  ASSERT_TRUE(host_.slots.TryAcquire(1));
  OpenTcp();
  SendAndTell(kGet);
  TimePasses(Connection::kStallGrace);
  EXPECT_NE(connection_.StalledSince(host_.now_ns.load()), kNever);
  EXPECT_TRUE(connection_.Evict(connection_.generation(), /*stalled=*/true));
  const absl::optional<FileSlots::Waiter> waiter = host_.slots.Release();
  ASSERT_TRUE(waiter.has_value());
  EXPECT_EQ(connection_.OnFileSlot(waiter->generation), Handoff::kNone) << "it is another's now";
}

TEST_F(LeadTest, ARejectedTurnOfAFileGivesItsSlotBack) {
  OpenTcp();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  OneTurn();
  ASSERT_FALSE(host_.submitted.empty());
  host_.submitted.clear();
  EXPECT_EQ(host_.slots.taken(), 1);
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  EXPECT_EQ(host_.slots.taken(), 0);
  EXPECT_FALSE(closed());
}

}  // namespace
}  // namespace robusto
