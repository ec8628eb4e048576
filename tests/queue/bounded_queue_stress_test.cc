// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// BoundedQueue among many threads: what one thread cannot show. The numbers (I1)..(I8) are the
// invariants of queue/bounded_queue.h. No test measures time; one whose wake-up was lost hangs
// until the test runner ends it. Only std:: synchronisation is used beside the queue, because
// ThreadSanitizer does not see into a prebuilt Abseil.

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "robusto/queue/bounded_queue.h"

namespace robusto {
namespace {

struct Ticket {
  int producer;
  int number;
};
using Item = std::unique_ptr<Ticket>;

Item Make(int producer, int number) {
  return std::unique_ptr<Ticket>(new Ticket{producer, number});
}

// Lets `count` threads go at the same moment, so that they do race.
class StartLine {
 public:
  explicit StartLine(int count) : missing_(count) {}
  void Wait() {
    missing_.fetch_sub(1);
    while (missing_.load() > 0) std::this_thread::yield();
  }

 private:
  std::atomic<int> missing_;
};

void JoinAll(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}

// Threads that say who they are, so that another can wait until all of them sleep: a test that wants
// them parked then knows that they are. It asks the kernel, because the queue does not tell.
class Sleepers {
 public:
  void AddThisThread() {
    const int index = count_.fetch_add(1);
    ids_[index].store(static_cast<int>(::syscall(SYS_gettid)));
  }
  void WaitUntilAsleep(int count) const {
    for (int i = 0; i < count; ++i) {
      while (ids_[i].load() == 0 || !IsAsleep(ids_[i].load())) std::this_thread::yield();
    }
  }

 private:
  static bool IsAsleep(int id) {
    const std::string path = "/proc/self/task/" + std::to_string(id) + "/stat";
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return false;
    char state = '?';
    const int fields = std::fscanf(file, "%*d (%*[^)]) %c", &state);
    std::fclose(file);
    return fields == 1 && state == 'S';
  }

  std::atomic<int> count_{0};
  std::atomic<int> ids_[16] = {};
};

// Counts how often each ticket arrives, and checks that one consumer sees one producer's tickets in
// rising order, which FIFO implies for every consumer.
class Ledger {
 public:
  Ledger(int producers, int per_producer)
      : per_producer_(per_producer),
        arrivals_(static_cast<size_t>(producers) * static_cast<size_t>(per_producer)) {}

  // What one consumer has seen.
  class Page {
   public:
    Page(Ledger* ledger, int producers)
        : ledger_(ledger), last_(static_cast<size_t>(producers), -1) {}
    void Enter(const Ticket& ticket) {
      int& last = last_[static_cast<size_t>(ticket.producer)];
      EXPECT_GT(ticket.number, last) << "(I4) out of order, producer " << ticket.producer;
      last = ticket.number;
      ledger_->arrivals_[ledger_->Index(ticket)].fetch_add(1, std::memory_order_relaxed);
    }

   private:
    Ledger* ledger_;
    std::vector<int> last_;
  };

  void ExpectEachOnce() const {
    for (const auto& arrivals : arrivals_) ASSERT_EQ(arrivals.load(), 1) << "(I4) lost or doubled";
  }

 private:
  size_t Index(const Ticket& ticket) const {
    return static_cast<size_t>(ticket.producer) * static_cast<size_t>(per_producer_) +
           static_cast<size_t>(ticket.number);
  }

  const int per_producer_;
  std::vector<std::atomic<int>> arrivals_;
};

struct Shape {
  int producers;
  int consumers;
  size_t capacity;
};

std::string Name(const testing::TestParamInfo<Shape>& info) {
  return std::to_string(info.param.producers) + "Producers" + std::to_string(info.param.consumers) +
         "ConsumersCapacity" + std::to_string(info.param.capacity);
}

class BoundedQueueShapeTest : public testing::TestWithParam<Shape> {};

// Pushes tickets of `producer` from `first` on, by the way that `first` selects; returns how many
// are in. Every way of pushing is in the mix, the short timeouts racing with the wake-ups (I7).
int PushSome(BoundedQueue<Item>& queue, int producer, int first, int per_producer) {
  const auto make = [&](int number) { return Make(producer, number); };
  PushResult result = PushResult::kOk;
  Item item;
  switch (first % 5) {
    case 0:
      item = make(first);
      result = queue.Push(std::move(item), absl::InfiniteDuration());
      EXPECT_EQ(result, PushResult::kOk);
      return 1;
    case 1:
      item = make(first);
      result = queue.TryPush(std::move(item));
      break;
    case 2:
      item = make(first);
      result = queue.Push(std::move(item), absl::Microseconds(first % 40));
      break;
    default: {
      std::vector<Item> items;
      for (int i = first; i < per_producer && i < first + 3; ++i) items.push_back(make(i));
      const PushBatchResult batch =
          first % 5 == 3 ? queue.TryPushBatch(absl::MakeSpan(items))
                         : queue.PushBatch(absl::MakeSpan(items), absl::Microseconds(first % 40));
      for (size_t i = 0; i < items.size(); ++i) EXPECT_EQ(items[i] == nullptr, i < batch.count);
      if (batch.count == 0) std::this_thread::yield();
      return static_cast<int>(batch.count);
    }
  }
  EXPECT_EQ(item == nullptr, result == PushResult::kOk) << "(I5)";
  if (result != PushResult::kOk) std::this_thread::yield();
  return result == PushResult::kOk ? 1 : 0;
}

TEST_P(BoundedQueueShapeTest, LosesDoublesAndReordersNothingByAnyWayOfPushingAndPopping) {
  const Shape shape = GetParam();
  constexpr int kPerProducer = 4000;
  BoundedQueue<Item> queue(shape.capacity);
  Ledger ledger(shape.producers, kPerProducer);
  StartLine start(shape.producers + shape.consumers + 1);
  std::vector<std::thread> producers, others;
  for (int p = 0; p < shape.producers; ++p) {
    producers.emplace_back([&, p] {
      start.Wait();
      for (int number = 0; number < kPerProducer;)
        number += PushSome(queue, p, number, kPerProducer);
    });
  }
  for (int c = 0; c < shape.consumers; ++c) {
    others.emplace_back([&, c] {
      Ledger::Page page(&ledger, shape.producers);
      start.Wait();
      std::vector<Item> out(3);
      PopResult result = PopResult::kOk;
      for (int turn = c; result != PopResult::kClosed; ++turn) {
        size_t count = 1;
        switch (turn % 5) {
          case 0:
            result = queue.Pop(out[0], absl::InfiniteDuration());
            break;
          case 1:
            result = queue.TryPop(out[0]);
            break;
          case 2:
            result = queue.Pop(out[0], absl::Microseconds(turn % 40));
            break;
          default: {
            const PopBatchResult batch =
                turn % 5 == 3 ? queue.TryPopBatch(absl::MakeSpan(out))
                              : queue.PopBatch(absl::MakeSpan(out), absl::Microseconds(turn % 40));
            // kClosed with items still means that these were the last.
            for (size_t i = 0; i < batch.count; ++i) page.Enter(*std::exchange(out[i], nullptr));
            result = batch.reason;
            count = 0;
          }
        }
        if (count == 1 && result == PopResult::kOk) page.Enter(*std::exchange(out[0], nullptr));
      }
      EXPECT_EQ(queue.TryPop(out[0]), PopResult::kClosed) << "(I3)";
    });
  }
  others.emplace_back([&] {
    start.Wait();
    while (!queue.closed()) {
      ASSERT_LE(queue.size(), shape.capacity) << "(I1)";
      std::this_thread::yield();
    }
  });
  JoinAll(producers);
  queue.Close();
  JoinAll(others);
  EXPECT_EQ(queue.size(), 0u);
  ledger.ExpectEachOnce();
}

TEST_P(BoundedQueueShapeTest, LosesNoWakeUpWhenEverybodyWaitsForEver) {
  // (I7) With nobody but blocking calls, one lost wake-up stops everything.
  const Shape shape = GetParam();
  constexpr int kTotal = 24000;
  BoundedQueue<int> queue(shape.capacity);
  StartLine start(shape.producers + shape.consumers);
  std::vector<std::thread> threads;
  std::atomic<int64_t> sum{0};
  for (int p = 0; p < shape.producers; ++p) {
    threads.emplace_back([&] {
      start.Wait();
      for (int i = 0; i < kTotal / shape.producers; ++i) {
        ASSERT_EQ(queue.Push(int{i}, absl::InfiniteDuration()), PushResult::kOk);
      }
    });
  }
  for (int c = 0; c < shape.consumers; ++c) {
    threads.emplace_back([&] {
      start.Wait();
      int out = 0;
      for (int i = 0; i < kTotal / shape.consumers; ++i) {
        ASSERT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
        sum.fetch_add(out);
      }
    });
  }
  JoinAll(threads);
  const int64_t each = kTotal / shape.producers;
  EXPECT_EQ(sum.load(), shape.producers * (each * (each - 1) / 2));
  EXPECT_EQ(queue.size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Shapes, BoundedQueueShapeTest,
                         testing::Values(Shape{1, 1, 1}, Shape{1, 1, 7}, Shape{4, 4, 1},
                                         Shape{8, 8, 2}, Shape{1, 8, 3}, Shape{8, 1, 3},
                                         Shape{4, 4, 64}, Shape{8, 8, 1024}),
                         Name);

TEST(BoundedQueueStressTest, TryPopFindsEveryItemWhosePushHasReturned) {
  // (I6) The only consumer knows how many pushes have returned.
  constexpr int kProducers = 4, kPerProducer = 20000;
  BoundedQueue<int> queue(64);
  std::atomic<int> returned{0};
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&] {
      for (int i = 0; i < kPerProducer; ++i) {
        ASSERT_EQ(queue.Push(int{i}, absl::InfiniteDuration()), PushResult::kOk);
        returned.fetch_add(1, std::memory_order_release);
      }
    });
  }
  int out = 0;
  for (int popped = 0; popped < kProducers * kPerProducer;) {
    const bool certain = returned.load(std::memory_order_acquire) > popped;
    const PopResult result = queue.TryPop(out);
    if (certain) {
      ASSERT_EQ(result, PopResult::kOk) << "(I6) after " << popped;
    }
    if (result == PopResult::kOk) {
      ++popped;
    } else {
      std::this_thread::yield();
    }
  }
  JoinAll(threads);
}

TEST(BoundedQueueStressTest, TryPushFindsEveryPlaceWhosePopHasReturned) {
  // (I6) The only producer knows how many pops have returned.
  constexpr int kConsumers = 4, kPerConsumer = 20000, kCapacity = 5;
  BoundedQueue<int> queue(kCapacity);
  std::atomic<int> returned{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kConsumers; ++c) {
    threads.emplace_back([&] {
      int out = 0;
      for (int i = 0; i < kPerConsumer; ++i) {
        ASSERT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
        returned.fetch_add(1, std::memory_order_release);
      }
    });
  }
  for (int pushed = 0; pushed < kConsumers * kPerConsumer;) {
    const bool certain = pushed - returned.load(std::memory_order_acquire) < kCapacity;
    const PushResult result = queue.TryPush(int{pushed});
    if (certain) {
      ASSERT_EQ(result, PushResult::kOk) << "(I6) after " << pushed;
    }
    if (result == PushResult::kOk) {
      ++pushed;
    } else {
      std::this_thread::yield();
    }
  }
  JoinAll(threads);
}

TEST(BoundedQueueStressTest, ACallThatFindsTheLockTakenWaitsForItAndThenSaysWhatIsTrue) {
  // (I6) The predicate keeps the lock for a while, longer than anybody spins for it.
  for (int round = 0; round < 20; ++round) {
    BoundedQueue<int> queue(2);
    ASSERT_EQ(queue.TryPush(1), PushResult::kOk);
    std::atomic<bool> inside{false};
    std::thread supervisor([&] {
      int out = 0;
      const PopIfResult result = queue.TryPopIf(out, [&](int) {
        inside.store(true);
        for (int i = 0; i < 500; ++i) std::this_thread::yield();
        return false;
      });
      EXPECT_EQ(result, PopIfResult::kKept);
    });
    while (!inside.load()) std::this_thread::yield();
    int out = 0;
    if (round % 2 == 0) {
      EXPECT_EQ(queue.TryPop(out), PopResult::kOk) << "(I6)";
    } else {
      EXPECT_EQ(queue.TryPush(2), PushResult::kOk) << "(I6)";
    }
    supervisor.join();
  }
}

TEST(BoundedQueueStressTest, WhatWasPushedBeforeCloseIsPoppedAndNothingAfter) {
  // (I2), (I3)
  for (int round = 0; round < 150; ++round) {
    BoundedQueue<Item> queue(static_cast<size_t>(1 + round % 4));
    std::atomic<int> pushed{0}, popped{0};
    std::atomic<bool> close_returned{false};
    StartLine start(7);
    std::vector<std::thread> threads;
    for (int p = 0; p < 3; ++p) {
      threads.emplace_back([&, p] {
        start.Wait();
        for (PushResult result = PushResult::kOk; result != PushResult::kClosed;) {
          const bool certain = close_returned.load();
          Item item = Make(p, 0);
          result = queue.Push(std::move(item),
                              p == 0 ? absl::Microseconds(1) : absl::InfiniteDuration());
          if (certain) {
            ASSERT_EQ(result, PushResult::kClosed) << "(I2)";
          }
          ASSERT_EQ(item == nullptr, result == PushResult::kOk) << "(I5)";
          if (result == PushResult::kOk) pushed.fetch_add(1);
        }
      });
    }
    for (int c = 0; c < 3; ++c) {
      threads.emplace_back([&, c] {
        start.Wait();
        Item out;
        for (PopResult result = PopResult::kOk; result != PopResult::kClosed;) {
          result = queue.Pop(out, c == 0 ? absl::Microseconds(1) : absl::InfiniteDuration());
          if (result == PopResult::kOk) popped.fetch_add(1);
        }
        ASSERT_EQ(queue.TryPop(out), PopResult::kClosed) << "(I3)";
      });
    }
    start.Wait();
    while (popped.load() < round % 7) std::this_thread::yield();
    queue.Close();
    close_returned.store(true);
    JoinAll(threads);
    ASSERT_EQ(popped.load(), pushed.load());
    ASSERT_EQ(queue.size(), 0u);
  }
}

TEST(BoundedQueueStressTest, OneBatchWakesAsManyThreadsAsItHasItems) {
  // (I7) Each woken thread wakes the next: the pusher wakes one alone. Whoever has an item waits for
  // the end of the round, so that nobody can take two.
  constexpr int kPoppers = 6, kRounds = 200;
  BoundedQueue<int> queue(kPoppers), done(kPoppers);
  std::atomic<int> round{0};
  Sleepers sleepers;
  std::vector<std::thread> threads;
  for (int c = 0; c < kPoppers; ++c) {
    threads.emplace_back([&] {
      sleepers.AddThisThread();
      int out = 0;
      while (queue.Pop(out, absl::InfiniteDuration()) == PopResult::kOk) {
        done.TryPush(int{out});
        while (round.load() == out) std::this_thread::yield();
      }
    });
  }
  while (round.load() < kRounds) {
    sleepers.WaitUntilAsleep(kPoppers);
    std::vector<int> items(kPoppers, round.load());
    ASSERT_EQ(queue.TryPushBatch(absl::MakeSpan(items)).reason, PushResult::kOk);
    for (int i = 0; i < kPoppers; ++i) {
      int out = 0;
      ASSERT_EQ(done.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
    }
    round.fetch_add(1);
  }
  queue.Close();
  JoinAll(threads);
}

TEST(BoundedQueueStressTest, ThePlacesThatABatchOfPopsFreesWakeAsManyPushers) {
  // (I7), for the other side.
  constexpr int kPushers = 6, kRounds = 200;
  BoundedQueue<int> queue(kPushers);
  std::atomic<int> round{0};
  Sleepers sleepers;
  std::vector<std::thread> threads;
  std::vector<int> items(kPushers);
  ASSERT_EQ(queue.TryPushBatch(absl::MakeSpan(items)).reason, PushResult::kOk);
  for (int p = 0; p < kPushers; ++p) {
    threads.emplace_back([&] {
      sleepers.AddThisThread();
      for (int mine = 0; queue.Push(1, absl::InfiniteDuration()) == PushResult::kOk; ++mine) {
        while (round.load() == mine) std::this_thread::yield();
      }
    });
  }
  while (round.load() < kRounds) {
    sleepers.WaitUntilAsleep(kPushers);
    ASSERT_EQ(queue.TryPopBatch(absl::MakeSpan(items)).count, static_cast<size_t>(kPushers));
    while (queue.size() < kPushers) std::this_thread::yield();
    round.fetch_add(1);
  }
  queue.Close();
  JoinAll(threads);
}

TEST(BoundedQueueStressTest, ATimeoutThatCoincidesWithAWakeUpDoesNotSwallowIt) {
  // (I7) Somebody waits for ever beside threads whose timeouts pass all the time: an item for which
  // one of those was picked must still find its way.
  BoundedQueue<int> queue(4), done(4);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  const auto pop_and_answer = [&](absl::Duration timeout) {
    int out = 0;
    const PopResult result = queue.Pop(out, timeout);
    if (result == PopResult::kOk) done.TryPush(int{out});
    return result;
  };
  for (int c = 0; c < 4; ++c) {
    threads.emplace_back([&, c] {
      for (int turn = c; !stop.load(); ++turn) pop_and_answer(absl::Microseconds(turn % 30));
    });
  }
  threads.emplace_back([&] {
    while (pop_and_answer(absl::InfiniteDuration()) == PopResult::kOk) {
    }
  });
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(queue.TryPush(int{i}), PushResult::kOk);
    int out = 0;
    ASSERT_EQ(done.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
    ASSERT_EQ(out, i);
  }
  stop.store(true);
  queue.Close();
  JoinAll(threads);
}

TEST(BoundedQueueStressTest, OneItemDoesNotWakeEverybodyWhoWaitsForOne) {
  // (I8) A thread that was woken for nothing sleeps again, and the kernel counts that. With one
  // wake-up an item the poppers sleep once an item, and now and then for the lock; were all woken,
  // it would be twelve times.
  constexpr int kPoppers = 12, kItems = 300;
  BoundedQueue<int> queue(4), done(4);
  Sleepers sleepers;
  std::atomic<int64_t> sleeps{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kPoppers; ++c) {
    threads.emplace_back([&] {
      sleepers.AddThisThread();
      int out = 0;
      while (queue.Pop(out, absl::InfiniteDuration()) == PopResult::kOk) done.TryPush(int{out});
      rusage usage;
      ASSERT_EQ(getrusage(RUSAGE_THREAD, &usage), 0);
      sleeps.fetch_add(usage.ru_nvcsw);
    });
  }
  for (int i = 0; i < kItems; ++i) {
    sleepers.WaitUntilAsleep(kPoppers);
    ASSERT_EQ(queue.TryPush(int{i}), PushResult::kOk);
    int out = 0;
    ASSERT_EQ(done.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
  }
  queue.Close();
  JoinAll(threads);
  EXPECT_LT(sleeps.load(), kItems * 4);
}

TEST(BoundedQueueStressTest, TryPopIfTakesOnlyWhatItsPredicateSawWhileOthersPushAndPop) {
  // (I4), (I6)
  constexpr int kProducers = 3, kConsumers = 3, kPerProducer = 20000;
  BoundedQueue<Item> queue(8);
  Ledger ledger(kProducers, kPerProducer);
  StartLine start(kProducers + kConsumers + 1);
  std::vector<std::thread> producers, others;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      start.Wait();
      for (int i = 0; i < kPerProducer; ++i) {
        ASSERT_EQ(queue.Push(Make(p, i), absl::InfiniteDuration()), PushResult::kOk);
      }
    });
  }
  for (int c = 0; c < kConsumers; ++c) {
    others.emplace_back([&] {
      Ledger::Page page(&ledger, kProducers);
      start.Wait();
      Item out;
      while (queue.Pop(out, absl::InfiniteDuration()) == PopResult::kOk) page.Enter(*out);
    });
  }
  others.emplace_back([&] {
    Ledger::Page page(&ledger, kProducers);
    start.Wait();
    Item out;
    const Ticket* seen = nullptr;
    const auto odd = [&](const Item& item) {
      seen = item.get();
      return item->number % 2 == 1;
    };
    for (PopIfResult result = PopIfResult::kEmpty; result != PopIfResult::kClosed;) {
      result = queue.TryPopIf(out, odd);
      if (result == PopIfResult::kOk) {
        ASSERT_EQ(out.get(), seen);
        ASSERT_EQ(out->number % 2, 1);
        page.Enter(*out);
      } else {
        std::this_thread::yield();
      }
    }
  });
  JoinAll(producers);
  queue.Close();
  JoinAll(others);
  ledger.ExpectEachOnce();
}

TEST(BoundedQueueStressTest, TheItemsOfOneTryPushBatchStayNextToEachOther) {
  // (I6) The batch takes effect at one instant.
  constexpr int kProducers = 4, kBatches = 5000;
  BoundedQueue<Item> queue(9);
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&, p] {
      for (int number = 0; number < kBatches;) {
        std::vector<Item> batch;
        for (int i = 0; i < 3; ++i) batch.push_back(Make(p, number));
        const size_t count = queue.TryPushBatch(absl::MakeSpan(batch)).count;
        // A capacity of three batches and poppers of whole batches: all or nothing fits.
        ASSERT_EQ(count % 3, 0u);
        if (count == 3) {
          ++number;
        } else {
          std::this_thread::yield();
        }
      }
    });
  }
  std::vector<Item> out(3);
  for (int i = 0; i < kProducers * kBatches; ++i) {
    ASSERT_EQ(queue.PopBatch(absl::MakeSpan(out), absl::InfiniteDuration()).count, 3u);
    for (const Item& item : out) {
      ASSERT_EQ(item->producer, out[0]->producer);
      ASSERT_EQ(item->number, out[0]->number);
    }
  }
  JoinAll(threads);
}

}  // namespace
}  // namespace robusto
