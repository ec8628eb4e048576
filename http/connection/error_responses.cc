// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/connection/error_responses.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_split.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/workers/task.h"

namespace robusto {
namespace {

// An error page is a page: what is made beyond this is left out.
constexpr size_t kMaxPageBytes = 1 << 20;

// The body in memory, however `response` has it.
std::string TakeBody(ResponseWriter& response) {
  std::string body(response.body());
  while (response.streams() && body.size() < kMaxPageBytes) {
    std::string chunk;
    const bool more = response.source()(&chunk);
    body += chunk;
    if (!more) break;
  }
  const ResponseWriter::FileRange file = response.ReleaseFile();
  if (file.fd.valid()) {
    body.resize(static_cast<size_t>(std::min<uint64_t>(file.length, kMaxPageBytes)));
    const ssize_t got =
        pread(file.fd.get(), &body[0], body.size(), static_cast<off_t>(file.offset));
    body.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }
  return body;
}

}  // namespace

ErrorResponses::ErrorResponses(const ErrorPage& page) {
  const auto add = [&](int status, absl::string_view reason) {
    pages_[status].emplace(std::string(reason), Make(page, status, reason));
  };
  for (int i = 1; i <= static_cast<int>(ParseReason::kBodyTooLarge); ++i) {
    const auto reason = static_cast<ParseReason>(i);
    add(StatusOf(reason), ReasonName(reason));
  }
  for (absl::string_view reason : {"header_timeout", "body_timeout"}) add(408, reason);
  for (RejectReason reason : {RejectReason::kQueueFull, RejectReason::kExpired,
                              RejectReason::kDraining, RejectReason::kStopped}) {
    add(503, RejectReasonName(reason));
  }
  add(503, "memory");
}

ErrorResponses::Page ErrorResponses::Make(const ErrorPage& page, int status,
                                          absl::string_view reason) {
  ResponseWriter response;
  response.SetErrorPage(&page);
  response.Error(status, reason);
  Page made;
  try {
    made.body = TakeBody(response);
  } catch (...) {
    // As when the page itself throws: plain text.
    response.SetErrorPage(nullptr);
    response.Error(status, reason);
    made.body = std::string(response.body());
  }
  made.fields = std::string(response.headers());
  return made;
}

void ErrorResponses::Fill(int status, absl::string_view reason, ResponseWriter* response) const {
  const auto pages = pages_.find(status);
  if (pages != pages_.end()) {
    const auto page = pages->second.find(reason);
    if (page != pages->second.end()) {
      response->Reset();
      response->SetStatus(status);
      for (absl::string_view line :
           absl::StrSplit(page->second.fields, "\r\n", absl::SkipEmpty())) {
        const size_t colon = line.find(": ");
        response->AddHeader(line.substr(0, colon), line.substr(colon + 2));
      }
      response->Write(page->second.body);
      return;
    }
  }
  response->SetErrorPage(nullptr);
  response->Error(status, reason);
}

}  // namespace robusto
