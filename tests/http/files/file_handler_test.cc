// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What is answered for a path; file_handler_directory_test has directories. That nothing outside of
// the root is reached whatever the links are, is root_directory_test's business; conditions in full
// are preconditions_test's.

#include "robusto/http/files/file_handler.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/message/date.h"
#include "tests/http/files/file_handler_fixture.h"

namespace robusto {
namespace {

// Root may read every file, by a capability that this thread does without as long as this is here.
class WithoutCapabilities {
 public:
  WithoutCapabilities() {
    EXPECT_EQ(::syscall(SYS_capget, &header_, data_), 0);
    __user_cap_data_struct none[2] = {data_[0], data_[1]};
    none[0].effective = none[1].effective = 0;
    EXPECT_EQ(::syscall(SYS_capset, &header_, none), 0);
  }
  ~WithoutCapabilities() { EXPECT_EQ(::syscall(SYS_capset, &header_, data_), 0); }

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data_[2];
};

INSTANTIATE_TEST_SUITE_P(Resolution, FileHandlerTest, ::testing::Values(true, false),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "ByTheKernel" : "BySegments";
                         });

TEST_P(FileHandlerTest, ServesAFile) {
  const Answer answer = Get("/file.txt");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "text");
  EXPECT_EQ(answer.type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_TRUE(absl::StartsWith(answer.etag, "\"ae1b981bc490a00-4-")) << answer.etag;
  EXPECT_EQ(Get("/dir/inner.html").body, "<p>inner");
  EXPECT_EQ(Get("/file.txt?query").body, "text");
}

TEST_P(FileHandlerTest, ServesAnEmptyFile) {
  tree_.Write("root/empty", "");
  const Answer answer = Get("/empty");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.type, "application/octet-stream");
}

TEST_P(FileHandlerTest, TellsTheLengthThatTheFileHadWhenItWasOpened) {
  const FakeRequest request("GET", "/file.txt");
  ResponseWriter response;
  Handler()(request.get(), response);
  tree_.Write("root/file.txt", "longer than before");
  EXPECT_EQ(response.body_size(), 4u);
}

TEST_P(FileHandlerTest, AnswersHeadLikeGet) {
  for (const char* target : {"/file.txt", "/dir", "/none", "/dir/"}) {
    const Answer get = Call(Handler(), target, "GET");
    const Answer head = Call(Handler(), target, "HEAD");
    EXPECT_EQ(head.status, get.status) << target;
    EXPECT_EQ(head.headers, get.headers) << target;
    EXPECT_EQ(head.body.size(), get.body.size()) << target;
  }
}

TEST_P(FileHandlerTest, ServesGetAndHeadAndSaysSo) {
  const struct {
    const char* method;
    int want;
  } cases[] = {
      {"POST", 405},
      {"PUT", 405},
      {"DELETE", 405},
      {"TRACE", 405},
      {"PATCH", 405},
      // RFC 9110 section 9.1: methods that the server does not know. Section 9.3.7 for OPTIONS.
      {"PROPFIND", 501},
      {"get", 501},
      {"X", 501},
      {"OPTIONS", 204},
  };
  for (const auto& c : cases) {
    for (const char* target : {"/file.txt", "/", "/none", "*"}) {
      const Answer answer = Call(Handler(), target, c.method);
      EXPECT_EQ(answer.status, c.want) << c.method << " " << target;
      EXPECT_TRUE(absl::StrContains(answer.headers, "Allow: GET, HEAD, OPTIONS\r\n"))
          << c.method << " " << target;
    }
  }
}

TEST_P(FileHandlerTest, RefusesAMethodBeforeItsBodyIsRead) {
  const robusto::Handler handler = Handler();
  ASSERT_TRUE(handler.has_head_check());
  const struct {
    const char* method;
    HeadDecision want;
    int status;
  } cases[] = {
      {"PUT", HeadDecision::kRespond, 405},     {"POST", HeadDecision::kRespond, 405},
      {"DELETE", HeadDecision::kRespond, 405},  {"MKCOL", HeadDecision::kRespond, 501},
      {"OPTIONS", HeadDecision::kRespond, 204}, {"GET", HeadDecision::kReadBody, 200},
      {"HEAD", HeadDecision::kReadBody, 200},
  };
  for (const auto& c : cases) {
    const FakeRequest request(c.method, "/none");
    ResponseWriter response;
    EXPECT_EQ(handler.OnHead(request.get(), response), c.want) << c.method;
    EXPECT_EQ(response.status(), c.status) << c.method;
  }
}

struct PathCase {
  const char* name;
  std::string target;
  int want;
};

TEST_P(FileHandlerTest, RefusesPathsThatNameNoFileBelowTheRoot) {
  tree_.Write("secret", "outside");
  tree_.Write("root/a\\b", "backslash");
  tree_.Write("root/100%.txt", "percent");
  tree_.Write("root/%2e%2e", "odd");
  tree_.Write("root/...", "dots");
  const PathCase cases[] = {
      {"not there", "/none", 404},
      {"below what is not there", "/none/file.txt", 404},
      {"below a file", "/file.txt/more", 404},
      {"a file as a directory", "/file.txt/", 404},
      {"dot dot", "/../secret", 400},
      {"dot dot inside of the root", "/dir/../file.txt", 200},
      {"dot dot after what is not there", "/none/x/../../file.txt", 200},
      {"dot dot after a file", "/file.txt/../file.txt", 200},
      {"dot dot out of the root", "/dir/../../secret", 400},
      {"dot dot at the end", "/..", 400},
      {"dot", "/./file.txt", 200},
      {"dots and slashes", "/dir/./x/..//inner.html", 200},
      {"encoded dots inside of the root", "/dir/%2e/.%2E/file.txt", 200},
      {"encoded dot dot", "/%2e%2e/secret", 400},
      {"half encoded", "/.%2E/secret", 400},
      {"encoded slash after dot dot", "/..%2Fsecret", 404},
      {"all encoded", "/%2e%2e%2fsecret", 404},
      {"encoded slash", "/dir%2Finner.html", 404},
      {"encoded slash first", "/%2Fetc%2Fpasswd", 404},
      {"encoded twice", "/%252e%252e/secret", 404},
      {"encoded twice names a file", "/%252e%252e", 200},
      {"encoded twice, with slash", "/..%252fsecret", 404},
      {"overlong UTF-8 dots", "/%c0%ae%c0%ae/secret", 404},
      {"backslashes", "/..\\secret", 404},
      {"encoded backslashes", "/..%5Csecret", 404},
      {"a backslash in a name", "/a%5Cb", 200},
      {"three dots are a name", "/...", 200},
      {"NUL", "/file.txt%00", 400},
      {"NUL before an extension", "/file%00.txt", 400},
      {"a bad escape", "/%zz", 400},
      {"a cut off escape", "/file.txt%2", 400},
      {"an escaped percent", "/100%25.txt", 200},
      {"an escaped letter", "/%66ile.txt", 200},
      {"an empty segment", "/dir//inner.html", 200},
      {"an empty segment first", "//file.txt", 200},
      {"an empty segment after a file", "/file.txt//", 404},
      {"a name too long", "/" + std::string(300, 'x'), 404},
      {"a path too long", "/" + std::string(6000, 'x'), 404},
      {"a path too deep",
       [] {
         std::string path;
         for (int i = 0; i < 3000; ++i) path += "/d";
         return path;
       }(),
       404},
      {"asterisk", "*", 400},
      {"no path", "", 400},
      {"no slash", "file.txt", 400},
      {"case differs", "/FILE.TXT", 404},
  };
  for (const PathCase& c : cases) {
    const Answer answer = Get(c.target);
    EXPECT_EQ(answer.status, c.want) << c.name;
    EXPECT_FALSE(absl::StrContains(answer.body, "outside")) << c.name;
    if (c.want != 200) {
      EXPECT_EQ(answer.type, "text/plain; charset=utf-8") << c.name;
    }
  }
}

TEST_P(FileHandlerTest, EchoesNothingOfTheRequestInAnError) {
  for (const char* target : {"/<script>", "/%3Cscript%3E", "/%zz<script>", "/../<script>"}) {
    EXPECT_FALSE(absl::StrContains(Get(target).body, "script")) << target;
  }
}

TEST_P(FileHandlerTest, FollowsLinksThatStayInTheRootAndRefusesOthers) {
  tree_.Link("file.txt", "root/inside");
  tree_.Link("dir", "root/to_dir");
  tree_.Link("../outside/secret", "root/relative");
  tree_.Link(tree_.At("outside"), "root/absolute");
  tree_.Link("..", "root/parent");
  tree_.Link("none", "root/dangling");
  tree_.Link("loop", "root/loop");
  EXPECT_EQ(Get("/inside").body, "text");
  EXPECT_EQ(Get("/to_dir/inner.html").body, "<p>inner");
  EXPECT_EQ(Get("/relative").status, 403);
  EXPECT_EQ(Get("/absolute").status, 403);
  EXPECT_EQ(Get("/absolute/").status, 403);
  EXPECT_EQ(Get("/absolute/secret").status, 403);
  EXPECT_EQ(Get("/parent/outside/secret").status, 403);
  EXPECT_EQ(Get("/dangling").status, 404);
  EXPECT_EQ(Get("/loop").status, 404);
  EXPECT_EQ(Get("/loop/").status, 404);
  options_.follow_outside_symlinks = true;
  EXPECT_EQ(Get("/relative").body, "secret");
  EXPECT_EQ(Get("/absolute/secret").body, "secret");
  EXPECT_EQ(Get("/../outside/secret").status, 400);
}

TEST_P(FileHandlerTest, ServesRegularFilesOnlyAndNeverBlocks) {
  tree_.MakeNode("root/fifo", S_IFIFO);
  tree_.MakeNode("root/socket", S_IFSOCK);
  tree_.Link("/dev/null", "root/device");
  tree_.Link("/dev/tty", "root/tty");
  options_.follow_outside_symlinks = true;
  for (const char* target : {"/fifo", "/socket", "/device", "/tty"}) {
    EXPECT_EQ(Get(target).status, 403) << target;
  }
  EXPECT_EQ(Get("/fifo/").status, 404);
  // Nor as an index.
  options_.index = "fifo";
  EXPECT_EQ(Get("/").status, 403);
}

TEST_P(FileHandlerTest, HidesDotFilesWhenToldTo) {
  tree_.Write("root/.env", "password");
  tree_.Write("root/.git/config", "url");
  tree_.Write("root/.well-known/security.txt", "contact");
  EXPECT_EQ(Get("/.env").body, "password");
  options_.hide_dot_files = true;
  for (const char* target : {"/.env", "/%2eenv", "/.git/config", "/.git/", "/.git", "/.none"}) {
    EXPECT_EQ(Get(target).status, 404) << target;
  }
  EXPECT_EQ(Get("/.well-known/security.txt").body, "contact");
}

TEST_P(FileHandlerTest, AnswersConditionalRequests) {
  const std::string etag = Get("/file.txt").etag;
  const struct {
    const char* name;
    FakeRequest::Fields fields;
    int want;
  } cases[] = {
      {"not modified", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 304},
      {"modified", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}, 200},
      {"no date", {{"If-Modified-Since", "never"}}, 200},
      {"its tag", {{"If-None-Match", etag}}, 304},
      {"another tag", {{"If-None-Match", "\"x\""}}, 200},
      {"another tag, not modified",
       {{"If-None-Match", "\"x\""}, {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}},
       200},
      {"wants another", {{"If-Match", "\"x\""}}, 412},
  };
  for (const auto& c : cases) {
    const Answer answer = Get("/file.txt", c.fields);
    EXPECT_EQ(answer.status, c.want) << c.name;
    if (c.want == 304) {
      EXPECT_EQ(answer.headers, absl::StrCat("ETag: ", etag, "\r\n")) << c.name;
      EXPECT_EQ(answer.body, "") << c.name;
    }
  }
  // Conditions are about what would be a 200 (RFC 9110 section 13.2.1).
  EXPECT_EQ(Get("/none", {{"If-None-Match", "*"}}).status, 404);
  EXPECT_EQ(Get("/none", {{"If-Match", "\"x\""}}).status, 404);
}

TEST_P(FileHandlerTest, ChangesTheTagWithTimeAndSize) {
  const std::string before = Get("/file.txt").etag;
  EXPECT_EQ(Get("/file.txt").etag, before);
  tree_.SetTime("root/file.txt", kModified, 1);
  const std::string touched = Get("/file.txt").etag;
  EXPECT_NE(touched, before);
  tree_.Write("root/file.txt", "text and more");
  tree_.SetTime("root/file.txt", kModified);
  EXPECT_NE(Get("/file.txt").etag, before);
}

// Builds with SOURCE_DATE_EPOCH, unpackers and deployments give all versions of a file one time.
TEST_P(FileHandlerTest, ChangesTheTagOfAVersionThatHasTheSameTimeAndSize) {
  for (std::time_t time : {std::time_t{0}, std::time_t{1}, kModified}) {
    tree_.SetTime("root/file.txt", time);
    const std::string before = Get("/file.txt").etag;
    EXPECT_EQ(Get("/file.txt", {{"If-None-Match", before}}).status, 304);
    // A new file in the place of the old one, until the clock of the file system has moved on.
    std::string after = before;
    while (after == before) {
      tree_.Write("root/new.txt", "TEXT");
      tree_.SetTime("root/new.txt", time);
      ASSERT_EQ(::rename(tree_.At("root/new.txt").c_str(), tree_.At("root/file.txt").c_str()), 0);
      after = Get("/file.txt").etag;
    }
    EXPECT_EQ(Get("/file.txt", {{"If-None-Match", before}}).body, "TEXT");
  }
}

// A time with a fraction was set by a write, or copied together with the content.
TEST_P(FileHandlerTest, HasOneTagForCopiesThatKeepAFractionOfTheTime) {
  tree_.Write("root/copy.txt", "text");
  tree_.SetTime("root/file.txt", kModified, 123456789);
  tree_.SetTime("root/copy.txt", kModified, 123456789);
  EXPECT_EQ(Get("/file.txt").etag, "\"ae1b981c3a4d715-4\"");
  EXPECT_EQ(Get("/copy.txt").etag, "\"ae1b981c3a4d715-4\"");
}

TEST_P(FileHandlerTest, SendsNoDateThatMeansNothing) {
  constexpr std::time_t kFebruary1980 = 318297600;
  for (std::time_t time :
       {std::time_t{0}, std::time_t{1}, std::time_t{315532800}, kFebruary1980 - 1}) {
    tree_.SetTime("root/file.txt", time);
    const Answer answer = Get("/file.txt");
    EXPECT_EQ(answer.last_modified, "") << time;
    EXPECT_NE(answer.etag, "") << time;
    // RFC 9110 sections 13.1.3 and 13.1.4: ignored where there is no date.
    for (const char* date : {"Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
      EXPECT_EQ(Get("/file.txt", {{"If-Modified-Since", date}}).status, 200) << time;
      EXPECT_EQ(Get("/file.txt", {{"If-Unmodified-Since", date}}).status, 200) << time;
      EXPECT_EQ(Get("/file.txt", {{"Range", "bytes=0-1"}, {"If-Range", date}}).status, 200) << time;
    }
  }
  tree_.SetTime("root/file.txt", kFebruary1980);
  EXPECT_EQ(Get("/file.txt").last_modified, "Sat, 02 Feb 1980 00:00:00 GMT");
}

TEST_P(FileHandlerTest, ServesTheDirectoryThatTheRootComesToName) {
  tree_.Write("releases/1/v.txt", "1");
  tree_.Write("releases/2/v.txt", "2");
  tree_.Write("releases/2/sub/index.html", "index of 2");
  tree_.Link("releases/1", "current");
  options_.root = tree_.At("current");
  const FileHandler handler = Handler();
  EXPECT_EQ(Call(handler, "/v.txt").body, "1");
  tree_.Link("releases/2", "next");
  ASSERT_EQ(::rename(tree_.At("next").c_str(), tree_.At("current").c_str()), 0);
  EXPECT_EQ(Call(handler, "/v.txt").body, "2");
  EXPECT_EQ(Call(handler, "/sub/").body, "index of 2");
  std::filesystem::remove_all(tree_.At("releases/1"));
  EXPECT_EQ(Call(handler, "/v.txt").body, "2");
  // An absolute link is one into the root by the path that the root has now.
  tree_.Link(tree_.At("releases/2/v.txt"), "releases/2/link");
  EXPECT_EQ(Call(handler, "/link").body, "2");
  // Between two steps of a deployment the path names nothing: what was served is served on.
  ASSERT_EQ(::unlink(tree_.At("current").c_str()), 0);
  EXPECT_EQ(Call(handler, "/v.txt").body, "2");
  tree_.Write("current", "a file");
  EXPECT_EQ(Call(handler, "/v.txt").body, "2");
  ASSERT_EQ(::unlink(tree_.At("current").c_str()), 0);
  tree_.Write("current/v.txt", "3");
  EXPECT_EQ(Call(handler, "/v.txt").body, "3");
}

TEST_P(FileHandlerTest, LooksAtTheRootsPathNoMoreOftenThanItIsTold) {
  tree_.Write("root2/file.txt", "2");
  options_.root_follow_interval = absl::InfiniteDuration();
  const FileHandler handler = Handler();
  EXPECT_EQ(Call(handler, "/file.txt").body, "text");  // the first look
  ASSERT_EQ(::rename(tree_.At("root").c_str(), tree_.At("old").c_str()), 0);
  ASSERT_EQ(::rename(tree_.At("root2").c_str(), tree_.At("root").c_str()), 0);
  EXPECT_EQ(Call(handler, "/file.txt").body, "text");
}

TEST_P(FileHandlerTest, ServesWhileTheRootIsSwitched) {
  tree_.Write("releases/1/v.txt", "1");
  tree_.Write("releases/2/v.txt", "2");
  tree_.Link("releases/1", "current");
  options_.root = tree_.At("current");
  const FileHandler handler = Handler();
  std::vector<std::thread> clients;
  for (int t = 0; t < 4; ++t) {
    clients.emplace_back([&handler] {
      for (int i = 0; i < 500; ++i) {
        const Answer answer = Call(handler, "/v.txt");
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.body == "1" || answer.body == "2") << answer.body;
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    tree_.Link(i % 2 == 0 ? "releases/2" : "releases/1", "next");
    ASSERT_EQ(::rename(tree_.At("next").c_str(), tree_.At("current").c_str()), 0);
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(Call(handler, "/v.txt").body, "1");
}

TEST_P(FileHandlerTest, CallsATagWeakWhileTheFileMayStillChangeUnnoticed) {
  for (std::time_t modified : {kNow - 1, kNow, kNow + 1000}) {
    tree_.SetTime("root/file.txt", modified);
    const std::string etag = Get("/file.txt").etag;
    EXPECT_TRUE(absl::StartsWith(etag, "W/\"")) << etag;
    EXPECT_EQ(Get("/file.txt", {{"If-None-Match", etag}}).status, 304);
    // Settled later: the client's copy is still good.
    EXPECT_EQ(Get("/file.txt", {{"If-None-Match", etag.substr(2)}}).status, 304);
  }
  tree_.SetTime("root/file.txt", kNow - 2);
  EXPECT_TRUE(absl::StartsWith(Get("/file.txt").etag, "\""));
}

TEST_P(FileHandlerTest, SaysHowAFileMayBeCachedWhenToldTo) {
  constexpr absl::string_view kLine = "Cache-Control: public, max-age=3600\r\n";
  const auto count = [&](absl::string_view target, const FakeRequest::Fields& fields = {}) {
    const std::string headers = Get(target, fields).headers;
    EXPECT_EQ(absl::StrContains(headers, "Cache-Control"), absl::StrContains(headers, kLine));
    return absl::StrContains(headers, kLine);
  };
  EXPECT_FALSE(count("/file.txt"));
  options_.cache_control = "public, max-age=3600";
  options_.list_directories = true;
  tree_.Write("root/indexed/index.html", "index");
  EXPECT_TRUE(count("/file.txt"));
  EXPECT_TRUE(count("/indexed/"));
  EXPECT_TRUE(count("/file.txt", {{"Range", "bytes=1-2"}}));
  // RFC 9110 section 15.4.5: a 304 has what a 200 would have had.
  EXPECT_TRUE(count("/file.txt", {{"If-None-Match", "*"}}));
  EXPECT_FALSE(count("/"));
  EXPECT_FALSE(count("/dir"));
  EXPECT_FALSE(count("/none"));
  EXPECT_FALSE(count("/file.txt", {{"If-Match", "\"x\""}}));
  EXPECT_FALSE(count("/file.txt", {{"Range", "bytes=4-"}}));
}

TEST_P(FileHandlerTest, NeverTellsATimeThatIsStillToCome) {
  tree_.SetTime("root/file.txt", kNow + 86400);
  EXPECT_EQ(Get("/file.txt").last_modified, FormatHttpDate(kNow));
}

TEST_P(FileHandlerTest, ForbidsWhatItMayNotRead) {
  tree_.Write("root/locked.txt", "locked");
  tree_.Write("root/closed/file", "closed");
  ASSERT_EQ(::chmod(tree_.At("root/locked.txt").c_str(), 0), 0);
  ASSERT_EQ(::chmod(tree_.At("root/closed").c_str(), 0), 0);
  options_.list_directories = true;
  const FileHandler handler = Handler();
  const WithoutCapabilities plain;
  const Answer locked = Call(handler, "/locked.txt");
  const Answer below = Call(handler, "/closed/file");
  const Answer listing = Call(handler, "/closed/");
  ASSERT_EQ(::chmod(tree_.At("root/closed").c_str(), 0700), 0);
  EXPECT_EQ(locked.status, 403);
  EXPECT_EQ(below.status, 403);
  EXPECT_EQ(listing.status, 403);
}

TEST_P(FileHandlerTest, Is503WhenThereIsNoDescriptorLeft) {
  tree_.Link("file.txt", "root/link");
  options_.list_directories = true;
  const FileHandler handler = Handler();
  rlimit limit;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  auto with_descriptors = [&](int count, absl::string_view target) {
    rlimit low = limit;
    low.rlim_cur = static_cast<rlim_t>(next) + static_cast<rlim_t>(count);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    Answer answer = Call(handler, target);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    return answer;
  };
  const Answer file = with_descriptors(0, "/file.txt");
  EXPECT_EQ(file.status, 503);
  EXPECT_TRUE(absl::StrContains(file.headers, "Retry-After: 1\r\n"));
  EXPECT_EQ(with_descriptors(0, "/").status, 503);
  // Enough for the directory, not for a look at the link in it: no listing that leaves it out.
  EXPECT_EQ(with_descriptors(1, "/").status, 503);
  EXPECT_EQ(with_descriptors(2, "/").status, 200);
}

TEST_P(FileHandlerTest, ServesManyThreadsAtOnce) {
  for (int i = 0; i < 8; ++i) tree_.Write(absl::StrCat("root/", i), std::string(100, '0' + i));
  const robusto::Handler handler = Handler();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&handler, t] {
      const FakeRequest request("GET", absl::StrCat("/", t));
      ResponseWriter response;
      for (int i = 0; i < 500; ++i) {
        response.Reset();
        handler(request.get(), response);
        ASSERT_EQ(response.status(), 200);
        char first;
        ASSERT_EQ(::pread(response.file().fd.get(), &first, 1, 0), 1);
        ASSERT_EQ(first, '0' + t);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FileHandlerCreateTest, NamesWhatIsWrong) {
  TempTree tree;
  FileHandlerOptions options;
  options.root = tree.At("none");
  EXPECT_TRUE(absl::StrContains(FileHandler::Create(options).status().message(), options.root));
  options.root = tree.path();
  for (const char* index : {"a/b", "..", ".", "/"}) {
    options.index = index;
    const absl::Status status = FileHandler::Create(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << index;
    EXPECT_TRUE(absl::StrContains(status.message(), index));
  }
  options.index = "";
  EXPECT_TRUE(FileHandler::Create(options).ok());
  for (const char* value : {"no-cache\r\nX: y", "no-cache\n", "\x7f", " no-cache", "no-cache\t"}) {
    options.cache_control = value;
    const absl::Status status = FileHandler::Create(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << value;
    EXPECT_TRUE(absl::StrContains(status.message(), "cache_control")) << status;
    EXPECT_FALSE(absl::StrContains(status.message(), "\n")) << status;
  }
  options.cache_control = "private, max-age=60, community=\"UCI\"";
  EXPECT_TRUE(FileHandler::Create(options).ok());
}

}  // namespace
}  // namespace robusto
