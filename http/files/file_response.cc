// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/file_response.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "robusto/http/files/entity_tag.h"
#include "robusto/http/files/multipart_ranges.h"
#include "robusto/http/message/date.h"
#include "robusto/http/semantics/accept_encoding.h"
#include "robusto/http/semantics/byte_range.h"
#include "robusto/http/semantics/preconditions.h"

namespace robusto {
namespace {

void SetCacheFields(const ServedFile& file, ResponseWriter& response) {
  if (!file.cache_control.empty()) response.SetHeader("Cache-Control", file.cache_control);
  SetVary(file.negotiated, response);
}

// The fields of a 200, which a 206 has, too. A client that asked with If-Range knows them, and RFC
// 9110 section 15.3.7 would leave them out, but not every client looks there.
void SetFileFields(const ServedFile& file, const Validators& validators,
                   absl::string_view content_type, ResponseWriter& response) {
  response.SetHeader("Content-Type", content_type);
  const ContentCoding coding = file.representation.coding;
  if (coding != ContentCoding::kIdentity)
    response.SetHeader("Content-Encoding", CodingName(coding));
  if (validators.last_modified.has_value()) {
    char date[kHttpDateSize];
    FormatHttpDate(*validators.last_modified, date);
    response.SetHeader("Last-Modified", {date, sizeof(date)});
  }
  response.SetHeader("ETag", validators.etag);
  response.SetHeader("Accept-Ranges", "bytes");
  SetCacheFields(file, response);
}

// Which parts to send, kWhole for all of the file.
RangeChoice ChooseParts(const Request& request, const ServedFile& file,
                        const Validators& validators, std::time_t now,
                        std::vector<ByteRange>* parts) {
  const auto size = static_cast<uint64_t>(file.representation.info.st_size);
  const RangeChoice choice = ChooseRanges(request, size, parts);
  if (choice == RangeChoice::kWhole || !IfRangeHolds(request, validators, now)) {
    return RangeChoice::kWhole;
  }
  // A Content-Encoding would be that of the multipart body, and clients would decode that.
  if (parts->size() > 1 && file.representation.coding != ContentCoding::kIdentity) {
    return RangeChoice::kWhole;
  }
  return choice;
}

}  // namespace

void SetVary(bool negotiated, ResponseWriter& response) {
  if (negotiated) response.SetHeader("Vary", "Accept-Encoding");
}

void RespondWithFile(const Request& request, ServedFile file, std::time_t now,
                     ResponseWriter& response) {
  Representation& representation = file.representation;
  const EntityTag etag(representation.info, now, TagSuffix(representation.coding));
  Validators validators;
  validators.etag = etag.view();
  validators.last_modified = LastModified(representation.info, now);
  // A compressor may give its file the date of the original.
  validators.date_is_strong = IsSettled(representation.info, now) && !file.negotiated;
  switch (CheckPreconditions(request, validators, now)) {
    case Precondition::kFailed:
      return response.Error(412);
    case Precondition::kNotModified:
      // What RFC 9110 section 15.4.5 asks for and no more.
      response.SetStatus(304);
      response.SetHeader("ETag", validators.etag);
      return SetCacheFields(file, response);
    case Precondition::kPass:
      break;
  }

  const auto size = static_cast<uint64_t>(representation.info.st_size);
  std::vector<ByteRange> parts;
  switch (ChooseParts(request, file, validators, now, &parts)) {
    case RangeChoice::kUnsatisfiable:
      response.Error(416);
      response.SetHeader("Content-Range", UnsatisfiedRange(size));
      return SetVary(file.negotiated, response);
    case RangeChoice::kWhole:
      SetFileFields(file, validators, file.content_type, response);
      if (size > 0) response.WriteFile(std::move(representation.fd), 0, size);
      return;
    case RangeChoice::kPart:
      break;
  }
  response.SetStatus(206);
  if (parts.size() == 1) {
    const ByteRange part = parts.front();
    response.SetHeader("Content-Range", ContentRange(part, size));
    SetFileFields(file, validators, file.content_type, response);
    return response.WriteFile(std::move(representation.fd), part.offset, part.length);
  }
  MultipartRanges body(std::move(representation.fd), std::move(parts), size, file.content_type);
  SetFileFields(file, validators, body.content_type(), response);
  const uint64_t length = body.length();
  response.Stream(std::move(body), length);
}

}  // namespace robusto
