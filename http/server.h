// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Server: an HTTP/1.1 server whose handlers run in a ThreadPool.
//
//   ServerOptions options;
//   options.listen = {"127.0.0.1:8080"};
//   auto server = Server::Create(options, [](const Request&, ResponseWriter& response) {
//     response.Write("Hello, World!\n");
//   });
//   if (!server.ok()) return server.status();
//   if (absl::Status status = (*server)->Start(); !status.ok()) return status;
//   ...
//   StopReport report = (*server)->Stop(absl::Seconds(10));
//
// No worker is held by a client that sends or reads slowly: the event loop, which the pool's idle
// workers run in turns, reads requests and finishes responses.
//
// Thread-safety: all methods, any thread; but a handler may not Stop its own server.
// The process should ignore SIGPIPE (signal(SIGPIPE, SIG_IGN)): sendfile(2) has no flag against it.

#ifndef ROBUSTO_HTTP_SERVER_H_
#define ROBUSTO_HTTP_SERVER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/api/server_stats.h"
#include "robusto/http/event_loop/event_loop.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class Server {
 public:
  // Checks the options and binds the listeners; connections wait in the kernel until Start.
  // InvalidArgument for an option out of its bounds, Unavailable when an address cannot be had;
  // both say which and why.
  static absl::StatusOr<std::unique_ptr<Server>> Create(ServerOptions options, Handler handler);
  // Stops with a timeout of 0 unless it is stopped already.
  ~Server();

  // Starts the workers. Errors as ThreadPool::Start.
  absl::Status Start();

  // Ends the server: closes the listeners once the connections that wait in their backlogs are
  // accepted, lets requests that are under way finish, ends every connection with its next response,
  // and then stops the pool and closes what is left. One deadline covers all of it: it returns within
  // timeout + ThreadPool::kStopGrace. A request or a response that is cut off is in the report. A
  // thread that was abandoned (in a handler, in a read from a stalled disk, in a destructor) may come
  // back at any time: what it needs of the server is then kept for as long as the process lives, also
  // after the Server is gone. InvalidArgument for a negative timeout.
  absl::StatusOr<StopReport> Stop(absl::Duration timeout);

  // Where it listens, with the ports that the kernel chose: "http://127.0.0.1:8080", "unix:/run/x".
  const std::vector<std::string>& urls() const { return urls_; }
  // The workers, to be watched and resized.
  ThreadPool& pool() { return *pool_; }
  // Calls ServerOptions::error_page again for the errors that the server answers itself; it may block.
  // To be called when the pages have changed.
  void ReloadErrorPages() { loop_->ReloadErrorPages(); }
  // Connections that are open now, idle ones too.
  size_t open_connections() const { return loop_->open_connections(); }
  // What it has done so far. Cheap enough to be asked many times a second.
  ServerStats Stats() const { return loop_->Stats(); }

 private:
  Server() = default;

  // Constant after Create.
  std::vector<std::string> urls_;
  // The pool's threads poll the loop: the loop is destroyed after the pool.
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<ThreadPool> pool_;

  std::once_flag finished_;
  // Set under finished_.
  uint64_t completed_ = 0;  // during the Stop
  EventLoop::FinishReport finish_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SERVER_H_
