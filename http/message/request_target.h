// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The request target in its four forms (RFC 9112 section 3.2), and the authority in it and in Host.
//
//   origin-form     /where?q=now                        any method but CONNECT
//   absolute-form   http://www.example.org/where?q=now  any method but CONNECT; http and https only
//   authority-form  www.example.com:80                  CONNECT only
//   asterisk-form   *                                   OPTIONS only
//
// Thread-safety: all are pure functions.

#ifndef ROBUSTO_HTTP_MESSAGE_REQUEST_TARGET_H_
#define ROBUSTO_HTTP_MESSAGE_REQUEST_TARGET_H_

#include "absl/strings/string_view.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"

namespace robusto {

// Views into the parsed target; an empty view may be null.
struct RequestTarget {
  absl::string_view path;       // "/" where absolute-form has none; empty for authority-form
  absl::string_view query;      // after the first '?'
  absl::string_view authority;  // of absolute- and authority-form: host, or host and port
};

// Fills `parts` and returns kNone, or the reason why `target` is bad: kBadTarget, kBadEscape or
// kControlCharacter.
// Nothing is normalised: "/a/../b" is a path of four segments. Escapes are checked in the path and
// not decoded; a query may hold what IsQueryChar allows, and no escape in it is checked.
[[nodiscard]] ParseReason ParseRequestTarget(absl::string_view target, Method method,
                                             RequestTarget* parts);

// Whether `text` is `uri-host [":" [port]]` (RFC 9110 section 7.2): a registered name, an IPv4
// address or an IPv6 address in brackets, and a port of at most 65535. The host must not be empty,
// and user information is invalid.
[[nodiscard]] bool IsValidAuthority(absl::string_view text);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_REQUEST_TARGET_H_
