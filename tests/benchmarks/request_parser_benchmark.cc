// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What RequestParser costs per request head.
//
//   bazel run //tests/benchmarks:request_parser_benchmark

#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "robusto/http/message/request_parser.h"

namespace robusto {
namespace {

// What `wrk` sends.
constexpr absl::string_view kWrk = "GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

constexpr absl::string_view kCurl =
    "GET /index.html HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n\r\n";

// What a browser sends, cookies and client hints included.
constexpr absl::string_view kBrowser =
    "GET /articles/2026/11/what-is-new?page=2&sort=date HTTP/1.1\r\n"
    "Host: www.example.org\r\n"
    "Connection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Referer: https://www.example.org/articles\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=4f8a1c0e9b7d4e62; theme=dark; consent=yes\r\n\r\n";

void ParseWhole(benchmark::State& state, absl::string_view request) {
  RequestParser parser;
  for (auto _ : state) {
    parser.Reset();
    benchmark::DoNotOptimize(request);
    if (parser.Parse(request) != ParseResult::kComplete) std::abort();
    benchmark::DoNotOptimize(parser.head());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * request.size()));
}
BENCHMARK_CAPTURE(ParseWhole, wrk, kWrk);
BENCHMARK_CAPTURE(ParseWhole, curl, kCurl);
BENCHMARK_CAPTURE(ParseWhole, browser, kBrowser);

// The time per byte must not grow with the size of the head: a slow client is not to cost more than
// a fast one.
void ParseByteByByte(benchmark::State& state) {
  const std::string request =
      "GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(static_cast<size_t>(state.range(0)), 'a') +
      "\r\n\r\n";
  RequestParser parser;
  for (auto _ : state) {
    parser.Reset();
    for (size_t size = 1; size <= request.size(); ++size) {
      benchmark::DoNotOptimize(parser.Parse(absl::string_view(request.data(), size)));
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * request.size()));
}
BENCHMARK(ParseByteByByte)->RangeMultiplier(8)->Range(64, 32000);

}  // namespace
}  // namespace robusto

BENCHMARK_MAIN();
