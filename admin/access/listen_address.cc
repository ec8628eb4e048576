// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/listen_address.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

bool IsLoopback(const std::string& host) {
  if (host == "localhost") return true;
  in6_addr address;  // large enough for both
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return absl::StartsWith(host, "127.");
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

}  // namespace

std::string ListenAddress::WithPort(int bound_port) const {
  if (unix_socket) return absl::StrCat("unix:", host);
  if (host.find(':') != std::string::npos) return absl::StrCat("[", host, "]:", bound_port);
  return absl::StrCat(host, ":", bound_port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const auto error = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\": ", why, "; expected host:port, [v6-address]:port, :port or unix:PATH"));
  };
  ListenAddress address;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty()) return error("the path is missing");
    if (rest.size() > kMaxPathBytes) {
      return error(absl::StrCat("the path is longer than ", kMaxPathBytes, " bytes"));
    }
    address.unix_socket = address.local = true;
    address.host = std::string(rest);
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return error("the port is missing");
  absl::string_view host = text.substr(0, colon);
  const bool brackets = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (!brackets && host.find(':') != absl::string_view::npos) {
    return error("an IPv6 address needs brackets");
  }
  if (!absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return error("the port must be a number from 0 to 65535");
  }
  address.host = host.empty() ? "::" : std::string(host);
  address.local = IsLoopback(address.host);
  return address;
}

}  // namespace robusto
