// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/address/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;
constexpr int kMaxPort = 65535;

std::string AllForms(ListenForms forms) {
  return forms == ListenForms::kAll
             ? "host:port, [v6-address]:port, :port, unix:PATH, systemd or systemd:NAME"
             : "host:port, [v6-address]:port, :port or unix:PATH";
}

bool IsIpv4(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// With or without a zone: fe80::1%eth0.
bool IsIpv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &address) == 1;
}

bool IsLoopback(const std::string& host) {
  if (host == "localhost") return true;
  if (IsIpv4(host)) return absl::StartsWith(host, "127.");
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

bool IsHostName(absl::string_view host) {
  for (const char c : host) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_') {
      return false;
    }
  }
  return true;
}

bool ParsePort(absl::string_view text, int* port) {
  for (const char c : text) {
    // SimpleAtoi takes signs and spaces, too.
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return absl::SimpleAtoi(text, port) && *port <= kMaxPort;
}

}  // namespace

std::string ListenAddress::WithPort(int other_port) const {
  switch (kind) {
    case Kind::kUnix:
      return absl::StrCat("unix:", host);
    case Kind::kSystemd:
      return host.empty() ? "systemd" : absl::StrCat("systemd:", host);
    case Kind::kTcp:
      break;
  }
  if (absl::StrContains(host, ':')) return absl::StrCat("[", host, "]:", other_port);
  return absl::StrCat(host, ":", other_port);
}

std::string TryParseListenAddress(absl::string_view text, ListenForms forms,
                                  ListenAddress* address) {
  *address = ListenAddress();
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty() || rest.size() > kMaxPathBytes) {
      return absl::StrCat("unix:PATH with a path of 1 to ", kMaxPathBytes, " bytes");
    }
    address->kind = ListenAddress::Kind::kUnix;
    address->host = std::string(rest);
    address->local = true;
    return "";
  }
  if (forms == ListenForms::kAll && absl::ConsumePrefix(&rest, "systemd") &&
      (rest.empty() || rest[0] == ':')) {
    address->kind = ListenAddress::Kind::kSystemd;
    address->host = std::string(absl::StripPrefix(rest, ":"));
    return "";
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return AllForms(forms);
  absl::string_view host = text.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) {
    if (!absl::ConsumeSuffix(&host, "]")) return AllForms(forms);
    if (!IsIpv6(std::string(host))) return "an IPv6 address in the brackets";
  } else if (absl::StrContains(host, ':')) {
    return IsIpv6(std::string(host)) || IsIpv6(std::string(text))
               ? "brackets around the IPv6 address, and a port after them"
               : AllForms(forms);
  } else if (!IsHostName(host)) {
    return AllForms(forms);
  }
  if (!ParsePort(text.substr(colon + 1), &address->port)) {
    return absl::StrCat("a port from 0 to ", kMaxPort);
  }
  address->host = std::string(host);
  address->local = IsLoopback(address->host);
  return "";
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text, ListenForms forms) {
  ListenAddress address;
  const std::string expected = TryParseListenAddress(text, forms, &address);
  if (expected.empty()) return address;
  return absl::InvalidArgumentError(
      absl::StrCat("invalid listen address \"", text, "\": expected ", expected));
}

}  // namespace robusto
