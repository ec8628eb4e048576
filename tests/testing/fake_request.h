// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FakeRequest: a Request without a parser and a connection, for tests of handlers.
//
//   FakeRequest request("GET", "/a%20b?x=1", {{"If-None-Match", "*"}});
//   handler(request.get(), response);
//
// The path is normalised as the parser does it. Nothing is checked: it can hold what the parser
// would refuse.
// Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_TESTS_TESTING_FAKE_REQUEST_H_
#define ROBUSTO_TESTS_TESTING_FAKE_REQUEST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/http/message/normalize_path.h"
#include "robusto/http/message/request.h"

namespace robusto {

class FakeRequest {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  FakeRequest(absl::string_view method, absl::string_view target, const Fields& fields = {})
      : head_(std::make_unique<RequestHead>()) {
    static constexpr absl::string_view kNames[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                   "CONNECT", "OPTIONS", "TRACE", "PATCH"};
    head_->method = Method::kOther;
    for (int i = 0; i < 9; ++i) {
      if (kNames[i] == method) head_->method = static_cast<Method>(i);
    }
    head_->method_name = Append(method);
    head_->target = Append(target);
    size_t path = target.find('?');
    if (path == absl::string_view::npos) {
      path = target.size();
    } else {
      head_->query = {static_cast<uint32_t>(head_->target.offset + path + 1),
                      static_cast<uint32_t>(target.size() - path - 1)};
    }
    head_->path = {head_->target.offset, static_cast<uint32_t>(path)};
    head_->host = Append("localhost");
    const absl::string_view as_sent = target.substr(0, path);
    if (!as_sent.empty() && as_sent.front() == '/' && !IsNormalPath(as_sent)) {
      NormalizePath(as_sent, &head_->normal_path);
    }
    for (const auto& field : fields) {
      head_->fields[head_->field_count++] = {Append(field.first), Append(field.second)};
    }
  }

  // Good as long as the FakeRequest.
  Request get() const { return Request(bytes_.data(), head_.get(), {}, "127.0.0.1:1"); }

 private:
  Slice Append(absl::string_view text) {
    Slice slice{static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(text.size())};
    bytes_.append(text.data(), text.size());
    return slice;
  }

  std::string bytes_;
  std::unique_ptr<RequestHead> head_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_FAKE_REQUEST_H_
