// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The README's example of //http:server, as it stands there. The test has no input: Enter is there.

#include <cstdio>

#include "absl/time/time.h"
#include "robusto/http/server.h"

int main() {
  robusto::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = robusto::Server::Create(
      options, [](const robusto::Request& request, robusto::ResponseWriter& response) {
        response.Write(request.target());
      });
  if (!server.ok() || !(*server)->Start().ok()) return 1;
  std::printf("%s, until Enter\n", (*server)->urls()[0].c_str());
  std::getchar();
  return (*server)->Stop(absl::Seconds(10))->clean() ? 0 : 1;
}
