// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResponseWriter: how a handler answers. Status, header fields, then a body: bytes, or a range of a
// file (sent with sendfile(2), never read into memory). The response goes out when the handler
// returns; framing (Content-Length, Connection, Date, Server) is the server's business, and so is leaving
// the body out for HEAD, 204 and 304 while its length is still told.
//
//   response.SetStatus(404);
//   response.SetHeader("Content-Type", "text/plain");
//   response.Write("no such page\n");
//
// Thread-safety: none; used by the thread that runs the handler.

#ifndef ROBUSTO_HTTP_RESPONSE_H_
#define ROBUSTO_HTTP_RESPONSE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "http/unique_fd.h"

namespace robusto {

// The reason phrase of RFC 9110 section 15 and RFC 6585, "Unknown" for a code not in them.
absl::string_view ReasonPhrase(int status);

class ResponseWriter {
 public:
  // What is sent with sendfile(2) as the body. Not used when `fd` is not valid.
  struct FileRange {
    UniqueFd fd;
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  // 100 <= status <= 599. The default is 200.
  void SetStatus(int status);
  // Adds a field, or replaces the one of that name (compared without case). A name that is no token, a value
  // with control characters other than tab, and the framing fields named above are refused: returns
  // false and changes nothing, so that no handler can split a response.
  bool SetHeader(absl::string_view name, absl::string_view value);
  // Like SetHeader, but adds beside what is there, for fields that may repeat (Set-Cookie).
  bool AddHeader(absl::string_view name, absl::string_view value);
  // Appends to the body. Not together with WriteFile.
  void Write(absl::string_view data);
  // The body is `length` bytes of `fd` from `offset`.
  void WriteFile(UniqueFd fd, uint64_t offset, uint64_t length);
  // Ends the connection after this response.
  void CloseConnection() { close_ = true; }
  // A plain response with a short text body that says the status, for errors: drops what was set before.
  void Error(int status, absl::string_view detail = {});

  int status() const { return status_; }
  bool close() const { return close_; }
  // The fields in wire form, each ended by CRLF.
  absl::string_view headers() const { return headers_; }
  absl::string_view body() const { return body_; }
  const FileRange& file() const { return file_; }
  FileRange ReleaseFile();

  // Makes it as new, keeping the memory that it has.
  void Reset();

 private:
  int status_ = 200;
  bool close_ = false;
  std::string headers_;
  std::string body_;
  FileRange file_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_RESPONSE_H_
