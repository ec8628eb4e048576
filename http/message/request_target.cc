// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/request_target.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"

namespace robusto {
namespace {

// Whether `p`, at a '%', begins an escape.
bool IsEscape(const char* p, const char* end) {
  return end - p >= 3 && HexValue(p[1]) >= 0 && HexValue(p[2]) >= 0;
}

ParseReason WhyBad(char c) {
  if (c == '%') return ParseReason::kBadEscape;
  if (c == '\r') return ParseReason::kBareCr;
  return IsFieldValueChar(c) ? ParseReason::kBadTarget : ParseReason::kControlCharacter;
}

// `text` begins with '/' or '?' or is empty. '#' is in neither class: a fragment is never sent
// (RFC 9112 section 3.2), and programs that cut it off disagree about where.
ParseReason SplitPathAndQuery(absl::string_view text, RequestTarget* parts) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* p = begin;
  for (; p != end; ++p) {
    if (IsPathChar(*p)) continue;
    if (*p != '%' || !IsEscape(p, end)) break;
    p += 2;
  }
  parts->path = absl::string_view(begin, static_cast<size_t>(p - begin));
  if (p == end) return ParseReason::kNone;
  if (*p != '?') return WhyBad(*p);
  const char* const query = ++p;
  for (; p != end; ++p) {
    if (!IsQueryChar(*p)) return WhyBad(*p);
  }
  parts->query = absl::string_view(query, static_cast<size_t>(end - query));
  return ParseReason::kNone;
}

// `digits` is the part after the colon.
bool IsValidPort(absl::string_view digits) {
  if (digits.size() > 5) return false;
  int port = 0;
  for (char c : digits) {
    if (!IsDigit(c)) return false;
    port = port * 10 + (c - '0');
  }
  return port <= 65535;
}

// `text` is the part between the brackets. IPvFuture is refused, because no such address exists. Zone
// identifiers (RFC 6874) are refused, because they mean nothing outside the client's machine.
bool IsIpv6Address(absl::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof(copy) || text.find('\0') != absl::string_view::npos) return false;
  copy[text.copy(copy, text.size())] = '\0';
  in6_addr address;
  return ::inet_pton(AF_INET6, copy, &address) == 1;
}

}  // namespace

bool IsValidAuthority(absl::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') {
    const size_t close = text.find(']');
    if (close == absl::string_view::npos || !IsIpv6Address(text.substr(1, close - 1))) return false;
    const absl::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && IsValidPort(rest.substr(1)));
  }
  const char* const end = text.data() + text.size();
  const char* p = text.data();
  for (;;) {
    while (p != end && IsRegNameChar(*p)) ++p;
    if (p == end || *p != '%' || !IsEscape(p, end)) break;
    p += 3;
  }
  if (p == text.data()) return false;
  return p == end ||
         (*p == ':' && IsValidPort(text.substr(static_cast<size_t>(p + 1 - text.data()))));
}

ParseReason ParseRequestTarget(absl::string_view target, Method method, RequestTarget* parts) {
  *parts = RequestTarget();
  if (target.empty()) return ParseReason::kBadTarget;
  if (method == Method::kConnect) {
    // The port is not optional, nor may it be empty: RFC 9110 section 9.3.6.
    const bool has_port = target.rfind(':') != absl::string_view::npos && IsDigit(target.back());
    if (!has_port || !IsValidAuthority(target)) return ParseReason::kBadTarget;
    parts->authority = target;
    return ParseReason::kNone;
  }
  if (target.front() == '/') return SplitPathAndQuery(target, parts);
  if (target == "*") {
    if (method != Method::kOptions) return ParseReason::kBadTarget;
    parts->path = target;
    return ParseReason::kNone;
  }

  size_t scheme = 0;
  if (absl::StartsWithIgnoreCase(target, "http://")) {
    scheme = 7;
  } else if (absl::StartsWithIgnoreCase(target, "https://")) {
    scheme = 8;
  } else {
    return target.front() == '%' ? ParseReason::kBadTarget : WhyBad(target.front());
  }
  const absl::string_view rest = target.substr(scheme);
  const size_t authority_size = rest.find_first_of("/?#");
  parts->authority = rest.substr(0, authority_size);
  // This also refuses user information, as RFC 9110 section 4.2.4 advises: '@' is invalid in a host.
  if (!IsValidAuthority(parts->authority)) return ParseReason::kBadTarget;
  const ParseReason reason = SplitPathAndQuery(rest.substr(parts->authority.size()), parts);
  // "http://host" has the path "/" (RFC 9110 section 4.2.3). The view points to a '/' before the host.
  if (parts->path.empty()) parts->path = target.substr(scheme - 1, 1);
  return reason;
}

}  // namespace robusto
