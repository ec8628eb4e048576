// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The fixture of the tests of FileHandler: a small tree, and what is answered for a path in it,
// with the kernel's resolution of paths and with our own.

#ifndef ROBUSTO_TESTS_HTTP_FILES_FILE_HANDLER_FIXTURE_H_
#define ROBUSTO_TESTS_HTTP_FILES_FILE_HANDLER_FIXTURE_H_

#include <unistd.h>

#include <ctime>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/files/file_handler.h"
#include "tests/testing/fake_request.h"
#include "tests/testing/temp_tree.h"

namespace robusto {

constexpr std::time_t kNow = 1763800000;
constexpr std::time_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

struct Answer {
  int status;
  std::string type;
  std::string location;
  std::string etag;
  std::string last_modified;
  std::string headers;
  std::string body;  // from wherever it would be sent
};

inline std::string HeaderOr(const ResponseWriter& response, absl::string_view name) {
  return std::string(response.Header(name).value_or(""));
}

inline Answer Call(const FileHandler& handler, absl::string_view target,
                   absl::string_view method = "GET", const FakeRequest::Fields& fields = {}) {
  const FakeRequest request(method, target, fields);
  ResponseWriter response;
  handler(request.get(), response);
  Answer answer{response.status(),
                HeaderOr(response, "Content-Type"),
                HeaderOr(response, "Location"),
                HeaderOr(response, "ETag"),
                HeaderOr(response, "Last-Modified"),
                std::string(response.headers()),
                std::string(response.body())};
  if (response.streams()) {
    std::string piece;
    for (bool more = true; more;) {
      piece.clear();
      more = response.source()(&piece);
      EXPECT_LT(piece.size(), 128u * 1024);  // of a stream no more than a piece is in memory
      answer.body += piece;
    }
    if (response.stream_length().has_value()) {
      EXPECT_EQ(answer.body.size(), *response.stream_length());
    }
  }
  if (response.file().fd.valid()) {
    answer.body.resize(response.file().length);
    const ssize_t size = ::pread(response.file().fd.get(), &answer.body[0], answer.body.size(),
                                 static_cast<off_t>(response.file().offset));
    answer.body.resize(size < 0 ? 0 : static_cast<size_t>(size));
  }
  return answer;
}

class FileHandlerTest : public ::testing::TestWithParam<bool> {
 protected:
  FileHandlerTest() {
    options_.root = tree_.At("root");
    options_.use_openat2 = GetParam();
    options_.clock = [] { return kNow; };
    options_.root_follow_interval = absl::ZeroDuration();
    tree_.Write("root/file.txt", "text");
    tree_.Write("root/dir/inner.html", "<p>inner");
    tree_.Write("outside/secret", "secret");
    tree_.SetTime("root/file.txt", kModified);
  }

  FileHandler Handler() const {
    auto handler = FileHandler::Create(options_);
    EXPECT_TRUE(handler.ok()) << handler.status();
    return *handler;
  }
  Answer Get(absl::string_view target, const FakeRequest::Fields& fields = {}) const {
    return Call(Handler(), target, "GET", fields);
  }

  TempTree tree_;
  FileHandlerOptions options_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_FILES_FILE_HANDLER_FIXTURE_H_
