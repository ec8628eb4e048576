// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Acceptor: the listeners of an event loop, and when they are watched. It accepts connections while
// there are slots and descriptors for them, makes room by closing connections that wait for their
// clients, and pauses when there is none: a listener stays readable while a connection waits in its
// backlog, and would keep epoll_wait from sleeping.
//
// Invariants:
//   (A1) Listeners are watched unless a pending connection cannot be admitted because no slot can be
//        freed, or because the system has no resources for it.
//   (A2) A pause ends when a connection closes or becomes evictable, or after kPauseNanos.
//   (A3) Once draining, the listeners close as soon as no connection waits in their backlogs, and
//        not before: each connection whose request the kernel has taken is served, or answered by
//        RefuseWaiting. Only when the system refuses to accept for about a second without an open
//        connection are those that wait reset.
//
// Thread-safety: one thread at a time (the loop's leader), but for Room and waits_for_room. Lock
// order: holds no lock.

#ifndef ROBUSTO_HTTP_EVENT_LOOP_ACCEPTOR_H_
#define ROBUSTO_HTTP_EVENT_LOOP_ACCEPTOR_H_

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/http/connection/connection_table.h"
#include "robusto/http/connection/server_counters.h"
#include "robusto/http/event_loop/connection_evictor.h"
#include "robusto/http/io/listener.h"
#include "robusto/http/io/server_clock.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/queue/monotonic_clock.h"
namespace robusto {

class Acceptor {
 public:
  // What it needs of the loop. All must outlive it.
  struct Environment {
    ConnectionTable* table = nullptr;
    ConnectionEvictor* evictor = nullptr;
    ServerCounters* counters = nullptr;
    ServerClock clock;
    size_t max_connections = 0;
    // (Un)registers a listener's events with epoll. False: the system refuses; errno says why.
    std::function<bool(size_t index, int fd, bool watch)> watch_listener;
    std::function<void(int fd)> forget_listener;
    // Registers a connection's descriptor with epoll. False as above.
    std::function<bool(const Connection& connection, int fd)> watch_connection;
    std::function<void(absl::string_view)> warn;
  };

  Acceptor(std::vector<Listener> listeners, Environment environment)
      : environment_(std::move(environment)), listeners_(std::move(listeners)) {}

  // A listener has an event.
  void OnReadable(size_t index);
  // Watches the listeners again when a pause has ended.
  void ResumeIfDue(int64_t now_ns);
  // When ResumeIfDue is due; kNever when it is not paused; 0: at once.
  int64_t next_resume_ns() const;
  bool paused() const { return !accepting_; }

  // A connection has closed, or may be closed to make room. True: accepting was paused for that, and
  // the leader has to be woken. Any thread.
  [[nodiscard]] bool Room() {
    // Not relaxed: the acceptor sets it and then looks for room, the caller makes room and then
    // looks at it, so that one of the two sees the other.
    return waits_for_room_.load() && waits_for_room_.exchange(false);
  }

  // Accepts what waits in the backlogs and closes the listeners that have none left (A3). True: all
  // are closed. Otherwise it is called again when next_resume_ns says so. Gives up, with
  // RefuseWaiting, when the system lacks what a connection needs and no connection is left whose end
  // could free it.
  [[nodiscard]] bool Drain();
  // For the end of a stop: accepts what still waits, answers each with 503 and closes it; then
  // closes the listeners. Returns how many there were. Bounded; does not block.
  size_t RefuseWaiting();

 private:
  enum class [[nodiscard]] Accepted : uint8_t{kOne, kNone, kPaused};

  Accepted AcceptOne(Listener& listener);
  Connection* AllocateSlot(const Listener& listener);
  Accepted OnAcceptError(Listener& listener, int error);
  // Stops accepting for a while: the system lacks what a connection needs.
  void PauseOnExhaustion(absl::string_view why);
  void Pause();
  void CloseListener(Listener& listener);
  // Whether a drain that has just paused is to give up. Counts.
  bool IsDrainHopeless();
  // At most one such warning in kWarningNanos.
  void WarnRarely(int64_t* next_ns, absl::string_view text);

  const Environment environment_;
  // Accepting is paused until a connection closes or becomes evictable. See Room.
  std::atomic<bool> waits_for_room_{false};

  // The leader's only.
  std::vector<Listener> listeners_;
  bool accepting_ = true;      // the listeners are watched
  int accept_batch_ = 1;       // connections that one event of a listener stands for
  int full_batches_ = 0;       // in a row, with this accept_batch_
  int vanished_in_a_row_ = 0;  // accept(2) reported that the connection is no longer there
  int failed_drains_ = 0;      // in a row, without an open connection
  int64_t next_full_warning_ns_ = 0;
  int64_t next_exhaustion_warning_ns_ = 0;
  int64_t accept_again_ns_ = kNever;  // end of a pause for lack of resources
  int64_t check_again_ns_ = 0;        // while waits_for_room_: one may have stalled
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EVENT_LOOP_ACCEPTOR_H_
