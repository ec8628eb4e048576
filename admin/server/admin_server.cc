// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/server/admin_server.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "grpcpp/server_builder.h"
#include "robusto/admin/service/pool_messages.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/address/listen_address.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

constexpr char kServiceName[] = "robusto.admin.v1.PoolAdmin";
constexpr char kHealthName[] = "grpc.health.v1.Health";
constexpr char kReflectionV1Name[] = "grpc.reflection.v1.ServerReflection";
constexpr char kReflectionV1AlphaName[] = "grpc.reflection.v1alpha.ServerReflection";

// Requests hold a few numbers.
constexpr int kMaxRequestBytes = 64 * 1024;
// Clients may ping every five seconds, also on a quiet stream, to survive NAT and load balancers (gRPC's
// keepalive guide; the default is five minutes, after which gRPC closes the connection).
constexpr int kMinClientPingMillis = 5 * 1000;
// A connection that does not speak HTTP/2 by then is closed.
constexpr int kHandshakeTimeoutMillis = 10 * 1000;
// A connection without calls is closed after this time; clients reconnect by themselves.
constexpr int kMaxIdleMillis = 10 * 60 * 1000;
// Per connection: more than the watchers of a dashboard.
constexpr int kMaxStreams = 100;
// For all connections together: gRPC sheds connections before it uses more.
constexpr size_t kMaxMemory = size_t{64} << 20;
// A watcher whose machine has disappeared is detected after the sum of these.
constexpr int kPingAfterMillis = 20 * 1000;
constexpr int kPingTimeoutMillis = 10 * 1000;

absl::StatusOr<std::string> ReadPem(absl::string_view option, const std::string& path) {
  std::ifstream in(path);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) {
    return ConflictingOption(option, path, "the file cannot be read, or is empty");
  }
  std::string text = content.str();
  if (absl::StrContains(text, "-----BEGIN ")) return text;
  return ConflictingOption(option, path, "the file is not in PEM format");
}

absl::Status CheckOptions(const AdminServerOptions& options, const ListenAddress& address) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return options.tls_cert.empty()
               ? ConflictingOption("tls_key", options.tls_key, "requires {tls_cert}")
               : ConflictingOption("tls_cert", options.tls_cert, "requires {tls_key}");
  }
  if (options.max_connections < 1 || options.max_connections > kMaxAdminConnections) {
    return InvalidOption("max_connections", absl::StrCat(options.max_connections),
                         absl::StrCat("from 1 to ", kMaxAdminConnections));
  }
  const bool tls = !options.tls_cert.empty();
  if (!tls && !options.tls_client_ca.empty()) {
    return ConflictingOption("tls_client_ca", options.tls_client_ca,
                             "requires {tls_cert} and {tls_key}");
  }
  if (address.local || options.insecure) return absl::OkStatus();
  const bool knows_caller = !options.tls_client_ca.empty() || !options.token_file.empty();
  if (tls && knows_caller) return absl::OkStatus();
  return ConflictingOption(
      "listen", options.listen,
      absl::StrCat("other machines can reach this address, so it requires ",
                   tls ? "" : "{tls_cert} and {tls_key}, ", tls || knows_caller ? "" : "and ",
                   knows_caller ? "" : "{tls_client_ca} or {token_file}, ",
                   "or {insecure}; or choose a loopback address"));
}

// Whether the key belongs to the certificate: gRPC compares them only when it builds a server whose
// certificate does not change. The server listens in the abstract namespace, briefly.
bool KeyMatches(const std::string& key, const std::string& cert) {
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({key, cert});
  grpc::ServerBuilder builder;
  grpc::CallbackGenericService service;  // a server must have one
  builder.RegisterCallbackGenericService(&service);
  builder.AddListeningPort(absl::StrCat("unix-abstract:robusto-certificate-check-", getpid()),
                           grpc::SslServerCredentials(ssl));
  return builder.BuildAndStart() != nullptr;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(
    const AdminServerOptions& options) {
  if (options.tls_cert.empty()) return grpc::InsecureServerCredentials();
  const absl::StatusOr<std::string> cert = ReadPem("tls_cert", options.tls_cert);
  if (!cert.ok()) return cert.status();
  const absl::StatusOr<std::string> key = ReadPem("tls_key", options.tls_key);
  if (!key.ok()) return key.status();
  if (!KeyMatches(*key, *cert)) {
    return ConflictingOption("tls_key", options.tls_key, "it is not the key of {tls_cert}");
  }
  if (!options.tls_client_ca.empty()) {
    const absl::StatusOr<std::string> ca = ReadPem("tls_client_ca", options.tls_client_ca);
    if (!ca.ok()) return ca.status();
  }
  // Reads the files again when they change, so that a renewed certificate needs no restart. While they
  // are invalid, the previous ones stay in use.
  grpc::experimental::TlsServerCredentialsOptions tls(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          options.tls_key, options.tls_cert, options.tls_client_ca,
          static_cast<unsigned>(
              std::max<int64_t>(absl::ToInt64Seconds(options.certificate_check_interval), 1))));
  tls.watch_identity_key_cert_pairs();
  if (!options.tls_client_ca.empty()) {
    tls.watch_root_certs();
    tls.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(tls);
}

// The token in the `authorization: Bearer` field of a call; empty unless there is exactly one.
absl::string_view BearerToken(const grpc::ServerContextBase& context) {
  const auto fields = context.client_metadata().equal_range("authorization");
  if (fields.first == fields.second || std::next(fields.first) != fields.second) return {};
  absl::string_view value(fields.first->second.data(), fields.first->second.size());
  constexpr absl::string_view kScheme = "Bearer ";
  if (!absl::StartsWithIgnoreCase(value, kScheme)) return {};
  return value.substr(kScheme.size());
}

// The name in the client's certificate, as " (name)"; empty without a certificate.
std::string CertificateName(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return "";
  const auto names = auth->FindPropertyValues("x509_common_name");
  if (names.empty()) return "";
  return absl::StrCat(" (", absl::string_view(names[0].data(), names[0].size()), ")");
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Create(ThreadPool* pool,
                                                                 AdminServerOptions options) {
  std::unique_ptr<AdminServer> server(new AdminServer(std::move(options)));
  if (absl::Status status = server->Start(pool); !status.ok()) return status;
  return server;
}

absl::Status AdminServer::Start(ThreadPool* pool) {
  const absl::StatusOr<ListenAddress> listen = ParseListenAddress(options_.listen);
  if (!listen.ok()) {
    return BlameOption(listen.status(), "listen", options_.listen);
  }
  if (absl::Status status = CheckOptions(options_, *listen); !status.ok()) return status;
  const absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      Credentials(options_);
  if (!credentials.ok()) return credentials.status();
  if (!options_.token_file.empty()) {
    auto tokens = TokenFile::Open(options_.token_file, options_.on_warning);
    if (!tokens.ok()) {
      return BlameOption(absl::InvalidArgumentError(tokens.status().message()), "token_file",
                         options_.token_file);
    }
    tokens_ = *std::move(tokens);
  }
  absl::StatusOr<std::unique_ptr<AdminAcceptor>> acceptor = AdminAcceptor::Open(*listen);
  if (!acceptor.ok()) {
    return BlameOption(acceptor.status(), "listen", options_.listen);
  }

  options_.service.authorize = [this](const auto& context, AdminAccess access, std::string* role) {
    return Authorize(context, access, role);
  };
  service_ = std::make_unique<AdminService>(pool, options_.service);
  std::function<grpc::Status(const grpc::ServerContextBase&)> authorize;
  if (!options_.open) {
    authorize = [this](const grpc::ServerContextBase& context) {
      std::string role;
      return ToGrpc(Authorize(context, AdminAccess::kRead, &role));
    };
  }
  health_ = std::make_unique<HealthService>(service_->driver(), authorize);
  const std::vector<std::string> names = {kServiceName, kHealthName, kReflectionV1Name,
                                          kReflectionV1AlphaName};
  reflection_v1_ = std::make_unique<ReflectionV1>(names, authorize);
  reflection_v1alpha_ = std::make_unique<ReflectionV1Alpha>(names, authorize);
  grpc::EnableDefaultHealthCheckService(false);
  grpc::ServerBuilder builder;
  grpc::ResourceQuota quota("robusto-admin");
  quota.Resize(kMaxMemory);
  builder.SetResourceQuota(quota);
  connections_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, *credentials);
  builder.RegisterService(service_.get());
  builder.RegisterService(health_.get());
  builder.RegisterService(reflection_v1_.get());
  builder.RegisterService(reflection_v1alpha_.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kMaxIdleMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinClientPingMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingAfterMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMillis);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return BlameOption(absl::UnavailableError("gRPC cannot serve on it"), "listen",
                       options_.listen);
  }
  AdminAcceptor::Options accepting;
  accepting.max_connections = options_.max_connections;
  accepting.on_connection = [this](int listener_fd, int fd) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listener_fd;
    connection.fd = fd;
    connections_->HandleNewConnection(&connection);
  };
  accepting.on_warning = options_.on_warning;
  acceptor_ = *std::move(acceptor);
  acceptor_->Start(std::move(accepting));

  health_->SetServing(kServiceName, true);
  health_->SetServing("", false);  // until the first check
  monitor_ = options_.monitor;
  if (monitor_ == nullptr) {
    own_monitor_ = std::make_unique<HealthMonitor>(pool, options_.health);
    monitor_ = own_monitor_.get();
  }
  HealthMonitor::Listener listener;
  listener.on_change = [this](const Health& health) {
    health_->SetServing("", health.ready());
    if (!health.ready()) Warn(absl::StrCat("health: NOT_SERVING: ", health.not_ready));
  };
  listener.on_check = [this] { service_->SampleForRates(); };
  listener_ = monitor_->Add(std::move(listener));
  return absl::OkStatus();
}

AdminServer::~AdminServer() { Shutdown(absl::ZeroDuration()); }

void AdminServer::Shutdown(absl::Duration grace) {
  absl::call_once(shut_down_, [&] {
    if (server_ == nullptr) return;
    if (monitor_ != nullptr) monitor_->Remove(listener_);
    health_->Shutdown();
    service_->EndStreams();
    service_->AwaitStreamsEnded(grace);
    if (acceptor_ != nullptr) acceptor_->Stop();
    // The remaining calls belong to clients that do not read.
    server_->Shutdown(std::chrono::system_clock::now());
  });
}

absl::Status AdminServer::Authorize(const grpc::ServerContextBase& context, AdminAccess access,
                                    std::string* role) {
  if (tokens_ == nullptr) {
    *role = absl::StrCat("anyone", CertificateName(context));  // what the log shows as the role
    return absl::OkStatus();
  }
  *role = absl::StrCat("unauthenticated", CertificateName(context));
  const absl::string_view token = BearerToken(context);
  if (token.empty()) {
    return absl::UnauthenticatedError(
        "a token is required: send one metadata field `authorization: Bearer TOKEN`");
  }
  const absl::optional<AdminRole> found = tokens_->Find(token);
  if (!found.has_value()) {
    WarnAboutToken(context);
    return absl::UnauthenticatedError("unknown token");
  }
  *role = absl::StrCat(AdminRoleName(*found), CertificateName(context));
  if (access == AdminAccess::kChange && *found != AdminRole::kOperator) {
    return absl::PermissionDeniedError(
        "a read-only token cannot change anything; use an operator token");
  }
  return absl::OkStatus();
}

void AdminServer::WarnAboutToken(const grpc::ServerContextBase& context) {
  const absl::optional<uint64_t> suppressed = token_warnings_.Admit(MonotonicNanos());
  if (!suppressed.has_value()) return;
  // Never the token itself: it may be a valid one of another server.
  Warn(absl::StrCat("refused a call with an unknown token from ", context.peer(),
                    *suppressed == 0 ? "" : absl::StrCat(", and ", *suppressed, " before it")));
}

void AdminServer::Warn(absl::string_view text) const {
  if (options_.on_warning) options_.on_warning(text);
}

}  // namespace robusto
