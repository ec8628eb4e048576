// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/option_error.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

std::string Prefixed(absl::string_view option) { return absl::StrCat("admin_", option); }

TEST(OptionErrorTest, AnErrorIsRenderedWithTheNamesOfOptionsOrOfFlags) {
  const absl::Status status = InvalidOption("max", "3", "at least {min}, which is 5");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "max is 3; it must be at least min, which is 5");
  const absl::Status flags = InTermsOfFlags(status, Prefixed);
  EXPECT_EQ(flags.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(flags.message(), "--admin_max=3: must be at least --admin_min, which is 5");
}

TEST(OptionErrorTest, AValueThatHasTheNameOfAnOptionStaysAsItIs) {
  const absl::Status status = InTermsOfFlags(
      ConflictingOption("tls_cert", "/etc/token_file/{tls_key}.pem", "requires {tls_key}"),
      Prefixed);
  EXPECT_EQ(status.message(),
            "--admin_tls_cert=/etc/token_file/{tls_key}.pem: requires --admin_tls_key");
}

TEST(OptionErrorTest, AProblemOfTheSystemIsNotATemplate) {
  const absl::Status status =
      BlameOption(absl::UnavailableError("cannot listen on unix:/{x}: Address already in use"),
                  "listen", "unix:/{x}");
  EXPECT_EQ(status.message(), "cannot listen on unix:/{x}: Address already in use");
  const absl::Status flags = InTermsOfFlags(status, Prefixed);
  EXPECT_EQ(flags.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(flags.message(),
            "--admin_listen=unix:/{x}: cannot listen on unix:/{x}: Address already in use");
  EXPECT_TRUE(BlameOption(absl::OkStatus(), "listen", "x").ok());
}

TEST(OptionErrorTest, AnyBytesAreCarried) {
  const std::string value("a:1\0{\xff", 6);
  const auto error = GetOptionError(InvalidOption("name", value, "text"));
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->option, "name");
  EXPECT_EQ(error->value, value);
  EXPECT_EQ(error->accepted, "text");
  EXPECT_EQ(error->problem, "");
}

TEST(OptionErrorTest, AnotherErrorKeepsItsMessage) {
  EXPECT_FALSE(GetOptionError(absl::InternalError("x")).has_value());
  EXPECT_EQ(InTermsOfFlags(absl::InternalError("x"), Prefixed), absl::InternalError("x"));
}

TEST(OptionErrorTest, ARangeHasBothItsEnds) {
  constexpr OptionRange kRange = {"n", 1, 10};
  EXPECT_TRUE(CheckRange(kRange, int64_t{1}).ok());
  EXPECT_TRUE(CheckRange(kRange, uint64_t{10}).ok());
  EXPECT_EQ(CheckRange(kRange, int64_t{0}).message(), "n is 0; it must be from 1 to 10");
  EXPECT_EQ(CheckRange(kRange, uint64_t{0}).message(), "n is 0; it must be from 1 to 10");
  EXPECT_EQ(CheckRange(kRange, ~uint64_t{0}).message(),
            "n is 18446744073709551615; it must be from 1 to 10");
  constexpr OptionRange kOpen = {"n", 0};
  EXPECT_EQ(CheckRange(kOpen, int64_t{-1}).message(), "n is -1; it must be at least 0");
  EXPECT_EQ(CheckPositive("t", absl::ZeroDuration()).message(),
            "t is 0; it must be more than 0s, or inf");
  EXPECT_EQ(CheckNotNegative("t", absl::Seconds(-1)).message(),
            "t is -1s; it must be 0s or more, or inf");
}

}  // namespace
}  // namespace robusto
