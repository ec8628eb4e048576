// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Exchange: the memory of one request and its response. A connection has one while a request is on
// its way through it; a parked one has none, which is what makes ten thousand idle clients cheap.
// ExchangePool keeps used ones for the next request, so that a warm server does not allocate.
//
// Thread-safety: an Exchange has one owner at a time; ExchangePool: all methods.

#ifndef ROBUSTO_HTTP_EXCHANGE_H_
#define ROBUSTO_HTTP_EXCHANGE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "http/chunked_decoder.h"
#include "http/input_buffer.h"
#include "http/request_parser.h"
#include "http/response.h"

namespace robusto {

struct Exchange {
  Exchange(const ParserLimits& parser_limits, const ChunkedLimits& chunked_limits)
      : parser(parser_limits), decoder(chunked_limits) {}

  // Beyond this a buffer is not kept for the next request.
  static constexpr size_t kKeptBytes = 64 * 1024;

  InputBuffer input;  // starts at the first byte of the request
  RequestParser parser;
  ChunkedDecoder decoder;
  std::string body;  // decoded from chunks
  ResponseWriter response;
  std::string output;  // the response's head

  // Makes it ready for the next request, keeping the input.
  void NextRequest() {
    parser.Reset();
    decoder.Reset();
    body.clear();
    response.Reset();
    output.clear();
  }

  void Recycle() {
    NextRequest();
    input.Shrink(kKeptBytes);
    if (body.capacity() > kKeptBytes) std::string().swap(body);
  }
};

class ExchangePool {
 public:
  ExchangePool(const ParserLimits& parser_limits, const ChunkedLimits& chunked_limits)
      : parser_limits_(parser_limits), chunked_limits_(chunked_limits) {
    free_.reserve(kMaxKept);
  }

  std::unique_ptr<Exchange> Acquire() {
    {
      absl::MutexLock lock(&mu_);
      if (!free_.empty()) {
        std::unique_ptr<Exchange> exchange = std::move(free_.back());
        free_.pop_back();
        return exchange;
      }
    }
    return std::make_unique<Exchange>(parser_limits_, chunked_limits_);
  }

  void Release(std::unique_ptr<Exchange> exchange) {
    exchange->Recycle();
    absl::MutexLock lock(&mu_);
    if (free_.size() < kMaxKept) free_.push_back(std::move(exchange));
  }

 private:
  // A few MiB at the most.
  static constexpr size_t kMaxKept = 256;

  const ParserLimits parser_limits_;
  const ChunkedLimits chunked_limits_;
  absl::Mutex mu_;
  std::vector<std::unique_ptr<Exchange>> free_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EXCHANGE_H_
