// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AppendJsonString: text that anybody may have written, as a JSON string.
//
//   AppendJsonString("say \"hi\"", &json);  // appends "say \"hi\"" with its quotes
//
// What is no UTF-8 becomes U+FFFD, one for each byte that does not belong; DisplayText before this
// says which byte it was. `<`, `>` and `&` are
// escaped too, which JSON does not ask for: then no HTML parser finds a tag in the result, wherever
// it lands.
//
// Thread-safety: a pure function.

#ifndef ROBUSTO_ADMIN_STATUS_PAGE_JSON_STRING_H_
#define ROBUSTO_ADMIN_STATUS_PAGE_JSON_STRING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

void AppendJsonString(absl::string_view text, std::string* json);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_STATUS_PAGE_JSON_STRING_H_
