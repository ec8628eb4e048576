// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a line of the access log costs: to make, and to hand over to the log's thread.
//
//   bazel run //tests/benchmarks:access_log_benchmark

#include <cstdlib>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "robusto/http/logging/access_log.h"
#include "robusto/http/logging/access_log_format.h"

namespace robusto {
namespace {

AccessRecord Typical() {
  AccessRecord record;
  record.began = absl::Now();
  record.took = absl::Microseconds(213);
  record.handled_in = absl::Microseconds(101);
  record.peer = "192.0.2.7:40312";
  record.request_id = "1f00000003-12";
  record.method = "GET";
  record.target = "/images/logo.png?version=3";
  record.referer = "https://www.example.org/index.html";
  record.user_agent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
      "Safari/537.36";
  record.status = 200;
  record.body_bytes = 12345;
  record.complete = true;
  return record;
}

template <void (*append)(const AccessRecord&, std::string*)>
void BM_Line(benchmark::State& state) {
  const AccessRecord record = Typical();
  std::string line;
  for (auto _ : state) {
    line.clear();
    append(record, &line);
    benchmark::DoNotOptimize(line.data());
  }
}
BENCHMARK_TEMPLATE(BM_Line, AppendCombinedLine);
BENCHMARK_TEMPLATE(BM_Line, AppendJsonLine);

// With the queue and the log's thread; lines that it has no time for are dropped, and counted.
void BM_Write(benchmark::State& state) {
  static std::unique_ptr<AccessLog> log;
  if (state.thread_index() == 0) {
    AccessLogOptions options;
    options.path = "/dev/null";
    options.format = static_cast<AccessLogFormat>(state.range(0));
    auto opened = AccessLog::Open(options);
    if (!opened.ok()) std::abort();
    log = *std::move(opened);
  }
  const AccessRecord record = Typical();
  for (auto _ : state) log->Write(record);
  if (state.thread_index() == 0) {
    log->Close();
    state.counters["lost"] = static_cast<double>(log->lost());
  }
}
BENCHMARK(BM_Write)->Arg(0)->Arg(1);

}  // namespace
}  // namespace robusto

BENCHMARK_MAIN();
