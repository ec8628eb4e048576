// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {
namespace {

// What systemd has at the other end.
UniqueFd Receiver(const std::string& address) {
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  address.copy(name.sun_path, sizeof(name.sun_path) - 1);
  if (address[0] == '@') name.sun_path[0] = '\0';
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&name),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size())),
            0)
      << std::strerror(errno);
  return fd;
}

// The next datagram, which has been sent already; "" when there is none.
std::string Received(const UniqueFd& fd) {
  char text[4096];
  const ssize_t n = recv(fd.get(), text, sizeof(text), MSG_DONTWAIT);
  return n < 0 ? "" : std::string(text, static_cast<size_t>(n));
}

class ServiceNotifyTest : public ::testing::Test {
 protected:
  // Below /tmp: NOTIFY_SOCKET must be a whole path, and that of a test's directory is too long.
  ServiceNotifyTest() : directory_("/tmp/notifyXXXXXX") {
    EXPECT_NE(mkdtemp(&directory_[0]), nullptr);
    address_ = directory_ + "/socket";
  }
  ~ServiceNotifyTest() override {
    unlink(address_.c_str());
    rmdir(directory_.c_str());
    unsetenv("NOTIFY_SOCKET");
  }

  ServiceNotifier Make(const std::string& address) {
    setenv("NOTIFY_SOCKET", address.c_str(), 1);
    ServiceNotifier notifier = ServiceNotifier::FromEnvironment(
        [this](absl::string_view text) { warnings_.emplace_back(text); });
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
    return notifier;
  }

  std::string directory_;
  std::string address_;
  std::vector<std::string> warnings_;
};

TEST_F(ServiceNotifyTest, TheLifeOfAServiceIsTold) {
  const UniqueFd fd = Receiver(address_);
  const ServiceNotifier notifier = Make(address_);
  EXPECT_EQ(Received(fd), "");
  notifier.Ready("listening on http://127.0.0.1:8080");
  EXPECT_EQ(Received(fd), absl::StrCat("READY=1\nMAINPID=", getpid(),
                                       "\nSTATUS=listening on http://127.0.0.1:8080"));
  notifier.Reloading();
  EXPECT_TRUE(absl::StartsWith(Received(fd), "RELOADING=1\nMONOTONIC_USEC="));
  notifier.Stopping();
  EXPECT_EQ(Received(fd), "STOPPING=1\nSTATUS=stopping");
  EXPECT_EQ(Received(fd), "");
  EXPECT_EQ(warnings_, std::vector<std::string>());
}

TEST_F(ServiceNotifyTest, AStatusIsOneLine) {
  const UniqueFd fd = Receiver(address_);
  Make(address_).Ready("a\nWATCHDOG=trigger");
  EXPECT_TRUE(absl::EndsWith(Received(fd), "\nSTATUS=a WATCHDOG=trigger"));
}

TEST_F(ServiceNotifyTest, TheTimeOfAReloadIsTheMonotonicClocks) {
  const UniqueFd fd = Receiver(address_);
  const ServiceNotifier notifier = Make(address_);
  const auto now = [] {
    timespec time = {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return absl::ToInt64Microseconds(absl::DurationFromTimespec(time));
  };
  const int64_t before = now();
  notifier.Reloading();
  const int64_t after = now();
  const std::string text = Received(fd);
  const int64_t told = std::atoll(text.substr(text.rfind('=') + 1).c_str());
  EXPECT_GE(told, before);
  EXPECT_LE(told, after);
}

TEST_F(ServiceNotifyTest, AnAbstractNameIsFound) {
  const std::string address = absl::StrCat("@robusto-notify-test-", getpid());
  const UniqueFd fd = Receiver(address);
  Make(address).Stopping();
  EXPECT_EQ(Received(fd), "STOPPING=1\nSTATUS=stopping");
  EXPECT_EQ(warnings_, std::vector<std::string>());
}

TEST_F(ServiceNotifyTest, WithoutASocketNothingHappens) {
  unsetenv("NOTIFY_SOCKET");
  ServiceNotifier::FromEnvironment([](absl::string_view text) { FAIL() << text; }).Ready("x");
  Make("").Ready("x");
  EXPECT_EQ(warnings_, std::vector<std::string>());
}

TEST_F(ServiceNotifyTest, WhatGoesWrongIsAWarning) {
  Make("/no/such/socket").Ready("x");
  Make("relative").Ready("x");
  const std::string long_path = "/" + std::string(200, 'x');
  Make(long_path).Ready("x");
  EXPECT_EQ(warnings_,
            std::vector<std::string>(
                {"NOTIFY_SOCKET=/no/such/socket: No such file or directory",
                 "NOTIFY_SOCKET=relative: neither a path nor a name that begins with @; nobody is "
                 "notified",
                 absl::StrCat("NOTIFY_SOCKET=", long_path, ": File name too long")}));
}

TEST_F(ServiceNotifyTest, AReceiverThatDoesNotReadHoldsNobodyUpForLong) {
  const UniqueFd fd = Receiver(address_);
  const ServiceNotifier notifier = Make(address_);
  const absl::Time begin = absl::Now();
  // As many as the kernel takes (net.unix.max_dgram_qlen), and one more.
  while (warnings_.empty() && absl::Now() - begin < absl::Seconds(30)) notifier.Stopping();
  EXPECT_EQ(warnings_, std::vector<std::string>({absl::StrCat(
                           "NOTIFY_SOCKET=", address_, ": Resource temporarily unavailable")}));
}

}  // namespace
}  // namespace robusto
