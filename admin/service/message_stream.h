// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MessageStream: one server-streaming call of the admin service. It holds at most one message, the one
// being written: a client that reads slowly costs no memory and gets the newest state when it reads
// again. The stream ends as soon as its client disconnects.
//
// Lifetime: from Launch until both gRPC and the driver have dropped their references. The streams of a
// service end before the service does.
//
// Thread-safety: gRPC calls the On... methods and the driver calls Drive, each from its own threads.
// Invariant: (S1) at most one of Next, a pending write and Finish is active; writing_ and finishing_
// record which.
// Lock order: mu_ is a leaf; neither gRPC nor Next is called with it held.

#ifndef ROBUSTO_ADMIN_SERVICE_MESSAGE_STREAM_H_
#define ROBUSTO_ADMIN_SERVICE_MESSAGE_STREAM_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "grpcpp/support/server_callback.h"
#include "grpcpp/support/status.h"
#include "robusto/admin/service/stream_driver.h"

namespace robusto {

template <typename Message>
class MessageStream : public grpc::ServerWriteReactor<Message>,
                      public StreamDriver::Driven,
                      public std::enable_shared_from_this<MessageStream<Message>> {
 public:
  using Clock = StreamDriver::Clock;

  explicit MessageStream(StreamDriver* driver) : driver_(driver) {}

  // Starts the stream, which owns itself from then on.
  static grpc::ServerWriteReactor<Message>* Launch(std::shared_ptr<MessageStream> stream) {
    MessageStream* const raw = stream.get();
    raw->self_ = stream;
    raw->driver_->Add(std::move(stream));
    return raw;
  }

 protected:
  struct Step {
    bool write = false;                   // send *message
    absl::optional<grpc::Status> finish;  // end the stream, after *message if `write` is set
    Clock::time_point next = StreamDriver::kNever;  // the latest time for the next call
  };

  // Decides what to do now. Called by the driver's thread while no write is pending.
  virtual Step Next(Clock::time_point now, bool ending, Message* message) = 0;

 private:
  Clock::time_point Drive(Clock::time_point now, bool ending) final ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (finishing_) return StreamDriver::kNever;
      if (writing_) {
        missed_ = true;
        return next_ > now ? next_ : StreamDriver::kNever;
      }
      writing_ = true;
    }
    Step step = Next(now, ending, &message_);
    if (step.write) {
      {
        absl::MutexLock lock(&mu_);
        next_ = step.next;
        if (step.finish.has_value() && !end_.has_value()) end_ = std::move(step.finish);
      }
      this->StartWrite(&message_);
      return step.next;
    }
    grpc::Status end;
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      if (!end_.has_value()) end_ = std::move(step.finish);
      if (!end_.has_value()) return step.next;
      finishing_ = true;
      end = *end_;
    }
    this->Finish(std::move(end));
    return StreamDriver::kNever;
  }

  bool done() const final ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return finishing_;
  }

  void OnWriteDone(bool ok) final ABSL_LOCKS_EXCLUDED(mu_) {
    grpc::Status end;
    bool finish = false;
    bool due;
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      due = std::exchange(missed_, false) || next_ <= Clock::now();
      if (!ok && !end_.has_value()) end_ = grpc::Status::CANCELLED;
      if (end_.has_value()) {
        finish = finishing_ = true;
        end = *end_;
      }
    }
    if (finish) this->Finish(std::move(end));
    if (finish || due) driver_->Wake();
  }

  // The client has disconnected, its deadline has passed, or the server shuts down.
  void OnCancel() final ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      end_ = grpc::Status::CANCELLED;
      if (writing_ || finishing_) return;
      finishing_ = true;
    }
    this->Finish(grpc::Status::CANCELLED);
    driver_->Wake();
  }

  void OnDone() final {
    driver_->Release();
    self_.reset();
  }

  // Constant after construction.
  StreamDriver* const driver_;

  // Set by Launch; reset by OnDone, which is gRPC's last call.
  std::shared_ptr<MessageStream> self_;

  // Accessed only by the thread that set writing_.
  Message message_;

  mutable absl::Mutex mu_;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool finishing_ ABSL_GUARDED_BY(mu_) = false;
  bool missed_ ABSL_GUARDED_BY(mu_) = false;  // Drive was called during the write
  Clock::time_point next_ ABSL_GUARDED_BY(mu_) = StreamDriver::kNever;  // Step::next of that write
  absl::optional<grpc::Status> end_ ABSL_GUARDED_BY(mu_);
};

// A call that fails before it begins.
template <typename Message>
class RefusedStream final : public grpc::ServerWriteReactor<Message> {
 public:
  explicit RefusedStream(grpc::Status status) { this->Finish(std::move(status)); }
  void OnDone() final { delete this; }
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_MESSAGE_STREAM_H_
