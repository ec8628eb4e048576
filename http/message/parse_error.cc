// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/parse_error.h"

#include "absl/strings/string_view.h"

namespace robusto {

int StatusOf(ParseReason reason) {
  switch (reason) {
    case ParseReason::kNone:
      return 200;
    case ParseReason::kBodyTooLarge:
      return 413;
    case ParseReason::kRequestLineTooLong:
      return 414;
    case ParseReason::kUnsupportedExpectation:
      return 417;
    case ParseReason::kFieldsTooLarge:
    case ParseReason::kTooManyFields:
      return 431;
    case ParseReason::kUnsupportedMethod:
    case ParseReason::kUnsupportedTransferCoding:
      return 501;
    case ParseReason::kUnsupportedVersion:
      return 505;
    case ParseReason::kBareLf:
    case ParseReason::kBareCr:
    case ParseReason::kControlCharacter:
    case ParseReason::kBadRequestLine:
    case ParseReason::kBadMethod:
    case ParseReason::kBadTarget:
    case ParseReason::kBadEscape:
    case ParseReason::kBadVersion:
    case ParseReason::kBadFieldName:
    case ParseReason::kMissingColon:
    case ParseReason::kSpaceBeforeColon:
    case ParseReason::kSpaceBeforeFirstField:
    case ParseReason::kObsoleteFolding:
    case ParseReason::kMissingHost:
    case ParseReason::kRepeatedHost:
    case ParseReason::kBadHost:
    case ParseReason::kBadContentLength:
    case ParseReason::kRepeatedContentLength:
    case ParseReason::kLengthAndTransferEncoding:
    case ParseReason::kBadTransferEncoding:
    case ParseReason::kTransferEncodingInHttp10:
    case ParseReason::kBadChunkSize:
    case ParseReason::kBadChunkExtension:
    case ParseReason::kChunkExtensionsTooLarge:
    case ParseReason::kBadChunkEnd:
      break;
  }
  return 400;
}

absl::string_view ReasonName(ParseReason reason) {
  switch (reason) {
    case ParseReason::kNone:
      return "none";
    case ParseReason::kBareLf:
      return "bare_lf";
    case ParseReason::kBareCr:
      return "bare_cr";
    case ParseReason::kControlCharacter:
      return "control_character";
    case ParseReason::kBadRequestLine:
      return "bad_request_line";
    case ParseReason::kBadMethod:
      return "bad_method";
    case ParseReason::kBadTarget:
      return "bad_target";
    case ParseReason::kBadEscape:
      return "bad_escape";
    case ParseReason::kBadVersion:
      return "bad_version";
    case ParseReason::kUnsupportedVersion:
      return "unsupported_version";
    case ParseReason::kRequestLineTooLong:
      return "request_line_too_long";
    case ParseReason::kBadFieldName:
      return "bad_field_name";
    case ParseReason::kMissingColon:
      return "missing_colon";
    case ParseReason::kSpaceBeforeColon:
      return "space_before_colon";
    case ParseReason::kSpaceBeforeFirstField:
      return "space_before_first_field";
    case ParseReason::kObsoleteFolding:
      return "obsolete_folding";
    case ParseReason::kFieldsTooLarge:
      return "fields_too_large";
    case ParseReason::kTooManyFields:
      return "too_many_fields";
    case ParseReason::kMissingHost:
      return "missing_host";
    case ParseReason::kRepeatedHost:
      return "repeated_host";
    case ParseReason::kBadHost:
      return "bad_host";
    case ParseReason::kBadContentLength:
      return "bad_content_length";
    case ParseReason::kRepeatedContentLength:
      return "repeated_content_length";
    case ParseReason::kLengthAndTransferEncoding:
      return "length_and_transfer_encoding";
    case ParseReason::kBadTransferEncoding:
      return "bad_transfer_encoding";
    case ParseReason::kTransferEncodingInHttp10:
      return "transfer_encoding_in_http_1_0";
    case ParseReason::kUnsupportedTransferCoding:
      return "unsupported_transfer_coding";
    case ParseReason::kUnsupportedMethod:
      return "unsupported_method";
    case ParseReason::kUnsupportedExpectation:
      return "unsupported_expectation";
    case ParseReason::kBadChunkSize:
      return "bad_chunk_size";
    case ParseReason::kBadChunkExtension:
      return "bad_chunk_extension";
    case ParseReason::kChunkExtensionsTooLarge:
      return "chunk_extensions_too_large";
    case ParseReason::kBadChunkEnd:
      return "bad_chunk_end";
    case ParseReason::kBodyTooLarge:
      return "body_too_large";
  }
  return "unknown";
}

}  // namespace robusto
