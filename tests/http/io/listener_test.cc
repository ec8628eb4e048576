// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/listener.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/http/io/passed_sockets.h"
#include "tests/testing/http_client.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

// Whether a client's connection comes out of `listener`; `peer` gets its name.
bool Accepts(const Listener& listener, const std::string& url, std::string* peer = nullptr) {
  const HttpClient client(url);
  if (!client.connected()) return false;
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  const UniqueFd accepted(accept(listener.fd(), reinterpret_cast<sockaddr*>(&address), &size));
  if (peer != nullptr) {
    char name[kMaxPeerName];
    *peer = std::string(name, FormatPeer(address, name));
  }
  return accepted.valid();
}

bool HasIpv6() { return Listener::Open("[::1]:0").ok(); }

TEST(ListenerTest, PortZeroIsReplacedByWhatTheKernelChose) {
  const auto listener = Listener::Open("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(absl::StartsWith(listener->address(), "127.0.0.1:")) << listener->address();
  EXPECT_FALSE(absl::EndsWith(listener->address(), ":0")) << listener->address();
  EXPECT_EQ(listener->url(), "http://" + listener->address());
  std::string peer;
  EXPECT_TRUE(Accepts(*listener, listener->url(), &peer));
  EXPECT_TRUE(absl::StartsWith(peer, "127.0.0.1:")) << peer;
}

TEST(ListenerTest, ASixthVersionAddressStandsInBrackets) {
  if (!HasIpv6()) GTEST_SKIP() << "no IPv6 here";
  const auto listener = Listener::Open("[::1]:0");
  EXPECT_TRUE(absl::StartsWith(listener->url(), "http://[::1]:")) << listener->url();
  std::string peer;
  EXPECT_TRUE(Accepts(*listener, listener->url(), &peer));
  EXPECT_TRUE(absl::StartsWith(peer, "[::1]:")) << peer;
}

TEST(ListenerTest, ANameIsLookedUp) {
  const auto listener = Listener::Open("localhost:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(Accepts(*listener, listener->url()));
}

TEST(ListenerTest, TheSocketNeitherBlocksNorIsInherited) {
  const auto listener = Listener::Open("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE((fcntl(listener->fd(), F_GETFL) & O_NONBLOCK) != 0);
  EXPECT_TRUE((fcntl(listener->fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST(ListenerTest, WhatIsNoAddressIsInvalidAndNamed) {
  for (const char* text :
       {"", "127.0.0.1", "8080", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "::1:80", "[::1:80", "::1]:80", "[127.0.0.1]:80", "[]:x", "unix:"}) {
    const absl::Status status = Listener::Open(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text << ": " << status;
    EXPECT_TRUE(absl::StrContains(status.message(), text)) << status;
  }
  const std::string long_path = "unix:/" + std::string(200, 'x');
  EXPECT_EQ(Listener::Open(long_path).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ListenerTest, LocalhostIsBothLoopbackAddressesOnOnePort) {
  const auto listeners = Listener::OpenAll("localhost:0");
  ASSERT_TRUE(listeners.ok()) << listeners.status();
  ASSERT_EQ(listeners->size(), HasIpv6() ? 2u : 1u);
  const std::string& v4 = (*listeners)[0].address();
  ASSERT_TRUE(absl::StartsWith(v4, "127.0.0.1:")) << v4;
  if (HasIpv6()) {
    EXPECT_EQ((*listeners)[1].address(), "[::1]" + v4.substr(v4.rfind(':')));
  }
}

TEST(ListenerTest, WithoutDescriptorsItIsUnavailableAndSaysSo) {
  rlimit before;
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(UniqueFd(dup(0)).get());
  setrlimit(RLIMIT_NOFILE, &none);
  for (const char* address : {"127.0.0.1:0", "unix:socket"}) {
    const absl::Status status = Listener::Open(address).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_EQ(status.message(),
              absl::StrCat("cannot listen on ", address, ": Too many open files"));
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(ListenerTest, APortInUseIsUnavailableAndSaysSo) {
  const auto first = Listener::Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status status = Listener::Open(first->address()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(status.message(),
            absl::StrCat("cannot listen on ", first->address(), ": Address already in use"));
}

TEST(ListenerTest, AfterCloseConnectionsAreRefused) {
  auto listener = Listener::Open("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  const std::string url = listener->url();
  listener->Close();
  EXPECT_FALSE(HttpClient(url).connected());
}

// A directory to stand in: the whole path of a test's directory is too long for a socket's name.
class UnixListenerTest : public ::testing::Test {
 protected:
  UnixListenerTest() { EXPECT_EQ(chdir(tree_.path().c_str()), 0); }

  const TempTree tree_;
};

TEST_F(UnixListenerTest, AUnixSocketIsReachedByItsPathAndRemovedAtTheEnd) {
  const std::string url = "unix:socket";
  {
    const auto listener = Listener::Open(url);
    ASSERT_TRUE(listener.ok()) << listener.status();
    EXPECT_EQ(listener->url(), url);
    EXPECT_EQ(listener->address(), url);
    std::string peer;
    EXPECT_TRUE(Accepts(*listener, url, &peer));
    EXPECT_EQ(peer, "unix:");
  }
  EXPECT_NE(access("socket", F_OK), 0);
}

// Leaves a socket's file behind, as a process that was killed does.
void LeaveSocket(const std::string& path) {
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
}

TEST_F(UnixListenerTest, AUnixSocketThatADeadProcessLeftIsReplaced) {
  LeaveSocket("socket");
  const auto listener = Listener::Open("unix:socket");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(Accepts(*listener, listener->url()));
}

TEST_F(UnixListenerTest, AUnixSocketThatSomebodyAnswersIsNotReplaced) {
  const auto first = Listener::Open("unix:socket");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status status = Listener::Open(first->address()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "Address already in use")) << status;
  EXPECT_TRUE(Accepts(*first, first->url()));
}

TEST_F(UnixListenerTest, AMovedListenerIsClosedOnce) {
  auto first = Listener::Open("unix:socket");
  ASSERT_TRUE(first.ok()) << first.status();
  const Listener second(*std::move(first));
  first->Close();
  EXPECT_TRUE(Accepts(second, second.url()));
}

TEST_F(UnixListenerTest, AFileThatIsNoSocketIsNotReplaced) {
  tree_.Write("precious", "text");
  const absl::Status status = Listener::Open("unix:precious").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "unix:precious")) << status;
  struct stat info;
  ASSERT_EQ(stat("precious", &info), 0);
  EXPECT_EQ(info.st_size, 4);
}

mode_t ModeOf(const char* path) {
  struct stat info;
  return lstat(path, &info) == 0 ? info.st_mode & 07777 : 0xffff;
}

TEST_F(UnixListenerTest, AUnixSocketHasTheModeThatIsAskedForWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{077}, mode_t{0777}}) {
    for (const mode_t mode : {mode_t{0600}, mode_t{0660}, mode_t{0666}, mode_t{0}}) {
      ListenerOptions options;
      options.unix_mode = mode;
      const mode_t before = umask(mask);
      const auto listener = Listener::Open("unix:socket", options);
      umask(before);
      ASSERT_TRUE(listener.ok()) << listener.status();
      EXPECT_EQ(ModeOf("socket"), mode) << "umask " << mask;
    }
  }
  const auto listener = Listener::Open("unix:socket");
  EXPECT_EQ(ModeOf("socket") & ~mode_t{0777}, 0);
}

TEST_F(UnixListenerTest, AUnixSocketIsMadeWithItsModeAndNotChangedToIt) {
  const UniqueFd changes(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(inotify_add_watch(changes.get(), ".", IN_CREATE | IN_ATTRIB), 0);
  ListenerOptions options;
  options.unix_mode = 0600;
  const mode_t before = umask(0);  // which would make it 0777
  const auto listener = Listener::Open("unix:socket", options);
  umask(before);
  ASSERT_TRUE(listener.ok()) << listener.status();
  alignas(inotify_event) char events[4096];
  const ssize_t size = read(changes.get(), events, sizeof(events));
  uint32_t seen = 0;
  for (ssize_t at = 0; at < size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events + at);
    seen |= event->mask;
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  EXPECT_EQ(seen, uint32_t{IN_CREATE});
  EXPECT_EQ(ModeOf("socket"), mode_t{0600});
}

TEST_F(UnixListenerTest, AUnixSocketThatWasPassedIsLeftToItsOwner) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::strcpy(name.sun_path, "socket");
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  ASSERT_EQ(listen(fd.get(), 16), 0);
  PassedSockets passed;
  passed.Add(std::move(fd));
  passed.SetEnvironment();
  {
    const auto listeners = Listener::OpenAll("systemd");
    ASSERT_TRUE(listeners.ok()) << listeners.status();
    ASSERT_EQ(listeners->size(), 1);
    EXPECT_EQ(listeners->front().url(), "unix:socket");
    EXPECT_TRUE(Accepts(listeners->front(), "unix:socket"));
  }
  EXPECT_EQ(access("socket", F_OK), 0);
}

TEST(ListenerTest, SystemdIsAllTheSocketsThatWerePassed) {
  PassedSockets passed;
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment();
  {
    const auto listeners = Listener::OpenAll("systemd");
    ASSERT_TRUE(listeners.ok()) << listeners.status();
    ASSERT_EQ(listeners->size(), 2);
    for (const Listener& listener : *listeners) {
      EXPECT_TRUE(absl::StartsWith(listener.url(), "http://127.0.0.1:")) << listener.url();
      EXPECT_TRUE(Accepts(listener, listener.url()));
    }
    EXPECT_NE((*listeners)[0].url(), (*listeners)[1].url());
  }
  // They are gone with the listeners, and there are no others.
  EXPECT_EQ(Listener::OpenAll("systemd").status().message(),
            "cannot listen on systemd: all sockets that were passed have been taken already");
}

TEST(ListenerTest, SystemdWithANameIsTheSocketsOfThatName) {
  PassedSockets passed;
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.Add(BoundSocket(SOCK_STREAM, true));
  passed.SetEnvironment("web:other");
  const auto listeners = Listener::OpenAll("systemd:other");
  ASSERT_TRUE(listeners.ok()) << listeners.status();
  ASSERT_EQ(listeners->size(), 1);
  EXPECT_EQ(listeners->front().fd(), 4);
  EXPECT_EQ(Listener::OpenAll("systemd:none").status().message(),
            "cannot listen on systemd:none: no socket that was passed is called \"none\"; there is "
            "\"web\"");
  EXPECT_TRUE(Listener::OpenAll("systemd:web").ok());
}

TEST(ListenerTest, WhatOnlyBeginsLikeSystemdIsAnAddress) {
  EXPECT_EQ(Listener::OpenAll("systemdx").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Listener::OpenAll("127.0.0.1:0")->size(), 1);
}

TEST(ListenerTest, NoHostIsAllAddressesOfBothFamilies) {
  const auto listener = Listener::Open(":0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  const std::string port = listener->address().substr(listener->address().rfind(':'));
  EXPECT_TRUE(Accepts(*listener, "http://127.0.0.1" + port)) << listener->address();
  if (!HasIpv6()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_TRUE(Accepts(*listener, "http://[::1]" + port)) << listener->address();
}

}  // namespace
}  // namespace robusto
