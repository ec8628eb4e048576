// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Tasks and a work source for tests of the pool: a task that tells what was done to it, one that
// stays where it is until the test lets it go, and a source that hands out what the test put in.
//
//   TaskRecord record;
//   pool->Put(TaskPtr(new FakeTask(&record))).IgnoreError();
//   EXPECT_TRUE(Eventually([&] { return record.runs() == 1; }));
//
//   Blocker blocker;
//   pool->Put(blocker.NewTask()).IgnoreError();
//   blocker.AwaitBusy(1);  // one worker is inside the task
//   blocker.Free();        // and now it may go on
//
// Only std:: synchronisation is used, which ThreadSanitizer follows in every build.
// Thread-safety: all methods. A record, a blocker and a source must outlive their tasks.

#ifndef ROBUSTO_TESTS_TESTING_FAKE_TASKS_H_
#define ROBUSTO_TESTS_TESTING_FAKE_TASKS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "robusto/workers/task.h"
#include "robusto/workers/work_source.h"

namespace robusto {

// How long a test waits for what has to come, before it fails: no promise is about this time.
constexpr std::chrono::seconds kGuard{30};

// Looks until `condition()` is true, for what has no notification: a state in a snapshot. The naps
// between the looks only save CPU; nothing is concluded from them.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kGuard;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

// What was done to one task or to many.
class TaskRecord {
 public:
  int runs() const { return runs_.load(); }
  int rejects() const { return rejects_.load(); }
  int rejects(RejectReason reason) const { return by_reason_[static_cast<size_t>(reason)].load(); }
  int cancels() const { return cancels_.load(); }
  int finished() const { return finished_.load(); }

 private:
  friend class FakeTask;
  std::atomic<int> runs_{0};
  std::atomic<int> rejects_{0};
  std::atomic<int> by_reason_[4] = {};
  std::atomic<int> cancels_{0};
  std::atomic<int> finished_{0};
};

// A task that writes down its calls, and does in each what the test wants.
class FakeTask : public Task {
 public:
  struct Hooks {
    std::function<void()> run;
    std::function<void(RejectReason)> reject;
    std::function<void(CancelLevel)> cancel;
    std::function<TaskDescription()> describe;
    std::function<void()> done;
    bool continues = false;
  };

  explicit FakeTask(TaskRecord* record) : record_(record) {}
  FakeTask(TaskRecord* record, Hooks hooks) : record_(record), hooks_(std::move(hooks)) {}
  static TaskPtr New(TaskRecord* record) { return TaskPtr(new FakeTask(record)); }
  static TaskPtr New(TaskRecord* record, Hooks hooks) {
    return TaskPtr(new FakeTask(record, std::move(hooks)));
  }

  void Run() override {
    record_->runs_.fetch_add(1);
    if (hooks_.run) hooks_.run();
  }
  void Reject(RejectReason reason) override {
    record_->rejects_.fetch_add(1);
    record_->by_reason_[static_cast<size_t>(reason)].fetch_add(1);
    if (hooks_.reject) hooks_.reject(reason);
  }
  void Cancel(CancelLevel level) override {
    record_->cancels_.fetch_add(1);
    if (hooks_.cancel) hooks_.cancel(level);
  }
  TaskDescription Describe() const override {
    return hooks_.describe ? hooks_.describe() : TaskDescription();
  }
  bool Continues() const override { return hooks_.continues; }
  void Done() override {
    const auto done = std::move(hooks_.done);
    TaskRecord* const record = record_;
    delete this;
    record->finished_.fetch_add(1);
    if (done) done();
  }

 private:
  ~FakeTask() override = default;

  TaskRecord* const record_;
  Hooks hooks_;
};

// Holds each thread that passes, until it is opened: a call that hangs.
class Gate {
 public:
  Gate() = default;
  // Opens it, so that a failed test ends, and waits until no thread is inside.
  ~Gate() {
    Open();
    Eventually([this] { return inside() == 0; });
  }

  void Pass() {
    std::unique_lock<std::mutex> lock(mu_);
    ++entered_;
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --inside_;
  }
  // How many have ever entered, when there are `count` or the guard has run out.
  int AwaitInside(int count) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait_for(lock, kGuard, [&] { return entered_ >= count; });
    return entered_;
  }
  bool AwaitReached() { return AwaitInside(1) >= 1; }
  int inside() {
    std::lock_guard<std::mutex> lock(mu_);
    return inside_;
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mu_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  int entered_ = 0;  // guarded by mu_, as are the rest
  int inside_ = 0;
  bool open_ = false;
};

// Makes tasks that stay inside Run until Free, and says how many do.
class Blocker {
 public:
  Blocker() = default;
  // What is still blocked goes on, so that a failed test ends. Waits until nobody holds a task any
  // more: a thread that the pool has abandoned may.
  ~Blocker() {
    Free();
    Eventually([this] { return record_.finished() == made_.load(); });
  }

  // Reports to record(). With `obeys`, a Cancel of that level or a firmer one ends it, too.
  TaskPtr NewTask() { return NewTask({}); }
  TaskPtr NewTask(FakeTask::Hooks hooks) {
    hooks.run = [this] { Block(); };
    made_.fetch_add(1);
    return FakeTask::New(&record_, std::move(hooks));
  }
  TaskPtr NewTaskThatObeys(CancelLevel obeys) {
    FakeTask::Hooks hooks;
    hooks.cancel = [this, obeys](CancelLevel level) {
      if (level >= obeys) Free();
    };
    return NewTask(std::move(hooks));
  }

  // Waits until `count` tasks are or were inside Run.
  bool AwaitBusy(int count) {
    std::unique_lock<std::mutex> lock(mu_);
    return changed_.wait_for(lock, kGuard, [&] { return begun_ >= count; });
  }
  // Lets all go, now and from now on.
  void Free() {
    std::lock_guard<std::mutex> lock(mu_);
    free_ = true;
    changed_.notify_all();
  }
  // Lets `count` go.
  void FreeSome(int count) {
    std::lock_guard<std::mutex> lock(mu_);
    permits_ += count;
    changed_.notify_all();
  }

  int begun() {
    std::lock_guard<std::mutex> lock(mu_);
    return begun_;
  }
  const TaskRecord& record() const { return record_; }

 private:
  void Block() {
    std::unique_lock<std::mutex> lock(mu_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return free_ || permits_ > 0; });
    if (!free_) --permits_;
  }

  TaskRecord record_;
  std::atomic<int> made_{0};
  std::mutex mu_;
  std::condition_variable changed_;
  int begun_ = 0;  // guarded by mu_, as are the rest
  int permits_ = 0;
  bool free_ = false;
};

// Hands out the tasks that the test gives it, and blocks in Poll when there are none.
class FakeWorkSource : public WorkSource {
 public:
  size_t Poll(absl::Span<TaskPtr> out, absl::Duration timeout) override {
    if (inside_.fetch_add(1) != 0) overlapped_.store(true);
    const size_t count = PollAlone(out, timeout);
    inside_.fetch_sub(1);
    return count;
  }

  void Interrupt() override {
    std::lock_guard<std::mutex> lock(mu_);
    interrupted_ = true;
    changed_.notify_all();
  }

  void Give(TaskPtr task) {
    std::lock_guard<std::mutex> lock(mu_);
    tasks_.push_back(std::move(task));
    changed_.notify_all();
  }

  // Run inside every Poll, before it waits; may throw.
  void OnPoll(std::function<void()> on_poll) {
    std::lock_guard<std::mutex> lock(mu_);
    on_poll_ = std::move(on_poll);
  }

  bool polled() const { return inside_.load() > 0; }
  std::thread::id poller() {
    std::lock_guard<std::mutex> lock(mu_);
    return poller_;
  }
  // Two threads were in Poll at a time.
  bool overlapped() const { return overlapped_.load(); }
  int polls() const { return polls_.load(); }
  size_t left() {
    std::lock_guard<std::mutex> lock(mu_);
    return tasks_.size();
  }

 private:
  size_t PollAlone(absl::Span<TaskPtr> out, absl::Duration timeout) {
    std::unique_lock<std::mutex> lock(mu_);
    polls_.fetch_add(1);
    poller_ = std::this_thread::get_id();
    if (on_poll_) {
      const auto on_poll = on_poll_;
      lock.unlock();
      try {
        on_poll();
      } catch (...) {
        inside_.fetch_sub(1);
        throw;
      }
      lock.lock();
    }
    const auto there = [this] { return interrupted_ || !tasks_.empty(); };
    if (timeout == absl::InfiniteDuration()) {
      changed_.wait(lock, there);
    } else {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout), there);
    }
    interrupted_ = false;
    size_t count = 0;
    while (count < out.size() && !tasks_.empty()) {
      out[count++] = std::move(tasks_.front());
      tasks_.pop_front();
    }
    return count;
  }

  std::atomic<int> inside_{0};
  std::atomic<bool> overlapped_{false};
  std::atomic<int> polls_{0};
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<TaskPtr> tasks_;  // guarded by mu_, as are the rest
  bool interrupted_ = false;
  std::thread::id poller_;
  std::function<void()> on_poll_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_FAKE_TASKS_H_
