// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Which content codings a client accepts (Accept-Encoding, RFC 9110 section 12.5.3).
//
//   for (ContentCoding coding : PreferredCodings(request)) {
//     if (have(coding)) return send(coding);
//   }
//   response.Error(406);
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_SEMANTICS_ACCEPT_ENCODING_H_
#define ROBUSTO_HTTP_SEMANTICS_ACCEPT_ENCODING_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "robusto/http/message/request.h"

namespace robusto {

enum class ContentCoding : uint8_t { kBrotli, kGzip, kIdentity };

// The name of a coding as Content-Encoding has it: "br", "gzip" (section 8.4.1). Empty for
// kIdentity, which has no such field.
absl::string_view CodingName(ContentCoding coding);

// The codings that may be sent, the preferred one first: by their weights, and for equal weights in
// the order of ContentCoding, which has the shortest body first. Refused codings (a weight of 0) are
// left out; the result may be empty.
//
// Identity is last unless the field names it or "*". It is left out only by "identity;q=0", or by
// "*;q=0" without "identity". "*" stands for the codings that are not named; "x-gzip" is gzip
// (section 8.4.1.3). If a coding has several weights, the lowest counts. A malformed element is
// ignored. Without the field the result is identity alone: any coding would be allowed, but a client
// that does not send the field may not support one.
absl::InlinedVector<ContentCoding, 3> PreferredCodings(const Request& request);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SEMANTICS_ACCEPT_ENCODING_H_
