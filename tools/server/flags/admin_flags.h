// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags of the admin service that every robusto server has, and the options that they make.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_ADMIN_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_ADMIN_FLAGS_H_

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "robusto/admin/server/admin_server.h"

namespace robusto {

// nullopt when --admin is empty: there is to be no admin service. What it does and what goes wrong
// is logged.
absl::optional<AdminServerOptions> AdminOptionsFromFlags();

// An error of AdminServer::Create in terms of these flags.
absl::Status AdminErrorInTermsOfFlags(const absl::Status& status);

// Whether --admin has its default value: other servers on the machine may have taken that address first.
bool AdminAddressIsDefault();

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_ADMIN_FLAGS_H_
