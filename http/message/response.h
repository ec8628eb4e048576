// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResponseWriter: how a handler answers. Status, header fields, then a body: bytes, a range of a
// file (sent with sendfile(2), never read into memory), or a stream that is made piece by piece. The
// response goes out when the handler returns; framing (Content-Length or chunks, Connection, Date,
// Server) is the server's business, and so is leaving the body out for HEAD while its length is
// still told, and for 204, 205 and 304.
//
//   response.SetStatus(404);
//   response.SetHeader("Content-Type", "text/plain");
//   response.Write("no such page\n");
//
// Streams are pulled, not pushed: a handler that wrote into a connection would have to wait for a
// client that does not read. A piece is asked for when the one before has been taken, in a worker,
// and no worker is held in between:
//
//   response.Stream([rows = OpenCursor()](std::string* piece) mutable {
//     return rows.Next(piece);  // appends; false: that was the last
//   });
//
// Large request bodies likewise (see ServerOptions::body_buffer):
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
// empty piece is fine. Called in pool workers, not always the same one, by one at a time; may block
// as a handler may. When it throws the connection is cut, so that the client sees that the body is
// not whole; when it throws for the first piece the client gets 500. Destroyed once the response is
// over, also when the client went away before: in whichever thread saw it, so that destroying it
// should not block for long.
using BodySource = absl::AnyInvocable<bool(std::string* piece)>;

// Takes the next piece of a request's body, decoded from chunks; `last` when it is the end (the
// piece may be empty then). Called as a BodySource is. With the last piece the response goes out,
// as if the handler returned then. False: the rest is not wanted; the response goes out at once and
// ends the connection. When it throws the client gets 500. Destroyed without having seen `last`
// when the client goes away, is too slow (408), sends too much (413) or sends bad chunks (400).
using BodyReceiver =
    absl::AnyInvocable<bool(absl::string_view piece, bool last, ResponseWriter& response)>;

// Makes the body of an error response: see ServerOptions::error_page. `response` has the status and
// no fields and no body; what Write and SetHeader put there is sent. When it throws, that is dropped
// and the body is the plain text.
using ErrorPage =
    std::function<void(int status, absl::string_view detail, ResponseWriter& response)>;

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

  // Appends to the body. The body is bytes, a file or a stream: the latest call decides and drops
  // what there was of the others.
  void Write(absl::string_view data);
  // The body is `length` bytes of `fd` from `offset`. `fd` must be valid and should be a regular
  // file. When the file turns out shorter while it is sent, the connection is closed: the client
  // sees a body that was cut off, never one filled up.
  void WriteFile(UniqueFd fd, uint64_t offset, uint64_t length);
  // The body is what `source` makes, sent in chunks (to an HTTP/1.0 client: until the connection's
  // end). With `length` it is that many bytes under Content-Length: when the source makes fewer the
  // connection is cut (500 when that is seen with the first piece), and what it makes beyond is not
  // sent.
  void Stream(BodySource source, absl::optional<uint64_t> length = absl::nullopt);

  // Has `receiver` take the request's body from its first byte on, what Request::body() shows
  // included. The response set so far is kept for it to change. A handler that does not do this
  // although !Request::body_complete() answers at once, and that ends the connection.
  void ReceiveBody(BodyReceiver receiver);

  // Ends the connection after this response.
  void CloseConnection() { close_ = true; }

  // A response that says the status, for errors: drops the status, fields and body set before, not
  // CloseConnection. The body is the server's ErrorPage, or a line of text/plain with `detail`.
  void Error(int status, absl::string_view detail = {});

  int status() const { return status_; }
  bool close() const { return close_; }
  // The value of the first field with this name, compared without case; nullopt when there is none.
  absl::optional<absl::string_view> Header(absl::string_view name) const;
  // The fields in wire form, each ended by CRLF.
  absl::string_view headers() const { return headers_; }
  absl::string_view body() const { return body_; }
  const FileRange& file() const { return file_; }
  // True when Stream decided the body. How long it will be, as far as it was said.
  bool streams() const { return source_ != nullptr; }
  absl::optional<uint64_t> stream_length() const { return stream_length_; }
  // The bytes of a body that is no stream.
  uint64_t body_size() const { return file_.fd.valid() ? file_.length : body_.size(); }
  // Gives the file away: the response has an empty body then.
  FileRange ReleaseFile();

  // --- The server's ---

  // How far the file has been sent.
  FileRange& mutable_file() { return file_; }
  // Where the next piece of a stream goes; it is sent as body() is.
  std::string& mutable_body() { return body_; }
  BodySource& source() { return source_; }
  BodyReceiver& receiver() { return receiver_; }
  // Forgets the body once the head has told its length.
  void DropBody();
  // What Error makes bodies with; null: plain text. Must outlive the writer or the next call.
  void SetErrorPage(const ErrorPage* page) { error_page_ = page; }

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
  BodySource source_;
  absl::optional<uint64_t> stream_length_;
  BodyReceiver receiver_;
  const ErrorPage* error_page_ = nullptr;  // survives Reset
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_RESPONSE_H_
