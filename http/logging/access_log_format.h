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
//   - A line is printable ASCII and nothing else, whatever the client sent: nobody can end a line,
//     or a quoted value, or steer the terminal that shows it.
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

// Room for what is worth reading: lines wait in memory, and a client could fill it with the 32 KiB
// of a User-Agent else.
constexpr size_t kMaxLoggedTarget = 4096;
constexpr size_t kMaxLoggedValue = 1024;
constexpr size_t kMaxLogLine = kMaxLoggedTarget + 6 * kMaxLoggedValue + 512;

// The status of a request that got no answer.
constexpr int kClientClosedRequest = 499;

// Apache's "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"", without an end of line.
//   %h  the peer without its port; an IPv4 address that an IPv6 socket saw as an IPv4 address;
//       "unix:" for a unix socket
//   %l, %u  always "-"
//   %r  "-" when the request line could not be understood
//   %b  bytes of the body on the wire, "-" for none
// `"`, `\`, controls and bytes beyond ASCII are \xNN, as nginx writes them: a reader that takes a
// quoted value to end at the next quote is right.
void AppendCombinedLine(const AccessRecord& record, std::string* line);

// One object, without an end of line. The fields come in the order above; those that there is
// nothing to say of are left out: method, target and protocol when the request line could not be
// understood; reason (why the server refused: AccessRecord::reason), referer, user_agent.
// Characters beyond ASCII are \uNNNN, and what is no UTF-8 is \ufffd, one for each byte.
// `complete` is false when the client did not get the whole response.
void AppendJsonLine(const AccessRecord& record, std::string* line);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_ACCESS_LOG_FORMAT_H_
