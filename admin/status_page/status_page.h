// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The status page: one HTML document with its style and its script inside, made at build time of
// status_page.html, status_page.css, status_chart.js and status_page.js (embed_status_page.sh). It
// fetches "status.json" (status_json.h) beside it once a second and refers to nothing else.
//
// Thread-safety: constants.

#ifndef ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_
#define ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_

#include "absl/strings/string_view.h"

namespace robusto {

absl::string_view StatusPage();

// The value of Content-Security-Policy that the page must be served with. It names the script and
// the style by their hashes, so that nothing that got into the page in another way can run, and it
// lets the page fetch from its own server only.
absl::string_view StatusPageContentSecurityPolicy();

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_STATUS_PAGE_STATUS_PAGE_H_
