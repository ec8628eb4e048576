// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HTTP-date (RFC 9110 section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". strftime and gmtime_r are not
// used, because they depend on the locale and take the C library's time zone lock.
//
//   AppendField("Last-Modified", FormatHttpDate(file.st_mtime));
//   absl::optional<std::time_t> since = ParseHttpDate(*request.Header("if-modified-since"), now);
//
// Times are seconds since 1970-01-01 UTC. Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_MESSAGE_DATE_H_
#define ROBUSTO_HTTP_MESSAGE_DATE_H_

#include <cstddef>
#include <ctime>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace robusto {

// An IMF-fixdate always has this many bytes.
constexpr size_t kHttpDateSize = 29;

// Writes the IMF-fixdate of `time` to out[0, kHttpDateSize), without a NUL. A time whose year does
// not have four digits becomes the nearest time whose year does.
void FormatHttpDate(std::time_t time, char* out);
std::string FormatHttpDate(std::time_t time);

// Reads the three formats that a recipient must accept: IMF-fixdate, RFC 850 and asctime. It is
// strict: letters must have the case of the grammar, the day must exist and have its right name, and
// nothing may stand before or after the date. nullopt otherwise. `now` decides the century of an
// RFC 850 date: it is the latest year with these two digits that is not more than 50 years ahead. A
// leap second (23:59:60) is the second after it.
absl::optional<std::time_t> ParseHttpDate(absl::string_view text, std::time_t now);

// The IMF-fixdate of `now`, for the Date field of every response. It is formatted only when `now` is
// another second than in this thread's last call. The cache is thread-local, so that there is neither
// a lock nor a shared cache line, and a worker formats at most once a second. The view is valid until
// this thread's next call.
absl::string_view CachedHttpDate(std::time_t now);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_DATE_H_
