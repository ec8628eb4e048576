// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/access_log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/io/unique_fd.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

class Warnings {
 public:
  std::function<void(absl::string_view)> callback() {
    return [this](absl::string_view text) {
      absl::MutexLock lock(&mu_);
      all_.emplace_back(text);
    };
  }
  std::vector<std::string> all() {
    absl::MutexLock lock(&mu_);
    return all_;
  }
  // Waits for the first.
  std::string First() {
    const auto some = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !all_.empty(); };
    absl::MutexLock lock(&mu_);
    return mu_.AwaitWithTimeout(absl::Condition(&some), absl::Seconds(30)) ? all_[0] : "";
  }

 private:
  absl::Mutex mu_;
  std::vector<std::string> all_ ABSL_GUARDED_BY(mu_);
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Writes a line whose target is /`number`.
void WriteNumber(AccessLog& log, int number) {
  const std::string target = absl::StrCat("/", number);
  AccessRecord record;
  record.began = absl::UnixEpoch();
  record.peer = "192.0.2.7:1";
  record.method = "GET";
  record.target = target;
  record.status = 200;
  log.Write(record);
}

std::string LineOf(int number) {
  return absl::StrCat("192.0.2.7 - - [01/Jan/1970:00:00:00 +0000] \"GET /", number,
                      " HTTP/1.1\" 200 - \"-\" \"-\"\n");
}

class AccessLogTest : public ::testing::Test {
 protected:
  AccessLogTest() {
    options_.path = tree_.At("log");
    options_.on_warning = warnings_.callback();
  }

  std::unique_ptr<AccessLog> Open() {
    auto log = AccessLog::Open(options_);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

  const TempTree tree_;
  Warnings warnings_;
  AccessLogOptions options_;
};

TEST_F(AccessLogTest, LinesAreInTheFileInOrderOnceItIsClosed) {
  std::string want;
  {
    const auto log = Open();
    for (int i = 0; i < 5000; ++i) {
      WriteNumber(*log, i);
      want += LineOf(i);
    }
    log->Close();
    EXPECT_EQ(log->lost(), 0);
  }
  EXPECT_EQ(ReadFile(options_.path), want);
  EXPECT_EQ(warnings_.all(), std::vector<std::string>());
}

TEST_F(AccessLogTest, ALineIsWrittenWithoutWaitingForAnother) {
  const auto log = Open();
  for (int i = 0; i < 3; ++i) {
    WriteNumber(*log, i);
    const absl::Time guard = absl::Now() + absl::Seconds(30);
    while (!absl::EndsWith(ReadFile(options_.path), LineOf(i)) && absl::Now() < guard) {
      std::this_thread::yield();
    }
    ASSERT_TRUE(absl::EndsWith(ReadFile(options_.path), LineOf(i))) << i;
  }
}

TEST_F(AccessLogTest, JsonIsTheOtherForm) {
  options_.format = AccessLogFormat::kJson;
  Open()->Write(AccessRecord());
  EXPECT_EQ(ReadFile(options_.path),
            "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"peer\":\"\",\"request_id\":\"\","
            "\"status\":499,\"body_bytes\":0,\"duration_seconds\":0.000000,"
            "\"handler_seconds\":0.000000,\"complete\":false}\n");
}

TEST_F(AccessLogTest, AFileIsAppendedToAndANewOneIsNotForEverybody) {
  tree_.Write("log", "before\n");
  WriteNumber(*Open(), 1);
  EXPECT_EQ(ReadFile(options_.path), "before\n" + LineOf(1));

  options_.path = tree_.At("new");
  WriteNumber(*Open(), 2);
  struct stat info;
  ASSERT_EQ(stat(options_.path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777 & ~mode_t{0640}, 0);
}

TEST_F(AccessLogTest, ManyThreadsWriteWholeLines) {
  constexpr int kThreads = 4;
  constexpr int kEach = 1000;
  const auto log = Open();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < kEach; ++i) WriteNumber(*log, t * kEach + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  log->Close();
  std::vector<std::string> want;
  for (int i = 0; i < kThreads * kEach; ++i) want.push_back(LineOf(i));
  std::vector<std::string> got;
  for (absl::string_view line : absl::StrSplit(ReadFile(options_.path), '\n', absl::SkipEmpty())) {
    got.push_back(absl::StrCat(line, "\n"));
  }
  std::sort(want.begin(), want.end());
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, want);
}

TEST_F(AccessLogTest, AfterReopenLinesAreInANewFile) {
  const auto log = Open();
  WriteNumber(*log, 1);
  const std::string old = tree_.At("log.1");
  ASSERT_EQ(std::rename(options_.path.c_str(), old.c_str()), 0);
  EXPECT_TRUE(log->Reopen().ok());
  WriteNumber(*log, 2);
  log->Close();
  // The first line may have been on its way.
  EXPECT_EQ(ReadFile(old) + ReadFile(options_.path), LineOf(1) + LineOf(2));
  EXPECT_TRUE(absl::EndsWith(ReadFile(options_.path), LineOf(2)));
}

// Whether this process has a file with that path, or that had it, open.
bool HasOpen(const std::string& path) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (absl::StartsWith(std::filesystem::read_symlink(entry.path(), gone).string(), path)) {
      return true;
    }
  }
  return false;
}

TEST_F(AccessLogTest, AfterReopenTheOldFileIsLetGoOfAlsoWhenNoLineFollows) {
  const auto log = Open();
  const std::string old = tree_.At("old");
  ASSERT_EQ(std::rename(options_.path.c_str(), old.c_str()), 0);
  ASSERT_TRUE(HasOpen(old));
  EXPECT_TRUE(log->Reopen().ok());
  const absl::Time guard = absl::Now() + absl::Seconds(30);
  while (HasOpen(old) && absl::Now() < guard) std::this_thread::yield();
  EXPECT_FALSE(HasOpen(old));
}

TEST_F(AccessLogTest, WhenReopenFailsTheOldFileIsWrittenToFurther) {
  tree_.MakeDirectory("directory");
  options_.path = tree_.At("directory/log");
  const auto log = Open();
  const std::string old = tree_.At("log.1");
  ASSERT_EQ(std::rename(options_.path.c_str(), old.c_str()), 0);
  ASSERT_EQ(rmdir(tree_.At("directory").c_str()), 0);
  const absl::Status status = log->Reopen();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), absl::StrCat("path \"", options_.path,
                                           "\" cannot be opened: No such file or directory"));
  WriteNumber(*log, 1);
  log->Close();
  EXPECT_EQ(ReadFile(old), LineOf(1));
}

TEST_F(AccessLogTest, WhatCannotBeOpenedIsSaid) {
  tree_.MakeDirectory("directory");
  tree_.MakeNode("fifo", S_IFIFO);
  const struct {
    std::string path;
    const char* why;
  } kRows[] = {{tree_.At("no/such/directory"), "No such file or directory"},
               {tree_.At("directory"), "Is a directory"},
               {tree_.At("fifo"), "No such device or address"}};
  for (const auto& row : kRows) {
    options_.path = row.path;
    const absl::Status status = AccessLog::Open(options_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_EQ(status.message(),
              absl::StrCat("path \"", row.path, "\" cannot be opened: ", row.why));
  }
}

TEST_F(AccessLogTest, OptionsOutOfBoundsAreInvalid) {
  AccessLogOptions options = options_;
  options.path = "";
  EXPECT_EQ(AccessLog::Open(options).status().message(),
            "path is empty; it must be a file name, or \"-\"");
  options = options_;
  options.queue_lines = 0;
  EXPECT_EQ(AccessLog::Open(options).status().message(),
            "queue_lines is 0; it must be from 1 to 4194304");
  options = options_;
  options.close_timeout = absl::Seconds(-1);
  EXPECT_EQ(AccessLog::Open(options).status().message(),
            "close_timeout is -1s; it must be 0s or more, or inf");
}

TEST_F(AccessLogTest, AFullDiskLosesLinesAndSaysSo) {
  options_.path = "/dev/full";
  options_.warning_interval = absl::InfiniteDuration();
  const auto log = Open();
  WriteNumber(*log, 0);
  EXPECT_EQ(warnings_.First(), "access log /dev/full: 1 line lost: No space left on device");
  for (int i = 1; i < 100; ++i) {
    WriteNumber(*log, i);
    // Each is a write of its own that fails.
    const absl::Time guard = absl::Now() + absl::Seconds(30);
    while (log->lost() < static_cast<uint64_t>(i) + 1 && absl::Now() < guard) {
      std::this_thread::yield();
    }
  }
  log->Close();
  EXPECT_EQ(log->lost(), 100);
  // One at once, and one at the end for the other 99: not one for each.
  EXPECT_EQ(warnings_.all(), std::vector<std::string>(
                                 {"access log /dev/full: 1 line lost: No space left on device",
                                  "access log /dev/full: 99 lines lost: No space left on device"}));
}

TEST_F(AccessLogTest, ALineThatWasCutByAFullDiskDoesNotSpoilTheNext) {
  // A limit of the file's size ends a write in its middle, as the end of a disk does.
  signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const std::string line = LineOf(1);
  rlimit limit = before;
  limit.rlim_cur = line.size() + 10;
  const auto log = Open();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  WriteNumber(*log, 1);
  WriteNumber(*log, 2);
  WriteNumber(*log, 3);
  const std::string warning = warnings_.First();
  const absl::Time guard = absl::Now() + absl::Seconds(30);
  while (log->lost() < 2 && absl::Now() < guard) std::this_thread::yield();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(absl::StrContains(warning, "File too large")) << warning;
  WriteNumber(*log, 4);
  log->Close();
  EXPECT_EQ(log->lost(), 2);
  EXPECT_EQ(ReadFile(options_.path), line + LineOf(2).substr(0, 10) + "\n" + LineOf(4));
}

// Reads all that comes through a FIFO, until its writers have gone.
std::string ReadToEnd(int fd) {
  std::string all;
  char buffer[4096];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n == 0) return all;
    if (n > 0) all.append(buffer, static_cast<size_t>(n));
    if (n < 0 && errno != EINTR) return all + "<error>";
  }
}

// A FIFO whose reader does not read.
class SlowAccessLogTest : public AccessLogTest {
 protected:
  SlowAccessLogTest() {
    tree_.MakeNode("fifo", S_IFIFO);
    options_.path = tree_.At("fifo");
    reader_ = UniqueFd(open(options_.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    EXPECT_EQ(fcntl(reader_.get(), F_SETFL, 0), 0);
  }

  UniqueFd reader_;
};

TEST_F(SlowAccessLogTest, WriteNeverBlocksAndWhatIsLostIsCounted) {
  constexpr int kLines = 20000;  // a pipe takes 64 KiB
  options_.queue_lines = 16;
  options_.close_timeout = absl::Seconds(30);
  auto log = Open();
  for (int i = 0; i < kLines; ++i) WriteNumber(*log, i);
  EXPECT_GT(log->lost(), 0);
  EXPECT_TRUE(absl::EndsWith(warnings_.First(), " lost: they come faster than they can be written"))
      << warnings_.First();
  std::string got;
  std::thread reader([&] { got = ReadToEnd(reader_.get()); });
  log->Close();
  const uint64_t lost = log->lost();
  // The reader ends when the log's descriptor is closed, which is with its last owner.
  log.reset();
  reader.join();
  uint64_t whole = 0;
  int last = -1;
  for (absl::string_view line : absl::StrSplit(got, '\n', absl::SkipEmpty())) {
    const size_t slash = line.find("GET /");
    ASSERT_NE(slash, absl::string_view::npos) << line;
    const int number = std::stoi(std::string(line.substr(slash + 5)));
    EXPECT_EQ(absl::StrCat(line, "\n"), LineOf(number));
    EXPECT_GT(number, last);
    last = number;
    ++whole;
  }
  EXPECT_EQ(whole + lost, kLines);
  EXPECT_EQ(last, kLines - 1) << "the oldest are dropped, not the newest";
}

TEST_F(SlowAccessLogTest, CloseEndsAlsoWhenNobodyReads) {
  options_.close_timeout = absl::Milliseconds(50);
  const auto log = Open();
  for (int i = 0; i < 8000; ++i) WriteNumber(*log, i);
  log->Close();
  EXPECT_GT(log->lost(), 0);
  const std::vector<std::string> warnings = warnings_.all();
  ASSERT_FALSE(warnings.empty());
  EXPECT_TRUE(absl::EndsWith(warnings.back(), " lost: the log was closed")) << warnings.back();
  const uint64_t before = log->lost();
  WriteNumber(*log, 1);
  EXPECT_EQ(log->lost(), before + 1) << "after Close";
  log->Close();
}

TEST_F(SlowAccessLogTest, AReaderThatWentAwayIsNoReasonToEnd) {
  signal(SIGPIPE, SIG_IGN);
  const auto log = Open();
  reader_.reset();
  WriteNumber(*log, 1);
  EXPECT_EQ(warnings_.First(),
            absl::StrCat("access log ", options_.path, ": 1 line lost: Broken pipe"));
}

}  // namespace
}  // namespace robusto
