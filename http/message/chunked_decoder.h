// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ChunkedDecoder: a strict decoder for the chunked transfer coding (RFC 9112 section 7.1) without a
// buffer: every byte is judged as it arrives, in pieces of any size. It reports exactly which bytes
// belong to the body, so that the next request begins at the right one.
//
//   ChunkedDecoder decoder(limits);
//   std::string body;
//   ChunkedDecoder::Progress progress = decoder.Decode(input, &body);
//   input.remove_prefix(progress.consumed);   // kPartial: all of it is consumed
//                                             // kComplete: `input` begins with the next request
//
// Chunk extensions are checked for form and dropped, and so are trailers: nothing in a trailer can
// change what the header section said about the message. A size line that two parsers could end at
// different places, at a line end in quotes or at a bare LF, is refused.
//
// Thread-safety: none; one thread at a time.

#ifndef ROBUSTO_HTTP_MESSAGE_CHUNKED_DECODER_H_
#define ROBUSTO_HTTP_MESSAGE_CHUNKED_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/parse_error.h"

namespace robusto {

// For the whole body, in bytes.
struct ChunkedLimits {
  uint64_t max_body = 1 << 20;          // decoded; above, also if only announced by a size: 413
  uint32_t max_extension_bytes = 4096;  // all between the sizes and their line ends; above: 400
  uint32_t max_trailer_bytes = 8192;    // trailer lines and the empty line after them; above: 431
  uint32_t max_trailer_fields = 100;    // above: 431
};

class ChunkedDecoder {
 public:
  struct Progress {
    ParseResult result;
    // How many bytes of the input belong to the body: all of them after kPartial.
    size_t consumed;
  };
  struct Step {
    ParseResult result;
    size_t consumed;
    absl::string_view data;  // decoded bytes, a piece of the input: nothing is copied
  };

  explicit ChunkedDecoder(const ChunkedLimits& limits = ChunkedLimits()) : limits_(limits) {}

  // Decodes the front of `input` and appends to *body, which may hold what earlier calls appended.
  // After kComplete and kBad it consumes nothing and the result stays the same until Reset.
  [[nodiscard]] Progress Decode(absl::string_view input, std::string* body);

  // The same with at most one run of data, for streaming or decoding in place. After kPartial, if not
  // all of `input` is consumed, call it again with the rest.
  [[nodiscard]] Step Next(absl::string_view input);

  // Decoded so far.
  uint64_t decoded_size() const { return decoded_; }

  // After kBad.
  ParseError error() const { return {StatusOf(reason_), reason_}; }

  // Prepares for the next body.
  void Reset() { *this = ChunkedDecoder(limits_); }

 private:
  enum class State : uint8_t {
    kSizeStart,            // the first digit of a chunk size
    kSize,                 // further digits
    kExtensionSpace,       // white space after the size, before a ';' that must come
    kExtensionStart,       // after ';', before the name
    kExtensionName,        // in the name
    kExtensionNameEnd,     // white space after the name, before a '=' or ';' that must come
    kExtensionValueStart,  // after '=', before the value
    kExtensionToken,       // in a value that is a token
    kExtensionQuoted,      // in one that is a quoted string
    kExtensionEscape,      // after a backslash in that
    kExtensionQuotedEnd,   // right after its closing quote
    kExtensionValueEnd,    // white space after a value, before a ';' that must come
    kSizeLf,               // the LF after a size line's CR
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,  // at the start of a line after the last chunk
    kTrailerName,
    kTrailerValue,
    kTrailerLf,  // the LF after a field line
    kEndLf,      // the LF of the last, empty line
    kComplete,
    kBad,
  };

  ParseReason TakeByte(char c);
  ParseReason TakeExtensionByte(char c);
  ParseReason EndSize();
  ParseReason CountExtensionByte();
  ParseReason CountTrailerByte();

  ChunkedLimits limits_;

  State state_ = State::kSizeStart;
  ParseReason reason_ = ParseReason::kNone;
  uint8_t digits_ = 0;  // of the chunk size that is being read
  uint64_t size_ = 0;   // that size; in kData the rest of it, so that it is 0 between chunks
  uint64_t decoded_ = 0;
  uint32_t extension_bytes_ = 0;
  uint32_t trailer_bytes_ = 0;
  uint32_t trailer_fields_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_CHUNKED_DECODER_H_
