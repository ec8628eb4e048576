// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Disposer: destroys what user code and files leave behind when a connection closes in the middle of
// an exchange: a BodySource, a BodyReceiver, an open file. Their destructors belong to the embedding
// program and may block, and so may close(2) of a file on a network file system; the event loop's
// thread, which sees the connection's end, must not (invariant C4). An exchange that ends as it
// should is cleaned up by the worker that ended it and never comes here.
//
// One thread does it, started by the first Dispose and asleep while there is nothing to do. A
// destructor that blocks delays the ones behind it, and nothing else.
//
// Thread-safety: all methods. Lock order: its mutex is a leaf; destructors run without it.

#ifndef ROBUSTO_HTTP_CONNECTION_DISPOSER_H_
#define ROBUSTO_HTTP_CONNECTION_DISPOSER_H_

#include <cstdint>
#include <memory>

#include "robusto/http/io/unique_fd.h"
#include "robusto/http/message/response.h"

namespace robusto {

class Disposer {
 public:
  struct Remains {
    BodySource source;
    BodyReceiver receiver;
    UniqueFd file;
  };

  Disposer();
  // Stops with no time left unless it is stopped already. Never waits for a destructor: a thread
  // that is inside one goes on alone.
  ~Disposer();
  Disposer(const Disposer&) = delete;
  Disposer& operator=(const Disposer&) = delete;

  // Takes `remains` over and returns. When the system has no thread, or after Stop, they are kept
  // until the next call that has one, or for as long as the process lives.
  void Dispose(Remains remains);
  // Waits until all remains are destroyed, or until `deadline_ns` on CLOCK_MONOTONIC, and ends the
  // thread. False: a destructor has not returned; its thread is abandoned and touches nothing of the
  // server but what it destroys.
  [[nodiscard]] bool Stop(int64_t deadline_ns);

 private:
  struct State;
  static void Main(State* state);

  // Shared with the thread, which may outlive the Disposer.
  const std::shared_ptr<State> state_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_DISPOSER_H_
