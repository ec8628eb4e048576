// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/socket_activation.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/io/passed_sockets.h"

namespace robusto {
namespace {

// "3 unknown", ... of what was passed; the error's message when it was none.
std::vector<std::string> Described(const absl::StatusOr<std::vector<PassedSocket>>& sockets) {
  if (!sockets.ok()) return {std::string(sockets.status().message())};
  std::vector<std::string> all;
  for (const PassedSocket& socket : *sockets) {
    all.push_back(absl::StrCat(socket.fd.get(), " ", socket.name));
  }
  return all;
}

using Strings = std::vector<std::string>;

// First: it must be the first call in the process.
TEST(SocketActivationTest, NothingPassedIsSaid) {
  const auto sockets = TakePassedSockets();
  EXPECT_EQ(sockets.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(sockets.status().message(),
            "no socket was passed: LISTEN_FDS is not set; is the .socket unit started?");
  EXPECT_EQ(TakePassedSockets("web").status().message(), sockets.status().message());
}

TEST(SocketActivationTest, AllAreTakenOnceAndTheEnvironmentIsCleaned) {
  PassedSockets passed;
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment();
  const auto sockets = TakePassedSockets();
  EXPECT_EQ(Described(sockets), Strings({"3 unknown", "4 unknown"}));
  EXPECT_TRUE(PassedSockets::EnvironmentIsClean());
  for (int fd : {3, 4}) {
    EXPECT_TRUE((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) << fd;
    EXPECT_TRUE((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0) << fd;
  }
  EXPECT_EQ(Described(TakePassedSockets()),
            Strings({"all sockets that were passed have been taken already"}));
}

TEST(SocketActivationTest, SocketsAreTakenByTheirNames) {
  PassedSockets passed;
  for (int i = 0; i < 3; ++i) passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment("web:admin:web");
  const auto web = TakePassedSockets("web");
  EXPECT_EQ(Described(web), Strings({"3 web", "5 web"}));
  EXPECT_EQ(Described(TakePassedSockets("nothing")),
            Strings({"no socket that was passed is called \"nothing\"; there is \"admin\""}));
  const auto rest = TakePassedSockets();
  EXPECT_EQ(Described(rest), Strings({"4 admin"}));
}

TEST(SocketActivationTest, SocketsBeyondTheNamesHaveNone) {
  PassedSockets passed;
  for (int i = 0; i < 2; ++i) passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment("web");
  EXPECT_EQ(Described(TakePassedSockets()), Strings({"3 web", "4 unknown"}));
}

TEST(SocketActivationTest, SocketsForAnotherProcessAreNotTouched) {
  PassedSockets passed;
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment("", getppid());
  const absl::Status status = TakePassedSockets().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_TRUE(
      absl::StrContains(status.message(), absl::StrCat("LISTEN_PID is \"", getppid(), "\"")))
      << status;
  EXPECT_TRUE((fcntl(3, F_GETFL) & O_NONBLOCK) == 0);
  EXPECT_TRUE(PassedSockets::EnvironmentIsClean());
}

TEST(SocketActivationTest, ANonsenseCountIsRefused) {
  for (const char* count : {"x", "-1", "65537", "99999999999", "1x"}) {
    PassedSockets passed;
    passed.SetEnvironment();
    setenv("LISTEN_FDS", count, 1);
    const absl::Status status = TakePassedSockets().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(status.message(),
              absl::StrCat("LISTEN_FDS is \"", count, "\", which is no count of sockets"));
  }
}

TEST(SocketActivationTest, WhatIsNoListeningStreamSocketIsRefused) {
  const auto refusal = [](UniqueFd fd) {
    PassedSockets passed;
    passed.Add(std::move(fd));
    passed.SetEnvironment("web");
    const absl::Status status = TakePassedSockets().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    return std::string(status.message());
  };
  const std::string which = "descriptor 3 (web), which was passed, ";
  EXPECT_EQ(refusal(UniqueFd(open("/dev/null", O_RDONLY))),
            which + "is no socket: Socket operation on non-socket");
  EXPECT_EQ(refusal(BoundSocket(SOCK_DGRAM, false)),
            which + "is no stream socket; write ListenStream= in the .socket unit");
  EXPECT_EQ(refusal(BoundSocket(SOCK_STREAM, false)),
            which + "does not listen; write Accept=no in the .socket unit");
}

}  // namespace
}  // namespace robusto
