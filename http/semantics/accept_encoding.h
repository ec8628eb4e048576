// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Which content codings a client takes (Accept-Encoding, RFC 9110 section 12.5.3).
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

// The codings that may be sent, the one that is wanted most first: by their weights, and of one
// weight as they stand in ContentCoding, the shortest body first. Those refused (a weight of 0)
// are left out: all of them may be.
//
// Identity is last unless it is named, or "*" is, and is left out only by "identity;q=0", or by
// "*;q=0" without "identity". "*" is for what is not named; "x-gzip" is gzip (section 8.4.1.3). Of
// several weights for one coding the least counts. An element that is none counts as not there.
// Without the field it is identity alone: any would be allowed, but a client that says nothing may
// know none.
absl::InlinedVector<ContentCoding, 3> PreferredCodings(const Request& request);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SEMANTICS_ACCEPT_ENCODING_H_
