// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The bounds of ServerOptions' numbers: for Server::Create, and for the flags that set them. Those of the pool are in
// workers/pool_options.h.

#ifndef ROBUSTO_HTTP_API_OPTION_LIMITS_H_
#define ROBUSTO_HTTP_API_OPTION_LIMITS_H_

#include <cstdint>

#include "robusto/workers/option_error.h"

namespace robusto {

// Each connection takes memory from the start, used or not: a larger number is a typing error.
constexpr OptionRange kMaxConnectionsRange = {"max_connections", 1, int64_t{1} << 24};
constexpr OptionRange kMaxParkedConnectionsRange = {"max_parked_connections", 0};
constexpr OptionRange kMaxRequestsPerConnectionRange = {"max_requests_per_connection", 0};
constexpr OptionRange kMaxRequestLineBytesRange = {"max_request_line_bytes", 1};
constexpr OptionRange kMaxHeaderBytesRange = {"max_header_bytes", 1};
constexpr OptionRange kMaxHeaderFieldsRange = {"max_header_fields", 1};
constexpr OptionRange kMaxBodyBytesRange = {"max_body_bytes", 0};
constexpr OptionRange kMemoryLimitRange = {"memory_limit", 0};
constexpr OptionRange kBodyBufferBytesRange = {"body_buffer_bytes", 0};
constexpr OptionRange kMinBodyBytesPerSecondRange = {"min_body_bytes_per_second", 1};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_OPTION_LIMITS_H_
