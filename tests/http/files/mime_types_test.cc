// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/mime_types.h"

#include <string>

#include "gtest/gtest.h"

namespace robusto {
namespace {

struct Case {
  const char* file_name;
  const char* want;
};

TEST(MimeTypeTest, GoesByTheExtension) {
  const Case cases[] = {
      {"index.html", "text/html; charset=utf-8"},
      {"style.css", "text/css; charset=utf-8"},
      {"app.js", "text/javascript; charset=utf-8"},
      {"README.md", "text/markdown; charset=utf-8"},
      {"notes.txt", "text/plain; charset=utf-8"},
      {"data.json", "application/json"},
      {"feed.xml", "application/xml"},
      {"logo.svg", "image/svg+xml"},
      {"photo.jpeg", "image/jpeg"},
      {"font.woff2", "font/woff2"},
      {"app.webmanifest", "application/manifest+json"},
      {"film.mp4", "video/mp4"},
      {"first.3gp", "video/3gpp"},
      {"last.zst", "application/zstd"},
  };
  for (const Case& c : cases) EXPECT_EQ(MimeType(c.file_name), c.want) << c.file_name;
}

TEST(MimeTypeTest, DoesNotCareAboutCase) {
  EXPECT_EQ(MimeType("INDEX.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(MimeType("Photo.JpG"), "image/jpeg");
}

TEST(MimeTypeTest, TakesTheLastExtension) {
  EXPECT_EQ(MimeType("a.html.png"), "image/png");
  EXPECT_EQ(MimeType("jquery.min.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(MimeType(".config.json"), "application/json");
}

TEST(MimeTypeTest, CallsACompressedFileWhatItIs) {
  EXPECT_EQ(MimeType("changelog.gz"), "application/gzip");
  EXPECT_EQ(MimeType("a.tar.gz"), "application/gzip");
  EXPECT_EQ(MimeType("page.html.gz"), "application/gzip");
  EXPECT_EQ(MimeType("logo.svgz"), "application/gzip");
}

TEST(MimeTypeTest, IsOctetStreamForWhatItDoesNotKnow) {
  for (const char* name : {"", ".", "..", "Makefile", "a.", "a.unheard-of", "a.html ", ".png",
                           "a.htm\xC3\xA9", "html", "a.a-very-long-extension-indeed"}) {
    EXPECT_EQ(MimeType(name), "application/octet-stream") << name;
  }
  EXPECT_EQ(MimeType("a." + std::string(5000, 'x')), "application/octet-stream");
  EXPECT_EQ(MimeType(absl::string_view("a.png\0", 6)), "application/octet-stream");
}

}  // namespace
}  // namespace robusto
