// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/testing/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

// The address of a URL; its size is 0 when it is none.
std::pair<sockaddr_storage, socklen_t> AddressOf(absl::string_view url) {
  sockaddr_storage storage = {};
  if (absl::ConsumePrefix(&url, "unix:")) {
    auto& name = reinterpret_cast<sockaddr_un&>(storage);
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, url.data(), std::min(url.size(), sizeof(name.sun_path) - 1));
    return {storage, sizeof(name)};
  }
  int port;
  const size_t colon = url.rfind(':');
  if (!absl::ConsumePrefix(&url, "http://") || colon == absl::string_view::npos ||
      !absl::SimpleAtoi(url.substr(url.rfind(':') + 1), &port)) {
    return {storage, 0};
  }
  std::string host(url.substr(0, url.rfind(':')));
  if (host[0] == '[') {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr);
    return {storage, sizeof(v6)};
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
  return {storage, sizeof(v4)};
}

bool IsStatusLine(absl::string_view line) {
  return line.size() >= 13 && absl::StartsWith(line, "HTTP/1.1 ") && absl::ascii_isdigit(line[9]) &&
         absl::ascii_isdigit(line[10]) && absl::ascii_isdigit(line[11]) && line[12] == ' ';
}

// Decodes from *at on, and moves it to the end. False: not whole. Of its own, so that the server's
// decoder does not judge the server.
bool TakeChunks(absl::string_view bytes, size_t* at, std::string* body) {
  for (;;) {
    const size_t end = bytes.find("\r\n", *at);
    if (end == absl::string_view::npos) return false;
    const std::string digits(bytes.substr(*at, end - *at));
    char* rest = nullptr;
    const size_t size = std::strtoul(digits.c_str(), &rest, 16);
    if (digits.empty() || *rest != '\0') {
      ADD_FAILURE() << "not a chunk size: " << digits;
      return false;
    }
    *at = end + 2;
    if (bytes.size() < *at + size + 2) return false;
    body->append(bytes.data() + *at, size);
    EXPECT_EQ(bytes.substr(*at + size, 2), "\r\n") << "after a chunk";
    *at += size + 2;
    if (size == 0) return true;
  }
}

}  // namespace

std::string HttpResponse::Header(absl::string_view name) const {
  std::string value;
  int seen = 0;
  for (absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!absl::StartsWithIgnoreCase(line, name)) continue;
    value = std::string(absl::StripAsciiWhitespace(line.substr(name.size() + 1)));
    ++seen;
  }
  EXPECT_LE(seen, 1) << name << " in\n" << head;
  return value;
}

bool HttpResponse::closes() const { return Header("Connection") == "close"; }

absl::optional<HttpResponse> TakeResponse(std::string* bytes, bool head_request) {
  const size_t end = bytes->find("\r\n\r\n");
  if (end == std::string::npos) return absl::nullopt;
  HttpResponse response;
  response.head = bytes->substr(0, end + 4);
  const std::vector<absl::string_view> lines = absl::StrSplit(response.head, "\r\n");
  bool well_framed =
      IsStatusLine(lines[0]) && absl::SimpleAtoi(lines[0].substr(9, 3), &response.status);
  for (size_t i = 1; i + 2 < lines.size(); ++i) {
    well_framed &= absl::StrContains(lines[i], ": ") && !absl::StrContains(lines[i], "\n");
  }
  const bool interim = response.status < 200;
  const bool chunked = response.Header("Transfer-Encoding") == "chunked";
  const bool has_length = !interim && !chunked && response.status != 204 && response.status != 304;
  size_t length = 0;
  if (has_length) well_framed &= absl::SimpleAtoi(response.Header("Content-Length"), &length);
  if (!has_length) well_framed &= response.Header("Content-Length").empty();
  if (!interim) well_framed &= !response.Header("Date").empty();
  if (!well_framed) {
    ADD_FAILURE() << "not a well-framed response:\n" << *bytes;
    bytes->clear();
    return HttpResponse();
  }
  if (head_request) length = 0;
  if (chunked && !head_request) {
    size_t at = end + 4;
    if (!TakeChunks(*bytes, &at, &response.body)) return absl::nullopt;
    bytes->erase(0, at);
    return response;
  }
  if (bytes->size() < end + 4 + length) return absl::nullopt;
  response.body = bytes->substr(end + 4, length);
  bytes->erase(0, end + 4 + length);
  return response;
}

HttpClient::HttpClient(absl::string_view url, int receive_buffer) {
  const auto [address, size] = AddressOf(url);
  UniqueFd fd(socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval guard = {kGuardSeconds, 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard));
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &guard, sizeof(guard));
  if (receive_buffer != 0) {
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  if (size == 0 || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    return;
  }
  fd_ = std::move(fd);
}

void HttpClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      // A server that refuses may close before all is sent; the answer says what it thinks.
      if (errno != EPIPE && errno != ECONNRESET) ADD_FAILURE() << "send: " << std::strerror(errno);
      return;
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void HttpClient::FinishSending() { shutdown(fd_.get(), SHUT_WR); }

bool HttpClient::Receive() {
  char bytes[16 * 1024];
  const ssize_t got = recv(fd_.get(), bytes, sizeof(bytes), 0);
  if (got > 0) {
    buffer_.append(bytes, static_cast<size_t>(got));
    return true;
  }
  if (got < 0 && errno == EAGAIN) ADD_FAILURE() << "the server is silent for too long";
  if (got < 0 && errno == ECONNRESET) reset_ = true;
  return false;
}

HttpResponse HttpClient::ReadResponse(bool head_request) {
  for (;;) {
    absl::optional<HttpResponse> response = TakeResponse(&buffer_, head_request);
    if (response.has_value()) return *std::move(response);
    if (!Receive()) break;
  }
  ADD_FAILURE() << "the connection has ended, after \"" << buffer_ << "\"";
  return HttpResponse();
}

bool HttpClient::AtEnd() { return buffer_.empty() && !Receive() && !reset_; }

std::string HttpClient::ReadToEnd() {
  while (Receive()) {
  }
  return std::exchange(buffer_, "");
}

void HttpClient::Reset() {
  const linger at_once = {1, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  fd_.reset();
}

}  // namespace robusto
