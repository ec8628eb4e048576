// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The specification of RequestParser as a table, in the order of the RFC's sections.

#ifndef ROBUSTO_TESTS_HTTP_MESSAGE_REQUEST_PARSER_ROWS_H_
#define ROBUSTO_TESTS_HTTP_MESSAGE_REQUEST_PARSER_ROWS_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace robusto {
namespace request_parser_rows {

struct Row {
  const char* name;
  const char* section;  // of RFC 9112 where no other is named
  std::string input;
  // "partial", "STATUS reason", or what the head is: "METHOD path[ ?query][ host=][ 1.0][ close]
  // [ length=][ chunked][ continue][ name=value]...[ rest=]", where rest is what follows the head and
  // the fields are those that are in none of the others.
  std::string want;
};

inline void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name << " (RFC " << (absl::StartsWith(row.section, "9") ? "" : "9112 ") << row.section
       << ")";
}

// A request line with the Host field that it needs.
inline std::string Line(absl::string_view line) {
  return absl::StrCat(line, "\r\nHost: a\r\n\r\n");
}
// A GET with these field lines after its Host.
inline std::string Get(absl::string_view fields) {
  return absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\n", fields, "\r\n");
}
inline std::string Post(absl::string_view fields) {
  return absl::StrCat("POST / HTTP/1.1\r\nHost: a\r\n", fields, "\r\n");
}
inline std::string Get10(absl::string_view fields) {
  return absl::StrCat("GET / HTTP/1.0\r\n", fields, "\r\n");
}
inline std::string Host(absl::string_view value) {
  return absl::StrCat("GET / HTTP/1.1\r\nHost: ", value, "\r\n\r\n");
}

std::vector<Row> RequestLineRows();
std::vector<Row> TargetRows();
std::vector<Row> FieldRows();
std::vector<Row> HostRows();
std::vector<Row> FramingRows();
std::vector<Row> ConnectionRows();
std::vector<Row> SmugglingRows();

}  // namespace request_parser_rows
}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_MESSAGE_REQUEST_PARSER_ROWS_H_
