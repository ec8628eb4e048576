// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags that every robusto server has, and the options that they make.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/files/error_pages.h"

namespace robusto {

// InvalidArgument for a flag that no server can have, naming it as "--flag=value"; bounds that the
// server itself checks are left to it. What goes wrong in service is logged.
absl::StatusOr<ServerOptions> ServerOptionsFromFlags();

// The pages of --error_pages, which ServerOptionsFromFlags leaves out; null when it is empty. The
// messages of errors begin with the flag.
absl::StatusOr<std::shared_ptr<ErrorPages>> ErrorPagesFromFlags();

// Reads the pages again on SIGHUP, and logs the result. `pages` may be null.
void ReloadErrorPages(ErrorPages* pages);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_SERVER_FLAGS_H_
