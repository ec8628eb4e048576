// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/exit_code.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The causes are gRPC's, of 1.51 and of later ones.
TEST(FailureTextTest, SaysWhatIsWrongWithTheConnectionAndWhatToDo) {
  struct Case {
    const char* cause;
    const char* want;
  };
  const Case cases[] = {
      {"UNKNOWN: ipv4:127.0.0.1:9: Failed to connect to remote host: Connection refused",
       "stats: no server answers at host:9: Failed to connect to remote host: Connection refused; "
       "check that the server is running and that --address is its --admin"},
      {"UNKNOWN: unix:/tmp/x: No such file or directory",
       "no server answers at host:9: No such file or directory; check that"},
      {"UNKNOWN: ipv4:127.0.0.1:9: Trying to connect an http1.x server",
       "--address must be the server's --admin, not its --listen or --metrics"},
      {"UNKNOWN: ipv6:%5B::1%5D:9: Ssl handshake failed: SSL_ERROR_SSL: error:0A00010B:SSL "
       "routines::wrong version number",
       "the server at host:9 does not speak TLS; omit --tls"},
      {"UNKNOWN: ipv4:127.0.0.1:9: Ssl handshake failed: certificate verify failed",
       "is not signed by a trusted authority; set --ca_file"},
      {"UNKNOWN: ipv4:127.0.0.1:9: Peer name a is not in peer certificate",
       "is for another name; set --tls_name"},
      {"UNAVAILABLE: ipv4:127.0.0.1:9: Socket closed", "it has ended, or requires TLS (--tls"},
  };
  for (const Case& c : cases) {
    const std::string text =
        FailureText("stats", "host:9",
                    absl::UnavailableError(
                        absl::StrCat("failed to connect to all addresses; last error: ", c.cause)));
    EXPECT_THAT(text, HasSubstr(c.want));
    EXPECT_THAT(text, Not(HasSubstr("last error")));
  }
  EXPECT_EQ(
      FailureText("stop", "host:9", absl::UnavailableError("the admin service is shutting down")),
      "robustoctl: stop: the server at host:9 is shutting down");
  EXPECT_THAT(FailureText("stats", "nohost:9",
                          absl::UnavailableError("DNS resolution failed for nohost:9: not found")),
              HasSubstr("cannot resolve the name"));
}

TEST(FailureTextTest, LetsNoTextOfTheServerSteerTheTerminal) {
  EXPECT_THAT(FailureText("stats", "host:9", absl::InvalidArgumentError("a\x1b[2Jb")),
              HasSubstr("a\\x1b[2Jb"));
}

}  // namespace
}  // namespace robusto
