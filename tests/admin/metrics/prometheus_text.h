// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PrometheusText: a parser of Prometheus's text format (version 0.0.4) that takes nothing but what
// its definition allows: HELP and TYPE before a family's samples, each family once and in one
// piece, names as they may be, no sample twice, histograms whose buckets rise and end in +Inf =
// _count. What is wrong fails the test.
//
// Thread-safety: none.

#ifndef ROBUSTO_TESTS_ADMIN_METRICS_PROMETHEUS_TEXT_H_
#define ROBUSTO_TESTS_ADMIN_METRICS_PROMETHEUS_TEXT_H_

#include <limits>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {

class PrometheusText {
 public:
  explicit PrometheusText(const std::string& text) {
    EXPECT_TRUE(absl::EndsWith(text, "\n"));
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (!line.empty()) Take(std::string(line));
    }
    for (const auto& [name, type] : types_) {
      EXPECT_TRUE(!helps_[name].empty()) << name << " has no help";
      if (type == "histogram") CheckHistogram(name);
    }
  }

  // The value of a sample as it stands: robusto_tasks_total{outcome="completed"}.
  double operator[](const std::string& sample) const {
    const auto it = samples_.find(sample);
    EXPECT_NE(it, samples_.end()) << "no sample " << sample;
    return it == samples_.end() ? std::numeric_limits<double>::quiet_NaN() : it->second;
  }
  bool Has(const std::string& sample) const { return samples_.count(sample) != 0; }
  const std::map<std::string, double>& samples() const { return samples_; }
  // Family -> "counter", "gauge", "histogram".
  const std::map<std::string, std::string>& types() const { return types_; }
  // The family that a sample belongs to.
  std::string FamilyOf(const std::string& sample) const {
    std::string name = sample.substr(0, sample.find('{'));
    for (const char* suffix : {"_bucket", "_sum", "_count"}) {
      if (!absl::EndsWith(name, suffix)) continue;
      const std::string base = name.substr(0, name.size() - std::string(suffix).size());
      const auto it = types_.find(base);
      if (it != types_.end() && it->second == "histogram") return base;
    }
    return name;
  }

 private:
  void Take(const std::string& line) {
    static const std::regex kHelp(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
    static const std::regex kType(
        R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
    static const std::regex kSample(R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*=)re"
                                    R"re("([^"\\\n]|\\["\\n])*",?)+\})? (\S+))re");
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      EXPECT_TRUE(helps_.emplace(match[1], match[2]).second) << line;
      family_ = match[1];
    } else if (std::regex_match(line, match, kType)) {
      EXPECT_EQ(match[1], family_) << line;
      EXPECT_TRUE(types_.emplace(match[1], match[2]).second) << line;
    } else if (std::regex_match(line, match, kSample)) {
      EXPECT_EQ(FamilyOf(line.substr(0, line.find(' '))), family_) << line;
      EXPECT_EQ(types_.count(family_), 1u) << line;
      double value = 0;
      EXPECT_TRUE(absl::SimpleAtod(match[5].str(), &value)) << line;
      EXPECT_TRUE(samples_.emplace(line.substr(0, line.rfind(' ')), value).second) << line;
      if (absl::StartsWith(line, family_ + "_bucket{")) buckets_[family_].push_back(Bucket(line));
    } else {
      ADD_FAILURE() << "no line of the format: " << line;
    }
  }

  struct BucketLine {
    double limit;
    double count;
  };
  static BucketLine Bucket(const std::string& line) {
    static const std::regex kLimit(R"re(.*le="([^"]+)"[,}].* (\S+))re");
    std::smatch match;
    BucketLine bucket = {};
    EXPECT_TRUE(std::regex_match(line, match, kLimit)) << line;
    EXPECT_TRUE(absl::SimpleAtod(match[1].str(), &bucket.limit)) << line;
    EXPECT_TRUE(absl::SimpleAtod(match[2].str(), &bucket.count)) << line;
    return bucket;
  }

  void CheckHistogram(const std::string& name) {
    const std::vector<BucketLine>& buckets = buckets_[name];
    ASSERT_FALSE(buckets.empty()) << name;
    for (size_t i = 1; i < buckets.size(); ++i) {
      EXPECT_LT(buckets[i - 1].limit, buckets[i].limit) << name;
      EXPECT_LE(buckets[i - 1].count, buckets[i].count) << name;
    }
    EXPECT_EQ(buckets.back().limit, std::numeric_limits<double>::infinity()) << name;
    EXPECT_EQ(buckets.back().count, (*this)[name + "_count"]);
    EXPECT_GE((*this)[name + "_sum"], 0);
  }

  std::string family_;  // that the lines now are of
  std::map<std::string, std::string> helps_;
  std::map<std::string, std::string> types_;
  std::map<std::string, double> samples_;
  std::map<std::string, std::vector<BucketLine>> buckets_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_ADMIN_METRICS_PROMETHEUS_TEXT_H_
