// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Range requests (RFC 9110 section 14): which part of a representation a GET asks for.
//
//   ByteRange part;
//   switch (ChooseRange(request, size, &part)) {
//     case RangeChoice::kWhole: ...          // 200, as if there were no Range
//     case RangeChoice::kPart: ...           // 206, Content-Range: ContentRange(part, size)
//     case RangeChoice::kUnsatisfiable: ...  // 416, Content-Range: UnsatisfiedRange(size)
//   }
//
// Preconditions come first, and If-Range in between (section 13.2.2): http/semantics/preconditions.h.
//
// There is one part in an answer, never multipart/byteranges: who asks for several ranges that can
// be had gets the whole, as section 14.2 allows. Few clients ask for several, all of them have to
// take a 200, and a small request can then not make a large answer of many small parts (section
// 17.15).
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_
#define ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/request.h"

namespace robusto {

struct ByteRange {
  uint64_t offset;
  uint64_t length;  // at least 1
};

enum class RangeChoice : uint8_t { kWhole, kPart, kUnsatisfiable };

// What to answer to `request`, of which kPart's part is written to *part. The whole for a method
// other than GET, for which no range is defined (section 14.2), and where there is no Range, or
// more than one such field, which is a list that the field cannot have.
RangeChoice ChooseRange(const Request& request, uint64_t size, ByteRange* part);

// The same for the value of a Range field (sections 14.1.1, 14.1.2, 14.2):
//   "bytes=0-99"    100 bytes, or as many as there are
//   "bytes=100-"    all from the 101st
//   "bytes=-100"    the last 100, or as many as there are
// A range that begins after the end, and "-0", cannot be had. kPart: just one can; kUnsatisfiable:
// none can; kWhole: several can, or the unit is another, or the value is none at all (of which one
// bad range is enough). Numbers too large for 64 bits count as the largest. An empty
// representation has no part, but its last bytes are the whole of it.
RangeChoice ParseRange(absl::string_view value, uint64_t size, ByteRange* part);

// The value of Content-Range: "bytes 0-99/1000" and "bytes */1000" (section 14.4).
std::string ContentRange(const ByteRange& part, uint64_t size);
std::string UnsatisfiedRange(uint64_t size);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_
