// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/multipart_ranges.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

// Random, so that no file can have been written to contain it (RFC 2046 section 5.1.1). getrandom(2)
// blocks only until the kernel is seeded, at boot.
std::string MakeBoundary() {
  uint64_t random[2] = {};
  while (::getrandom(random, sizeof(random), 0) < 0 && errno == EINTR) {
  }
  return absl::StrCat(absl::Hex(random[0], absl::kZeroPad16),
                      absl::Hex(random[1], absl::kZeroPad16));
}

}  // namespace

MultipartRanges::MultipartRanges(UniqueFd fd, std::vector<ByteRange> parts, uint64_t size,
                                 absl::string_view part_type)
    : fd_(std::move(fd)),
      parts_(std::move(parts)),
      size_(size),
      part_type_(part_type),
      boundary_(MakeBoundary()) {}

std::string MultipartRanges::content_type() const {
  return absl::StrCat("multipart/byteranges; boundary=", boundary_);
}

uint64_t MultipartRanges::length() const {
  uint64_t length = End().size();
  for (size_t part = 0; part < parts_.size(); ++part) {
    length += PartHead(part).size() + parts_[part].length;
  }
  return length;
}

std::string MultipartRanges::PartHead(size_t part) const {
  // The line end before a delimiter belongs to it (RFC 2046 section 5.1.1). The first delimiter needs
  // none, but nginx and httpd send it, and zsync reads a line there.
  return absl::StrCat("\r\n--", boundary_, "\r\nContent-Type: ", part_type_,
                      "\r\nContent-Range: ", ContentRange(parts_[part], size_), "\r\n\r\n");
}

std::string MultipartRanges::End() const { return absl::StrCat("\r\n--", boundary_, "--\r\n"); }

bool MultipartRanges::operator()(std::string* piece) {
  while (piece->size() < kPieceBytes) {
    if (left_ == 0) {
      if (next_ == parts_.size()) {
        piece->append(End());
        return false;
      }
      piece->append(PartHead(next_));
      at_ = parts_[next_].offset;
      left_ = parts_[next_].length;
      ++next_;
      continue;
    }
    const size_t got = Read(kPieceBytes - piece->size(), piece);
    if (got == 0) return false;
    at_ += got;
    left_ -= got;
  }
  return true;
}

size_t MultipartRanges::Read(size_t most, std::string* piece) {
  const size_t old_size = piece->size();
  piece->resize(old_size + static_cast<size_t>(std::min<uint64_t>(left_, most)));
  ssize_t got;
  do {
    got =
        ::pread(fd_.get(), &(*piece)[old_size], piece->size() - old_size, static_cast<off_t>(at_));
  } while (got < 0 && errno == EINTR);
  const size_t size = got < 0 ? 0 : static_cast<size_t>(got);
  piece->resize(old_size + size);
  return size;
}

}  // namespace robusto
