// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/command_line/flag_errors.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "robusto/tools/command_line/byte_size.h"

namespace robusto {
namespace {

// Option names of nginx, httpd, gunicorn, waitress and others, each with this program's flag for
// the same setting.
struct Alias {
  absl::string_view word;
  absl::string_view flag;
};
constexpr Alias kAliases[] = {
    {"addr", "listen"},
    {"address", "listen"},
    {"bind", "listen"},
    {"host", "listen"},
    {"http", "listen"},
    {"port", "listen"},
    {"threads", "min_threads"},
    {"workers", "min_threads"},
    {"num_threads", "min_threads"},
    {"backlog", "queue_capacity"},
    {"queue", "queue_capacity"},
    {"connections", "max_connections"},
    {"timeout", "stop_timeout"},
    {"graceful_timeout", "stop_timeout"},
    {"keepalive", "keep_alive_timeout"},
    {"keep_alive", "keep_alive_timeout"},
    {"dir", "root"},
    {"directory", "root"},
    {"document_root", "root"},
    {"docroot", "root"},
    {"log", "access_log"},
    {"logfile", "access_log"},
    {"cert", "admin_tls_cert"},
    {"key", "admin_tls_key"},
    {"token", "admin_token_file"},
    {"grpc", "admin"},
    {"prometheus", "metrics"},
};

// Flags that read others (absl/flags/parse.h). Abseil itself reports their errors.
bool ReadsOtherFlags(absl::string_view name) {
  return name == "flagfile" || name == "fromenv" || name == "tryfromenv" || name == "undefok";
}

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

// What a value of the flag's type looks like.
std::string Expected(const absl::CommandLineFlag& flag, absl::string_view value) {
  if (flag.IsOfType<absl::Duration>()) {
    double number;
    // The usual slip: no unit.
    if (absl::SimpleAtod(value, &number)) {
      return absl::StrCat("expected a duration with a unit; for seconds write ", value, "s");
    }
    return "expected a duration, as 500ms, 10s, 1h30m or inf";
  }
  if (flag.IsOfType<ByteSize>()) return "expected a number of bytes, as 65536, 64K, 1M or 2G";
  if (flag.IsOfType<bool>()) return "expected true or false";
  if (flag.IsOfType<int>() || flag.IsOfType<int64_t>()) return "expected a whole number";
  return "";
}

std::string UnknownFlag(absl::string_view name) {
  const std::string suggestion = SuggestFlag(name);
  return absl::StrCat("--", name, ": no such flag",
                      suggestion.empty() ? "; --help lists the flags"
                                         : absl::StrCat("; did you mean --", suggestion, "?"));
}

}  // namespace

std::string SuggestFlag(absl::string_view name) {
  const std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"-", "_"}});
  for (const Alias& alias : kAliases) {
    if (wanted == alias.word && absl::FindCommandLineFlag(alias.flag) != nullptr) {
      return std::string(alias.flag);
    }
  }
  // A third of the letters may differ: beyond that a suggestion would be a guess.
  size_t best = wanted.size() / 3 + 1;
  std::string found;
  for (const auto& [flag_name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), "absl/")) continue;
    const size_t distance = EditDistance(wanted, flag_name);
    if (distance < best || (distance == best && !found.empty() && flag_name < found)) {
      best = distance;
      found = std::string(flag_name);
    }
  }
  return found;
}

std::string FindFlagError(const std::vector<absl::string_view>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view name = arguments[i];
    if (name == "--") break;
    if (!absl::ConsumePrefix(&name, "-") || name.empty()) continue;
    absl::ConsumePrefix(&name, "-");
    const size_t equals = name.find('=');
    const bool has_value = equals != absl::string_view::npos;
    absl::string_view value = has_value ? name.substr(equals + 1) : "";
    name = name.substr(0, equals);
    if (ReadsOtherFlags(name)) {
      if (!has_value) ++i;
      continue;
    }
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    if (flag == nullptr) {
      absl::string_view positive = name;
      if (absl::ConsumePrefix(&positive, "no")) flag = absl::FindCommandLineFlag(positive);
      if (flag == nullptr || !flag->IsOfType<bool>()) return UnknownFlag(name);
      if (has_value) return absl::StrCat("--", name, ": takes no value");
      continue;
    }
    if (!has_value) {
      if (flag->IsOfType<bool>()) continue;
      if (i + 1 == arguments.size()) return absl::StrCat("--", name, ": the value is missing");
      value = arguments[++i];
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      const std::string expected = Expected(*flag, value);
      return absl::StrCat("--", name, "=", value, ": ", expected.empty() ? error : expected);
    }
  }
  return "";
}

}  // namespace robusto
