// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Range requests (RFC 9110 section 14): which parts of a representation a GET asks for.
//
//   std::vector<ByteRange> parts;
//   switch (ChooseRanges(request, size, &parts)) {
//     case RangeChoice::kWhole: ...          // 200, as if there were no Range
//     case RangeChoice::kPart: ...           // 206; Content-Range: ContentRange(parts[0], size), or
//                                            // multipart/byteranges when there are several parts
//     case RangeChoice::kUnsatisfiable: ...  // 416, Content-Range: UnsatisfiedRange(size)
//   }
//
// Preconditions come first, and If-Range in between (section 13.2.2): http/semantics/preconditions.h.
//
// A small request cannot make a large response of many small parts (section 17.15): ranges that
// overlap are joined, and a field with more than kMaxRanges ranges is ignored.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_
#define ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/http/message/request.h"

namespace robusto {

struct ByteRange {
  uint64_t offset;
  uint64_t length;  // at least 1
};

// kPart: at least one part.
enum class RangeChoice : uint8_t { kWhole, kPart, kUnsatisfiable };

// More ranges than this in one field count as none: as many as Apache's httpd takes. Clients that
// update files send some 20 (zsync) to 127 (zchunk).
constexpr size_t kMaxRanges = 200;

// Which parts `request` is to be sent, written to *parts in the order in which the client wants
// them. kWhole for a method other than GET, for which no range is defined (section 14.2), and where
// there is no Range, or more than one such field, which is a list that the field cannot have.
[[nodiscard]] RangeChoice ChooseRanges(const Request& request, uint64_t size,
                                       std::vector<ByteRange>* parts);

// The same for the value of a Range field (sections 14.1.1, 14.1.2, 14.2):
//   "bytes=0-99"      100 bytes, or as many as there are
//   "bytes=100-"      all from the 101st
//   "bytes=-100"      the last 100, or as many as there are
//   "bytes=0-9,50-"   two parts
// A range that begins after the end, and "-0", is unsatisfiable and left out; kUnsatisfiable when
// all are. kWhole when the unit is another one, and when the value is malformed, for which one bad
// range is enough. An empty representation has no part, and every range of it is the whole. Numbers
// too large for 64 bits count as the largest.
[[nodiscard]] RangeChoice ParseRanges(absl::string_view value, uint64_t size,
                                      std::vector<ByteRange>* parts);

// For handlers that send one part and no multipart/byteranges: kWhole where several are wanted, as
// section 14.2 allows.
[[nodiscard]] RangeChoice ChooseRange(const Request& request, uint64_t size, ByteRange* part);

// The value of Content-Range: "bytes 0-99/1000" and "bytes */1000" (section 14.4).
std::string ContentRange(const ByteRange& part, uint64_t size);
std::string UnsatisfiedRange(uint64_t size);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SEMANTICS_BYTE_RANGE_H_
