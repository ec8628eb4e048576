// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/log_sink.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/warning_limiter.h"

namespace robusto {
namespace {

// The size of one write: a page cache takes it in some ten microseconds.
constexpr size_t kBatchBytes = 64 * 1024;
// A queue slot keeps its memory for the next line up to this size: most lines are shorter.
constexpr size_t kSlotBytes = 512;
// While the descriptor takes nothing: how often lost lines are looked for.
constexpr int kStallCheckMillis = 500;
// How long Close waits, after its timeout, for a thread that only has to notice it.
constexpr absl::Duration kAbandonAfter = absl::Milliseconds(50);
// The longest wait that poll can express, about 24 days.
constexpr absl::Duration kMaxPoll = absl::Milliseconds(INT_MAX);

// Waits until `event` is signalled, for at most `timeout`. Returns whether it was.
bool AwaitEvent(int event, absl::Duration timeout) {
  const int64_t deadline = DeadlineAfter(MonotonicNanos(), timeout);
  for (;;) {
    const absl::Duration left = std::min(TimeUntil(deadline, MonotonicNanos()), kMaxPoll);
    pollfd wanted = {event, POLLIN, 0};
    const int ready =
        poll(&wanted, 1,
             static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (ready > 0) return true;
    if (ready == 0 && left == absl::ZeroDuration()) return false;
  }
}

void Signal(int event) {
  // Fails only if the counter would overflow, which one signal cannot do.
  const ssize_t written = eventfd_write(event, 1);
  static_cast<void>(written);
}

}  // namespace

// The queue, and what the thread does. Shared by the sink and the thread.
class LogSink::Writer {
 public:
  Writer(UniqueFd fd, Options options)
      : ended_(eventfd(0, EFD_CLOEXEC)),
        give_up_(eventfd(0, EFD_CLOEXEC)),
        options_(std::move(options)),
        limiter_(1, options_.warning_interval),
        replacement_(std::move(fd)),
        queue_(options_.queue_lines) {}

  bool valid() const { return ended_.valid() && give_up_.valid(); }

  // The thread.
  void Run();

  void Write(absl::string_view line) ABSL_LOCKS_EXCLUDED(mu_);
  void Replace(UniqueFd fd) ABSL_LOCKS_EXCLUDED(mu_);
  void Close(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mu_, warning_mu_);
  uint64_t dropped() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return dropped_;
  }

 private:
  // Waits for lines, a descriptor or the end; moves lines to buffer_. False: this is the end.
  bool NextBatch() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return queued_ > 0 || closing_ || replacement_.valid();
  }
  void UseDescriptor(UniqueFd fd);
  // Writes buffer_, and counts what could not be written.
  void WriteBatch() ABSL_LOCKS_EXCLUDED(mu_);
  // Writes as much of buffer_ as possible. Returns how much, and the error that ended it or 0.
  size_t WriteOut(int* error);
  // Waits until there is room to write. False: Close has given up.
  bool AwaitRoom();
  // Reports lines lost since the last report: only if that is warning_interval ago, unless `now`.
  void WarnOfLoss(bool now) ABSL_LOCKS_EXCLUDED(mu_, warning_mu_);
  void Warn(uint64_t lost, absl::string_view reason) ABSL_LOCKS_EXCLUDED(mu_, warning_mu_);

  // Constant after construction. Signalled once each: the thread has ended; the thread is to end.
  const UniqueFd ended_;
  const UniqueFd give_up_;
  const Options options_;
  WarningLimiter limiter_;  // own synchronisation

  mutable absl::Mutex mu_;
  UniqueFd replacement_ ABSL_GUARDED_BY(mu_);
  // A ring: queued_ lines from first_ on.
  std::vector<std::string> queue_ ABSL_GUARDED_BY(mu_);
  size_t first_ ABSL_GUARDED_BY(mu_) = 0;
  size_t queued_ ABSL_GUARDED_BY(mu_) = 0;
  size_t in_buffer_ ABSL_GUARDED_BY(mu_) = 0;  // lines that the thread has taken
  uint64_t dropped_ ABSL_GUARDED_BY(mu_) = 0;
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  // Close went on without the thread, and has counted its lines.
  bool abandoned_ ABSL_GUARDED_BY(mu_) = false;

  // Held during on_warning, so that none runs after Close. Never taken with mu_ held.
  absl::Mutex warning_mu_;
  bool muted_ ABSL_GUARDED_BY(warning_mu_) = false;
  uint64_t reported_ ABSL_GUARDED_BY(warning_mu_) = 0;

  // The thread's own.
  UniqueFd fd_;
  bool regular_ = false;  // a file: poll says nothing about it
  bool torn_ = false;     // the last write ended inside a line
  std::string buffer_;
  std::string reason_;
};

void LogSink::Writer::Write(absl::string_view line) {
  absl::MutexLock lock(&mu_);
  if (closing_) {
    ++dropped_;
    return;
  }
  if (queued_ == queue_.size()) {
    first_ = (first_ + 1) % queue_.size();
    --queued_;
    ++dropped_;
  }
  try {
    queue_[(first_ + queued_) % queue_.size()].assign(line.data(), line.size());
    ++queued_;
  } catch (const std::exception&) {  // no memory
    ++dropped_;
  }
}

void LogSink::Writer::Replace(UniqueFd fd) {
  absl::MutexLock lock(&mu_);
  // What was not taken yet goes with `fd`, after the lock: close(2) may block.
  std::swap(replacement_, fd);
}

void LogSink::Writer::Run() {
  while (NextBatch()) {
    WriteBatch();
    WarnOfLoss(false);
  }
  WarnOfLoss(true);
  fd_.reset();
  Signal(ended_.get());
}

bool LogSink::Writer::NextBatch() {
  UniqueFd replacement;
  bool more;
  buffer_.clear();
  {
    absl::MutexLock lock(&mu_);
    in_buffer_ = 0;
    mu_.Await(absl::Condition(this, &Writer::HasWork));
    replacement = std::move(replacement_);
    more = queued_ > 0 || !closing_;
    while (queued_ > 0 && buffer_.size() < kBatchBytes) {
      std::string& line = queue_[first_];
      buffer_.append(line);
      buffer_.push_back('\n');
      if (line.capacity() > kSlotBytes) std::string().swap(line);
      first_ = (first_ + 1) % queue_.size();
      --queued_;
      ++in_buffer_;
    }
  }
  if (replacement.valid()) UseDescriptor(std::move(replacement));
  return more;
}

void LogSink::Writer::UseDescriptor(UniqueFd fd) {
  fd_ = std::move(fd);
  torn_ = false;
  struct stat info;
  regular_ = fstat(fd_.get(), &info) == 0 && S_ISREG(info.st_mode);
}

void LogSink::Writer::WriteBatch() {
  if (buffer_.empty()) return;
  const size_t torn_bytes = torn_ ? 1 : 0;
  // Ends the line that was cut, so that the next one is whole.
  if (torn_) buffer_.insert(0, 1, '\n');
  int error = 0;
  const size_t written = WriteOut(&error);
  if (written > 0) torn_ = buffer_[written - 1] != '\n';
  if (written == buffer_.size()) return;
  reason_ = error == 0 ? "the log was closed" : std::strerror(error);
  const auto rest = buffer_.begin() + static_cast<ptrdiff_t>(std::max(written, torn_bytes));
  const auto lost = static_cast<uint64_t>(std::count(rest, buffer_.end(), '\n'));
  absl::MutexLock lock(&mu_);
  if (!abandoned_) dropped_ += lost;
}

size_t LogSink::Writer::WriteOut(int* error) {
  size_t done = 0;
  while (done < buffer_.size()) {
    size_t size = buffer_.size() - done;
    if (!regular_) {
      if (!AwaitRoom()) return done;
      // A pipe that poll calls writable takes PIPE_BUF bytes in one piece (pipe(7)). More would block,
      // unless the descriptor were non-blocking, which would change it for other processes, too.
      if (size > PIPE_BUF) {
        const size_t end = buffer_.rfind('\n', done + PIPE_BUF - 1);
        size = end == std::string::npos || end < done ? PIPE_BUF : end + 1 - done;
      }
    }
    const ssize_t n = write(fd_.get(), buffer_.data() + done, size);
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (n == 0) {
      // Neither an error nor progress: another attempt would have the same result.
      *error = EIO;
      return done;
    } else if (errno != EINTR && errno != EAGAIN) {
      *error = errno;
      return done;
    }
  }
  return done;
}

bool LogSink::Writer::AwaitRoom() {
  for (;;) {
    pollfd wanted[] = {{fd_.get(), POLLOUT, 0}, {give_up_.get(), POLLIN, 0}};
    const int ready = poll(wanted, 2, kStallCheckMillis);
    // Room counts even after Close has given up: what can be written without waiting is written. An
    // error counts as room: write says which one it is.
    if (ready > 0 && wanted[0].revents != 0) return true;
    if (ready > 0 && wanted[1].revents != 0) return false;
    if (!options_.reports_to_itself) WarnOfLoss(false);
  }
}

void LogSink::Writer::WarnOfLoss(bool now) {
  if (!options_.on_warning) return;
  uint64_t lost;
  {
    absl::MutexLock lock(&warning_mu_);
    lost = dropped() - reported_;
  }
  if (lost == 0) return;
  if (!limiter_.Admit(MonotonicNanos()).has_value() && !now) return;
  Warn(lost, reason_.empty() ? "they come faster than they can be written" : reason_);
  reason_.clear();
}

void LogSink::Writer::Warn(uint64_t lost, absl::string_view reason) {
  absl::MutexLock lock(&warning_mu_);
  if (muted_ || lost == 0) return;
  reported_ += lost;
  options_.on_warning(
      absl::StrCat(options_.name, ": ", lost, lost == 1 ? " line" : " lines", " lost: ", reason));
}

void LogSink::Writer::Close(absl::Duration timeout) {
  {
    absl::MutexLock lock(&mu_);
    if (closing_) return;
    closing_ = true;
  }
  if (AwaitEvent(ended_.get(), timeout)) return;
  Signal(give_up_.get());
  if (AwaitEvent(ended_.get(), kAbandonAfter)) return;
  // The thread is inside a write(2) that does not return. It has what it needs through its shared
  // pointer, and ends with the process at the latest.
  {
    absl::MutexLock lock(&mu_);
    abandoned_ = true;
    dropped_ += queued_ + in_buffer_;
    queued_ = in_buffer_ = 0;
  }
  if (options_.on_warning) {
    uint64_t lost = dropped();
    {
      absl::MutexLock lock(&warning_mu_);
      lost -= reported_;
    }
    Warn(lost, "the log was closed while a write did not return");
  }
  absl::MutexLock lock(&warning_mu_);
  muted_ = true;
}

absl::StatusOr<std::unique_ptr<LogSink>> LogSink::Create(UniqueFd fd, Options options) {
  try {
    auto writer = std::make_shared<Writer>(std::move(fd), std::move(options));
    if (!writer->valid()) {
      return absl::UnavailableError(absl::StrCat("eventfd: ", std::strerror(errno)));
    }
    std::thread([writer] { writer->Run(); }).detach();
    return std::unique_ptr<LogSink>(new LogSink(std::move(writer)));
  } catch (const std::exception& error) {  // no thread, no memory
    return absl::UnavailableError(error.what());
  }
}

LogSink::LogSink(std::shared_ptr<Writer> writer) : writer_(std::move(writer)) {}

LogSink::~LogSink() { Close(absl::ZeroDuration()); }

void LogSink::Write(absl::string_view line) { writer_->Write(line); }

void LogSink::Replace(UniqueFd fd) { writer_->Replace(std::move(fd)); }

void LogSink::Close(absl::Duration timeout) { writer_->Close(timeout); }

uint64_t LogSink::dropped() const { return writer_->dropped(); }

}  // namespace robusto
