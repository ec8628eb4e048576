// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/request_parser.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "robusto/http/message/field_line.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/normalize_path.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/request_target.h"

namespace robusto {
namespace {

// Slices hold 32 bits: two such sections and the empty line fit.
constexpr size_t kMaxSection = size_t{1} << 30;

ParserLimits Bounded(ParserLimits limits) {
  limits.max_request_line = std::min(limits.max_request_line, kMaxSection);
  limits.max_header_bytes = std::min(limits.max_header_bytes, kMaxSection);
  limits.max_fields = std::min(limits.max_fields, RequestHead::kMaxFields);
  return limits;
}

// Methods are compared with case (RFC 9110 section 9.1): "get" is another method.
Method MethodOf(absl::string_view name) {
  switch (name.size()) {
    case 3:
      if (name == "GET") return Method::kGet;
      if (name == "PUT") return Method::kPut;
      break;
    case 4:
      if (name == "POST") return Method::kPost;
      if (name == "HEAD") return Method::kHead;
      break;
    case 5:
      if (name == "PATCH") return Method::kPatch;
      if (name == "TRACE") return Method::kTrace;
      break;
    case 6:
      if (name == "DELETE") return Method::kDelete;
      break;
    case 7:
      if (name == "OPTIONS") return Method::kOptions;
      if (name == "CONNECT") return Method::kConnect;
      break;
    default:
      break;
  }
  return Method::kOther;
}

// A bare CR or a control character anywhere in a bad request line is the more useful reason.
ParseReason WhyBadLine(absl::string_view line, ParseReason otherwise) {
  const char* const end = line.data() + line.size();
  const char* const bad = FindNonValueChar(line.data(), end);
  if (bad == end) return otherwise;
  return *bad == '\r' ? ParseReason::kBareCr : ParseReason::kControlCharacter;
}

// Sets *minor_version. `text` must have 8 bytes.
ParseReason ParseVersion(absl::string_view text, uint8_t* minor_version) {
  if (std::memcmp(text.data(), "HTTP/1.1", 8) == 0) {  // the size being known, one comparison
    *minor_version = 1;
    return ParseReason::kNone;
  }
  if (text.substr(0, 5) != "HTTP/" || !IsDigit(text[5]) || text[6] != '.' || !IsDigit(text[7])) {
    return ParseReason::kBadVersion;
  }
  if (text[5] != '1') return ParseReason::kUnsupportedVersion;
  // A higher minor version is served as the highest one known: RFC 9110 section 2.5.
  *minor_version = text[7] == '0' ? 0 : 1;
  return ParseReason::kNone;
}

}  // namespace

RequestParser::RequestParser(const ParserLimits& limits) : limits_(Bounded(limits)) {}

void RequestParser::Reset() {
  state_ = State::kRequestLine;
  reason_ = ParseReason::kNone;
  empty_lines_ = 0;
  seen_ = Seen();
  line_start_ = 0;
  scanned_ = 0;
  section_start_ = 0;
  head_.Clear();
}

ParseResult RequestParser::Parse(absl::string_view bytes) {
  const char* const data = bytes.data();
  while (state_ == State::kRequestLine || state_ == State::kFields) {
    const size_t limit =
        section_start_ +
        (state_ == State::kRequestLine ? limits_.max_request_line : limits_.max_header_bytes);
    const size_t stop = std::min(limit, bytes.size());
    if (stop <= scanned_) {
      if (scanned_ < limit) return ParseResult::kPartial;
      return FailTooLong();
    }

    // A TLS hello or binary data may have no LF in it: refuse it at its first byte, instead of at the
    // limit or the header timeout.
    if (state_ == State::kRequestLine && scanned_ == line_start_) {
      const char first = data[line_start_];
      if (!IsTokenChar(first) && first != '\r' && first != '\n') {
        return Fail(WhyBadLine({&first, 1}, ParseReason::kBadMethod));
      }
    }

    const void* const found = std::memchr(data + scanned_, '\n', stop - scanned_);
    if (found == nullptr) {
      // The limit is checked before more bytes are asked for, so that a line without end is refused
      // while the buffer still has its first size.
      scanned_ = stop;
      if (stop < limit) return ParseResult::kPartial;
      return FailTooLong();
    }

    const size_t lf = static_cast<size_t>(static_cast<const char*>(found) - data);
    if (lf == line_start_ || data[lf - 1] != '\r') return Fail(ParseReason::kBareLf);
    const absl::string_view line(data + line_start_, lf - 1 - line_start_);

    ParseReason reason = ParseReason::kNone;
    if (state_ == State::kFields) {
      if (line.empty()) {
        reason = Finish();
        if (reason == ParseReason::kNone) state_ = State::kComplete;
      } else {
        reason = ParseField(bytes, line);
      }
    } else if (!line.empty()) {
      reason = ParseRequestLine(bytes, line);
      section_start_ = lf + 1;
      state_ = State::kFields;
    } else if (empty_lines_ < ParserLimits::kMaxEmptyLines) {
      // Some clients send a CRLF too many after a body, and health checks send several (RFC 9112
      // section 2.2). The bound keeps a stream of them from being work without end.
      ++empty_lines_;
      section_start_ = lf + 1;
    } else {
      reason = ParseReason::kBadRequestLine;
    }
    if (reason != ParseReason::kNone) return Fail(reason);
    line_start_ = scanned_ = lf + 1;
  }
  return state_ == State::kComplete ? ParseResult::kComplete : ParseResult::kBad;
}

ParseResult RequestParser::FailTooLong() {
  return Fail(state_ == State::kRequestLine ? ParseReason::kRequestLineTooLong
                                            : ParseReason::kFieldsTooLarge);
}

ParseResult RequestParser::Fail(ParseReason reason) {
  state_ = State::kBad;
  reason_ = reason;
  return ParseResult::kBad;
}

Slice RequestParser::SliceOf(absl::string_view bytes, absl::string_view part) const {
  if (part.empty()) return Slice();  // and perhaps null
  return {static_cast<uint32_t>(part.data() - bytes.data()), static_cast<uint32_t>(part.size())};
}

ParseReason RequestParser::ParseRequestLine(absl::string_view bytes, absl::string_view line) {
  size_t method_size = 0;  // at least 1 after the loop: Parse has checked the first byte
  while (method_size < line.size() && IsTokenChar(line[method_size])) ++method_size;
  if (method_size < line.size() && line[method_size] != ' ') {
    return WhyBadLine(line, ParseReason::kBadMethod);
  }
  // The version has a fixed size, so that the target is what is left between two spaces.
  constexpr size_t kVersionSize = 8;
  if (line.size() < method_size + 1 + 1 + 1 + kVersionSize) {
    return WhyBadLine(line, ParseReason::kBadRequestLine);
  }
  const size_t version_start = line.size() - kVersionSize;
  // The version is judged before the target, so that HTTP/2's preface ("PRI * HTTP/2.0") gets 505.
  const ParseReason bad_version =
      line[version_start - 1] == ' '
          ? ParseVersion({line.data() + version_start, kVersionSize}, &head_.minor_version)
          : ParseReason::kBadVersion;
  if (bad_version != ParseReason::kNone) return WhyBadLine(line, bad_version);

  const absl::string_view method(line.data(), method_size);
  const absl::string_view target(line.data() + method_size + 1,
                                 version_start - 1 - (method_size + 1));
  head_.method = MethodOf(method);
  RequestTarget parts;
  const ParseReason bad_target = ParseRequestTarget(target, head_.method, &parts);
  if (bad_target != ParseReason::kNone) return WhyBadLine(line, bad_target);
  if (!parts.path.empty() && parts.path.front() == '/' && !IsNormalPath(parts.path)) {
    NormalizePath(parts.path, &head_.normal_path);
  }
  head_.method_name = SliceOf(bytes, method);
  head_.target = SliceOf(bytes, target);
  head_.path = SliceOf(bytes, parts.path);
  head_.query = SliceOf(bytes, parts.query);
  head_.host = SliceOf(bytes, parts.authority);
  return ParseReason::kNone;
}

ParseReason RequestParser::ParseField(absl::string_view bytes, absl::string_view line) {
  if (head_.field_count == limits_.max_fields) return ParseReason::kTooManyFields;
  absl::string_view name;
  absl::string_view value;
  const ParseReason reason = ParseFieldLine(line, &name, &value);
  if (reason != ParseReason::kNone) {
    return reason == ParseReason::kObsoleteFolding && head_.field_count == 0
               ? ParseReason::kSpaceBeforeFirstField
               : reason;
  }
  HeaderSlice& field = head_.fields[head_.field_count++];
  field.name = SliceOf(bytes, name);
  field.value = SliceOf(bytes, value);

  switch (name.size()) {
    case 4:
      if (TokenIs(name.data(), "host")) return RecordHost(bytes, value);
      break;
    case 6:
      if (TokenIs(name.data(), "expect")) RecordExpect(value);
      break;
    case 10:
      if (TokenIs(name.data(), "connection")) RecordConnection(value);
      break;
    case 14:
      if (TokenIs(name.data(), "content-length")) return RecordContentLength(value);
      break;
    case 17:
      if (TokenIs(name.data(), "transfer-encoding")) RecordTransferEncoding(value);
      break;
    default:
      break;
  }
  return ParseReason::kNone;
}

ParseReason RequestParser::RecordHost(absl::string_view bytes, absl::string_view value) {
  if (seen_.host) return ParseReason::kRepeatedHost;
  seen_.host = true;
  // RFC 9112 section 3.2 has clients send an empty Host when their target has no authority. With a
  // port alone it is a host without a name, which http and https forbid (RFC 9110 section 4.2.1).
  if (!value.empty() && !IsValidAuthority(value)) return ParseReason::kBadHost;
  // An authority in the target is what counts, whatever Host says: RFC 9112 section 3.2.2.
  if (head_.host.size == 0) head_.host = SliceOf(bytes, value);
  return ParseReason::kNone;
}

ParseReason RequestParser::RecordContentLength(absl::string_view value) {
  // RFC 9110 section 8.6 lets a server take "5, 5", or two fields that agree, for one, or refuse
  // them. No known client needs that, and an intermediary that repairs one of the two does harm.
  if (head_.content_length.has_value()) return ParseReason::kRepeatedContentLength;
  // 1*DIGIT (RFC 9110 section 8.6): zeros in front change nothing, however many there are.
  if (value.size() > 1)
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size() - 1));
  // 19 digits fit into 64 unsigned bits. Above the signed maximum, an off_t or a sum with the head's
  // size would overflow.
  if (value.empty() || value.size() > 19) return ParseReason::kBadContentLength;
  uint64_t length = 0;
  for (char c : value) {
    if (!IsDigit(c)) return ParseReason::kBadContentLength;
    length = length * 10 + static_cast<uint64_t>(c - '0');
  }
  if (length > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return ParseReason::kBadContentLength;
  }
  head_.content_length = length;
  return ParseReason::kNone;
}

void RequestParser::RecordConnection(absl::string_view value) {
  // RFC 9110 section 7.6.1. Other options have no meaning here, well-formed or not.
  absl::string_view option;
  while (NextListElement(&value, &option)) {
    if (option.size() == 5) {
      seen_.close |= absl::EqualsIgnoreCase(option, "close");
    } else if (option.size() == 10) {
      seen_.keep_alive |= absl::EqualsIgnoreCase(option, "keep-alive");
    }
  }
}

void RequestParser::RecordTransferEncoding(absl::string_view value) {
  seen_.transfer_encoding = true;
  // Several fields are one list: RFC 9110 section 5.3. Empty elements could be ignored
  // (section 5.6.1.2), but not where they decide where the message ends. "chunked;x=y" is an error by
  // RFC 9112 section 7.1.
  absl::string_view coding;
  while (NextListElement(&value, &coding)) {
    const bool after_chunked = seen_.chunked_is_last;
    seen_.chunked_is_last = absl::EqualsIgnoreCase(coding, "chunked");
    if (!seen_.chunked_is_last) seen_.other_coding = true;
    if (after_chunked || coding.empty() || !IsTokenChar(coding.front())) seen_.bad_coding = true;
  }
}

void RequestParser::RecordExpect(absl::string_view value) {
  absl::string_view expectation;
  while (NextListElement(&value, &expectation)) {
    if (absl::EqualsIgnoreCase(expectation, "100-continue")) {
      seen_.continue_expected = true;
    } else if (!expectation.empty()) {
      seen_.other_expectation = true;
    }
  }
}

ParseReason RequestParser::Finish() {
  const bool http10 = head_.minor_version == 0;
  if (seen_.transfer_encoding) {
    // RFC 9112 section 6.1: HTTP/1.0 has no transfer codings. A proxy that forwards such a message
    // may have ignored the field.
    if (http10) return ParseReason::kTransferEncodingInHttp10;
    // Section 6.1: both together ought to be handled as an error. It is the oldest smuggling attack.
    if (head_.content_length.has_value()) return ParseReason::kLengthAndTransferEncoding;
    // Section 6.3: where chunked is not last, the length is not known, and the response must be 400.
    if (!seen_.chunked_is_last || seen_.bad_coding) return ParseReason::kBadTransferEncoding;
    // Section 6.1: where only the coding under it is not known, the response is 501.
    if (seen_.other_coding) return ParseReason::kUnsupportedTransferCoding;
    head_.chunked = true;
  }
  if (!seen_.host && !http10) return ParseReason::kMissingHost;
  if (seen_.other_expectation) return ParseReason::kUnsupportedExpectation;

  // RFC 9112 section 9.3. Bytes after a CONNECT may belong to the tunnel (RFC 9110 section 9.3.6),
  // because the client need not wait for the response. They must not be read as requests.
  head_.keep_alive =
      !seen_.close && (!http10 || seen_.keep_alive) && head_.method != Method::kConnect;
  // RFC 9110 section 10.1.1: ignored from HTTP/1.0, and of no meaning without content.
  head_.expect_continue =
      seen_.continue_expected && !http10 && (head_.chunked || head_.content_length.value_or(0) > 0);
  return ParseReason::kNone;
}

}  // namespace robusto
