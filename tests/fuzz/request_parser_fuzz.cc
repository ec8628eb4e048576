// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Looks for bytes that RequestParser reads differently when they come in pieces, or takes for a
// head though a plain reader with no tables and no cleverness sees something in them that no head
// may hold. See BUILD for how to run it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/request_parser.h"

namespace {

using robusto::ParseResult;
using robusto::RequestHead;
using robusto::RequestParser;

void Require(bool condition) {
  if (!condition) std::abort();
}

bool Same(robusto::Slice a, robusto::Slice b) { return a.offset == b.offset && a.size == b.size; }

void RequireSame(const RequestParser& a, const RequestParser& b) {
  const RequestHead& x = a.head();
  const RequestHead& y = b.head();
  Require(a.head_size() == b.head_size());
  Require(x.method == y.method && x.minor_version == y.minor_version);
  Require(x.keep_alive == y.keep_alive && x.chunked == y.chunked);
  Require(x.expect_continue == y.expect_continue && x.content_length == y.content_length);
  Require(Same(x.method_name, y.method_name) && Same(x.target, y.target));
  Require(Same(x.path, y.path) && Same(x.query, y.query) && Same(x.host, y.host));
  Require(x.normal_path == y.normal_path);
  Require(x.field_count == y.field_count);
  for (size_t i = 0; i < x.field_count; ++i) {
    Require(Same(x.fields[i].name, y.fields[i].name) && Same(x.fields[i].value, y.fields[i].value));
  }
}

void RequirePlain(const RequestParser& parser, absl::string_view input) {
  Require(parser.head_size() <= input.size());
  const absl::string_view head = input.substr(0, parser.head_size());
  Require(absl::EndsWith(head, "\r\n\r\n"));
  // No earlier end: nothing after the first empty line is the head's, but for those before it.
  const size_t begin = head.find_first_not_of("\r\n");
  Require(begin <= 2 * robusto::ParserLimits::kMaxEmptyLines);
  Require(head.find("\r\n\r\n", begin) == head.size() - 4);
  for (size_t i = 0; i < head.size(); ++i) {
    const auto c = static_cast<unsigned char>(head[i]);
    if (c == '\n') Require(i > 0 && head[i - 1] == '\r');
    if (c == '\r') Require(i + 1 < head.size() && head[i + 1] == '\n');
    Require(c >= 0x20 || c == '\t' || c == '\r' || c == '\n');
    Require(c != 0x7f);
  }
  Require(head.find("\r\n ") == head.npos && head.find("\r\n\t") == head.npos);

  const robusto::Request request(input.data(), &parser.head(), "", "");
  // The path is another string where it was normalised.
  const absl::string_view path = request.path();
  Require(path.find_first_of(" \t\r\n#?") == path.npos);
  if (absl::StartsWith(path, "/")) {
    Require(path.find("//") == path.npos);
    // Only at the front, where they lead above the root.
    absl::string_view rest = path;
    while (absl::StartsWith(rest, "/../")) rest.remove_prefix(3);
    for (absl::string_view dots : {"/./", "/../", "/%2e/", "/%2E/", "/%2e%2E/"}) {
      Require(rest.find(dots) == rest.npos);
    }
  }
  for (absl::string_view part :
       {request.method_name(), request.target(), request.query(), request.host()}) {
    Require(part.data() >= head.data() && part.data() + part.size() <= head.data() + head.size());
    Require(part.find_first_of(" \t\r\n") == part.npos);
  }
  Require(request.target().find('#') == absl::string_view::npos);
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::string rebuilt;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const robusto::HeaderField field = request.header(i);
    Require(!field.name.empty() && field.name.find_first_of(" \t:\r\n") == field.name.npos);
    hosts += absl::EqualsIgnoreCase(field.name, "host");
    lengths += absl::EqualsIgnoreCase(field.name, "content-length");
    codings += absl::EqualsIgnoreCase(field.name, "transfer-encoding");
    rebuilt.append(field.name.data(), field.name.size()).append(":");
    rebuilt.append(field.value.data(), field.value.size());
  }
  Require(hosts == 1 || (hosts == 0 && request.minor_version() == 0));
  Require(lengths + codings <= 1);
  Require((lengths == 1) == parser.head().content_length.has_value());
  Require((codings == 1) == parser.head().chunked);
  // Nothing but line ends and white space is left out of the fields.
  std::string plain;
  const size_t from = head.find("\r\n", begin) + 2;
  for (size_t i = from; i < head.size(); ++i) {
    if (absl::string_view(" \t\r\n").find(head[i]) == absl::string_view::npos) plain += head[i];
  }
  std::string packed;
  for (char c : rebuilt) {
    if (c != ' ' && c != '\t') packed += c;
  }
  Require(plain == packed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  robusto::ParserLimits limits;
  limits.max_request_line = 200;
  limits.max_header_bytes = 400;
  limits.max_fields = 10;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);

  RequestParser whole(limits);
  const ParseResult want = whole.Parse(input);

  RequestParser pieces(limits);
  ParseResult result = ParseResult::kPartial;
  size_t fed = 0;
  while (result == ParseResult::kPartial && fed < size) {
    // A copy of just that size: the sanitizer sees who reads past it.
    fed += 1 + (fed * 7 + size) % 3;
    if (fed > size) fed = size;
    const std::string copy(input.substr(0, fed));
    result = pieces.Parse(copy);
  }
  Require(result == want);
  if (want == ParseResult::kBad) {
    Require(whole.error().reason == pieces.error().reason);
    Require(whole.error().status >= 400);
  } else if (want == ParseResult::kComplete) {
    RequireSame(whole, pieces);
    RequirePlain(whole, input);
  } else {
    Require(size < limits.max_head_bytes());
  }
  return 0;
}
