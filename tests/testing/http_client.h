// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HttpClient: a raw client for tests. It sends the very bytes that it is given, and believes nothing
// that comes back before it has checked it: one status line, fields with CRLF, exactly one
// Content-Length where there must be one, and not a byte more than that.
//
//   HttpClient client(server->urls()[0]);
//   client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
//   HttpResponse response = client.ReadResponse();
//   EXPECT_EQ(response.status, 200);
//   EXPECT_TRUE(client.AtEnd());            // the server has closed and sent nothing more
//
// What goes wrong fails the test. Every wait ends after kGuard, which is there for broken servers
// only: no test may hang on its length.
//
// Thread-safety: none.

#ifndef ROBUSTO_TESTS_TESTING_HTTP_CLIENT_H_
#define ROBUSTO_TESTS_TESTING_HTTP_CLIENT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

struct HttpResponse {
  int status = 0;    // 0: there was none
  std::string head;  // with the empty line that ends it
  std::string body;

  // The value of the only field with this name; empty when there is none.
  std::string Header(absl::string_view name) const;
  // It says that it is the connection's last.
  bool closes() const;
};

// Cuts the response at the front of *bytes off. nullopt while it is not whole. `head_request`: it
// answers HEAD, and so has no body. Fails the test when it is not framed well; then it takes all.
absl::optional<HttpResponse> TakeResponse(std::string* bytes, bool head_request = false);

class HttpClient {
 public:
  // Connects to what Server::urls gives: http://127.0.0.1:80, http://[::1]:80 or unix:/path.
  // receive_buffer: SO_RCVBUF, so that a response soon fills what lies between; 0: as it is.
  explicit HttpClient(absl::string_view url, int receive_buffer = 0);

  bool connected() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }
  // Gives the memory of what was read back. Nothing unread may be left.
  void ForgetBuffer() { std::string().swap(buffer_); }
  void Send(absl::string_view bytes);
  // Sends FIN.
  void FinishSending();
  // Waits for the next whole response.
  HttpResponse ReadResponse(bool head_request = false);
  // Waits for a byte or the end: true when it is the end, in whatever way, and nothing is before it.
  bool Ended() { return buffer_.empty() && !Receive(); }
  // Waits for the end of the connection: true when it comes and nothing is before it.
  bool AtEnd();
  // The end, in whatever way: also by a reset. Gives what came before it.
  std::string ReadToEnd();
  // Drops the connection so that the server sees a reset.
  void Reset();
  void Close() { fd_.reset(); }

  static constexpr int kGuardSeconds = 30;

 private:
  // Appends what comes to buffer_. False: the end.
  bool Receive();

  UniqueFd fd_;
  std::string buffer_;
  bool reset_ = false;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_HTTP_CLIENT_H_
