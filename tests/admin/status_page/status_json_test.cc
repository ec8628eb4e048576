// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/status_page/status_json.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

using Object = google::protobuf::Struct;

// What another's JSON parser makes of it.
Object Parsed(const std::string& json) {
  Object object;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &object);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  return object;
}

double Number(const Object& object, const std::string& key) {
  const auto it = object.fields().find(key);
  EXPECT_NE(it, object.fields().end()) << key;
  return it == object.fields().end() ? -1 : it->second.number_value();
}
std::string Text(const Object& object, const std::string& key) {
  const auto it = object.fields().find(key);
  EXPECT_NE(it, object.fields().end()) << key;
  return it == object.fields().end() ? "" : it->second.string_value();
}

class Described : public Task {
 public:
  Described(TaskPtr inner, std::string label)
      : inner_(std::move(inner)), label_(std::move(label)) {}
  void Run() override { inner_->Run(); }
  TaskDescription Describe() const override {
    TaskDescription description;
    description.label = label_;
    description.phase = "handling";
    return description;
  }

 private:
  TaskPtr inner_;
  std::string label_;
};

class StatusJsonTest : public ::testing::Test {
 protected:
  void Start(int threads) {
    ThreadPoolOptions options;
    options.min_threads = threads;
    pool_ = *ThreadPool::Create(options);
    ASSERT_TRUE(pool_->Start().ok());
  }
  ~StatusJsonTest() override { blocker_.Free(); }

  Object Status(const StatusExtras& extras = {}) { return Parsed(StatusJson(*pool_, extras)); }

  Blocker blocker_;
  std::unique_ptr<ThreadPool> pool_;
};

TEST_F(StatusJsonTest, TellsThePool) {
  Start(2);
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  const Object status = Status();
  EXPECT_EQ(Text(status, "state"), "running");
  EXPECT_EQ(Text(status, "may"), "read");
  EXPECT_EQ(Number(status, "threads"), 2);
  EXPECT_EQ(Number(status, "busy"), 1);
  EXPECT_EQ(Number(status, "accepted"), 1);
  EXPECT_TRUE(status.fields().at("max_threads").has_null_value());
  EXPECT_EQ(status.fields().count("connections_open"), 0u);
  EXPECT_EQ(status.fields().at("workers").list_value().values_size(), 2);
  const Object& event = status.fields().at("events").list_value().values(0).struct_value();
  EXPECT_EQ(Text(event, "kind"), "start");
  EXPECT_EQ(Number(event, "count"), 2);
}

TEST_F(StatusJsonTest, TellsWhatAResizeThatIsNotConfirmedGoesBackTo) {
  Start(1);
  EXPECT_EQ(Status().fields().count("pending_revert"), 0u);
  ResizeRequest request;
  request.min_threads = 2;
  request.revert_after = absl::Hours(1);
  ASSERT_TRUE(pool_->Resize(request).ok());
  const Object status = Status();
  EXPECT_EQ(Number(status, "min_threads"), 2);
  const Object& revert = status.fields().at("pending_revert").struct_value();
  EXPECT_EQ(Number(revert, "min_threads"), 1);
  EXPECT_TRUE(revert.fields().at("max_threads").has_null_value());
  EXPECT_NEAR(Number(revert, "remaining_s"), 3600, 60);
}

TEST_F(StatusJsonTest, SaysWhatTheCallerMay) {
  Start(1);
  StatusExtras extras;
  extras.may_operate = true;
  extras.connections_open = 12;
  const Object status = Status(extras);
  EXPECT_EQ(Text(status, "may"), "operate");
  EXPECT_EQ(Number(status, "connections_open"), 12);
}

TEST_F(StatusJsonTest, PutsBusyWorkersFirst) {
  Start(3);
  ASSERT_TRUE(pool_->Put(TaskPtr(new Described(blocker_.NewTask(), "GET /slow"))).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  const Object status = Status();
  const auto& workers = status.fields().at("workers").list_value();
  const Object& first = workers.values(0).struct_value();
  EXPECT_EQ(Text(first, "state"), "busy");
  EXPECT_EQ(Text(first, "label"), "GET /slow");
  EXPECT_EQ(Text(first, "phase"), "handling");
  EXPECT_NE(Text(first, "task_id"), "0");
  EXPECT_EQ(Text(workers.values(1).struct_value(), "state"), "idle");
}

TEST_F(StatusJsonTest, IsGoodJsonWhateverBytesAPathHas) {
  Start(1);
  std::string label = "GET /<img src=x onerror=alert(1)>\"\\";
  for (int c = 0; c < 256; ++c) label.push_back(static_cast<char>(c));
  ASSERT_TRUE(pool_->Put(TaskPtr(new Described(blocker_.NewTask(), label))).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  const std::string json = StatusJson(*pool_, {});
  EXPECT_THAT(json, ::testing::Not(::testing::HasSubstr("<")));
  const Object status = Parsed(json);
  const Object& worker = status.fields().at("workers").list_value().values(0).struct_value();
  EXPECT_TRUE(
      absl::StartsWith(Text(worker, "label"), "GET /<img src=x onerror=alert(1)>\"\\\\x00\\x01"));
}

TEST_F(StatusJsonTest, CutsLongLabels) {
  Start(1);
  const std::string label = absl::StrCat("GET /", std::string(100000, 'x'));
  ASSERT_TRUE(pool_->Put(TaskPtr(new Described(blocker_.NewTask(), label))).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_LT(StatusJson(*pool_, {}).size(), 10000u);
}

TEST_F(StatusJsonTest, NamesNoMoreThanItsMostWorkersAndEvents) {
  Start(static_cast<int>(kMaxStatusWorkers) + 5);
  for (size_t i = 0; i < kMaxStatusEvents; ++i) {
    ASSERT_TRUE(pool_->Drain().ok());
    ASSERT_TRUE(pool_->Resume().ok());
  }
  const Object status = Status();
  EXPECT_EQ(status.fields().at("workers").list_value().values_size(), kMaxStatusWorkers);
  EXPECT_EQ(Number(status, "workers_total"), kMaxStatusWorkers + 5);
  const auto& events = status.fields().at("events").list_value();
  ASSERT_EQ(events.values_size(), kMaxStatusEvents);
  // The newest is the last.
  EXPECT_EQ(Number(events.values(events.values_size() - 1).struct_value(), "sequence"),
            pool_->journal().newest());
}

TEST_F(StatusJsonTest, DistributionsRiseToTheirCount) {
  Start(1);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(pool_->Put(MakeTask([] {})).ok());
  ASSERT_TRUE(Eventually([&] { return pool_->Histograms().service_time.count() == 20; }));
  const Object status = Status();
  const auto& bounds = status.fields().at("bounds_s").list_value();
  for (const char* key : {"queue_wait", "service_time"}) {
    const Object& histogram = status.fields().at(key).struct_value();
    const auto& up_to = histogram.fields().at("up_to").list_value();
    ASSERT_EQ(up_to.values_size(), bounds.values_size());
    double last = 0;
    for (const auto& value : up_to.values()) {
      EXPECT_GE(value.number_value(), last);
      last = value.number_value();
    }
    EXPECT_EQ(last, Number(histogram, "count"));
  }
}

}  // namespace
}  // namespace robusto
