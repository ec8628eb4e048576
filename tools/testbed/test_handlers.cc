// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/testbed/test_handlers.h"

#include <algorithm>
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
#include "robusto/http/message/uri.h"
#include "robusto/http/routing/router.h"
#include "robusto/http/semantics/byte_range.h"

namespace robusto {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 40;
// What a stream has in memory.
constexpr int64_t kPieceBytes = 64 * 1024;
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

// Sets `piece` to the body's letters from `offset` on: `count` of them, but at most kPieceBytes.
void AppendLetters(int64_t offset, int64_t count, std::string* piece) {
  const auto size = static_cast<size_t>(std::min(count, kPieceBytes));
  piece->resize(size);
  auto letter = static_cast<char>('a' + offset % 26);
  for (size_t i = 0; i < size; ++i) {
    (*piece)[i] = letter;
    letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1);
  }
}

void Index(const Request&, ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  response.Write(
      "robusto testbed: /plaintext /echo /upload /bytes?n= /stream?chunks=&size= /sleep?ms= "
      "/burn?us= /throw /cut?n= /promise?n=&made= /hang\n");
}

void Plaintext(const Request&, ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  response.Write("Hello, World!");
}

void Echo(const Request& request, ResponseWriter& response) {
  response.SetHeader("Content-Type",
                     request.Header("Content-Type").value_or("application/octet-stream"));
  if (request.body_complete()) {
    response.Write(request.body());
    return;
  }
  response.ReceiveBody([](absl::string_view piece, bool, ResponseWriter& answer) {
    answer.Write(piece);
    return true;
  });
}

void Upload(const Request& request, ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  if (request.body_complete()) {
    response.Write(absl::StrCat(request.body().size(), "\n"));
    return;
  }
  response.ReceiveBody(
      [size = uint64_t{0}](absl::string_view piece, bool last, ResponseWriter& answer) mutable {
        size += piece.size();
        if (last) answer.Write(absl::StrCat(size, "\n"));
        return true;
      });
}

void Bytes(const Request& request, ResponseWriter& response) {
  const auto n = Number(request, response, "n", kMaxBytes);
  if (!n.has_value()) return;
  response.SetHeader("Content-Type", "text/plain");
  response.SetHeader("Accept-Ranges", "bytes");
  const auto size = static_cast<uint64_t>(*n);
  ByteRange part = {0, size};
  switch (ChooseRange(request, size, &part)) {
    case RangeChoice::kWhole:
      break;
    case RangeChoice::kPart:
      response.SetStatus(206);
      response.SetHeader("Content-Range", ContentRange(part, size));
      break;
    case RangeChoice::kUnsatisfiable:
      response.Error(416);
      response.SetHeader("Content-Range", UnsatisfiedRange(size));
      return;
  }
  response.Stream(
      [at = static_cast<int64_t>(part.offset),
       end = static_cast<int64_t>(part.offset + part.length)](std::string* piece) mutable {
        AppendLetters(at, end - at, piece);
        at += static_cast<int64_t>(piece->size());
        return at < end;
      },
      part.length);
}

void Stream(const Request& request, ResponseWriter& response) {
  const auto chunks = Number(request, response, "chunks", kMaxBytes);
  if (!chunks.has_value()) return;
  const auto size = Number(request, response, "size", kPieceBytes);
  if (!size.has_value()) return;
  response.SetHeader("Content-Type", "text/plain");
  response.Stream([left = *chunks, size = *size](std::string* piece) mutable {
    if (left == 0) return false;
    AppendLetters(0, size, piece);
    return --left > 0;
  });
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

void Cut(const Request& request, ResponseWriter& response) {
  const auto n = Number(request, response, "n", kMaxBytes);
  if (!n.has_value()) return;
  response.SetHeader("Content-Type", "text/plain");
  response.Stream([at = int64_t{0}, end = *n](std::string* piece) mutable {
    if (at == end) throw std::runtime_error("as asked by /cut");
    AppendLetters(at, end - at, piece);
    at += static_cast<int64_t>(piece->size());
    return true;
  });
}

void Promise(const Request& request, ResponseWriter& response) {
  const auto n = Number(request, response, "n", kMaxBytes);
  if (!n.has_value()) return;
  const auto made = Number(request, response, "made", kMaxBytes);
  if (!made.has_value()) return;
  response.SetHeader("Content-Type", "text/plain");
  response.Stream(
      [at = int64_t{0}, end = *made](std::string* piece) mutable {
        AppendLetters(at, end - at, piece);
        at += static_cast<int64_t>(piece->size());
        return at < end;
      },
      static_cast<uint64_t>(*n));
}

void Hang(const Request&, ResponseWriter&) {
  for (;;) absl::SleepFor(absl::Hours(1));
}

}  // namespace

Handler TestHandler() {
  Router router;
  for (const absl::Status& status : {
           router.Handle(Method::kGet, "/", Index),
           router.Handle(Method::kGet, "/plaintext", Plaintext),
           router.HandleStreaming(Method::kPost, "/echo", Echo),
           router.HandleStreaming(Method::kPut, "/echo", Echo),
           router.HandleStreaming(Method::kPost, "/upload", Upload),
           router.HandleStreaming(Method::kPut, "/upload", Upload),
           router.Handle(Method::kGet, "/bytes", Bytes),
           router.Handle(Method::kGet, "/stream", Stream),
           router.Handle(Method::kGet, "/sleep", Sleep),
           router.Handle(Method::kGet, "/burn", Burn),
           router.Handle(Method::kGet, "/throw", Throw),
           router.Handle(Method::kGet, "/cut", Cut),
           router.Handle(Method::kGet, "/promise", Promise),
           router.Handle(Method::kGet, "/hang", Hang),
       }) {
    if (!status.ok()) {
      std::fprintf(stderr, "testbed: %s\n", status.ToString().c_str());
      std::abort();
    }
  }
  return router;
}

}  // namespace robusto
