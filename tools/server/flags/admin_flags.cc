// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/admin_flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, admin, "127.0.0.1:50051",
          "where the admin service listens: host:port, [v6-address]:port, :port or unix:PATH; port "
          "0 takes a free one; empty: there is none");
ABSL_FLAG(std::string, admin_tls_cert, "",
          "file with the admin service's certificate, in PEM form; with --admin_tls_key it makes "
          "the service speak TLS");
ABSL_FLAG(std::string, admin_tls_key, "", "file with the key of --admin_tls_cert, in PEM form");
ABSL_FLAG(std::string, admin_tls_client_ca, "",
          "file with the authority that callers' certificates must come from, in PEM form");
ABSL_FLAG(
    std::string, admin_token_file, "",
    "file with the tokens that callers must have: lines of \"operator TOKEN\" and \"read-only "
    "TOKEN\"; it may be changed at any time");
ABSL_FLAG(bool, admin_insecure, false,
          "let --admin be an address that other machines reach, without TLS or without tokens and "
          "certificates");

namespace robusto {

absl::optional<AdminServerOptions> AdminOptionsFromFlags() {
  AdminServerOptions options;
  options.listen = absl::GetFlag(FLAGS_admin);
  if (options.listen.empty()) return absl::nullopt;
  options.insecure = absl::GetFlag(FLAGS_admin_insecure);
  options.tls_cert = absl::GetFlag(FLAGS_admin_tls_cert);
  options.tls_key = absl::GetFlag(FLAGS_admin_tls_key);
  options.tls_client_ca = absl::GetFlag(FLAGS_admin_tls_client_ca);
  options.token_file = absl::GetFlag(FLAGS_admin_token_file);
  options.on_warning = [](absl::string_view text) { spdlog::warn("admin: {}", std::string(text)); };
  options.service.on_change = [](const AdminCall& call) {
    spdlog::log(call.result.ok() ? spdlog::level::info : spdlog::level::warn,
                "admin: {} {{{}}} from {} as {}: {}", std::string(call.method), call.request,
                call.peer, call.role, call.result.ToString());
  };
  return options;
}

std::string AdminFlagError(absl::string_view message) {
  // The options have the flags' names but for the prefix; the address is --admin itself.
  if (absl::ConsumePrefix(&message, "listen: ")) {
    return absl::StrCat("--admin: ", message, "; empty: no admin service");
  }
  std::string text = absl::StrReplaceAll(message, {{"tls_cert", "--admin_tls_cert"},
                                                   {"tls_key", "--admin_tls_key"},
                                                   {"tls_client_ca", "--admin_tls_client_ca"},
                                                   {"token_file", "--admin_token_file"},
                                                   {"insecure", "--admin_insecure"}});
  if (absl::StartsWith(text, "listen=")) text = absl::StrCat("--admin=", text.substr(7));
  return text;
}

}  // namespace robusto
