// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/directory_listing.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "robusto/http/message/uri.h"

namespace robusto {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD in UTF-8

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// The size of the well-formed UTF-8 sequence that `text` starts with, 0 when there is none (table
// 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF).
size_t Utf8SequenceSize(absl::string_view text) {
  const uint8_t first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                      : first >= 0xE0 && first <= 0xEF ? 3
                      : first >= 0xF0 && first <= 0xF4 ? 4
                                                       : 0;
  if (size == 0 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const uint8_t second = static_cast<uint8_t>(text[1]);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return size;
}

void AppendHtmlText(absl::string_view text, std::string* out) {
  while (!text.empty()) {
    const char c = text[0];
    size_t size = 1;
    switch (c) {
      case '&':
        out->append("&amp;");
        break;
      case '<':
        out->append("&lt;");
        break;
      case '>':
        out->append("&gt;");
        break;
      case '"':
        out->append("&quot;");
        break;
      case '\'':
        out->append("&#39;");
        break;
      default:
        size = absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? 0 : Utf8SequenceSize(text);
        if (size == 0) {
          absl::StrAppend(out, kReplacement);
          size = 1;
        } else {
          out->append(text.data(), size);
        }
    }
    text.remove_prefix(size);
  }
}

void AppendLink(const DirectoryEntry& entry, std::string* page) {
  const absl::string_view slash = entry.is_directory ? "/" : "";
  page->append("<li><a href=\"");
  PercentEncodePath(entry.name, page);
  absl::StrAppend(page, slash, "\">");
  AppendHtmlText(entry.name, page);
  absl::StrAppend(page, slash, "</a></li>\n");
}

}  // namespace

DirectoryListing::DirectoryListing(absl::string_view path, DirectoryEntries entries)
    : path_(path), entries_(std::move(entries)) {}

bool DirectoryListing::operator()(std::string* piece) {
  if (!begun_) AppendBegin(piece);
  begun_ = true;
  for (; next_ < entries_.size(); ++next_) {
    if (piece->size() >= kPieceBytes) return true;
    AppendLink(entries_[next_], piece);
  }
  AppendEnd(piece);
  return false;
}

void DirectoryListing::AppendBegin(std::string* piece) const {
  std::string title = "Index of ";
  AppendHtmlText(path_, &title);
  absl::StrAppend(piece, "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>", title,
                  "</title></head>\n<body>\n<h1>", title, "</h1>\n<ul>\n");
  if (path_ != "/") AppendLink({"..", /*is_directory=*/true}, piece);
}

void DirectoryListing::AppendEnd(std::string* piece) const {
  piece->append("</ul>\n");
  if (!entries_.complete()) {
    absl::StrAppend(piece, "<p>This directory has more entries. Only ", entries_.size(),
                    " are listed.</p>\n");
  }
  piece->append("</body>\n</html>\n");
}

}  // namespace robusto
