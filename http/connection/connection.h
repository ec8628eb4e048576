// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Connection: one client's connection and its state machine. It is a Task: when a whole request has
// been gathered, the connection itself goes through the pool's queue, so a request costs no
// allocation.
//
//   phase       means                                      leaves it when
//   kIdle       no byte of a request (keep-alive, or new)  a byte; keep_alive_timeout: closed
//   kHead       part of a head                             complete; bad: kWriting (4xx); 408
//   kBody       part of a body                             complete; bad: kWriting (4xx); 408
//   kQueued     something for a worker: a request, or      Run; Reject: kWriting (503), or kPaused
//               the next piece of a stream
//   kHandling   in the handler, or a BodyReceiver          it returns or throws; kBody if it
//                                                          receives and there is more
//   kWriting    part of a response                         sent; kQueued when a stream has more;
//                                                          write_timeout: closed
//   kPaused     kQueued, but not before a while            its end; a reset: closed
//   kLingering  answered, sent FIN, reads and discards     end of input, or 2 s: closed
//
// A stream is pulled: a worker asks its BodySource for pieces until the socket is full, and nobody
// holds the connection until there is room again. A large request body is pushed: a worker gives
// what has been gathered to the BodyReceiver, and the event loop gathers the next piece. Either way
// each turn is a task of its own in the pool's queue.
//
// Ownership. Exactly one thread at a time owns a connection and may touch anything but the atomics:
//   parked      nobody; an event or a timer may take it
//   owned       the event loop's thread while it reads, then the queue, then a worker
//   owned+again the same, and an event came meanwhile: the owner looks again before it parks
// The word that says so carries a generation, so that an event for a connection that is gone never
// reaches the one that has its place now.
//
// Invariants:
//   (C1) One owner at a time; parked only when no event was missed.
//   (C2) Every request that was read whole is answered, or its connection is closed.
//   (C3) After a bad message no later byte of the connection is read as a request.
//   (C4) No call here blocks, except the handler's, source's and receiver's own.
//   (C5) Of a body no more than about body_buffer is in memory, of a stream no more than a piece.
//
// Lock order: none is held while any of this runs; the tables, pools and wheels that it calls have
// leaf locks.

#ifndef ROBUSTO_HTTP_CONNECTION_CONNECTION_H_
#define ROBUSTO_HTTP_CONNECTION_CONNECTION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/connection/exchange.h"
#include "robusto/http/connection/server_counters.h"
#include "robusto/http/io/listener.h"
#include "robusto/http/io/server_clock.h"
#include "robusto/http/io/timer_wheel.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/message/response_head.h"
#include "robusto/workers/task.h"

namespace robusto {

class Connection;

// What connections need of the server around them. Any thread.
class ConnectionHost {
 public:
  explicit ConnectionHost(ServerClock clock = ServerClock()) : clock_(clock) {}
  virtual ~ConnectionHost() = default;

  // By which all deadlines go. Not virtual: it is looked at more than once a request.
  const ServerClock& clock() const { return clock_; }

  // Puts a connection with a whole request before the pool; owned by the pool from here on.
  virtual void Submit(Connection* connection) = 0;
  // Has the event loop call Resume on a connection that the caller owns, soon.
  virtual void Defer(Connection* connection) = 0;
  // Has events for writability delivered, too, from now on.
  virtual void WatchWritable(Connection* connection) = 0;
  // Has OnTimer called at `at_ns` or earlier.
  virtual void ScheduleTimer(Connection* connection, int64_t at_ns) = 0;
  // The connection is closed; its place may be given to another.
  virtual void Closed(Connection* connection) = 0;
  // Seconds for Retry-After: when a request would probably find a place.
  virtual int RetryAfterSeconds() const = 0;
  // The server finishes what it has: responses say Connection: close.
  virtual bool draining() const = 0;
  // A connection has been parked between two requests: it, or one before it, may be closed for
  // others.
  virtual void Parked() = 0;
  // Tells the operator, unless too much is to be told. Does not throw.
  virtual void Warn(absl::string_view text) = 0;
  // A request that is whole now is likely to be answered within a millisecond.
  virtual bool AnswersSoon() const = 0;

  virtual const ServerOptions& options() const = 0;
  virtual const Handler& handler() const = 0;
  virtual ExchangePool& exchanges() = 0;
  virtual ServerCounters& counters() = 0;

 private:
  const ServerClock clock_;
};

// What an event said, cut to what a connection needs to know.
struct Readiness {
  bool readable = false;  // bytes, end of input, or an error
  bool writable = false;
  bool hangup = false;  // the peer sends no more: reading will come to the end of input
};

class Connection final : public Task, public TimerWheel::Node {
 public:
  enum class Phase : uint8_t {
    kIdle,
    kHead,
    kBody,
    kQueued,
    kHandling,
    kWriting,
    kPaused,
    kLingering,
  };

  Connection() = default;

  // Long enough for a request that is on its way when the host begins to drain.
  static constexpr absl::Duration kDrainGrace = absl::Milliseconds(250);
  // How long a client may stall in the middle of a request, or of its response, before it may have to
  // make room for a newcomer: longer than a lost packet takes to be sent again.
  static constexpr absl::Duration kStallGrace = absl::Milliseconds(500);
  // How long what comes after the last response is read away, so that the client sees that rather than
  // a reset (RFC 9112 section 9.6).
  static constexpr absl::Duration kLingerTime = absl::Seconds(2);

  // --- The event loop ---

  // Constant once the connection has its place in the table.
  void SetPlace(ConnectionHost* host, uint32_t index) {
    host_ = host;
    index_ = index;
  }
  uint32_t index() const { return index_; }
  // Starts a new connection in this place and parks it. The place must be free.
  void Open(UniqueFd fd, const sockaddr_storage& peer, int64_t now_ns);
  uint32_t generation() const { return static_cast<uint32_t>(word_.load() >> kGenerationShift); }
  int fd() const { return fd_.get(); }

  // An event came. True: there is a whole request, or another turn of a stream, and the caller
  // hands the connection to the pool.
  bool OnEvent(uint32_t generation, Readiness readiness);
  // Its timer fired. True as in OnEvent.
  bool OnTimer(int64_t now_ns);
  // After Defer. True as in OnEvent.
  bool Resume() { return Drive(); }
  // The host is draining from now on: an idle connection ends after kDrainGrace unless a request
  // comes before. True as in OnEvent.
  bool OnDrain();
  // Since when it has been idle, while it is idle and parked; kNever otherwise. A guess, as it may
  // change at any moment.
  int64_t IdleSince() const;
  // Since when its client has kept it waiting, while it is parked and no worker's; kNever otherwise.
  // As IdleSince while it is idle. In the middle of a request or of its response: since its time
  // began to run, of which every byte of a body at the minimum rate, and every byte taken of a
  // response, buys some (and so in the future for those that go on as they should); kNever until
  // that was kStallGrace before `now_ns`, and where that time has no end. A guess likewise.
  int64_t WaitsSince(int64_t now_ns) const;
  // A request has come on it. A guess likewise.
  bool has_served() const { return requests_.load(std::memory_order_relaxed) != 0; }
  // Closes it if it waits for its client still and nothing has come; in the middle of a request only
  // if `stalled`. True: it is closed.
  bool Evict(uint32_t generation, bool stalled);
  // Drops it, whoever the client is; only by its owner, or when no other thread is left that could
  // own it.
  void Abort();
  // Drops it unless somebody owns it.
  void AbortIfParked();

  // --- Task ---

  void Run() override;
  void Reject(RejectReason reason) override;
  void Cancel(CancelLevel level) override;
  TaskDescription Describe() const override;
  bool Continues() const override;
  void Release() override;

 private:
  enum Ownership : uint64_t { kFree = 0, kParked = 1, kOwned = 2, kOwnedAgain = 3 };
  static constexpr int kGenerationShift = 32;
  static constexpr uint64_t kOwnershipMask = 3;

  enum class Progress : uint8_t {
    kReady,     // there is something for a worker
    kWait,      // nothing to do until an event or a timer
    kDeferred,  // more to do, but others first: the event loop calls Resume
    kClosed,
    kGoOn,  // the phase has changed
  };
  enum class Gathered : uint8_t { kReady, kMore, kBad };
  enum class Sent : uint8_t { kAll, kBlocked, kSlice, kFailed };

  // Takes a parked connection; tells its owner to look again when it has one.
  bool AcquireOrTellOwner(uint32_t generation);
  // False: something came meanwhile, the caller still owns it.
  bool Park();

  // Goes on as far as it can without blocking. True: there is something for a worker. False: parked,
  // deferred or closed.
  bool Drive();
  Progress Advance();
  Progress AdvanceWriting();
  Progress AdvanceLingering();
  Progress AdvanceReading();
  Progress AdvancePaused();
  // When the phase times out, if it does not end before: in effect once the connection is parked.
  void SetDeadline(int64_t at_ns) { deadline_ns_.store(at_ns, std::memory_order_relaxed); }
  int64_t deadline_ns() const { return deadline_ns_.load(std::memory_order_relaxed); }
  // Has the timer fire at it, or before.
  void ScheduleDeadline();
  void Close();

  // --- Reading (connection_read.cc) ---

  // Looks whether the input holds something for a worker.
  Gathered Gather();
  Gathered GatherBody();
  // Takes what the BodyReceiver has had out of the buffers.
  void TakeDelivered();
  // Reads once. False: nothing there, or the end (then end_of_input_).
  bool Receive();

  // --- Answering (connection_answer.cc) ---

  // A look before the handler runs, when something has come while the request waited. True: there
  // is nobody to answer, or that is not known yet; the phase says what is next.
  bool ClientIsGone();
  // Runs the handler, or the receiver. True: the response can begin.
  bool Handle();
  bool Deliver();
  // Answers without a handler; `reason` is the machine-readable X-Robusto-Reason.
  void RespondWithError(int status, absl::string_view reason, bool close);
  // The same for what is the client's fault: with a line for the operator, and the end of the
  // connection.
  void Refuse(int status, absl::string_view reason);
  void Refuse(ParseError error) { Refuse(error.status, ReasonName(error.reason)); }
  void BeginResponse();
  // Tells ServerOptions::on_access.
  void ReportAccess() const;

  // --- Writing (connection_write.cc) ---

  // A worker's turn: sends until all is out, the socket is full or a slice is sent (kSlice); asks
  // the source for pieces. Throws what the source throws.
  Sent WriteFromWorker();
  // Makes the next piece of a stream. False: it is not what was announced.
  bool NextPiece();
  // A stream has come to nothing before anything of it was sent: answers 500 in its place.
  Sent AnswerUnsent();
  // Sends what there is. Never calls a source.
  Sent Write();
  Sent WriteFile();
  // Whether the response may wait in the socket for the next one, so that both go out together.
  bool MayHoldBack() const;
  // Sends what waits there.
  void PushHeldBack();
  // What errno says of a call that should have sent something. Tells the operator unless it is the
  // client's doing.
  Sent SendFailed(absl::string_view call) const;
  // Whether the client has taken something since this was last asked, or since there was last room in
  // the socket; then the write timeout begins anew.
  bool ClientTakes();
  void CountSent(uint64_t bytes);
  // The response is out.
  Progress FinishResponse();

  // The request as handlers see it, without its body: any thread while Run runs.
  Request MakeRequestHead() const;
  Request MakeRequest() const;
  void Warn(absl::string_view text) const;

  // Constant once in the table.
  ConnectionHost* host_ = nullptr;
  uint32_t index_ = 0;

  // generation << 32 | Ownership. Acquire and Park pair with each other: what the last owner wrote
  // is seen.
  std::atomic<uint64_t> word_{0};
  std::atomic<Phase> phase_{Phase::kIdle};  // written by the owner; read by Describe
  // Written by the owner, read by who looks for one to evict.
  std::atomic<int64_t> idle_since_ns_{0};
  std::atomic<int64_t> deadline_ns_{TimerWheel::kNever};  // likewise; see SetDeadline
  std::atomic<uint64_t> requests_{0};                     // that have come on it
  // Set by Cancel, before it ends the input; read by who begins the response, which says so.
  std::atomic<bool> cancelled_{false};

  // The owner's.
  bool must_read_ = false;  // there may be input in the socket
  bool writable_ = true;    // there may be room in the socket
  bool watches_writable_ = false;
  bool read_dry_ = false;  // a short read may hide the end of input: read until nothing is there
  bool end_of_input_ = false;
  bool broken_ = false;         // writing has failed: close at the next chance
  bool close_after_ = false;    // the response that is being written is the last
  bool discard_input_ = false;  // no byte after this message can be trusted (C3)
  bool held_back_ = false;      // bytes may wait in the socket for those that follow
  bool rejected_ = false;       // Release must not recurse into the pool
  bool has_peer_uid_ = false;
  uint8_t peer_size_ = 0;
  UniqueFd fd_;
  uid_t peer_uid_ = 0;
  uint64_t serial_ = 0;                 // of the connection, unique in the process
  std::unique_ptr<Exchange> exchange_;  // null while idle
  std::array<char, kMaxPeerName> peer_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_CONNECTION_H_
