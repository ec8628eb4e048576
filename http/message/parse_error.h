// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ParseResult and ParseError: the verdict of RequestParser and ChunkedDecoder on the bytes of a peer.
// A bad message has one ParseReason, which has one status code for the response and one name for logs
// and for the response's machine-readable reason. Names are stable, because scripts and dashboards
// match them.
//
// After kBad nothing on the connection can be trusted, because the end of this message is not known.
// Respond and close.

#ifndef ROBUSTO_HTTP_MESSAGE_PARSE_ERROR_H_
#define ROBUSTO_HTTP_MESSAGE_PARSE_ERROR_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace robusto {

enum class ParseResult : uint8_t {
  kPartial,   // good so far; more bytes are needed
  kComplete,  // the whole of it has been read
  kBad,       // see error()
};

enum class ParseReason : uint8_t {
  kNone,

  // Of any line.
  kBareLf,            // LF without CR before it
  kBareCr,            // CR without LF after it
  kControlCharacter,  // NUL, DEL or another control character

  // Of the request line.
  kBadRequestLine,      // not three parts with one space between each
  kBadMethod,           // not a token
  kBadTarget,           // none of the four forms, or not the form that the method requires
  kBadEscape,           // '%' without two hexadecimal digits after it, in the path
  kBadVersion,          // not HTTP/DIGIT.DIGIT
  kUnsupportedVersion,  // a major version other than 1 (505)
  kUnsupportedMethod,   // CONNECT: this server makes no tunnels (501)
  kRequestLineTooLong,  // (414)

  // Of field lines, in the header section and in trailers.
  kBadFieldName,           // empty, or not a token
  kMissingColon,           // a line with no colon in it
  kSpaceBeforeColon,       // white space between name and colon
  kSpaceBeforeFirstField,  // white space at the start of the first field line
  kObsoleteFolding,        // white space at the start of a later one
  kFieldsTooLarge,         // more bytes than the limit (431)
  kTooManyFields,          // more fields than the limit (431)

  // Of what the fields mean.
  kMissingHost,
  kRepeatedHost,
  kBadHost,
  kBadContentLength,
  kRepeatedContentLength,
  kLengthAndTransferEncoding,
  kBadTransferEncoding,        // chunked is not last, or not there just once
  kTransferEncodingInHttp10,   // HTTP/1.0 has no transfer codings
  kUnsupportedTransferCoding,  // another coding than chunked (501)
  kUnsupportedExpectation,     // another expectation than 100-continue (417)

  // Of a chunked body.
  kBadChunkSize,  // not 1 to 16 hexadecimal digits
  kBadChunkExtension,
  kChunkExtensionsTooLarge,
  kBadChunkEnd,   // no CRLF right after the chunk's data
  kBodyTooLarge,  // decodes to more than the limit (413)
};

// The status code of the response: 400 unless the list above names another one. 200 for kNone.
int StatusOf(ParseReason reason);

// A lower-case token, e.g. "repeated_host"; "none" for kNone.
absl::string_view ReasonName(ParseReason reason);

struct ParseError {
  int status = 200;
  ParseReason reason = ParseReason::kNone;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_PARSE_ERROR_H_
