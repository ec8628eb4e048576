// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Exchange: the memory of one request and its response, and how far both have come. A connection
// has one while a request is on its way through it; a parked one has none, which is what makes ten
// thousand idle clients cheap. ExchangePool keeps used ones for the next request, so that a warm
// server does not allocate.
//
// Thread-safety: an Exchange has one owner at a time; ExchangePool: all methods.

#ifndef ROBUSTO_HTTP_CONNECTION_EXCHANGE_H_
#define ROBUSTO_HTTP_CONNECTION_EXCHANGE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "robusto/http/connection/input_buffer.h"
#include "robusto/http/message/chunked_decoder.h"
#include "robusto/http/message/request_parser.h"
#include "robusto/http/message/response.h"

namespace robusto {

struct Exchange {
  Exchange(const ParserLimits& parser_limits, const ChunkedLimits& chunked_limits)
      : parser(parser_limits), decoder(chunked_limits) {}

  // Beyond this a buffer is not kept for the next request.
  static constexpr size_t kKeptBytes = 64 * 1024;

  // Handler::OnHead, for a request with a body.
  enum class HeadCheckState : uint8_t {
    kNone,     // not called: no handler has one, or the body is here already
    kPending,  // a worker's next turn calls it, and the body is read only then
    kPassed,   // the body is wanted
  };
  // How far the request has come.
  struct Incoming {
    // Bytes of the input that belong to this request: those gathered so far, or the whole announced
    // size once it is known.
    uint64_t size = 0;
    uint64_t body_taken = 0;     // of a Content-Length body: given to a BodyReceiver and gone
    uint64_t body_received = 0;  // raw bytes, for the minimum rate
    int64_t body_began_ns = 0;   // later by what the server itself took
    int64_t ready_ns = 0;        // when it was last ready for a worker
    bool partial = false;        // the body goes on beyond what is gathered
    bool delivered = false;      // what is gathered has been given to the BodyReceiver
    HeadCheckState head_check = HeadCheckState::kNone;
  };
  // Where the response's body comes from.
  enum class Body : uint8_t { kMemory, kFile, kStream };
  // How far the response has come.
  struct Outgoing {
    Body body = Body::kMemory;
    uint64_t position = 0;    // in output and body, or in output alone when the body is a file
    uint64_t sent = 0;        // in all
    uint64_t head_bytes = 0;  // of what is sent in all
    bool begun = false;       // there is a response
    bool complete = false;    // all of it is sent
    bool chunked = false;
    bool source_ended = false;
    uint64_t stream_left = 0;   // when not chunked; all ones: until the connection's end
    int unacknowledged = 0;     // bytes in the socket when the client was last seen to take some
    absl::string_view refusal;  // why the server answered by itself
  };

  InputBuffer input;  // starts at the first byte of the request
  RequestParser parser;
  ChunkedDecoder decoder;
  std::string body;  // decoded from chunks
  ResponseWriter response;
  std::string output;  // the response's head, or the line before a chunk
  Incoming in;
  Outgoing out;
  // For ServerOptions::on_access only: CLOCK_MONOTONIC at the first byte, and time in the handler.
  // began_ns is 0 again once the request has been reported: not 0 means "not yet reported".
  int64_t began_ns = 0;
  int64_t handled_ns = 0;
  // Bytes that the connection has charged to the MemoryBudget: for what is read, and for what is
  // sent.
  size_t charged_input = 0;
  size_t charged_output = 0;

  // Makes it ready for the next request, keeping the input.
  void NextRequest() {
    parser.Reset();
    decoder.Reset();
    body.clear();
    response.Reset();
    output.clear();
    in = Incoming();
    out = Outgoing();
    began_ns = handled_ns = 0;
  }

  void Recycle() {
    NextRequest();
    input.Shrink(kKeptBytes);
    if (body.capacity() > kKeptBytes) std::string().swap(body);
    if (output.capacity() > kKeptBytes) std::string().swap(output);
  }
};

class ExchangePool {
 public:
  ExchangePool(const ParserLimits& parser_limits, const ChunkedLimits& chunked_limits)
      : parser_limits_(parser_limits), chunked_limits_(chunked_limits) {
    free_.reserve(kMaxKept);
  }
  ExchangePool(const ExchangePool&) = delete;
  ExchangePool& operator=(const ExchangePool&) = delete;
  ~ExchangePool() {
    for (std::atomic<Exchange*>& slot : hot_) delete slot.load();
  }

  std::unique_ptr<Exchange> Acquire() {
    for (std::atomic<Exchange*>& slot : hot_) {
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (Exchange* const hot = slot.exchange(nullptr, std::memory_order_acquire)) {
        return std::unique_ptr<Exchange>(hot);
      }
    }
    absl::MutexLock lock(&mu_);
    if (free_.empty()) {
      ++made_;
      return std::make_unique<Exchange>(parser_limits_, chunked_limits_);
    }
    std::unique_ptr<Exchange> exchange = std::move(free_.back());
    free_.pop_back();
    return exchange;
  }

  void Release(std::unique_ptr<Exchange> exchange) {
    exchange->Recycle();
    for (std::atomic<Exchange*>& slot : hot_) {
      Exchange* none = nullptr;
      if (slot.load(std::memory_order_relaxed) == nullptr &&
          slot.compare_exchange_strong(none, exchange.get(), std::memory_order_release,
                                       std::memory_order_relaxed)) {
        static_cast<void>(exchange.release());
        return;
      }
    }
    absl::MutexLock lock(&mu_);
    if (free_.size() < kMaxKept) {
      free_.push_back(std::move(exchange));
    } else {
      --made_;
    }
  }

  // How many connections have one.
  size_t in_use() const {
    absl::MutexLock lock(&mu_);
    size_t kept = free_.size();
    for (const std::atomic<Exchange*>& slot : hot_) {
      if (slot.load(std::memory_order_relaxed) != nullptr) ++kept;
    }
    return made_ - std::min(made_, kept);
  }

 private:
  // A few MiB at the most.
  static constexpr size_t kMaxKept = 256;

  const ParserLimits parser_limits_;
  const ChunkedLimits chunked_limits_;
  // Those that were used last, and are in the processor's cache: most requests of a server that is
  // not overloaded take and leave one of these, without the lock. Owned. Release and Acquire pair.
  // As many as fit a cache line.
  std::array<std::atomic<Exchange*>, 8> hot_{};
  mutable absl::Mutex mu_;
  size_t made_ ABSL_GUARDED_BY(mu_) = 0;  // that are in use or kept
  std::vector<std::unique_ptr<Exchange>> free_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_EXCHANGE_H_
