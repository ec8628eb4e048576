// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/accept_encoding.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

// "br gzip identity": what may be sent, the best first.
std::string Preferred(const FakeRequest::Fields& fields) {
  const FakeRequest request("GET", "/", fields);
  std::string told;
  for (ContentCoding coding : PreferredCodings(request.get())) {
    absl::StrAppend(&told, told.empty() ? "" : " ",
                    coding == ContentCoding::kIdentity ? "identity" : CodingName(coding));
  }
  return told;
}

struct Case {
  const char* name;
  const char* value;
  const char* want;
};

template <size_t N>
void Check(const Case (&cases)[N]) {
  for (const Case& c : cases) {
    EXPECT_EQ(Preferred({{"Accept-Encoding", c.value}}), c.want) << c.name << ": " << c.value;
  }
}

// RFC 9110 section 12.5.3.
TEST(PreferredCodingsTest, AreThoseThatAreNamedAndIdentity) {
  Check({
      {"gzip", "gzip", "gzip identity"},
      {"brotli", "br", "br identity"},
      {"what browsers send", "gzip, deflate, br, zstd", "br gzip identity"},
      {"in upper case", "GZIP", "gzip identity"},
      {"by its old name", "x-gzip", "gzip identity"},
      {"codings that we have not", "compress, deflate", "identity"},
      {"empty", "", "identity"},
      {"identity", "identity", "identity"},
      {"a longer name", "gzipped, brotli", "identity"},
      {"white space", " \tgzip\t,  br ", "br gzip identity"},
      {"empty elements", ",, gzip,,", "gzip identity"},
  });
  EXPECT_EQ(Preferred({}), "identity");
  EXPECT_EQ(Preferred({{"Accept", "gzip"}}), "identity");
  EXPECT_EQ(Preferred({{"accept-encoding", "gzip"}, {"ACCEPT-ENCODING", "br"}}),
            "br gzip identity");
}

TEST(PreferredCodingsTest, GoByTheirWeights) {
  Check({
      {"gzip before br", "br;q=0.5, gzip;q=0.8", "gzip br identity"},
      {"one without a weight has 1", "br;q=0.999, gzip", "gzip br identity"},
      {"a thousandth decides", "br;q=0.500, gzip;q=0.501", "gzip br identity"},
      {"a hundredth decides", "br;q=0.51, gzip;q=0.52", "gzip br identity"},
      {"the same weight, written in two ways", "gzip;q=0.5, br;q=0.500", "br gzip identity"},
      {"identity before gzip", "identity, gzip;q=0.5", "identity gzip"},
      {"identity between", "br;q=0.1, identity;q=0.5, gzip", "gzip identity br"},
      {"identity that is not named is last", "gzip;q=0.001", "gzip identity"},
      {"one of the same weight as identity", "identity;q=0.5, gzip;q=0.5", "gzip identity"},
      {"white space around the semicolon", "br \t; \tq=0.1, gzip ;q=0.2", "gzip br identity"},
      {"a capital Q", "br;Q=0.1, gzip", "gzip br identity"},
      {"1 in all forms", "gzip;q=1, br;q=1., identity;q=1.000", "br gzip identity"},
      {"1 in another form", "br;q=1.0, gzip;q=1.00", "br gzip identity"},
  });
}

TEST(PreferredCodingsTest, LeaveOutWhatHasAWeightOfZero) {
  Check({
      {"gzip", "gzip;q=0, br", "br identity"},
      {"0.", "gzip;q=0., br", "br identity"},
      {"0.0", "gzip;q=0.0, br", "br identity"},
      {"0.000", "gzip;q=0.000, br", "br identity"},
      {"identity", "identity;q=0, gzip", "gzip"},
      {"identity alone", "identity;q=0", ""},
      {"everything", "*;q=0", ""},
      {"everything, one by one", "br;q=0, gzip;q=0, identity;q=0", ""},
      {"the codings alone", "br;q=0, gzip;q=0", "identity"},
  });
}

TEST(PreferredCodingsTest, CountAStarForWhatIsNotNamed) {
  Check({
      {"a star", "*", "br gzip identity"},
      {"all but gzip", "gzip;q=0, *", "br identity"},
      {"no other than gzip", "gzip, *;q=0", "gzip"},
      {"identity beside a star of zero", "identity, *;q=0", "identity"},
      {"a small identity beside a star of zero", "*;q=0, identity;q=0.1", "identity"},
      {"identity of zero beside a star", "*, identity;q=0", "br gzip"},
      {"its weight is identity's, too", "*;q=0.5, gzip;q=0.2", "br identity gzip"},
      {"br by the star, gzip by its name", "*;q=0.2, gzip;q=0.5", "gzip br identity"},
  });
}

TEST(PreferredCodingsTest, TakeTheLeastOfSeveralWeights) {
  Check({
      {"refused last", "gzip, gzip;q=0", "identity"},
      {"refused first", "gzip;q=0, gzip", "identity"},
      {"by the old name", "gzip, x-gzip;q=0", "identity"},
      {"less", "gzip;q=0.9, gzip;q=0.1, br;q=0.5", "br gzip identity"},
  });
  EXPECT_EQ(Preferred({{"Accept-Encoding", "gzip"}, {"Accept-Encoding", "gzip;q=0"}}), "identity");
}

// Section 12.4.2 has the grammar of weights.
TEST(PreferredCodingsTest, IgnoreElementsThatAreNone) {
  Check({
      {"more than 1", "gzip;q=1.1, br", "br identity"},
      {"more than 1 by a thousandth", "gzip;q=1.001, br", "br identity"},
      {"2", "gzip;q=2, br", "br identity"},
      {"four digits", "gzip;q=0.1234, br", "br identity"},
      {"no digits", "gzip;q=, br", "br identity"},
      {"only a dot", "gzip;q=.5, br", "br identity"},
      {"a sign", "gzip;q=-1, br", "br identity"},
      {"a plus", "gzip;q=+1, br", "br identity"},
      {"letters", "gzip;q=0.x, br", "br identity"},
      // Were they less than zero, the star would not count for gzip.
      {"a sign before the dot", "gzip;q=-.5, *", "br gzip identity"},
      {"a sign after the dot", "gzip;q=0.-1, *", "br gzip identity"},
      {"an exponent", "gzip;q=1e0, br", "br identity"},
      {"two digits before the dot", "gzip;q=00.5, br", "br identity"},
      {"white space before the equals sign", "gzip;q =1, br", "br identity"},
      {"white space after it", "gzip;q= 1, br", "br identity"},
      {"another parameter", "gzip;level=9, br", "br identity"},
      {"another parameter, too", "gzip;q=1;level=9, br", "br identity"},
      {"no parameter", "gzip;, br", "br identity"},
      {"no name", ";q=1, br", "br identity"},
      {"two names", "gzip x, br", "br identity"},
      {"a bad refusal of identity", "identity;q=0.0000, br", "br identity"},
  });
}

}  // namespace
}  // namespace robusto
