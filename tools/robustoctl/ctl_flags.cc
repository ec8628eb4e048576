// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/ctl_flags.h"

#include <cstdlib>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(std::string, address, "",
          "address of the server's --admin: host:port, [v6-address]:port or unix:PATH; default: "
          "$ROBUSTOCTL_ADDRESS, or 127.0.0.1:50051");
ABSL_FLAG(bool, json, false,
          "print the server's answer as JSON, one object per line, as defined by pool_admin.proto");
ABSL_FLAG(
    absl::optional<absl::Duration>, timeout, absl::nullopt,
    "time limit for an answer, default 5s; for drain --wait and stop: time limit for the whole "
    "command, default: none");
ABSL_FLAG(std::string, token_file, "", "file with the token for the server");
ABSL_FLAG(bool, token_in_clear, false,
          "allow sending the token over a network without TLS, where others can read it");
ABSL_FLAG(bool, tls, false, "connect with TLS; implied by the four flags below");
ABSL_FLAG(
    std::string, ca_file, "",
    "PEM file with the authorities that are trusted to sign the server's certificate; default: "
    "those of the system");
ABSL_FLAG(std::string, cert_file, "", "PEM file with the client certificate");
ABSL_FLAG(std::string, key_file, "", "PEM file with the private key of the client certificate");
ABSL_FLAG(std::string, tls_name, "",
          "the name in the server's certificate, if it differs from the host of the address");
ABSL_FLAG(absl::optional<absl::Duration>, interval, absl::nullopt,
          "time between two lines or updates, 10ms to 1h; default for top: 1s");
ABSL_FLAG(absl::optional<int>, min, absl::nullopt, "minimum number of workers; default: unchanged");
ABSL_FLAG(absl::optional<int>, max, absl::nullopt, "maximum number of workers; default: unchanged");
ABSL_FLAG(bool, dry_run, false, "change nothing, and print what would happen");
ABSL_FLAG(absl::optional<uint64_t>, if_generation, absl::nullopt,
          "act only if the pool still has this generation, as printed by `stats`");
ABSL_FLAG(absl::optional<absl::Duration>, revert_after, absl::nullopt,
          "restore the previous bounds after this time unless `confirm` is called, 1s to 24h");
ABSL_FLAG(absl::optional<absl::Duration>, firm_after, absl::nullopt,
          "time before the connection is shut down, 0s to 60s; default: the server's 100ms");
ABSL_FLAG(bool, wait, false, "wait until all requests have finished, and show the progress");
ABSL_FLAG(absl::optional<absl::Duration>, stop_timeout, absl::nullopt,
          "time that requests have to finish, 0s to 24h; default: the server's --stop_timeout");
ABSL_FLAG(bool, follow, false, "continue with new events as they happen");
ABSL_FLAG(uint64_t, since, 0, "number of the first event to print; 0: the oldest that is kept");

namespace robusto {
namespace {

absl::Status CheckDuration(absl::string_view flag, const absl::optional<absl::Duration>& value,
                           bool zero_allowed) {
  if (!value.has_value()) return absl::OkStatus();
  const bool good = zero_allowed ? *value >= absl::ZeroDuration() : *value > absl::ZeroDuration();
  if (good && *value < absl::InfiniteDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", absl::FormatDuration(*value), ": must be ",
                   zero_allowed ? "0s or more" : "more than 0s", ", such as 10s"));
}

std::string Address() {
  std::string address = absl::GetFlag(FLAGS_address);
  if (!address.empty()) return address;
  const char* const from_environment = std::getenv("ROBUSTOCTL_ADDRESS");
  if (from_environment != nullptr && *from_environment != '\0') return from_environment;
  return "127.0.0.1:50051";
}

}  // namespace

absl::StatusOr<CtlFlags> CtlFlagsFromCommandLine() {
  CtlFlags flags;
  const absl::optional<absl::Duration> timeout = absl::GetFlag(FLAGS_timeout);
  flags.interval = absl::GetFlag(FLAGS_interval);
  flags.revert_after = absl::GetFlag(FLAGS_revert_after);
  flags.firm_after = absl::GetFlag(FLAGS_firm_after);
  flags.stop_timeout = absl::GetFlag(FLAGS_stop_timeout);
  for (const absl::Status& status : {
           CheckDuration("timeout", timeout, false),
           CheckDuration("interval", flags.interval, false),
           CheckDuration("revert_after", flags.revert_after, false),
           CheckDuration("firm_after", flags.firm_after, true),
           CheckDuration("stop_timeout", flags.stop_timeout, true),
       }) {
    if (!status.ok()) return status;
  }
  flags.client.address = Address();
  flags.client.token_file = absl::GetFlag(FLAGS_token_file);
  flags.client.token_in_clear = absl::GetFlag(FLAGS_token_in_clear);
  flags.client.tls = absl::GetFlag(FLAGS_tls);
  flags.client.ca_file = absl::GetFlag(FLAGS_ca_file);
  flags.client.cert_file = absl::GetFlag(FLAGS_cert_file);
  flags.client.key_file = absl::GetFlag(FLAGS_key_file);
  flags.client.tls_name = absl::GetFlag(FLAGS_tls_name);
  flags.timeout_given = timeout.has_value();
  if (timeout.has_value()) flags.client.timeout = *timeout;
  flags.json = absl::GetFlag(FLAGS_json);
  flags.min = absl::GetFlag(FLAGS_min);
  flags.max = absl::GetFlag(FLAGS_max);
  flags.dry_run = absl::GetFlag(FLAGS_dry_run);
  flags.if_generation = absl::GetFlag(FLAGS_if_generation);
  flags.wait = absl::GetFlag(FLAGS_wait);
  flags.follow = absl::GetFlag(FLAGS_follow);
  flags.since = absl::GetFlag(FLAGS_since);
  return flags;
}

}  // namespace robusto
