// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The lines of an access log, in the two forms that its readers know:
//
//   Combined, of Apache and nginx, which goaccess, fail2ban and the like take as it is:
//   192.0.2.7 - - [22/Nov/2026:11:40:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8.5"
//
//   JSON, one object a line:
//   {"time":"2026-11-22T11:40:00.123456Z","peer":"192.0.2.7:40312","request_id":"1f00000003-12",
//   "method":"GET","target":"/a","protocol":"HTTP/1.1","status":200,"body_bytes":5,
//   "duration_seconds":0.000213,"handler_seconds":0.000101,"complete":true,"user_agent":"curl/8.5"}
//
// In both:
//   - A line is printable ASCII and nothing else, whatever the client sent: a client cannot end a
//     line or a quoted value, and cannot control the terminal that shows it.
//   - Status 499 says that the connection ended before there was an answer, as in nginx's log.
//   - Times are when the request began, in UTC.
//   - Values are cut to so many bytes of the line, with "..." at the end: kMaxLoggedTarget for the
//     target, kMaxLoggedValue for the others. A line is thus shorter than kMaxLogLine.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_HTTP_LOGGING_ACCESS_LOG_FORMAT_H_
#define ROBUSTO_HTTP_LOGGING_ACCESS_LOG_FORMAT_H_

#include <cstddef>
#include <string>

#include "robusto/http/api/access_record.h"

namespace robusto {

// Values are cut to these lengths because lines wait in memory: without a limit a client could fill
// it with User-Agent values of 32 KiB.
constexpr size_t kMaxLoggedTarget = 4096;
constexpr size_t kMaxLoggedValue = 1024;
constexpr size_t kMaxLogLine = kMaxLoggedTarget + 6 * kMaxLoggedValue + 512;

// The status of a request that got no answer.
constexpr int kClientClosedRequest = 499;

// Appends a line in Apache's combined format, without an end of line:
// "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"".
//   %h  the peer without its port; an IPv4-mapped IPv6 address is written as the IPv4 address;
//       "unix:" for a unix socket
//   %l, %u  always "-"
//   %r  "-" when the request line could not be understood
//   %b  bytes of the body on the wire, "-" for none
// `"`, `\`, controls and bytes beyond ASCII are written as \xNN, as in nginx's log. So a quoted
// value always ends at the next quote.
void AppendCombinedLine(const AccessRecord& record, std::string* line);

// Appends one object, without an end of line. The fields come in the order above. Fields without a
// value are left out: method, target and protocol when the request line is malformed; reason (why
// the server refused: AccessRecord::reason), referer and user_agent. Characters beyond ASCII are
// written as \uNNNN. Each byte that is not valid UTF-8 is written as \ufffd.
// `complete` is false when the client did not get the whole response.
void AppendJsonLine(const AccessRecord& record, std::string* line);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_ACCESS_LOG_FORMAT_H_
