// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Looks for bytes and events that a whole connection answers wrongly. The input is what a client
// sends, as it is; kMark and a letter in it is an event, one of Play's, so that an input may cut the
// bytes, end them, let a timer fire, keep a worker waiting, and so on. An input is played three
// times:
//   - its bytes alone, at once: the connection must handle and refuse what RequestParser and
//     ChunkedDecoder, called plainly one after the other, find in them;
//   - its bytes alone, in pieces: everything must come out the same;
//   - with its events.
// Each time all that the client received must be well-framed responses, as many and in the order as
// the handler was called, and nothing may come, or be handled, after the one that says that it is
// the last. See BUILD for how to run it.

#include <signal.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/chunked_decoder.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request_parser.h"
#include "tests/fuzz/connection_world.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr char kMark = '\xfe';
constexpr int64_t kFarFuture = std::numeric_limits<int64_t>::max() - 1;

// What the parsers find in a client's bytes, one called after the other.
Verdict ReadPlainly(absl::string_view input) {
  const auto [parser_limits, chunked_limits] = FakeHost::Limits();
  Verdict verdict;
  const auto refuse = [&verdict](int status) {
    verdict.refusal = status;
    verdict.closes = true;
    return verdict;
  };
  while (!input.empty()) {
    RequestParser parser(parser_limits);
    const ParseResult result = parser.Parse(input);
    if (result == ParseResult::kPartial) break;
    if (result == ParseResult::kBad) return refuse(parser.error().status);
    if (parser.head().method == Method::kConnect) return refuse(501);
    const absl::string_view rest = input.substr(parser.head_size());
    const uint64_t length = parser.head().content_length.value_or(0);
    std::string body;
    size_t body_size = length;
    if (parser.head().chunked) {
      ChunkedDecoder decoder(chunked_limits);
      const ChunkedDecoder::Progress progress = decoder.Decode(rest, &body);
      if (progress.result == ParseResult::kPartial) break;
      if (progress.result == ParseResult::kBad) return refuse(decoder.error().status);
      body_size = progress.consumed;
    } else {
      if (length > chunked_limits.max_body) return refuse(413);
      if (length > rest.size()) break;
      body = std::string(rest.substr(0, length));
    }
    const Request request(input.data(), &parser.head(), body, "");
    verdict.handled.push_back(Describe(request));
    const bool streams = request.method() != Method::kHead &&
                         (request.path() == "/fails" ||
                          (request.path() == "/chunks" && request.minor_version() == 0));
    if (!parser.head().keep_alive || request.path() == "/close" || request.path() == "/throw" ||
        streams) {
      verdict.closes = true;
      break;
    }
    input = rest.substr(body_size);
  }
  return verdict;
}

std::string BytesOf(absl::string_view input) {
  std::string bytes;
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != kMark || (++i < input.size() && input[i] == kMark)) bytes += input[i];
  }
  return bytes;
}

void Play(absl::string_view input) {
  World world;
  std::string bytes;
  const auto flush = [&] {
    world.Send(bytes);
    bytes.clear();
  };
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != kMark) {
      bytes += input[i];
      continue;
    }
    if (++i == input.size()) break;
    if (input[i] == kMark) {
      bytes += kMark;
      continue;
    }
    flush();
    switch (input[i]) {
      case 'r':
        world.TellReadable();
        break;
      case 'w':
        world.TellWritable();
        break;
      case 'e':
        world.FinishSending();
        break;
      case 'x':
        world.CloseClient();
        break;
      case 'c':
        world.TakeOnce();
        break;
      case 't':
        world.Timer(kFarFuture);
        break;
      case 'u':
        world.Timer(0);  // before any deadline
        break;
      case 'd':
        world.Drain();
        break;
      case 'h':
        world.Hold(true);
        break;
      case 'g':
        world.Hold(false);
        break;
      case 'k':
        world.WorkerTurn();
        break;
      case 'q':
        world.Reject(RejectReason::kQueueFull);
        break;
      case 's':
        world.Reject(RejectReason::kStopped);
        break;
      default:
        break;
    }
  }
  flush();
  world.Finish();
}

void TryAllWays(absl::string_view input) {
  const std::string bytes = BytesOf(input);
  const Verdict want = ReadPlainly(bytes);

  World whole;
  whole.Send(bytes);
  Require(whole.Finish() == want);

  World pieces;
  std::minstd_rand random(static_cast<uint32_t>(input.size()) + 1);
  for (absl::string_view rest = bytes; !rest.empty();) {
    const size_t piece = std::min<size_t>(rest.size(), 1 + random() % 40);
    pieces.Send(rest.substr(0, piece));
    pieces.TellReadable();
    if (random() % 4 == 0) pieces.TakeOnce();
    rest.remove_prefix(piece);
  }
  Require(pieces.Finish() == want);
  Require(pieces.Received() == whole.Received());

  if (bytes.size() != input.size()) Play(input);
}

}  // namespace
}  // namespace robusto

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool ignored = signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  robusto::Require(ignored);
  robusto::TryAllWays({reinterpret_cast<const char*>(data), size});
  return 0;
}
