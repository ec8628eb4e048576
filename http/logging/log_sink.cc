// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/log_sink.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

// One write for so much; a page cache takes it in some ten microseconds.
constexpr size_t kGathered = 64 * 1024;
// How often a writer that waits for room looks at its deadline.
constexpr int kLookMillis = 100;
// For what has no end: a year, which the clock can count.
constexpr absl::Duration kForEver = absl::Hours(24 * 365);

}  // namespace

LogSink::LogSink(UniqueFd fd, Options options)
    : options_(std::move(options)),
      replacement_(std::move(fd)),
      end_((Clock::time_point::max)().time_since_epoch().count()) {
  TakeReplacement();
}

void LogSink::Replace(UniqueFd fd) {
  absl::MutexLock lock(&mu_);
  std::swap(replacement_, fd);
}

void LogSink::EndWithin(absl::Duration timeout) {
  const auto end = Clock::now() + absl::ToChronoNanoseconds(std::min(timeout, kForEver));
  end_.store(end.time_since_epoch().count(), std::memory_order_relaxed);
}

void LogSink::TakeReplacement() {
  UniqueFd replacement;
  {
    absl::MutexLock lock(&mu_);
    replacement = std::move(replacement_);
  }
  if (!replacement.valid()) return;
  fd_ = std::move(replacement);
  torn_ = false;
  struct stat info;
  regular_ = fstat(fd_.get(), &info) == 0 && S_ISREG(info.st_mode);
}

void LogSink::Finish(uint64_t overrun) {
  pool_ = nullptr;
  overrun_ = overrun;
  flush();
  WarnOfLoss(true);
}

void LogSink::log(const spdlog::details::log_msg& message) {
  buffer_.append(message.payload.data(), message.payload.size());
  buffer_.push_back('\n');
  if (buffer_.size() >= kGathered || pool_->queue_size() == 0) flush();
}

void LogSink::flush() {
  TakeReplacement();
  if (!buffer_.empty()) {
    if (torn_) buffer_.insert(0, 1, '\n');
    int error = 0;
    const size_t written = WriteOut(&error);
    if (written > 0) torn_ = buffer_[written - 1] != '\n';
    if (written < buffer_.size()) {
      const auto rest = buffer_.begin() + static_cast<ptrdiff_t>(written);
      auto lost = static_cast<uint64_t>(std::count(rest, buffer_.end(), '\n'));
      // The end of an earlier line, which was counted then.
      if (written == 0 && torn_) --lost;
      failed_.fetch_add(lost, std::memory_order_relaxed);
      reason_ = error == 0 ? "the log was closed" : std::strerror(error);
    }
    buffer_.clear();
  }
  WarnOfLoss(false);
}

size_t LogSink::WriteOut(int* error) {
  size_t done = 0;
  while (done < buffer_.size()) {
    size_t size = buffer_.size() - done;
    if (!regular_) {
      if (!AwaitRoom()) return done;
      // There is room for this much in a pipe that can be written to, and it takes it in one piece
      // (pipe(7)); more would block, for this may be somebody else's descriptor, too.
      if (size > PIPE_BUF) {
        const size_t end = buffer_.rfind('\n', done + PIPE_BUF - 1);
        size = end == std::string::npos || end < done ? PIPE_BUF : end + 1 - done;
      }
    }
    const ssize_t n = write(fd_.get(), buffer_.data() + done, size);
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (n == 0) {
      // No error, and nothing taken: asking on and on would get nowhere.
      *error = EIO;
      return done;
    } else if (errno != EINTR && errno != EAGAIN) {
      *error = errno;
      return done;
    }
  }
  return done;
}

bool LogSink::AwaitRoom() {
  for (;;) {
    if (Clock::now().time_since_epoch().count() >= end_.load(std::memory_order_relaxed)) {
      return false;
    }
    pollfd wanted = {fd_.get(), POLLOUT, 0};
    if (poll(&wanted, 1, kLookMillis) != 0) return true;  // an error, too: write says which
    WarnOfLoss(false);
  }
}

void LogSink::WarnOfLoss(bool now) {
  if (pool_ != nullptr) overrun_ = pool_->overrun_counter();
  const uint64_t lost = failed() + overrun_;
  if (lost == told_) return;
  const Clock::time_point at = Clock::now();
  if (!now && warned_ && absl::FromChrono(at - last_warning_) < options_.warning_interval) return;
  warned_ = true;
  last_warning_ = at;
  const absl::string_view reason =
      reason_.empty() ? "requests end faster than it can be written" : absl::string_view(reason_);
  Warn(absl::StrCat(lost - told_, lost - told_ == 1 ? " line" : " lines", " lost: ", reason));
  told_ = lost;
  reason_.clear();
}

void LogSink::Warn(absl::string_view text) {
  if (options_.on_warning) options_.on_warning(absl::StrCat(options_.name, ": ", text));
}

}  // namespace robusto
