// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Looks for bytes that ChunkedDecoder reads differently when they come in pieces, or decodes to
// another body or another end than a plain reader does. See BUILD for how to run it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/chunked_decoder.h"
#include "robusto/http/message/parse_error.h"

namespace {

using robusto::ChunkedDecoder;
using robusto::ParseResult;

void Require(bool condition) {
  if (!condition) std::abort();
}

// What `input`, of which a decoder says that it is complete and good, holds: by line, and lazily.
size_t ReadPlainly(const std::string& input, std::string* body) {
  size_t at = 0;
  for (;;) {
    const size_t line_end = input.find("\r\n", at);
    Require(line_end != std::string::npos);
    Require(input.substr(at, line_end - at).find('\n') == std::string::npos);
    char* digits_end = nullptr;
    const unsigned long long chunk = std::strtoull(input.c_str() + at, &digits_end, 16);
    Require(digits_end != input.c_str() + at);
    at = line_end + 2;
    if (chunk == 0) break;
    Require(chunk <= input.size() - at);
    body->append(input, at, chunk);
    at += chunk;
    Require(input.compare(at, 2, "\r\n") == 0);
    at += 2;
  }
  for (;;) {
    const size_t line_end = input.find("\r\n", at);
    Require(line_end != std::string::npos);
    const bool last = line_end == at;
    at = line_end + 2;
    if (last) return at;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  robusto::ChunkedLimits limits;
  limits.max_body = 100;
  limits.max_extension_bytes = 20;
  limits.max_trailer_bytes = 50;
  limits.max_trailer_fields = 3;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);

  ChunkedDecoder whole(limits);
  std::string body;
  const ChunkedDecoder::Progress want = whole.Decode(input, &body);
  Require(body.size() == whole.decoded_size() && body.size() <= limits.max_body);

  ChunkedDecoder pieces(limits);
  std::string pieced;
  size_t consumed = 0;
  ParseResult result = ParseResult::kPartial;
  for (size_t begin = 0; result == ParseResult::kPartial && begin < size;) {
    // A copy of just that size: the sanitizer sees who reads past it.
    const std::string copy(input.substr(begin, 1 + (begin * 7 + size) % 3));
    const ChunkedDecoder::Progress progress = pieces.Decode(copy, &pieced);
    result = progress.result;
    if (result == ParseResult::kPartial) Require(progress.consumed == copy.size());
    consumed += progress.consumed;
    begin += copy.size();
  }
  Require(result == want.result && consumed == want.consumed && pieced == body);
  if (result == ParseResult::kBad) {
    Require(whole.error().reason == pieces.error().reason && whole.error().status >= 400);
  } else if (result == ParseResult::kComplete) {
    std::string plain;
    Require(ReadPlainly(std::string(input), &plain) == want.consumed && plain == body);
  } else {
    Require(want.consumed == size);
  }
  return 0;
}
