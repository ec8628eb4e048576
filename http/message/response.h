// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResponseWriter: how a handler answers. It sets the status, header fields and a body: bytes, a range
// of a file (sent with sendfile(2), never read into memory), or a stream that is made chunk by chunk.
// The response is sent when the handler returns. The server does the framing (Content-Length or
// chunks, Connection, Date, Server). It leaves the body out for HEAD, where the length is still sent,
// and for 204, 205 and 304.
//
//   response.SetStatus(404);
//   response.SetHeader("Content-Type", "text/plain");
//   response.Write("no such page\n");
//
// Streams are pulled, not pushed: a handler that wrote into a connection would have to wait for a
// client that does not read. A worker calls the source for the next piece when the client has taken
// the one before, and no worker is held in between:
//
//   response.Stream([rows = OpenCursor()](std::string* piece) mutable {
//     return rows.Next(piece);  // appends; false: that was the last
//   });
//
// Large request bodies are passed on in pieces, too (see ServerOptions::body_buffer):
//
//   if (!request.body_complete()) {
//     response.ReceiveBody([file = Create()](absl::string_view piece, bool last,
//                                            ResponseWriter& response) mutable {
//       file.Append(piece);
//       if (last) response.SetStatus(201);
//       return true;
//     });
//   }
//
// Thread-safety: none; used by the thread that runs the handler.

#ifndef ROBUSTO_HTTP_MESSAGE_RESPONSE_H_
#define ROBUSTO_HTTP_MESSAGE_RESPONSE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

class ResponseWriter;

// Appends the next piece of a body to `piece`, which is empty, and returns whether more follow; an
// empty piece is fine. It is called in pool workers, not always the same one, by one at a time, and
// may block as a handler may. If it throws, the connection is cut, so that the client sees that the
// body is not complete; if it throws for the first piece, the client gets 500. It is destroyed once
// the response is over, also when the client has disconnected before, in any thread of the server:
// its destructor should not block for long.
using BodySource = absl::AnyInvocable<bool(std::string* piece)>;

// Takes the next piece of a request's body, decoded from chunks; `last` is true for the last one,
// which may be empty. It is called as a BodySource is. After the last piece the response is sent, as
// if the handler returned then. False: the rest is not wanted; the response is sent at once and ends
// the connection. If it throws, the client gets 500. It is destroyed without a call with `last` when
// the client disconnects, is too slow (408), sends too much (413) or sends malformed chunks (400).
using BodyReceiver =
    absl::AnyInvocable<bool(absl::string_view piece, bool last, ResponseWriter& response)>;

// Makes the body of an error response: see ServerOptions::error_page. `response` has the status and
// neither fields nor a body; what Write and SetHeader add is sent. If it throws, that is dropped and
// the body is the plain text.
using ErrorPage =
    std::function<void(int status, absl::string_view detail, ResponseWriter& response)>;

class ResponseWriter {
 public:
  // The part of a file that is sent with sendfile(2) as the body. Not used when `fd` is not valid.
  struct FileRange {
    UniqueFd fd;
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  // The default is 200. Codes from 200 to 599 are valid; any other becomes 500. A 1xx is not final,
  // and a client that got one would wait for ever.
  void SetStatus(int status);

  // Adds a field, or replaces all fields of that name (compared without case). Returns false and
  // changes nothing, so that no handler can split a response or break its framing, when
  //   - the name is not a token (RFC 9110 section 5.6.2), or
  //   - the value has a control character other than tab (CR, LF and NUL among them), or
  //   - the server sets the field itself: Content-Length, Transfer-Encoding, Trailer, Connection,
  //     Keep-Alive, Proxy-Connection, Upgrade (they frame the message or control the connection),
  //     Date and Server.
  bool SetHeader(absl::string_view name, absl::string_view value);
  // Like SetHeader, but keeps the fields of that name, for fields that may repeat (Set-Cookie).
  bool AddHeader(absl::string_view name, absl::string_view value);

  // Appends to the body. The body is bytes, a file or a stream: the latest call decides, and drops a
  // body of another kind.
  void Write(absl::string_view data);
  // The body is `length` bytes of `fd` from `offset`. `fd` must be valid and should be a regular
  // file. If the file becomes shorter while it is sent, the connection is closed: the client sees a
  // body that is cut off, never one that is padded.
  void WriteFile(UniqueFd fd, uint64_t offset, uint64_t length);
  // The body is what `source` makes, sent in chunks (to an HTTP/1.0 client: until the end of the
  // connection). With `length` it has that many bytes under Content-Length: if the source makes
  // fewer, the connection is cut (or the client gets 500, if the first piece shows it), and bytes
  // beyond that are not sent.
  void Stream(BodySource source, absl::optional<uint64_t> length = absl::nullopt);

  // Passes the request's body to `receiver` from its first byte on, including the bytes in
  // Request::body(). The response set so far is kept, and the receiver may change it. If a handler
  // does not call this although Request::body_complete() is false, its response is sent at once and
  // ends the connection.
  void ReceiveBody(BodyReceiver receiver);

  // Ends the connection after this response.
  void CloseConnection() { close_ = true; }

  // Makes this an error response: drops the status, fields and body set before, but not
  // CloseConnection. The body is the server's ErrorPage, or a line of text/plain with the status and
  // `detail`.
  void Error(int status, absl::string_view detail = {});

  int status() const { return status_; }
  bool close() const { return close_; }
  // The value of the first field with this name, compared without case; nullopt when there is none.
  absl::optional<absl::string_view> Header(absl::string_view name) const;
  // The fields in wire form, each ended by CRLF.
  absl::string_view headers() const { return headers_; }
  absl::string_view body() const { return body_; }
  const FileRange& file() const { return file_; }
  // Whether the body is a stream, and how long it will be, if that is known.
  bool streams() const { return source_ != nullptr; }
  absl::optional<uint64_t> stream_length() const { return stream_length_; }
  // The size of a body that is not a stream.
  uint64_t body_size() const { return file_.fd.valid() ? file_.length : body_.size(); }
  // Hands the file over; the response then has an empty body.
  FileRange ReleaseFile();

  // --- For the server ---

  // How far the file has been sent.
  FileRange& mutable_file() { return file_; }
  // The buffer for the next piece of a stream; it is sent as body() is.
  std::string& mutable_body() { return body_; }
  BodySource& source() { return source_; }
  BodyReceiver& receiver() { return receiver_; }
  // Drops the body; the head, which has its length, must have been made before.
  void DropBody();
  // What Error makes bodies with; null: plain text. It must outlive the writer, or the next call.
  void SetErrorPage(const ErrorPage* page) { error_page_ = page; }

  // Makes it as new. The buffers are kept, so that nothing is allocated once a typical response has
  // been written; only a body buffer that grew beyond kKeptBodyBytes is freed.
  void Reset();

  static constexpr size_t kKeptBodyBytes = 64 * 1024;

 private:
  int status_ = 200;
  bool close_ = false;
  std::string headers_;
  std::string body_;
  FileRange file_;
  BodySource source_;
  absl::optional<uint64_t> stream_length_;
  BodyReceiver receiver_;
  const ErrorPage* error_page_ = nullptr;  // survives Reset
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_RESPONSE_H_
