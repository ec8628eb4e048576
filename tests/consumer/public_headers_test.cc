// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Includes every public header of queue, workers and http, and instantiates their templates, in a build that turns the
// warnings on which BUILD names and makes errors of them.

// Robusto's headers are judged here, and not those of the libraries that they include. Where a library is built from
// source its headers are no system headers. If one is missing in this list, the compiler warns of that library.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#pragma GCC diagnostic pop

#include <memory>
#include <utility>

#include "robusto/http/api/access_record.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/api/server_stats.h"
#include "robusto/http/files/file_handler.h"
#include "robusto/http/logging/access_log.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/request_parser.h"
#include "robusto/http/message/response.h"
#include "robusto/http/message/uri.h"
#include "robusto/http/routing/router.h"
#include "robusto/http/server.h"
#include "robusto/queue/bounded_queue.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/journal.h"
#include "robusto/workers/pool_options.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/resize.h"
#include "robusto/workers/task.h"
#include "robusto/workers/thread_pool.h"
#include "robusto/workers/work_source.h"

template class robusto::BoundedQueue<std::unique_ptr<int>>;

int main() {
  robusto::BoundedQueue<std::unique_ptr<int>> queue(1);
  if (queue.TryPush(std::make_unique<int>(7)) != robusto::PushResult::kOk) return 1;
  std::unique_ptr<int> popped;
  if (queue.TryPop(popped) != robusto::PopResult::kOk || *popped != 7) return 1;

  robusto::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = robusto::Server::Create(
      options, [](const robusto::Request& request, robusto::ResponseWriter& response) {
        response.Write(request.target());
      });
  if (!server.ok() || !(*server)->Start().ok()) return 1;
  return (*server)->Stop(absl::Seconds(10))->clean() ? 0 : 1;
}
