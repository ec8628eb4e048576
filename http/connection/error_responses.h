// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ErrorResponses: the responses that the server itself answers with, made once. A refusal is often
// sent by the event loop's thread, which runs no code of the embedding program (invariant C4), and a
// server that refuses most requests has no time to make the same page over and over; so
// ServerOptions::error_page is called for every status and reason when the server is created, and
// what it made is sent from then on. (Errors that a handler answers with call it each time.)
//
// Thread-safety: const methods, any thread.

#ifndef ROBUSTO_HTTP_CONNECTION_ERROR_RESPONSES_H_
#define ROBUSTO_HTTP_CONNECTION_ERROR_RESPONSES_H_

#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/response.h"

namespace robusto {

class ErrorResponses {
 public:
  // Calls `page` for each status and reason; null: plain text. Not under a lead: `page` may block.
  explicit ErrorResponses(const ErrorPage& page = nullptr);

  // Makes `response` the one for `status`, which was refused for `reason`. A pair that is not known
  // in advance gets plain text.
  void Fill(int status, absl::string_view reason, ResponseWriter* response) const;

 private:
  struct Page {
    std::string fields;  // in wire form, each line ended by CRLF
    std::string body;
  };
  using PageByReason = std::map<std::string, Page, std::less<>>;

  static Page Make(const ErrorPage& page, int status, absl::string_view reason);

  std::map<int, PageByReason> pages_;  // by status
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_ERROR_RESPONSES_H_
