// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RequestParser: a strict parser for the head of an HTTP/1.1 request (RFC 9112 sections 2 to 6, RFC
// 9110). It does no I/O and allocates nothing, except for a path that must be normalised; it can be
// used without the rest of the server.
//
//   RequestParser parser;
//   std::string buffer;                          // always starts at the first byte of the request
//   while (ReadMoreInto(&buffer)) {
//     switch (parser.Parse(buffer)) {
//       case ParseResult::kPartial: continue;
//       case ParseResult::kBad: return AnswerAndClose(parser.error().status);
//       case ParseResult::kComplete: ...         // parser.head(), in the first parser.head_size()
//                                                // bytes
//     }
//   }
//
// Where the RFCs let a server choose between guessing and refusing, it refuses: a proxy between client
// and server may guess differently, and then one of the two takes a body for a request (request
// smuggling). How the bytes are divided into calls changes neither the result nor the error: each
// line is judged once, when it is complete, and limits count bytes.
//
// Thread-safety: none; one thread at a time. An object has about 4 KiB, nearly all of it the field
// table: keep it with the buffer of a connection that is being served, not with an idle one.

#ifndef ROBUSTO_HTTP_MESSAGE_REQUEST_PARSER_H_
#define ROBUSTO_HTTP_MESSAGE_REQUEST_PARSER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"

namespace robusto {

// Bytes are counted with line ends. Limits above 1 GiB, or RequestHead::kMaxFields, count as that.
struct ParserLimits {
  size_t max_request_line = 8192;   // RFC 9112 section 3 asks for at least 8000; above: 414
  size_t max_header_bytes = 32768;  // all field lines and the empty line after them; above: 431
  size_t max_fields = 100;          // above: 431

  // Empty lines that may stand before a request (RFC 9112 section 2.2 asks for one at least). As
  // many as Apache's httpd takes.
  static constexpr int kMaxEmptyLines = 100;

  // No more bytes than this are ever needed to come to kComplete or kBad: the size for an input
  // buffer.
  size_t max_head_bytes() const { return 2 * kMaxEmptyLines + max_request_line + max_header_bytes; }
};

class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits = ParserLimits());

  // `bytes` is everything since the end of the request before: the bytes of the last call and more.
  // They may have moved. Parsing continues where it stopped: O(bytes) in total, even one byte at a
  // time. After kComplete or kBad the result stays the same until Reset.
  [[nodiscard]] ParseResult Parse(absl::string_view bytes);

  // After kComplete, until Reset. Slices count from the start of `bytes`.
  const RequestHead& head() const { return head_; }
  // The size of the head; the bytes after it are the body or the next request.
  size_t head_size() const { return line_start_; }

  // After kBad.
  ParseError error() const { return {StatusOf(reason_), reason_}; }

  // True when Parse has been given nothing of a request yet (empty lines before it do not count):
  // the connection is idle and not in the middle of a head.
  bool idle() const { return state_ == State::kRequestLine && scanned_ == line_start_; }

  // Prepares for the next request, whose first byte is the first of the next `bytes`.
  void Reset();

 private:
  enum class State : uint8_t { kRequestLine, kFields, kComplete, kBad };

  // What the fields so far mean for the message; Finish judges them together.
  struct Seen {
    bool host = false;
    bool close = false;
    bool keep_alive = false;
    bool transfer_encoding = false;
    bool chunked_is_last = false;
    bool other_coding = false;
    bool bad_coding = false;
    bool continue_expected = false;
    bool other_expectation = false;
  };

  Slice SliceOf(absl::string_view bytes, absl::string_view part) const;
  ParseReason ParseRequestLine(absl::string_view bytes, absl::string_view line);
  ParseReason ParseField(absl::string_view bytes, absl::string_view line);
  ParseReason RecordHost(absl::string_view bytes, absl::string_view value);
  ParseReason RecordContentLength(absl::string_view value);
  void RecordConnection(absl::string_view value);
  void RecordTransferEncoding(absl::string_view value);
  void RecordExpect(absl::string_view value);
  ParseReason Finish();
  ParseResult Fail(ParseReason reason);
  ParseResult FailTooLong();

  const ParserLimits limits_;

  State state_ = State::kRequestLine;
  ParseReason reason_ = ParseReason::kNone;
  int empty_lines_ = 0;
  Seen seen_;
  size_t line_start_ = 0;  // of the line that is being read
  size_t scanned_ = 0;     // from line_start_ up to here there is no LF
  size_t section_start_ =
      0;  // of the request line, then of the header section; limits count from it
  RequestHead head_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_REQUEST_PARSER_H_
