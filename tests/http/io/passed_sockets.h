// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PassedSockets: makes the test's process look as if systemd had passed it descriptors.
//
//   PassedSockets passed;
//   passed.Add(BoundSocket(SOCK_STREAM, true));   // becomes descriptor 3, the next one 4, ...
//   passed.SetEnvironment("web");
//
// What was at those numbers is put back when it goes; sockets that were taken must be gone by then.
// Thread-safety: none.

#ifndef ROBUSTO_TESTS_HTTP_IO_PASSED_SOCKETS_H_
#define ROBUSTO_TESTS_HTTP_IO_PASSED_SOCKETS_H_

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

// A TCP socket of `type` on a free port of 127.0.0.1; blocking and inherited, as a careless parent
// has it.
inline UniqueFd BoundSocket(int type, bool listens) {
  UniqueFd fd(socket(AF_INET, type, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  if (listens) {
    EXPECT_EQ(listen(fd.get(), 16), 0);
  }
  return fd;
}

class PassedSockets {
 public:
  PassedSockets() = default;
  PassedSockets(const PassedSockets&) = delete;
  PassedSockets& operator=(const PassedSockets&) = delete;
  ~PassedSockets() {
    for (const char* name : kVariables) unsetenv(name);
    for (size_t i = 0; i < before_.size(); ++i) {
      const int number = kFirst + static_cast<int>(i);
      close(number);
      if (before_[i].valid()) dup3(before_[i].get(), number, O_CLOEXEC);
    }
  }

  void Add(UniqueFd fd) {
    const int number = kFirst + static_cast<int>(before_.size());
    // Far from where the next ones go.
    UniqueFd far(fcntl(fd.get(), F_DUPFD_CLOEXEC, 100));
    fd.reset();
    before_.emplace_back(fcntl(number, F_DUPFD_CLOEXEC, 100));
    EXPECT_EQ(dup2(far.get(), number), number);
  }

  void SetEnvironment(const std::string& names = "", pid_t pid = getpid()) const {
    setenv("LISTEN_PID", std::to_string(pid).c_str(), 1);
    setenv("LISTEN_FDS", std::to_string(before_.size()).c_str(), 1);
    if (!names.empty()) setenv("LISTEN_FDNAMES", names.c_str(), 1);
  }

  static bool EnvironmentIsClean() {
    for (const char* name : kVariables) {
      if (std::getenv(name) != nullptr) return false;
    }
    return true;
  }

 private:
  static constexpr int kFirst = 3;
  static constexpr const char* kVariables[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};

  std::vector<UniqueFd> before_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_IO_PASSED_SOCKETS_H_
