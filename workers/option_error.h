// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// OptionError: what is wrong with an option, as data that travels in an absl::Status. A library reports its own option's
// name; a program that has flags for the options renders the same error with the flags' names, without looking into
// the message:
//
//   return InvalidOption("max_connections", "0", "at least 1");
//     message:  max_connections is 0; it must be at least 1
//     flags:    --max_connections=0: must be at least 1
//   return BlameOption(status, "listen", "127.0.0.1:80");
//     message:  cannot listen on 127.0.0.1:80: Address already in use
//     flags:    --listen=127.0.0.1:80: cannot listen on 127.0.0.1:80: Address already in use
//
// Thread-safety: plain data and pure functions.

#ifndef ROBUSTO_WORKERS_OPTION_ERROR_H_
#define ROBUSTO_WORKERS_OPTION_ERROR_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace robusto {

struct OptionError {
  std::string option;  // its name in the options struct
  std::string value;   // as text; may be empty
  std::string
      accepted;  // what it must be: "at least 1". Other options stand in braces: "at least {min_threads}"
  std::string
      problem;  // in place of `accepted`: why a well-formed value cannot be used. Braces as above
};

// InvalidArgument with the error.
absl::Status InvalidOption(absl::string_view option, absl::string_view value,
                           absl::string_view accepted);
// The same where the value is fine by itself: `problem` is a sentence, as in "requires {tls_key}". The message is
// "OPTION: PROBLEM".
absl::Status ConflictingOption(absl::string_view option, absl::string_view value,
                               absl::string_view problem);
// `status`, its message unchanged, with an error that has that message as the problem. OK stays OK.
absl::Status BlameOption(absl::Status status, absl::string_view option, absl::string_view value);

// `status`, its message unchanged, with this error.
absl::Status WithOptionError(absl::Status status, const OptionError& error);

// The error that `status` carries, if any.
absl::optional<OptionError> GetOptionError(const absl::Status& status);

// The error in terms of the flags that have the options' values: `flag_of` gives the flag's name for an option. A status
// without an OptionError keeps its message.
absl::Status InTermsOfFlags(const absl::Status& status,
                            const std::function<std::string(absl::string_view)>& flag_of);

// The bounds of a number, for all that check it.
struct OptionRange {
  absl::string_view option;
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};
// InvalidOption unless the value is in the range.
absl::Status CheckRange(const OptionRange& range, int64_t value);
absl::Status CheckRange(const OptionRange& range, uint64_t value);
// InvalidOption unless the value is positive, or not negative.
absl::Status CheckPositive(absl::string_view option, absl::Duration value);
absl::Status CheckNotNegative(absl::string_view option, absl::Duration value);

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_OPTION_ERROR_H_
