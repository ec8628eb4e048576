// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a small response costs to fill and to serialise.
//
//   bazel run //tests/benchmarks:response_head_benchmark

#include <ctime>
#include <string>

#include "benchmark/benchmark.h"
#include "robusto/http/message/date.h"
#include "robusto/http/message/response.h"
#include "robusto/http/message/response_head.h"

namespace robusto {
namespace {

void Fill(ResponseWriter& response) {
  response.SetHeader("Content-Type", "text/plain");
  response.Write("Hello, World!");
}

void BM_AppendResponseHead(benchmark::State& state) {
  ResponseWriter response;
  Fill(response);
  ResponseHeadInputs inputs;
  inputs.server = "robusto";
  std::string out;
  for (auto _ : state) {
    out.clear();
    inputs.now = std::time(nullptr);
    AppendResponseHead(response, inputs, &out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_AppendResponseHead);

// What a worker does for one request beside parsing it: a new response, the handler, the bytes.
void BM_WholeResponse(benchmark::State& state) {
  ResponseWriter response;
  ResponseHeadInputs inputs;
  inputs.server = "robusto";
  std::string out;
  for (auto _ : state) {
    response.Reset();
    Fill(response);
    out.clear();
    inputs.now = std::time(nullptr);
    AppendResponseHead(response, inputs, &out);
    out.append(response.body().data(), response.body().size());
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_WholeResponse);

void BM_SetFourFields(benchmark::State& state) {
  ResponseWriter response;
  for (auto _ : state) {
    response.Reset();
    response.SetHeader("Content-Type", "text/plain; charset=utf-8");
    response.SetHeader("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
    response.SetHeader("ETag", "\"ae1b981bc490a00-1c8\"");
    response.SetHeader("Cache-Control", "max-age=3600");
    benchmark::DoNotOptimize(response.headers().data());
  }
}
BENCHMARK(BM_SetFourFields);

void BM_FormatHttpDate(benchmark::State& state) {
  std::time_t time = 784111777;
  char text[kHttpDateSize];
  for (auto _ : state) {
    FormatHttpDate(time++, text);
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(BM_FormatHttpDate);

}  // namespace
}  // namespace robusto

BENCHMARK_MAIN();
