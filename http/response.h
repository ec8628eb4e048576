// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResponseWriter: how a handler answers. Status, header fields, then a body: bytes, or a range of a
// file (sent with sendfile(2), never read into memory). The response goes out when the handler
// returns; framing (Content-Length, Connection, Date, Server) is the server's business, and so is
// leaving the body out for HEAD while its length is still told, and for 204, 205 and 304.
//
//   response.SetStatus(404);
//   response.SetHeader("Content-Type", "text/plain");
//   response.Write("no such page\n");
//
// Thread-safety: none; used by the thread that runs the handler.

#ifndef ROBUSTO_HTTP_RESPONSE_H_
#define ROBUSTO_HTTP_RESPONSE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "http/unique_fd.h"

namespace robusto {

class ResponseWriter {
 public:
  // What is sent with sendfile(2) as the body. Not used when `fd` is not valid.
  struct FileRange {
    UniqueFd fd;
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  // The default is 200. Codes from 200 to 599; any other becomes 500: 1xx is not an answer, and a
  // client that were told one would wait for ever.
  void SetStatus(int status);

  // Adds a field, or replaces all of that name (compared without case). Returns false and changes
  // nothing, so that no handler can split a response or frame it falsely, when
  //   - the name is no token (RFC 9110 section 5.6.2), or
  //   - the value has a control character other than tab (CR, LF and NUL among them), or
  //   - the field is the server's own: Content-Length, Transfer-Encoding, Trailer, Connection,
  //     Keep-Alive, Proxy-Connection, Upgrade (they frame the message or steer the connection),
  //     Date and Server.
  bool SetHeader(absl::string_view name, absl::string_view value);
  // Like SetHeader, but adds beside what is there, for fields that may repeat (Set-Cookie).
  bool AddHeader(absl::string_view name, absl::string_view value);

  // Appends to the body. The body is either bytes or a file: the later call decides and drops the
  // other.
  void Write(absl::string_view data);
  // The body is `length` bytes of `fd` from `offset`. `fd` must be valid and should be a regular
  // file. When the file turns out shorter while it is sent, the connection is closed: the client
  // sees a body that was cut off, never one filled up.
  void WriteFile(UniqueFd fd, uint64_t offset, uint64_t length);

  // Ends the connection after this response.
  void CloseConnection() { close_ = true; }

  // A plain response with a short text body that says the status, for errors: drops the status,
  // fields and body set before, not CloseConnection. `detail` is sent as text/plain.
  void Error(int status, absl::string_view detail = {});

  int status() const { return status_; }
  bool close() const { return close_; }
  // The value of the first field with this name, compared without case; nullopt when there is none.
  absl::optional<absl::string_view> Header(absl::string_view name) const;
  // The fields in wire form, each ended by CRLF.
  absl::string_view headers() const { return headers_; }
  absl::string_view body() const { return body_; }
  const FileRange& file() const { return file_; }
  // The bytes of the body, whichever it is.
  uint64_t body_size() const { return file_.fd.valid() ? file_.length : body_.size(); }
  // Gives the file away: the response has an empty body then.
  FileRange ReleaseFile();
  // The server's: how far the file has been sent.
  FileRange& mutable_file() { return file_; }
  // The server's: forgets the body once the head has told its length.
  void DropBody();

  // Makes it as new. Keeps the memory that it has, so that there is no allocation once it has seen
  // a typical response; only a body buffer that grew beyond kKeptBodyBytes is given back.
  void Reset();

  static constexpr size_t kKeptBodyBytes = 64 * 1024;

 private:
  int status_ = 200;
  bool close_ = false;
  std::string headers_;
  std::string body_;
  FileRange file_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_RESPONSE_H_
