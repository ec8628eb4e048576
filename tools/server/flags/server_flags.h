// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags that every robusto server has, and the options that they make.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/files/error_pages.h"
#include "robusto/http/server.h"

namespace robusto {

// InvalidArgument for a value out of range, as "--flag=value: must be ..."; options that depend on the system are checked
// by Server::Create. Warnings of the running server are logged.
absl::StatusOr<ServerOptions> ServerOptionsFromFlags();

// The pages of --error_pages, which ServerOptionsFromFlags leaves out; null when it is empty. The
// messages of errors begin with the flag.
absl::StatusOr<std::shared_ptr<ErrorPages>> ErrorPagesFromFlags();

// Reads the pages again on SIGHUP, has `server` use them, and logs the result. `pages` may be null.
void ReloadErrorPages(ErrorPages* pages, Server& server);

// An error of Server::Create or Server::Start in terms of these flags.
absl::Status ServerErrorInTermsOfFlags(const absl::Status& status);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_
