// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/response.h"

#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/status.h"

namespace robusto {
namespace {

bool IsToken(absl::string_view name) { return !name.empty() && AreTokenChars(name); }

// obs-text (0x80 and above) is allowed: it cannot end a line, and file names need it.
bool IsFieldValue(absl::string_view value) {
  const char* end = value.data() + value.size();
  return FindNonValueChar(value.data(), end) == end;
}

bool IsSetByServer(absl::string_view name) {
  // By length first: this runs for every field of every response.
  switch (name.size()) {
    case 4:
      return absl::EqualsIgnoreCase(name, "Date");
    case 6:
      return absl::EqualsIgnoreCase(name, "Server");
    case 7:
      return absl::EqualsIgnoreCase(name, "Trailer") || absl::EqualsIgnoreCase(name, "Upgrade");
    case 10:
      return absl::EqualsIgnoreCase(name, "Connection") ||
             absl::EqualsIgnoreCase(name, "Keep-Alive");
    case 14:
      return absl::EqualsIgnoreCase(name, "Content-Length");
    case 16:
      return absl::EqualsIgnoreCase(name, "Proxy-Connection");
    case 17:
      return absl::EqualsIgnoreCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

bool IsAllowed(absl::string_view name, absl::string_view value) {
  return IsToken(name) && IsFieldValue(value) && !IsSetByServer(name);
}

// Where a field is in the wire form: from its name to after its CRLF. npos when there is none.
struct Line {
  size_t begin;
  size_t end;
};

Line FindField(absl::string_view headers, absl::string_view name, size_t from) {
  while (from < headers.size()) {
    size_t end = headers.find('\n', from) + 1;
    absl::string_view line = headers.substr(from, end - from);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        absl::StartsWithIgnoreCase(line, name)) {
      return {from, end};
    }
    from = end;
  }
  return {absl::string_view::npos, absl::string_view::npos};
}

void AppendField(absl::string_view name, absl::string_view value, std::string* headers) {
  const size_t size = name.size() + value.size() + 4;
  char line[256];
  const std::less<const char*> before;
  const bool inside = !before(value.data(), headers->data()) &&
                      before(value.data(), headers->data() + headers->size());
  if (size <= sizeof(line)) {
    // One append instead of four, each of which would check the capacity and write a NUL.
    char* at = line;
    std::memcpy(at, name.data(), name.size());
    at += name.size();
    std::memcpy(at, ": ", 2);
    at += 2;
    if (!value.empty()) std::memcpy(at, value.data(), value.size());
    at += value.size();
    std::memcpy(at, "\r\n", 2);
    headers->append(line, size);
  } else if (inside) {
    // Growing would free the bytes that `value` points to.
    const std::string copy(value);
    absl::StrAppend(headers, name, ": ", copy, "\r\n");
  } else {
    absl::StrAppend(headers, name, ": ", value, "\r\n");
  }
}

}  // namespace

void ResponseWriter::SetStatus(int status) {
  status_ = status >= 200 && status <= 599 ? status : 500;
}

bool ResponseWriter::SetHeader(absl::string_view name, absl::string_view value) {
  if (!IsAllowed(name, value)) return false;
  // The new line is appended before the old ones are erased, because `value` may point into
  // headers().
  size_t old_size = headers_.size();
  AppendField(name, value, &headers_);
  if (old_size == 0) return true;
  Line line = FindField(absl::string_view(headers_).substr(0, old_size), name, 0);
  while (line.begin != absl::string_view::npos) {
    headers_.erase(line.begin, line.end - line.begin);
    old_size -= line.end - line.begin;
    line = FindField(absl::string_view(headers_).substr(0, old_size), name, line.begin);
  }
  return true;
}

bool ResponseWriter::AddHeader(absl::string_view name, absl::string_view value) {
  if (!IsAllowed(name, value)) return false;
  AppendField(name, value, &headers_);
  return true;
}

void ResponseWriter::Write(absl::string_view data) {
  file_ = FileRange();
  source_ = nullptr;
  body_.append(data.data(), data.size());
}

void ResponseWriter::Stream(BodySource source, absl::optional<uint64_t> length) {
  DropBody();
  source_ = std::move(source);
  stream_length_ = length;
}

void ResponseWriter::ReceiveBody(BodyReceiver receiver) { receiver_ = std::move(receiver); }

void ResponseWriter::WriteFile(UniqueFd fd, uint64_t offset, uint64_t length) {
  DropBody();
  file_.fd = std::move(fd);
  file_.offset = offset;
  file_.length = length;
}

void ResponseWriter::Error(int status, absl::string_view detail) {
  SetStatus(status);
  // A copy, because `detail` may point into what is dropped here.
  const std::string text(detail);
  headers_.clear();
  DropBody();
  if (error_page_ != nullptr && *error_page_ != nullptr) {
    try {
      (*error_page_)(status_, text, *this);
      if (body_size() > 0 || streams()) return;
    } catch (...) {
      // Some callers of Error cannot catch an exception, and the client still needs a response.
      SetStatus(status);
      headers_.clear();
      DropBody();
    }
  }
  Write(absl::StrCat(status_, " ", ReasonPhrase(status_), text.empty() ? "" : ": ", text, "\n"));
  SetHeader("Content-Type", "text/plain; charset=utf-8");
}

absl::optional<absl::string_view> ResponseWriter::Header(absl::string_view name) const {
  Line line = FindField(headers_, name, 0);
  if (line.begin == absl::string_view::npos) return absl::nullopt;
  size_t value = line.begin + name.size() + 2;
  return absl::string_view(headers_).substr(value, line.end - 2 - value);
}

ResponseWriter::FileRange ResponseWriter::ReleaseFile() { return std::exchange(file_, {}); }

void ResponseWriter::DropBody() {
  body_.clear();
  file_ = FileRange();
  source_ = nullptr;
}

void ResponseWriter::Reset() {
  status_ = 200;
  close_ = false;
  headers_.clear();
  if (body_.capacity() > kKeptBodyBytes) {
    std::string().swap(body_);  // an assignment would keep the block
  } else {
    body_.clear();
  }
  file_ = FileRange();
  source_ = nullptr;
  receiver_ = nullptr;
}

}  // namespace robusto
