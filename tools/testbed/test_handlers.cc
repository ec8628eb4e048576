// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tools/testbed/test_handlers.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "http/router.h"
#include "http/uri.h"

namespace robusto {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 30;
constexpr int64_t kMaxMillis = 10 * 60 * 1000;

// The parameter `name`, from 0 to `most`. Otherwise answers 400 and returns nullopt.
absl::optional<int64_t> Number(const Request& request, ResponseWriter& response,
                               absl::string_view name, int64_t most) {
  const absl::optional<std::string> text = QueryParameter(request.query(), name);
  int64_t number;
  if (text.has_value() && absl::SimpleAtoi(*text, &number) && number >= 0 && number <= most) {
    return number;
  }
  response.Error(400, absl::StrCat("the parameter ", name, " must be a number from 0 to ", most));
  return absl::nullopt;
}

void WriteLetters(ResponseWriter& response, int64_t count) {
  response.SetHeader("Content-Type", "text/plain");
  std::string block;
  for (int i = 0; i < 26 * 512; ++i) block += static_cast<char>('a' + i % 26);
  for (; count > 0; count -= static_cast<int64_t>(block.size())) {
    response.Write(absl::string_view(block).substr(0, static_cast<size_t>(count)));
  }
}

void Index(const Request&, ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  response.Write(
      "robusto testbed: /plaintext /echo /bytes?n= /stream?chunks=&size= /sleep?ms= /burn?us= "
      "/throw\n");
}

void Plaintext(const Request&, ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  response.Write("Hello, World!");
}

void Echo(const Request& request, ResponseWriter& response) {
  response.SetHeader("Content-Type",
                     request.Header("Content-Type").value_or("application/octet-stream"));
  response.Write(request.body());
}

void Bytes(const Request& request, ResponseWriter& response) {
  if (const auto n = Number(request, response, "n", kMaxBytes)) WriteLetters(response, *n);
}

void Stream(const Request& request, ResponseWriter& response) {
  const auto chunks = Number(request, response, "chunks", 1 << 20);
  if (!chunks.has_value()) return;
  const auto size = Number(request, response, "size", kMaxBytes);
  if (!size.has_value()) return;
  if (*size > 0 && *chunks > kMaxBytes / *size) {
    response.Error(400, absl::StrCat("chunks times size must be at most ", kMaxBytes));
    return;
  }
  for (int64_t i = 0; i < *chunks; ++i) WriteLetters(response, *size);
}

void Sleep(const Request& request, ResponseWriter& response) {
  const auto ms = Number(request, response, "ms", kMaxMillis);
  if (!ms.has_value()) return;
  absl::SleepFor(absl::Milliseconds(*ms));
  response.Write(absl::StrCat("slept ", *ms, " ms\n"));
}

// This thread's own time, so that a thread that has to wait for the processor burns no less.
absl::Duration ThreadCpuTime() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

void Burn(const Request& request, ResponseWriter& response) {
  const auto us = Number(request, response, "us", kMaxMillis * 1000);
  if (!us.has_value()) return;
  const absl::Duration end = ThreadCpuTime() + absl::Microseconds(*us);
  while (ThreadCpuTime() < end) {
  }
  response.Write(absl::StrCat("burned ", *us, " us\n"));
}

void Throw(const Request&, ResponseWriter&) { throw std::runtime_error("as asked by /throw"); }

}  // namespace

Handler TestHandler() {
  const struct {
    Method method;
    absl::string_view pattern;
    void (*handle)(const Request&, ResponseWriter&);
  } routes[] = {
      {Method::kGet, "/", Index},      {Method::kGet, "/plaintext", Plaintext},
      {Method::kPost, "/echo", Echo},  {Method::kPut, "/echo", Echo},
      {Method::kGet, "/bytes", Bytes}, {Method::kGet, "/stream", Stream},
      {Method::kGet, "/sleep", Sleep}, {Method::kGet, "/burn", Burn},
      {Method::kGet, "/throw", Throw},
  };
  Router router;
  for (const auto& route : routes) {
    const absl::Status status = router.Handle(route.method, route.pattern, route.handle);
    if (!status.ok()) {
      std::fprintf(stderr, "testbed: %s\n", status.ToString().c_str());
      std::abort();
    }
  }
  return router;
}

}  // namespace robusto
