// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MultipartRanges: several parts of a file as one body of the type multipart/byteranges (RFC 9110
// section 14.6), each with its own Content-Type and Content-Range. It is a BodySource: parts are
// read when the client has taken what came before, and no more than kPieceBytes is in memory.
//
//   MultipartRanges parts(std::move(fd), ranges, size, "text/plain");
//   response.SetHeader("Content-Type", parts.content_type());
//   const uint64_t length = parts.length();
//   response.Stream(std::move(parts), length);
//
// Thread-safety: none; one thread at a time.

#ifndef ROBUSTO_HTTP_FILES_MULTIPART_RANGES_H_
#define ROBUSTO_HTTP_FILES_MULTIPART_RANGES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/semantics/byte_range.h"

namespace robusto {

class MultipartRanges {
 public:
  static constexpr size_t kPieceBytes = 64 * 1024;

  // `parts` are parts of the file `fd`, which has `size` bytes and the type `part_type`.
  MultipartRanges(UniqueFd fd, std::vector<ByteRange> parts, uint64_t size,
                  absl::string_view part_type);

  // "multipart/byteranges; boundary=..." with a boundary that no file can have been made to hold.
  std::string content_type() const;
  // The bytes of the whole body.
  uint64_t length() const;

  // Appends the next piece. False: that was the last one, or the file has become shorter than a
  // part, and the body is then shorter than length().
  bool operator()(std::string* piece);

 private:
  // The delimiter and fields before a part, and the delimiter after the last one.
  std::string PartHead(size_t part) const;
  std::string End() const;
  // Appends up to `most` bytes from at_, and says how many; 0 at the end of the file and for errors.
  size_t Read(size_t most, std::string* piece);

  UniqueFd fd_;
  std::vector<ByteRange> parts_;
  uint64_t size_;
  std::string part_type_;
  std::string boundary_;

  size_t next_ = 0;    // the next part to begin
  uint64_t at_ = 0;    // in the file, of the part that was begun
  uint64_t left_ = 0;  // of that part
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_MULTIPART_RANGES_H_
