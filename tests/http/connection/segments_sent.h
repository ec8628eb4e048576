// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef ROBUSTO_TESTS_HTTP_CONNECTION_SEGMENTS_SENT_H_
#define ROBUSTO_TESTS_HTTP_CONNECTION_SEGMENTS_SENT_H_

#include <cstdint>

namespace robusto {

// How many segments with data a TCP socket has sent; 0 when it cannot be told.
uint32_t SegmentsSent(int fd);

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_CONNECTION_SEGMENTS_SENT_H_
