// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The status page: one HTML document that contains its style and script. embed_status_page.sh assembles it
// at build time from status_page.html, status_page.css, status_chart.js and status_page.js. Once a second
// it fetches "status.json" (status_json.h) next to it; it loads nothing else.
//
// Thread-safety: constants.

#ifndef ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_
#define ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_

#include "absl/strings/string_view.h"

namespace robusto {

absl::string_view StatusPage();

// The Content-Security-Policy that the page must be served with. It allows script and style by their
// hashes, so that injected content cannot run, and lets the page fetch only from its own server.
absl::string_view StatusPageContentSecurityPolicy();

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_
