// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Handlers for trying the pool, the server and the admin service, and for benchmarks.
//
//   GET  /                    200, a line that names the others
//   GET  /plaintext           "Hello, World!", text/plain
//   POST /echo                the body back, with its Content-Type (PUT too)
//   GET  /bytes?n=N           N bytes, N up to 1 GiB; byte i is 'a' + i % 26
//   GET  /stream?chunks=C&size=S  C pieces of S bytes
//   GET  /sleep?ms=N          sleeps, up to ten minutes, then 200
//   GET  /burn?us=N           uses the processor for N microseconds, up to ten minutes, then 200
//   GET  /throw               throws: 500
//
// A parameter that is missing, no number or out of its bounds: 400, saying which. Another method:
// 405 with Allow. Another path: 404. OPTIONS: 204 with Allow. See http/router.h.

#ifndef ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_
#define ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_

#include "http/handler.h"

namespace robusto {

// One handler for all of these paths.
Handler TestHandler();

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_
