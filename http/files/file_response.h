// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RespondWithFile: the response to a GET or HEAD for an open file. It decides between 200, 206, 304,
// 412 and 416 by the request's conditions and ranges, and sets the fields that go with each.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_FILE_RESPONSE_H_
#define ROBUSTO_HTTP_FILES_FILE_RESPONSE_H_

#include <ctime>

#include "absl/strings/string_view.h"
#include "robusto/http/files/precompressed.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/response.h"

namespace robusto {

struct ServedFile {
  Representation representation;
  absl::string_view content_type;   // of the file itself, compressed or not
  absl::string_view cache_control;  // empty: no such field
  // Whether the representation was chosen by Accept-Encoding.
  bool negotiated = false;
};

// Fills `response`, which must be as new. Takes the file. Calls nothing that blocks.
void RespondWithFile(const Request& request, ServedFile file, std::time_t now,
                     ResponseWriter& response);

// Vary, when the response was chosen by Accept-Encoding; also when what was chosen is the file as it
// is, or 406 (RFC 9110 section 12.5.5).
void SetVary(bool negotiated, ResponseWriter& response);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_FILE_RESPONSE_H_
