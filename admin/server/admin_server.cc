// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/server/admin_server.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "robusto/admin/access/listen_check.h"
#include "robusto/workers/address/listen_address.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

constexpr char kServiceName[] = "robusto.admin.v1.PoolAdmin";

// Requests hold a few numbers.
constexpr int kMaxRequestBytes = 64 * 1024;
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

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(
    const AdminServerOptions& options) {
  if (options.tls_cert.empty()) return grpc::InsecureServerCredentials();
  const absl::StatusOr<std::string> cert = ReadPem("tls_cert", options.tls_cert);
  if (!cert.ok()) return cert.status();
  const absl::StatusOr<std::string> key = ReadPem("tls_key", options.tls_key);
  if (!key.ok()) return key.status();
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({*key, *cert});
  if (!options.tls_client_ca.empty()) {
    absl::StatusOr<std::string> ca = ReadPem("tls_client_ca", options.tls_client_ca);
    if (!ca.ok()) return ca.status();
    ssl.pem_root_certs = *std::move(ca);
    ssl.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(ssl);
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
  if (absl::Status status = CheckCanListen(*listen); !status.ok()) {
    return BlameOption(status, "listen", options_.listen);
  }

  options_.service.authorize = [this](const auto& context, AdminAccess access, std::string* role) {
    return Authorize(context, access, role);
  };
  service_ = std::make_unique<AdminService>(pool, options_.service);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  // gRPC wants a host. It falls back to IPv4 for "[::]" on a machine without IPv6.
  const std::string target = listen->kind == ListenAddress::Kind::kTcp && listen->host.empty()
                                 ? absl::StrCat("[::]:", listen->port)
                                 : options_.listen;
  builder.AddListeningPort(target, *credentials, &port);
  builder.RegisterService(service_.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  // Else a second server on the same port gets every other call instead of an error.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingAfterMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMillis);
  // Every user that can open a unix socket is an operator, so its file has its mode from the first moment. gRPC binds it
  // here, with the umask of the process. A file that another thread creates meanwhile has narrower rights than usual.
  const mode_t mask = listen->unix_socket() ? umask(0177) : 0;
  server_ = builder.BuildAndStart();
  if (listen->unix_socket()) umask(mask);
  if (server_ == nullptr) {
    return WithOptionError(
        absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen,
                                            ": the address is in use, or tls_key is not the key "
                                            "of tls_cert")),
        {"listen", options_.listen, "",
         "the address is in use, or {tls_key} is not the key of {tls_cert}"});
  }
  address_ = listen->WithPort(port);

  server_->GetHealthCheckService()->SetServingStatus(kServiceName, true);
  monitor_ = options_.monitor;
  if (monitor_ == nullptr) {
    own_monitor_ = std::make_unique<HealthMonitor>(pool, options_.health);
    monitor_ = own_monitor_.get();
  }
  HealthMonitor::Listener listener;
  listener.on_change = [this](bool healthy, const std::string& why) {
    server_->GetHealthCheckService()->SetServingStatus("", healthy);
    if (!healthy) Warn(absl::StrCat("health: NOT_SERVING: ", why));
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
    server_->GetHealthCheckService()->Shutdown();
    service_->EndStreams();
    service_->AwaitStreamsEnded(grace);
    // The remaining calls are watchers of health, which never end by themselves, and clients that do not
    // read.
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
    return absl::UnauthenticatedError("unknown token");
  }
  *role = absl::StrCat(AdminRoleName(*found), CertificateName(context));
  if (access == AdminAccess::kChange && *found != AdminRole::kOperator) {
    return absl::PermissionDeniedError(
        "a read-only token cannot change anything; use an operator token");
  }
  return absl::OkStatus();
}

void AdminServer::Warn(absl::string_view text) const {
  if (options_.on_warning) options_.on_warning(text);
}

}  // namespace robusto
