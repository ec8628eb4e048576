// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Handler: the code that answers a request. It runs in a pool worker and may block: that is what the
// pool is for. It is called from many workers at once and so must be thread-safe. What it throws is
// caught: the client gets 500 if nothing was sent yet, and the connection is closed.
//
//   Handler hello = [](const Request&, ResponseWriter& response) { response.Write("Hello, World!"); };

#ifndef ROBUSTO_HTTP_API_HANDLER_H_
#define ROBUSTO_HTTP_API_HANDLER_H_

#include <functional>

#include "robusto/http/message/request.h"
#include "robusto/http/message/response.h"

namespace robusto {

using Handler = std::function<void(const Request&, ResponseWriter&)>;

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_HANDLER_H_
