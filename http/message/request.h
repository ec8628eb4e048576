// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Request: the request that a handler answers. It is a cheap view: every string_view points into the
// connection's input buffer and is valid until the handler returns.
//
//   if (request.method() == Method::kGet && request.path() == "/health") ...
//   absl::optional<absl::string_view> agent = request.Header("user-agent");
//
// Thread-safety: const methods, from the thread that runs the handler.

#ifndef ROBUSTO_HTTP_MESSAGE_REQUEST_H_
#define ROBUSTO_HTTP_MESSAGE_REQUEST_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/message/path_parameters.h"

namespace robusto {

// The methods of RFC 9110 section 9 and PATCH (RFC 5789). Any other token is kOther: see
// method_name().
enum class Method : uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kConnect,
  kOptions,
  kTrace,
  kPatch,
  kOther,
};

struct HeaderField {
  absl::string_view name;   // as sent; compare without case
  absl::string_view value;  // without the white space around it
};

// Where a piece of the request head is, counted from the first byte of the request. These are
// offsets, not pointers, because the input buffer may move while the head is still arriving.
struct Slice {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct HeaderSlice {
  Slice name;
  Slice value;
};

// The parsed request line and header section. Made by RequestParser; handlers use Request.
struct RequestHead {
  static constexpr size_t kMaxFields = 256;  // ParserLimits::max_fields may be lower, not higher

  Method method = Method::kOther;
  uint8_t minor_version = 1;     // HTTP/1.x: 0, or 1 for 1 and all above it
  bool keep_alive = true;        // whether another request may follow (RFC 9112 section 9.3)
  bool chunked = false;          // Transfer-Encoding: chunked; never together with content_length
  bool expect_continue = false;  // Expect: 100-continue, of a request that has content
  absl::optional<uint64_t> content_length;  // fits a signed 64-bit number
  Slice method_name;
  Slice target;  // as sent: origin-, absolute-, authority- or asterisk-form
  Slice path;    // of the target, as sent; "*" for asterisk-form, empty for authority-form
  Slice query;   // after the first '?', without it
  Slice host;    // of the target if it has an authority, else of the Host field (RFC 9112 3.2.2)
  // The path without empty and dot segments (http/message/normalize_path.h), when it had any. It is
  // no slice, because its bytes are not those that were sent.
  std::string normal_path;
  size_t field_count = 0;
  HeaderSlice fields[kMaxFields];  // the first field_count of them

  // Makes it as new, except for `fields`: writing 4 KiB for each request would be a waste.
  void Clear() {
    method = Method::kOther;
    minor_version = 1;
    keep_alive = true;
    chunked = false;
    expect_continue = false;
    content_length.reset();
    method_name = target = path = query = host = Slice();
    normal_path.clear();
    field_count = 0;
  }
};

class Request {
 public:
  // Everything that the arguments point to must outlive the Request. `bytes` starts at the first byte
  // of the request.
  Request(const char* bytes, const RequestHead* head, absl::string_view body,
          absl::string_view peer)
      : bytes_(bytes), head_(head), body_(body), peer_(peer) {}

  // What the server knows of a request beside its bytes.
  struct Origin {
    uint64_t connection = 0;    // unique in the process
    uint64_t number = 0;        // of the request on its connection, from 1
    absl::string_view sent_id;  // from the client; see ServerOptions::request_id_header
    bool body_complete = true;
    absl::optional<uid_t> peer_uid;
  };
  void SetOrigin(const Origin& origin) { origin_ = origin; }
  void SetBody(absl::string_view body) { body_ = body; }

  Method method() const { return head_->method; }
  absl::string_view method_name() const { return View(head_->method_name); }
  // The request target as it was sent (RFC 9112 section 3.2).
  absl::string_view target() const { return View(head_->target); }
  // The target's path without dot segments and repeated slashes (http/message/normalize_path.h), so
  // that each path has one spelling. A path that leads above the root begins with "/../". It is still
  // percent-encoded: "/a%2Fb" and "/a/b" stay two things, see http/message/uri.h. target() has the
  // path as sent.
  absl::string_view path() const {
    return head_->normal_path.empty() ? View(head_->path) : absl::string_view(head_->normal_path);
  }
  // As sent, without the '?'. It may hold every byte but control characters, space and '#'; a '%'
  // may stand without digits (http/message/grammar.h, IsQueryChar).
  absl::string_view query() const { return View(head_->query); }
  absl::string_view host() const { return View(head_->host); }
  int minor_version() const { return head_->minor_version; }

  size_t header_count() const { return head_->field_count; }
  HeaderField header(size_t i) const {
    return {View(head_->fields[i].name), View(head_->fields[i].value)};
  }
  // The first field with this name, compared without case; nullopt when there is none.
  absl::optional<absl::string_view> Header(absl::string_view name) const {
    for (size_t i = 0; i < head_->field_count; ++i) {
      if (absl::EqualsIgnoreCase(View(head_->fields[i].name), name))
        return View(head_->fields[i].value);
    }
    return absl::nullopt;
  }

  // The body, already decoded from chunks: all of it when body_complete().
  absl::string_view body() const { return body_; }
  // False: this is the beginning of a body of more than ServerOptions::body_buffer bytes, and the
  // rest comes through ResponseWriter::ReceiveBody. In a HeadCheck (http/api/handler.h) there is no
  // body yet, and false means that it will be such a one.
  bool body_complete() const { return origin_.body_complete; }
  // The client's address: "127.0.0.1:40312", "[::1]:40312" or "unix:".
  absl::string_view peer() const { return peer_; }
  // The user id of the peer of a unix socket, from the kernel (SO_PEERCRED, unix(7)); nullopt for
  // TCP.
  absl::optional<uid_t> peer_uid() const { return origin_.peer_uid; }
  // Unique within the process, to find a request in a log or in the pool: the connection and the
  // request's number on it, "1f-12"; or the client's own id, where the server is configured to use
  // it.
  std::string id() const {
    if (!origin_.sent_id.empty()) return std::string(origin_.sent_id);
    return absl::StrCat(absl::Hex(origin_.connection), "-", origin_.number);
  }

  // What the wildcard `name` of the route's pattern matched; nullopt when the pattern has no such
  // wildcard, or there is no Router. "{id}" is decoded and may hold any byte, also '/' and NUL: check
  // it with IsFileName before it becomes part of a file's name. "{rest...}" is a part of path(), and
  // still percent-encoded as that is.
  absl::optional<absl::string_view> PathParameter(absl::string_view name) const {
    return path_parameters_ == nullptr ? absl::nullopt : path_parameters_->Find(name);
  }
  // For Router: a copy of this request with these parameters instead of its own; null for none.
  // `parameters` must outlive the copy.
  Request WithPathParameters(const PathParameters* parameters) const {
    Request request = *this;
    request.path_parameters_ = parameters;
    return request;
  }

 private:
  absl::string_view View(Slice slice) const { return {bytes_ + slice.offset, slice.size}; }

  const char* bytes_;
  const RequestHead* head_;
  absl::string_view body_;
  absl::string_view peer_;
  Origin origin_;
  const PathParameters* path_parameters_ = nullptr;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_REQUEST_H_
