// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/chunked_decoder.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/parse_error.h"

namespace robusto {
namespace {

// 16 digits hold every 64-bit size. More could only be leading zeros, which could go on for ever.
constexpr uint8_t kMaxSizeDigits = 16;

}  // namespace

ChunkedDecoder::Progress ChunkedDecoder::Decode(absl::string_view input, std::string* body) {
  size_t consumed = 0;
  for (;;) {
    const Step step = Next(input.substr(consumed));
    consumed += step.consumed;
    body->append(step.data.data(), step.data.size());
    if (step.result != ParseResult::kPartial || consumed == input.size()) {
      return {step.result, consumed};
    }
  }
}

ChunkedDecoder::Step ChunkedDecoder::Next(absl::string_view input) {
  size_t i = 0;
  while (state_ != State::kComplete && state_ != State::kBad) {
    if (i == input.size()) return {ParseResult::kPartial, i, {}};
    if (state_ == State::kData) {
      const size_t run = static_cast<size_t>(std::min<uint64_t>(size_, input.size() - i));
      size_ -= run;
      decoded_ += run;
      if (size_ == 0) state_ = State::kDataCr;
      return {ParseResult::kPartial, i + run, input.substr(i, run)};
    }
    reason_ = TakeByte(input[i]);
    if (reason_ != ParseReason::kNone) {
      state_ = State::kBad;
    } else {
      ++i;
    }
  }
  return {state_ == State::kComplete ? ParseResult::kComplete : ParseResult::kBad, i, {}};
}

ParseReason ChunkedDecoder::TakeByte(char c) {
  switch (state_) {
    case State::kSizeStart:
      digits_ = 0;
      if (HexValue(c) < 0) return ParseReason::kBadChunkSize;
      state_ = State::kSize;
      [[fallthrough]];

    case State::kSize: {
      const int digit = HexValue(c);
      if (digit >= 0) {
        if (++digits_ > kMaxSizeDigits) return ParseReason::kBadChunkSize;
        size_ = size_ * 16 + static_cast<uint64_t>(digit);
        return ParseReason::kNone;
      }
      if (c == '\r') return EndSize();
      if (c == '\n') return ParseReason::kBareLf;
      if (c == ';') {
        state_ = State::kExtensionStart;
      } else if (IsOptionalWhiteSpace(c)) {
        state_ = State::kExtensionSpace;
      } else {
        return ParseReason::kBadChunkSize;
      }
      return CountExtensionByte();
    }

    case State::kExtensionSpace:
    case State::kExtensionStart:
    case State::kExtensionName:
    case State::kExtensionNameEnd:
    case State::kExtensionValueStart:
    case State::kExtensionToken:
    case State::kExtensionQuoted:
    case State::kExtensionEscape:
    case State::kExtensionQuotedEnd:
    case State::kExtensionValueEnd:
      return TakeExtensionByte(c);

    case State::kSizeLf:
      if (c != '\n') return ParseReason::kBareCr;
      state_ = size_ == 0 ? State::kTrailerStart : State::kData;
      return ParseReason::kNone;

    case State::kDataCr:
      if (c != '\r') return ParseReason::kBadChunkEnd;
      state_ = State::kDataLf;
      return ParseReason::kNone;

    case State::kDataLf:
      if (c != '\n') return ParseReason::kBadChunkEnd;
      state_ = State::kSizeStart;
      return ParseReason::kNone;

    case State::kTrailerStart:
      if (c == '\r') {
        state_ = State::kEndLf;
      } else if (c == '\n') {
        return ParseReason::kBareLf;
      } else if (IsOptionalWhiteSpace(c)) {
        return trailer_fields_ == 0 ? ParseReason::kSpaceBeforeFirstField
                                    : ParseReason::kObsoleteFolding;
      } else if (!IsTokenChar(c)) {
        return ParseReason::kBadFieldName;
      } else if (trailer_fields_ == limits_.max_trailer_fields) {
        return ParseReason::kTooManyFields;
      } else {
        ++trailer_fields_;
        state_ = State::kTrailerName;
      }
      return CountTrailerByte();

    case State::kTrailerName:
      if (c == ':') {
        state_ = State::kTrailerValue;
      } else if (IsOptionalWhiteSpace(c)) {
        return ParseReason::kSpaceBeforeColon;
      } else if (c == '\r' || c == '\n') {
        return ParseReason::kMissingColon;
      } else if (!IsTokenChar(c)) {
        return ParseReason::kBadFieldName;
      }
      return CountTrailerByte();

    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLf;
      } else if (c == '\n') {
        return ParseReason::kBareLf;
      } else if (!IsFieldValueChar(c)) {
        return ParseReason::kControlCharacter;
      }
      return CountTrailerByte();

    case State::kTrailerLf:
      if (c != '\n') return ParseReason::kBareCr;
      state_ = State::kTrailerStart;
      return CountTrailerByte();

    case State::kEndLf:
      if (c != '\n') return ParseReason::kBareCr;
      state_ = State::kComplete;
      return CountTrailerByte();

    case State::kData:
    case State::kComplete:
    case State::kBad:
      break;
  }
  return ParseReason::kNone;  // not reached: Next handles these
}

// *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS ( token / quoted-string ) ] ), RFC 9112 section 7.1.1.
// The meaning of extensions is ignored, but not their form: at a quoted string that is not closed some
// parsers continue on the next line, and others do not.
ParseReason ChunkedDecoder::TakeExtensionByte(char c) {
  const bool space = IsOptionalWhiteSpace(c);
  State next = State::kBad;
  switch (state_) {
    // White space is dropped, but only before an extension: "5 CRLF" is not a chunk size, and parsers
    // are known to differ on it.
    case State::kExtensionSpace:
      if (!space && c != ';') return c == '\n' ? ParseReason::kBareLf : ParseReason::kBadChunkSize;
      next = space ? State::kExtensionSpace : State::kExtensionStart;
      break;

    case State::kExtensionStart:
      if (space) next = State::kExtensionStart;
      if (IsTokenChar(c)) next = State::kExtensionName;
      break;

    case State::kExtensionName:
      if (c == '\r') return EndSize();
      if (IsTokenChar(c)) {
        next = State::kExtensionName;
        break;
      }
      [[fallthrough]];
    case State::kExtensionNameEnd:
      if (space) next = State::kExtensionNameEnd;
      if (c == '=') next = State::kExtensionValueStart;
      if (c == ';') next = State::kExtensionStart;
      break;

    case State::kExtensionValueStart:
      if (space) next = State::kExtensionValueStart;
      if (c == '"') next = State::kExtensionQuoted;
      if (IsTokenChar(c)) next = State::kExtensionToken;
      break;

    case State::kExtensionQuoted:
      if (IsFieldValueChar(c)) next = State::kExtensionQuoted;
      if (c == '\\') next = State::kExtensionEscape;
      if (c == '"') next = State::kExtensionQuotedEnd;
      break;

    case State::kExtensionEscape:
      if (IsFieldValueChar(c)) next = State::kExtensionQuoted;
      break;

    case State::kExtensionToken:
      if (IsTokenChar(c)) {
        next = State::kExtensionToken;
        break;
      }
      [[fallthrough]];
    case State::kExtensionQuotedEnd:
      if (c == '\r') return EndSize();
      [[fallthrough]];
    case State::kExtensionValueEnd:
      if (space) next = State::kExtensionValueEnd;
      if (c == ';') next = State::kExtensionStart;
      break;

    case State::kSizeStart:
    case State::kSize:
    case State::kSizeLf:
    case State::kData:
    case State::kDataCr:
    case State::kDataLf:
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
    case State::kEndLf:
    case State::kComplete:
    case State::kBad:
      break;  // not reached: TakeByte handles these
  }
  if (next != State::kBad) {
    state_ = next;
    return CountExtensionByte();
  }
  if (c == '\n') return ParseReason::kBareLf;
  return c == '\r' || IsFieldValueChar(c) ? ParseReason::kBadChunkExtension
                                          : ParseReason::kControlCharacter;
}

ParseReason ChunkedDecoder::EndSize() {
  // Checked when the size is announced: the client need not send a chunk that will be refused. This
  // also keeps decoded_ + size_ from overflowing.
  if (size_ > limits_.max_body - decoded_) return ParseReason::kBodyTooLarge;
  state_ = State::kSizeLf;
  return ParseReason::kNone;
}

// RFC 9112 section 7.1.1 asks for a limit on extensions: they cost the peer little, and no body limit
// counts them.
ParseReason ChunkedDecoder::CountExtensionByte() {
  return ++extension_bytes_ > limits_.max_extension_bytes ? ParseReason::kChunkExtensionsTooLarge
                                                          : ParseReason::kNone;
}

ParseReason ChunkedDecoder::CountTrailerByte() {
  return ++trailer_bytes_ > limits_.max_trailer_bytes ? ParseReason::kFieldsTooLarge
                                                      : ParseReason::kNone;
}

}  // namespace robusto
