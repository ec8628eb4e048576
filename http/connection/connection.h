// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Connection: one client's connection and its state machine. A Connection is a Task: once a whole
// request is in memory the connection itself goes through the pool's queue, so that a request costs
// no allocation.
//
//   phase       means                                      ends when
//   kIdle       no byte of a request (keep-alive, or new)  a byte arrives; keep_alive_timeout: closed
//   kHead       part of a head is in memory                complete; invalid: kWriting (4xx); 408
//   kBody       part of a body is in memory                complete; invalid: kWriting (4xx); 408
//   kQueued     waits for a worker: a request, or the      Run; Reject: kWriting (503), or kPaused
//               next turn of a file or a stream
//   kHandling   a handler or a BodyReceiver runs           it returns or throws; kBody when a
//                                                          BodyReceiver takes more
//   kWriting    part of a response is sent                 all is sent; kQueued when a file or a
//                                                          stream goes on; write_timeout: closed
//   kPaused     the queue had no room for the next turn    kRetryNanos later: kQueued
//               of a file or a stream
//   kAwaitingFileSlot  the next turn of a file waits:      OnFileSlot: kQueued; write_timeout: reset
//               enough workers are reading files
//   kLingering  answered, FIN sent, input is discarded     end of input; kLingerGap without input or
//                                                          kLingerTime in all: closed
//   kClosing    the connection is lost: only Close is left the owner calls Close
//
// A stream is pulled: a worker asks its BodySource for chunks until the socket is full; no worker is
// held until there is room again. A file is sent by turns in the same way. A large request body is
// pushed: a worker gives what has arrived to the BodyReceiver, and the event loop reads on. Each
// turn is a task of its own in the pool's queue.
//
// Ownership. Exactly one thread at a time owns a connection and may touch anything but the atomics:
//   parked      no thread; an event or a timer may acquire it
//   owned       the event loop's thread while it reads, then the queue, then a worker
//   owned+again the same, and an event arrived meanwhile: the owner checks again before it parks
// The ownership word carries a generation, so that an event for a closed connection never reaches
// the one that uses its slot now.
//
// Invariants:
//   (C1) One owner at a time; parked only when no event was missed.
//   (C2) Every request that was read whole is answered, or its connection is closed.
//   (C3) After an invalid message no later byte of the connection is read as a request.
//   (C4) Nothing blocks under a lead. OnEvent, OnTimer, Resume, OnDrain and Evict, which the event
//        loop's thread calls, read and write sockets without blocking and touch memory: they read no
//        file, close no file, and run no code of the embedding program but ServerOptions::on_access
//        and on_warning, which must not block. Handlers, BodySources, BodyReceivers, error pages and
//        files are used by Run and Done in a worker; destructors of what a closed connection
//        leaves behind run in the Disposer.
//   (C5) Of a body no more than about body_buffer is in memory, of a stream no more than a chunk.
//
// Lock order: no lock is held while any of this runs; the tables, pools and wheels that it calls
// have leaf locks.

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
#include "robusto/http/connection/connection_host.h"
#include "robusto/http/connection/exchange.h"
#include "robusto/http/io/listener.h"
#include "robusto/http/io/timer_wheel.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/message/response_head.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/task.h"

namespace robusto {

// What an epoll event says, as far as a connection needs to know.
struct Readiness {
  bool readable = false;  // bytes, end of input, or an error
  bool writable = false;
  bool hangup = false;  // the peer sends no more: reading will reach the end of input
};

// What the caller has to do with a connection.
enum class [[nodiscard]] Handoff : uint8_t{
    kNone,    // nothing: it is parked, deferred or closed, and may belong to another thread already
    kToPool,  // the caller owns it and submits it to the pool
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
    kAwaitingFileSlot,
    kLingering,
    kClosing,
  };

  Connection() = default;

  // Long enough for a request that is on its way when the host begins to drain.
  static constexpr absl::Duration kDrainGrace = absl::Milliseconds(250);
  // How long a client may stall in the middle of a request or of its response before its connection
  // may be closed to make room for a new one: longer than TCP takes to repeat a lost packet.
  static constexpr absl::Duration kStallGrace = absl::Milliseconds(500);
  // How long input after the last response is discarded, so that the client reads the response
  // instead of a reset (RFC 9112 section 9.6): in all, and without a byte. nginx's
  // lingering_time and lingering_timeout have the same values.
  static constexpr absl::Duration kLingerTime = absl::Seconds(30);
  static constexpr absl::Duration kLingerGap = absl::Seconds(5);

  // --- The event loop ---

  // Constant once the connection has its slot in the table.
  void SetSlot(ConnectionHost* host, uint32_t index) {
    host_ = host;
    index_ = index;
  }
  uint32_t index() const { return index_; }
  // Starts a new connection in this slot and parks it. The slot must be free.
  void Open(UniqueFd fd, const sockaddr_storage& peer, int64_t now_ns);
  uint32_t generation() const {
    return static_cast<uint32_t>(ownership_.load() >> kGenerationShift);
  }
  int fd() const { return fd_.get(); }

  // An event arrived.
  Handoff OnEvent(uint32_t generation, Readiness readiness);
  // Its timer fired.
  Handoff OnTimer(int64_t now_ns);
  // After ConnectionHost::Defer.
  Handoff Resume() { return Drive(); }
  // A file slot became free, which it may wait for (FileSlots).
  Handoff OnFileSlot(uint32_t generation);
  // The host drains from now on: an idle connection ends after kDrainGrace unless a request comes
  // before.
  Handoff OnDrain();
  // Since when it has been idle, while it is idle and parked; kNever otherwise. Racy snapshot.
  int64_t IdleSince() const;
  // Since when the client has made no adequate progress; kNever if the connection is owned or has
  // not stalled for kStallGrace. As IdleSince while it is idle. In the middle of a request or a
  // response: the phase's deadline less its timeout; each byte of a body at the minimum rate, and
  // each byte of a response that the client takes, moves it. Racy snapshot.
  int64_t StalledSince(int64_t now_ns) const;
  // Bytes that it has charged to the memory budget. Racy snapshot.
  size_t charged_bytes() const { return charged_bytes_.load(std::memory_order_relaxed); }
  // A request has been read on it. Racy snapshot.
  bool has_served() const { return requests_.load(std::memory_order_relaxed) != 0; }
  // A request or a response is under way, of which a byte of the body or more has been read or the
  // whole head: a stop that closes the connection now loses it. Racy snapshot.
  bool InExchange() const;
  // Closes it if it still waits for its client and no byte has arrived; in the middle of a request
  // or a response only if `stalled`. True: it is closed.
  [[nodiscard]] bool Evict(uint32_t generation, bool stalled);
  // Closes the connection unconditionally. The caller must own it, or be the only thread left.
  void Abort();
  // Closes the connection unless a thread owns it. True: it is closed now.
  bool AbortIfParked();

  // --- Task ---

  void Run() override;
  void Reject(RejectReason reason) override;
  void Cancel(CancelLevel level) override;
  TaskDescription Describe() const override;
  bool Continues() const override;
  void Done() override;

 private:
  enum Ownership : uint64_t { kFree = 0, kParked = 1, kOwned = 2, kOwnedAgain = 3 };
  static constexpr int kGenerationShift = 32;
  static constexpr uint64_t kOwnershipMask = 3;

  enum class [[nodiscard]] Progress : uint8_t{
      kReady,     // there is work for a worker
      kWait,      // nothing to do until an event or a timer
      kDeferred,  // more to do, but other connections first: the event loop calls Resume
      kClosed,
      kContinue,  // the phase has changed
  };
  enum class [[nodiscard]] ReadResult : uint8_t{kReady, kMore, kInvalid};
  enum class [[nodiscard]] SendResult : uint8_t{
      kAll,
      kBlocked,  // the socket is full
      kSlice,    // as much is sent as one turn may send
      kNoSlot,   // too many workers are reading files
      kFailed,
  };
  enum class [[nodiscard]] HandlerResult : uint8_t{kRespond, kReadOn};

  // What is known of the socket's input. The owner's.
  struct Reading {
    bool maybe_readable = false;     // there may be input in the socket
    bool read_until_eagain = false;  // a short read may hide the end of input
    bool end_of_input = false;
    bool discard = false;  // no byte after this message can be trusted (C3)
  };
  // What is known of the socket's output. The owner's.
  struct Writing {
    bool maybe_writable = true;  // there may be room in the socket
    bool watched = false;        // events for writability are delivered
    bool corked = false;         // bytes may wait in the socket for those that follow
  };
  enum class KeepAlive : uint8_t { kKeep, kLastResponse };

  Phase phase() const { return phase_.load(std::memory_order_relaxed); }
  void SetPhase(Phase phase) { phase_.store(phase, std::memory_order_relaxed); }

  // Acquires a parked connection; otherwise marks it so that its owner checks again.
  [[nodiscard]] bool AcquireOrMark(uint32_t generation);
  // False: an event arrived meanwhile, the caller still owns it.
  [[nodiscard]] bool Park();

  // Makes all progress that is possible without blocking.
  Handoff Drive();
  Progress Advance();
  Progress AdvanceWriting();
  Progress AdvanceLingering();
  Progress AdvanceReading();
  Progress AdvancePaused();
  // Queues the next turn of a file or a stream for a worker (kQueued). A file that needs a slot and
  // gets none waits in kAwaitingFileSlot.
  Progress QueueTurn();
  // When the phase times out, if it does not end before: in effect once the connection is parked.
  void SetDeadline(int64_t at_ns) { deadline_ns_.store(at_ns, std::memory_order_relaxed); }
  int64_t deadline_ns() const { return deadline_ns_.load(std::memory_order_relaxed); }
  // Makes the timer fire at the deadline, or earlier.
  void ScheduleDeadline();
  void Close();
  void ReleaseExchange();
  // Gives what user code and files left in the exchange to the Disposer.
  void DisposeOfUserState();

  // --- Reading (connection_read.cc) ---

  // Checks whether the input holds work for a worker.
  ReadResult ReadRequest();
  ReadResult ReadBody();
  // Removes what the BodyReceiver has been given from the buffers.
  void RemoveDelivered();
  // Reads once.
  enum class [[nodiscard]] Received : uint8_t{kBytes, kNothing, kEnd, kNoMemory};
  Received Receive();
  // The size that the input buffer should grow to; 0: it has room.
  size_t WantedInputBytes() const;
  // Sends 100 Continue where the client waits for it, and starts the body's deadline.
  void BeginBody();

  // --- Memory ---

  // Charges what `*charged` lacks to `bytes`, beyond MemoryBudget::kFreeBytes. False: the budget is
  // exhausted, and no stalled connection holds more.
  [[nodiscard]] bool Charge(size_t bytes, size_t* charged);
  void ReleaseCharge(size_t* charged);

  // --- Answering (connection_answer.cc) ---

  // The connection was reset while the request waited; no handler runs for it.
  [[nodiscard]] bool ClientIsGone() const;
  HandlerResult RunHandler();
  // Calls Handler::OnHead, before the body is read or together with the handler.
  HeadDecision CheckHead();
  HandlerResult Deliver();
  // Answers without a handler; `reason` is the machine-readable X-Robusto-Reason.
  void RespondWithError(int status, absl::string_view reason, KeepAlive keep_alive);
  // The same for a request that is the client's error: logs a warning and ends the connection.
  void FailRequest(int status, absl::string_view reason);
  void FailRequest(ParseError error) { FailRequest(error.status, ReasonName(error.reason)); }
  void BeginResponse();
  // Calls ServerOptions::on_access.
  void ReportAccess() const;

  // --- Writing (connection_write.cc) ---

  // A worker's turn: sends until all is out, the socket is full or a slice is sent; reads the file,
  // and asks the source for chunks. Throws what the source throws.
  SendResult WriteTurn();
  SendResult WriteStream();
  SendResult WriteFileBody();
  // Makes the next chunk of a stream. False: it is not what was announced.
  [[nodiscard]] bool NextChunk();
  // A stream has failed before anything of it was sent: answers 500 instead.
  SendResult AnswerUnsent();
  // The socket is full: waits until it is writable. Restarts the write timeout if more than
  // `sent_before` bytes have been sent in all, or if no timeout runs.
  Progress AwaitWritable(uint64_t sent_before);
  // Sends the part of the response that is in memory: the head and the body, or only the head when
  // the body is a file.
  SendResult WriteMemory();
  // A worker has to go on with the response: there is more of a file, or of a stream.
  bool NeedsWorker() const;
  // There is more of a file to read.
  bool NeedsFileSlot() const;
  // Gives the file slot back, and wakes the connection that waits for one.
  void ReleaseFileSlot();
  // Whether the response may wait in the socket for the next one, so that both go out together.
  bool MayCork() const;
  // Sends what waits in the socket.
  void Uncork();
  // Interprets errno after a call that should have sent something. Logs a warning unless the error
  // is the peer's.
  SendResult SendFailed(absl::string_view call) const;
  // Whether the client has taken something since the last call, or since there was last room in the
  // socket; then the write timeout starts anew.
  [[nodiscard]] bool ClientMadeProgress();
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

  // generation << 32 | Ownership. Acquiring and Park pair with each other: what the last owner wrote
  // is seen.
  std::atomic<uint64_t> ownership_{0};
  // Written by the owner; read by Describe and by the evictor, for which relaxed is enough: both
  // take what they read for a guess.
  std::atomic<Phase> phase_{Phase::kIdle};
  std::atomic<int64_t> idle_since_ns_{0};
  std::atomic<int64_t> deadline_ns_{kNever};
  std::atomic<size_t> charged_bytes_{0};
  std::atomic<uint64_t> requests_{0};  // read on it
  // Set by Cancel before it ends the input; read when the response begins, which then says close.
  std::atomic<bool> cancelled_{false};
  // It is in the waiting list of the host's FileSlots. Set by the owner, cleared by the thread that
  // took it out, before that thread acquires or marks it.
  std::atomic<bool> awaits_file_slot_{false};

  // The owner's.
  Reading reading_;
  Writing writing_;
  KeepAlive keep_alive_ = KeepAlive::kKeep;
  bool rejected_ = false;       // in Reject just now: Done must not recurse into the pool
  bool has_file_slot_ = false;  // of the host's FileSlots; from Run, or QueueTurn, to Run's end
  bool has_peer_uid_ = false;
  uint8_t peer_size_ = 0;
  UniqueFd fd_;
  uid_t peer_uid_ = 0;
  int64_t linger_until_ns_ = 0;
  uint64_t serial_ = 0;                 // of the connection, unique in the process
  std::unique_ptr<Exchange> exchange_;  // null while idle
  std::array<char, kMaxPeerName> peer_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_CONNECTION_H_
