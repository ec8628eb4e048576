// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Handlers for trying the pool, the server and the admin service, and for benchmarks.
//
//   GET  /                    200, a line that names the others
//   GET  /plaintext           "Hello, World!", text/plain
//   POST /echo                the body back, with its Content-Type (PUT too); held in memory, so
//                             --max_body_bytes is what one request may take
//   POST /upload              how many bytes the body had (PUT too); none of it is kept, so that
//                             bodies of any size go with --max_body_bytes beyond --body_buffer
//   GET  /bytes?n=N           N bytes, up to 1 TiB, byte i is 'a' + i % 26: a stream of known
//                             length, of which a part can be had with Range
//   GET  /stream?chunks=C&size=S  C pieces of S bytes, S up to 64 KiB: a stream of unknown length
//   GET  /sleep?ms=N          sleeps, up to ten minutes, then 200
//   GET  /burn?us=N           uses the processor for N microseconds, up to ten minutes, then 200
//   GET  /throw               throws: 500
//   GET  /cut?n=N             a stream of unknown length that throws after N bytes: cut off, or 500
//                             when N is 0
//   GET  /promise?n=N&made=M  announces N bytes and makes M: cut off when these are fewer, or 500
//                             when the first 64 KiB show it; what is beyond N is not sent
//   GET  /hang                never returns: a worker less, until the process ends
//
// A parameter that is missing, no number or out of its bounds: 400, saying which. Another method:
// 405 with Allow. Another path: 404. OPTIONS: 204 with Allow. See http/routing/router.h.

#ifndef ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_
#define ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_

#include "robusto/http/api/handler.h"

namespace robusto {

// One handler for all of these paths.
Handler TestHandler();

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_TESTBED_TEST_HANDLERS_H_
