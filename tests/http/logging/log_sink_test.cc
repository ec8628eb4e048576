// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/log_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {
namespace {

constexpr absl::Duration kGuard = absl::Seconds(30);

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  // Reads until `end` has come, or all writers have gone.
  std::string ReadUntil(absl::string_view end) {
    std::string all;
    char buffer[4096];
    while (!absl::StrContains(all, end)) {
      const ssize_t n = read(reader.get(), buffer, sizeof(buffer));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      all.append(buffer, static_cast<size_t>(n));
    }
    return all;
  }
  std::string ReadToEnd() { return ReadUntil(kNever); }

  static constexpr char kNever[] = "\x01";
  UniqueFd reader;
  UniqueFd writer;
};

std::unique_ptr<LogSink> Make(UniqueFd fd, LogSink::Options options = {}) {
  auto sink = LogSink::Create(std::move(fd), std::move(options));
  EXPECT_TRUE(sink.ok()) << sink.status();
  return sink.ok() ? *std::move(sink) : nullptr;
}

TEST(LogSinkTest, LinesAreWrittenInOrder) {
  Pipe pipe;
  const auto sink = Make(std::move(pipe.writer));
  std::string want;
  for (int i = 0; i < 100; ++i) {
    sink->Write(absl::StrCat("line ", i));
    absl::StrAppend(&want, "line ", i, "\n");
  }
  sink->Close(kGuard);
  EXPECT_EQ(pipe.ReadToEnd(), want);
  EXPECT_EQ(sink->dropped(), 0u);
}

TEST(LogSinkTest, AFullQueueDropsTheOldestLineAndReportsItWhenThereIsRoomAgain) {
  Pipe pipe;
  ASSERT_GE(fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096), 4096);
  LogSink::Options options;
  options.name = "log";
  options.queue_lines = 4;
  // As the server's log does it: the report is a line of the log itself.
  std::unique_ptr<LogSink> sink;
  options.on_warning = [&sink](absl::string_view text) { sink->Write(text); };
  options.reports_to_itself = true;
  options.warning_interval = absl::ZeroDuration();
  sink = Make(std::move(pipe.writer), std::move(options));
  constexpr uint64_t kLines = 1000;
  for (uint64_t i = 0; i < kLines; ++i)
    sink->Write(absl::StrCat("line ", i, " ", std::string(64, 'x')));
  const uint64_t dropped = sink->dropped();
  EXPECT_GT(dropped, 0u);
  EXPECT_LT(dropped, kLines);
  // Ends only if the loss is reported.
  std::string got = pipe.ReadUntil(" lost: they come faster than they can be written\n");
  std::thread reader([&] { got += pipe.ReadToEnd(); });
  sink->Close(kGuard);
  reader.join();
  EXPECT_TRUE(absl::StrContains(got, absl::StrCat("line ", kLines - 1, " "))) << got;
}

// A descriptor that poll calls writable, and whose write(2) does not return before Release: the counter
// of an eventfd has room for 1, and eight bytes of a line are a larger number.
class StalledDescriptor {
 public:
  StalledDescriptor() : fd_(eventfd(0, EFD_CLOEXEC)) {
    const uint64_t almost_full = std::numeric_limits<uint64_t>::max() - 2;
    EXPECT_EQ(write(fd_.get(), &almost_full, sizeof(almost_full)), sizeof(almost_full));
    pollfd wanted = {fd_.get(), POLLOUT, 0};
    EXPECT_EQ(poll(&wanted, 1, 0), 1);
  }
  UniqueFd Duplicate() const { return UniqueFd(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0)); }
  // Lets one write go through, and waits until it has.
  void Release() {
    uint64_t value;
    EXPECT_EQ(read(fd_.get(), &value, sizeof(value)), sizeof(value));
    EXPECT_EQ(read(fd_.get(), &value, sizeof(value)), sizeof(value));
  }

 private:
  const UniqueFd fd_;
};

constexpr char kEightBytes[] = "1234567";  // with the end of line
// A batch is then one line, as an eventfd takes no more than eight bytes.
constexpr size_t kOneLine = 1;

TEST(LogSinkTest, CloseReturnsAlthoughAWriteDoesNot) {
  StalledDescriptor stalled;
  absl::Mutex mu;
  std::vector<std::string> warnings;
  LogSink::Options options;
  options.name = "log";
  options.queue_lines = kOneLine;
  options.on_warning = [&](absl::string_view text) {
    absl::MutexLock lock(&mu);
    warnings.emplace_back(text);
  };
  auto sink = Make(stalled.Duplicate(), std::move(options));
  sink->Write(kEightBytes);
  sink->Write(kEightBytes);
  sink->Close(absl::ZeroDuration());
  EXPECT_EQ(sink->dropped(), 2u);
  sink->Write(kEightBytes);
  EXPECT_EQ(sink->dropped(), 3u) << "after Close";
  {
    absl::MutexLock lock(&mu);
    EXPECT_EQ(warnings,
              std::vector<std::string>(
                  {"log: 2 lines lost: the log was closed while a write did not return"}));
  }
  // The thread outlives the sink and touches nothing of it.
  sink.reset();
  stalled.Release();
}

TEST(LogSinkTest, WriteDoesNotWaitForADescriptorThatStalls) {
  StalledDescriptor stalled;
  LogSink::Options options;
  options.queue_lines = kOneLine;
  const auto sink = Make(stalled.Duplicate(), std::move(options));
  // Would not end if one of these waited.
  for (int i = 0; i < 1000; ++i) sink->Write(kEightBytes);
  EXPECT_GE(sink->dropped(), 998u);
  sink->Close(absl::ZeroDuration());
  EXPECT_EQ(sink->dropped(), 1000u);
  stalled.Release();
}

TEST(LogSinkTest, LinesGoToTheNewDescriptorAfterReplace) {
  Pipe first;
  Pipe second;
  const auto sink = Make(std::move(first.writer));
  sink->Replace(std::move(second.writer));
  sink->Write("line");
  sink->Close(kGuard);
  EXPECT_EQ(first.ReadToEnd(), "");
  EXPECT_EQ(second.ReadToEnd(), "line\n");
}

}  // namespace
}  // namespace robusto
