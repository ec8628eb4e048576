// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Percent-encoding and -decoding (RFC 3986 section 2.1) for handlers that map a request's path to a
// file or a route.
//
// A path is cut at its slashes first and decoded after: "/a%2Fb" is one segment, "a/b", and "/a/b"
// are two. A program that decodes first cannot tell them apart any more, and that is how
// "/..%2f..%2fetc" gets out of a directory.
//
//   std::vector<std::string> segments;
//   if (!DecodePathSegments(request.path(), &segments)) return response.Error(400);
//   for (const std::string& segment : segments) {
//     if (!IsFileName(segment)) return response.Error(404);
//   }
//
// Thread-safety: all are pure functions.

#ifndef ROBUSTO_HTTP_MESSAGE_URI_H_
#define ROBUSTO_HTTP_MESSAGE_URI_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace robusto {

// Appends `text` with its escapes decoded, once: "%2541" becomes "%41". False, with *out unchanged,
// when a '%' is not followed by two hexadecimal digits. The result may hold any byte, even NUL.
[[nodiscard]] bool PercentDecode(absl::string_view text, std::string* out);

// Appends `name` with every byte but RFC 3986's unreserved characters, and '/', percent-encoded.
void PercentEncodePath(absl::string_view name, std::string* out);

// Appends a query as a browser would send it: the bytes that the URL standard's query
// percent-encode set has are encoded, and all else, '%' included, stays. For the query of a redirect:
// a Location may hold no byte that is not ASCII.
void PercentEncodeQuery(absl::string_view query, std::string* out);

// The decoded segments of an absolute path, one for each '/': "/" is one empty segment, "/a/" is
// "a" and an empty one, "/a//b" is three. False when `path` does not begin with '/' or has a malformed
// escape; *segments is then unspecified. Reuses the strings in *segments. "." and ".." are segments
// like others: see IsFileName.
[[nodiscard]] bool DecodePathSegments(absl::string_view path, std::vector<std::string>* segments);

// Whether a decoded segment names an entry of a directory and nothing else: it is not empty, not "."
// or "..", and has neither '/' nor NUL.
[[nodiscard]] bool IsFileName(absl::string_view segment);

// The value of the first parameter of that name in "a=1&b=2", both decoded, with '+' for a space as
// HTML forms send it (url.spec.whatwg.org, application/x-www-form-urlencoded). A '%' without two
// hexadecimal digits after it stands for itself, as that standard says: "n=100%" has the value
// "100%". A name without '=' has the value "". nullopt when there is no such parameter.
absl::optional<std::string> QueryParameter(absl::string_view query, absl::string_view name);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_URI_H_
