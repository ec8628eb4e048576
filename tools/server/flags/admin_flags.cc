// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/admin_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/workers/option_error.h"
#include "spdlog/spdlog.h"

namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:50051";

}  // namespace

ABSL_FLAG(std::string, admin, kDefaultAddress,
          "address of the admin service: host:port, [v6-address]:port, :port or unix:PATH; port 0: "
          "the kernel "
          "chooses; empty: no admin service");
ABSL_FLAG(std::string, admin_tls_cert, "",
          "file with the admin service's certificate in PEM format; with --admin_tls_key it turns "
          "TLS on");
ABSL_FLAG(std::string, admin_tls_key, "", "file with the key of --admin_tls_cert in PEM format");
ABSL_FLAG(
    std::string, admin_tls_client_ca, "",
    "file with the authority that must have signed the certificates of callers, in PEM format");
ABSL_FLAG(std::string, admin_token_file, "",
          "file with the tokens that callers need: lines of \"operator TOKEN\" and \"read-only "
          "TOKEN\"; changes "
          "take effect without a restart");
ABSL_FLAG(bool, admin_insecure, false,
          "allow an --admin address that other machines can reach without TLS, or without tokens "
          "and certificates");

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

absl::Status AdminErrorInTermsOfFlags(const absl::Status& status) {
  return InTermsOfFlags(status, [](absl::string_view option) {
    return option == "listen" ? std::string("admin") : absl::StrCat("admin_", option);
  });
}

bool AdminAddressIsDefault() { return absl::GetFlag(FLAGS_admin) == kDefaultAddress; }

}  // namespace robusto
