// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What keeps a web page from somewhere else away from a server on this machine. A browser that
// shows http://evil.example also reaches http://127.0.0.1, and lets that page read the answers when
// the name evil.example leads to 127.0.0.1 (DNS rebinding). But it always says which name it was
// given: in Host, and for POST in Origin.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_BROWSER_GUARD_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_BROWSER_GUARD_H_

#include "absl/strings/string_view.h"

namespace robusto {

// Whether `host`, the value of a Host field, is a name of this machine that no foreign DNS record
// can point here (DNS rebinding): an address, localhost, or `own_name`, the name of the listen
// address.
bool IsLocalHost(absl::string_view host, absl::string_view own_name);

// Whether a page of `origin`, the value of an Origin field, came from `host`. The scheme is not
// compared: a proxy may speak TLS to the browser.
bool IsSameOrigin(absl::string_view origin, absl::string_view host);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_BROWSER_GUARD_H_
