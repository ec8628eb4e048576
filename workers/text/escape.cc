// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/text/escape.h"

#include <algorithm>
#include <cstdint>

namespace robusto {
namespace {

constexpr absl::string_view kCut = "...";
constexpr char kUpperHex[] = "0123456789ABCDEF";
constexpr char kLowerHex[] = "0123456789abcdef";

bool IsPrintableAscii(char c) { return c >= 0x20 && c < 0x7f; }

void AppendByteEscape(char c, std::string* out) {
  const auto byte = static_cast<unsigned char>(c);
  const char escape[] = {'\\', 'x', kLowerHex[byte >> 4], kLowerHex[byte & 15]};
  out->append(escape, sizeof(escape));
}

size_t WriteUnicodeEscape(uint32_t unit, char* out) {
  out[0] = '\\';
  out[1] = 'u';
  for (int i = 0; i < 4; ++i) out[2 + i] = kLowerHex[unit >> (12 - 4 * i) & 15];
  return 6;
}

// Whether `text` begins with a control character: C0, DEL, or C1, whose UTF-8 is C2 80 to C2 9F.
bool BeginsWithControl(absl::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return true;
  return first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
}

// The character at the start of `text`, and its length; U+FFFD and one byte if it is not valid.
struct Character {
  uint32_t code;
  size_t size;
};

Character DecodeUtf8(absl::string_view text) {
  const size_t size = Utf8Length(text);
  if (size == 0) return {0xfffd, 1};
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  uint32_t code = size == 1 ? byte(0) : byte(0) & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) code = code << 6 | (byte(i) & 0x3f);
  return {code, size};
}

// Appends `text`. `escape(rest, piece)` writes the escape of the one character at the start of `rest`
// to `piece`, and returns {bytes read, bytes written}; it is called for all but printable ASCII, and for
// quote and backslash. The runs between are copied as they are: an access log line is mostly such.
struct Escaped {
  size_t read;
  size_t written;
};

template <typename Escape>
void AppendEscaped(absl::string_view text, size_t limit, Escape escape, std::string* out) {
  const auto is_plain = [](char c) { return IsPrintableAscii(c) && c != '"' && c != '\\'; };
  while (!text.empty()) {
    size_t run = 0;
    while (run < text.size() && is_plain(text[run])) ++run;
    out->append(text.data(), std::min(run, limit));
    if (run > limit) {
      out->append(kCut.data(), kCut.size());
      return;
    }
    limit -= run;
    text.remove_prefix(run);
    if (text.empty()) return;
    char piece[12];
    const Escaped escaped = escape(text, piece);
    if (escaped.written > limit) {
      out->append(kCut.data(), kCut.size());
      return;
    }
    out->append(piece, escaped.written);
    limit -= escaped.written;
    text.remove_prefix(escaped.read);
  }
}

Escaped EscapeByte(absl::string_view rest, char* piece) {
  const auto byte = static_cast<unsigned char>(rest[0]);
  piece[0] = '\\';
  piece[1] = 'x';
  piece[2] = kUpperHex[byte >> 4];
  piece[3] = kUpperHex[byte & 15];
  return {1, 4};
}

Escaped EscapeCharacter(absl::string_view rest, char* piece) {
  if (rest[0] == '"' || rest[0] == '\\') {
    piece[0] = '\\';
    piece[1] = rest[0];
    return {1, 2};
  }
  const Character c = DecodeUtf8(rest);
  if (c.code < 0x10000) return {c.size, WriteUnicodeEscape(c.code, piece)};
  // A surrogate pair (RFC 8259 section 7).
  const uint32_t beyond = c.code - 0x10000;
  size_t written = WriteUnicodeEscape(0xd800 + (beyond >> 10), piece);
  written += WriteUnicodeEscape(0xdc00 + (beyond & 0x3ff), piece + written);
  return {c.size, written};
}

}  // namespace

size_t Utf8Length(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  // The range of the second byte excludes overlong forms, surrogates and what is beyond U+10FFFF.
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

std::string DisplayText(absl::string_view text, size_t max_bytes) {
  std::string out;
  size_t cut = 0;  // the length of `out` that leaves room for kCut
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const size_t read = std::max<size_t>(length, 1);
    if (length == 0 || BeginsWithControl(text)) {
      for (size_t i = 0; i < read; ++i) AppendByteEscape(text[i], &out);
    } else {
      out.append(text.data(), length);
    }
    if (out.size() > max_bytes) {
      out.resize(cut);
      return out.append(kCut.data(), kCut.size());
    }
    if (out.size() + kCut.size() <= max_bytes) cut = out.size();
    text.remove_prefix(read);
  }
  return out;
}

std::string PrintableText(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsPrintableAscii(c)) {
      out.push_back(c);
    } else {
      AppendByteEscape(c, &out);
    }
  }
  return out;
}

void AppendLogText(absl::string_view text, size_t limit, std::string* line) {
  AppendEscaped(text, limit, EscapeByte, line);
}

void AppendJsonString(absl::string_view text, std::string* json) {
  json->push_back('"');
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const char c = text[0];
    char escape[6];
    if (length == 0) {
      json->append("\\ufffd");
    } else if (c == '"' || c == '\\') {
      json->push_back('\\');
      json->push_back(c);
    } else if (length == 1 && (!IsPrintableAscii(c) || c == '<' || c == '>' || c == '&')) {
      json->append(escape, WriteUnicodeEscape(static_cast<unsigned char>(c), escape));
    } else {
      json->append(text.data(), length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json->push_back('"');
}

void AppendJsonAscii(absl::string_view text, size_t limit, std::string* line) {
  AppendEscaped(text, limit, EscapeCharacter, line);
}

}  // namespace robusto
