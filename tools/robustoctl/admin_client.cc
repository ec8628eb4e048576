// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/admin_client.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/channel_arguments.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/tools/robustoctl/admin_address.h"
#include "robusto/tools/robustoctl/wire_time.h"

namespace robusto {
namespace {

using admin::v1::PoolAdmin;

absl::StatusOr<std::string> ReadFlagFile(absl::string_view flag, const std::string& name) {
  if (name.empty()) return std::string();
  std::ifstream file(name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad() || text.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", name, ": cannot read the file, or it is empty"));
  }
  return text;
}

absl::StatusOr<std::string> ReadToken(const std::string& name) {
  absl::StatusOr<std::string> text = ReadFlagFile("token_file", name);
  if (!text.ok() || name.empty()) return text;
  std::string token(absl::StripAsciiWhitespace(*text));
  // gRPC aborts the process on metadata that HTTP does not allow.
  const bool legal = std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (token.empty() || !legal) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--token_file=", name, ": expected one token of printable characters without spaces"));
  }
  return token;
}

bool UsesTls(const AdminClientOptions& options) {
  return options.tls || !options.ca_file.empty() || !options.cert_file.empty() ||
         !options.key_file.empty() || !options.tls_name.empty();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const AdminClientOptions& options) {
  if (!UsesTls(options)) return grpc::InsecureChannelCredentials();
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("--cert_file and --key_file require each other");
  }
  const absl::StatusOr<std::string> ca = ReadFlagFile("ca_file", options.ca_file);
  if (!ca.ok()) return ca.status();
  const absl::StatusOr<std::string> cert = ReadFlagFile("cert_file", options.cert_file);
  if (!cert.ok()) return cert.status();
  const absl::StatusOr<std::string> key = ReadFlagFile("key_file", options.key_file);
  if (!key.ok()) return key.status();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = *ca;
  ssl.pem_cert_chain = *cert;
  ssl.pem_private_key = *key;
  return grpc::SslCredentials(ssl);
}

std::chrono::system_clock::time_point After(absl::Duration duration) {
  // A century is as good as infinite, and does not overflow.
  return absl::ToChronoTime(absl::Now() + std::min(duration, absl::Hours(24 * 36500)));
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

absl::Status NoAnswer(absl::Duration waited) {
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(waited)));
}

}  // namespace

struct AdminClient::Connection {
  // Constant after construction.
  std::unique_ptr<PoolAdmin::Stub> stub;
  std::string token;
  absl::Duration timeout;

  absl::Mutex mu;
  bool cancelled ABSL_GUARDED_BY(mu) = false;
  std::set<grpc::ClientContext*> open ABSL_GUARDED_BY(mu);
};

// The context of one call, registered for CancelAll.
class AdminClient::OpenContext {
 public:
  explicit OpenContext(Connection* connection) : connection_(connection) {
    if (!connection_->token.empty()) {
      context_.AddMetadata("authorization", absl::StrCat("Bearer ", connection_->token));
    }
    absl::MutexLock lock(&connection_->mu);
    if (connection_->cancelled) context_.TryCancel();
    connection_->open.insert(&context_);
  }
  ~OpenContext() {
    absl::MutexLock lock(&connection_->mu);
    connection_->open.erase(&context_);
  }

  grpc::ClientContext* get() { return &context_; }

 private:
  Connection* const connection_;
  grpc::ClientContext context_;
};

absl::StatusOr<std::unique_ptr<AdminClient>> AdminClient::Create(
    const AdminClientOptions& options) {
  const absl::StatusOr<AdminAddress> address = ParseAdminAddress(options.address);
  if (!address.ok()) return address.status();
  absl::StatusOr<std::string> token = ReadToken(options.token_file);
  if (!token.ok()) return token.status();
  const auto credentials = Credentials(options);
  if (!credentials.ok()) return credentials.status();
  if (!token->empty() && !UsesTls(options) && !address->on_this_machine &&
      !options.token_in_clear) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token_file: the token would be sent to ", options.address,
                     " unencrypted; add --tls, or --token_in_clear to allow that"));
  }

  grpc::ChannelArguments arguments;
  // Ignore http_proxy: an admin service on 127.0.0.1 is never behind it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A list of thousands of workers exceeds gRPC's default of 4 MB.
  arguments.SetMaxReceiveMessageSize(64 << 20);
  // `top` must find a restarted server within about a second, not after minutes.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  if (!options.tls_name.empty()) arguments.SetSslTargetNameOverride(options.tls_name);
  auto connection = std::make_unique<Connection>();
  connection->stub =
      PoolAdmin::NewStub(grpc::CreateCustomChannel(address->grpc_target, *credentials, arguments));
  connection->token = *std::move(token);
  connection->timeout = options.timeout;
  return std::unique_ptr<AdminClient>(new AdminClient(std::move(connection)));
}

AdminClient::AdminClient(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

AdminClient::~AdminClient() = default;

void AdminClient::CancelAll() {
  absl::MutexLock lock(&connection_->mu);
  connection_->cancelled = true;
  for (grpc::ClientContext* const context : connection_->open) context->TryCancel();
}

template <typename Method, typename Request, typename Response>
absl::Status AdminClient::CallWithin(absl::Duration timeout, Method method, const Request& request,
                                     Response* response) {
  OpenContext context(connection_.get());
  context.get()->set_deadline(After(timeout));
  const grpc::Status status = ((*connection_->stub).*method)(context.get(), request, response);
  if (status.error_code() == grpc::DEADLINE_EXCEEDED) return NoAnswer(timeout);
  return FromGrpc(status);
}

absl::Status AdminClient::Call(const admin::v1::GetStatsRequest& request,
                               admin::v1::PoolStats* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::GetStats, request, response);
}
absl::Status AdminClient::Call(const admin::v1::ListWorkersRequest& request,
                               admin::v1::ListWorkersResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::ListWorkers, request, response);
}
absl::Status AdminClient::Call(const admin::v1::ResizeRequest& request,
                               admin::v1::ResizeResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::Resize, request, response);
}
absl::Status AdminClient::Call(const admin::v1::ConfirmResizeRequest& request,
                               admin::v1::ConfirmResizeResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::ConfirmResize, request, response);
}
absl::Status AdminClient::Call(const admin::v1::GrowRequest& request,
                               admin::v1::GrowResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::Grow, request, response);
}
absl::Status AdminClient::Call(const admin::v1::ShrinkRequest& request,
                               admin::v1::ShrinkResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::Shrink, request, response);
}
absl::Status AdminClient::Call(const admin::v1::CancelRequestRequest& request,
                               admin::v1::CancelRequestResponse* response) {
  return CallWithin(connection_->timeout + FromWire(request.firm_after()),
                    &PoolAdmin::Stub::CancelRequest, request, response);
}
absl::Status AdminClient::Call(const admin::v1::DrainRequest& request,
                               admin::v1::DrainResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::Drain, request, response);
}
absl::Status AdminClient::Call(const admin::v1::ResumeRequest& request,
                               admin::v1::ResumeResponse* response) {
  return CallWithin(connection_->timeout, &PoolAdmin::Stub::Resume, request, response);
}

// Uses a completion queue, because a blocking Read has no timeout.
template <typename Message, typename Start>
absl::Status AdminClient::Stream(const Start& start, absl::Duration first, Limits limits,
                                 const std::function<bool(const Message&)>& each) {
  const auto end = After(limits.total);
  grpc::CompletionQueue queue;
  OpenContext context(connection_.get());
  std::unique_ptr<grpc::ClientAsyncReader<Message>> reader = start(context.get(), &queue);
  // Only one operation is pending at a time, so no tags are needed.
  void* tag = nullptr;
  bool ok = false;
  absl::Status why_left;
  bool left = false;
  const auto leave = [&](absl::Status why) {
    why_left = std::move(why);
    left = true;
    context.get()->TryCancel();
  };
  const auto await = [&](absl::Duration timeout) {
    const auto until = std::min(After(timeout), end);
    if (queue.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::GOT_EVENT) return;
    leave(until == end ? absl::DeadlineExceededError(
                             absl::StrCat("not done within ", absl::FormatDuration(limits.total)))
                       : NoAnswer(timeout));
    queue.Next(&tag, &ok);
  };

  reader->StartCall(nullptr);
  await(first);
  Message message;
  absl::Duration patience = first;
  while (ok && !left) {
    reader->Read(&message, nullptr);
    await(patience);
    if (ok && !left && !each(message)) leave(absl::OkStatus());
    patience = limits.between == absl::InfiniteDuration() ? limits.between
                                                          : limits.between + connection_->timeout;
  }
  grpc::Status status;
  reader->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  return left ? why_left : FromGrpc(status);
}

absl::Status AdminClient::Watch(const admin::v1::WatchStatsRequest& request, Limits limits,
                                const std::function<bool(const admin::v1::PoolStats&)>& each) {
  const auto start = [&](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
    return connection_->stub->PrepareAsyncWatchStats(context, request, queue);
  };
  return Stream<admin::v1::PoolStats>(start, connection_->timeout, limits, each);
}
absl::Status AdminClient::Watch(const admin::v1::WatchEventsRequest& request, Limits limits,
                                const std::function<bool(const admin::v1::PoolEvent&)>& each) {
  const auto start = [&](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
    return connection_->stub->PrepareAsyncWatchEvents(context, request, queue);
  };
  return Stream<admin::v1::PoolEvent>(
      start, request.no_follow() ? connection_->timeout : absl::InfiniteDuration(), limits, each);
}
absl::Status AdminClient::Watch(const admin::v1::StopRequest& request, Limits limits,
                                const std::function<bool(const admin::v1::StopProgress&)>& each) {
  const auto start = [&](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
    return connection_->stub->PrepareAsyncStop(context, request, queue);
  };
  return Stream<admin::v1::StopProgress>(start, connection_->timeout, limits, each);
}

}  // namespace robusto
