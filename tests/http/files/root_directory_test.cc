// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/root_directory.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

std::string ReadAll(int fd) {
  char buffer[4096];
  const ssize_t size = ::read(fd, buffer, sizeof(buffer));
  return size < 0 ? absl::StrCat("read: ", std::strerror(errno))
                  : std::string(buffer, static_cast<size_t>(size));
}

// Every case with the kernel's resolution and with our own walk: they must not differ.
class RootDirectoryTest : public ::testing::TestWithParam<bool> {
 protected:
  RootDirectoryTest() {
    tree_.Write("outside/secret", "secret");
    tree_.Write("root/file", "file");
    tree_.Write("root/dir/inner", "inner");
    tree_.MakeDirectory("root/dir/deep/er");
    tree_.MakeDirectory("root2");
    tree_.Write("root2/file", "not root");
  }

  RootDirectory Root(bool follow_outside = false) const {
    RootDirectory::Options options;
    options.use_openat2 = GetParam();
    options.follow_outside_symlinks = follow_outside;
    auto root = RootDirectory::Create(tree_.At("root"), options);
    EXPECT_TRUE(root.ok()) << root.status();
    return std::move(*root);
  }

  // The contents, or the name of the error.
  static std::string Read(const RootDirectory& root, const std::string& path) {
    const RootDirectory::Opened opened = root.Open(path, O_RDONLY | O_NONBLOCK);
    if (!opened.fd.valid()) return ::strerrorname_np(opened.error);
    return ReadAll(opened.fd.get());
  }
  std::string Read(const std::string& path) const { return Read(Root(), path); }

  TempTree tree_;
};

INSTANTIATE_TEST_SUITE_P(Resolution, RootDirectoryTest, ::testing::Values(true, false),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "ByTheKernel" : "BySegments";
                         });

TEST_P(RootDirectoryTest, OpensWhatIsBelow) {
  EXPECT_EQ(Read("file"), "file");
  EXPECT_EQ(Read("dir/inner"), "inner");
  EXPECT_EQ(Read("./dir/./inner"), "inner");
  EXPECT_EQ(Read("dir//inner"), "inner");
  EXPECT_TRUE(Root().Open(".", O_RDONLY | O_DIRECTORY).fd.valid());
  EXPECT_TRUE(Root().Open("dir/", O_RDONLY | O_DIRECTORY).fd.valid());
}

TEST_P(RootDirectoryTest, SaysWhyNot) {
  EXPECT_EQ(Read("none"), "ENOENT");
  EXPECT_EQ(Read("none/inner"), "ENOENT");
  EXPECT_EQ(Read("file/inner"), "ENOTDIR");
  EXPECT_EQ(Read("file/"), "ENOTDIR");
  EXPECT_EQ(Read(std::string(256, 'x')), "ENAMETOOLONG");
  EXPECT_EQ(Read(absl::StrCat(std::string(5000, '/'), "file")), "ENAMETOOLONG");
  EXPECT_EQ(::strerrorname_np(Root().Open("file", O_RDONLY | O_DIRECTORY).error),
            std::string("ENOTDIR"));
}

TEST_P(RootDirectoryTest, DoesNotClimbOut) {
  EXPECT_EQ(Read(".."), "EXDEV");
  EXPECT_EQ(Read("../outside/secret"), "EXDEV");
  EXPECT_EQ(Read("dir/../../outside/secret"), "EXDEV");
  EXPECT_EQ(Read("../root/file"), "EXDEV");
  EXPECT_EQ(Read("dir/../file"), "file");
}

TEST_P(RootDirectoryTest, FollowsLinksThatStayBelow) {
  tree_.Link("file", "root/to_file");
  tree_.Link("to_file", "root/to_link");
  tree_.Link("../file", "root/dir/up");
  tree_.Link("dir/deep", "root/to_deep");
  tree_.Link("../../../file", "root/dir/deep/er/up");
  tree_.Link(".", "root/self");
  EXPECT_EQ(Read("to_file"), "file");
  EXPECT_EQ(Read("to_link"), "file");
  EXPECT_EQ(Read("dir/up"), "file");
  EXPECT_EQ(Read("to_deep/er/up"), "file");
  // ".." after a link is the parent of what it leads to, not of the link.
  EXPECT_EQ(Read("to_deep/../inner"), "inner");
  EXPECT_EQ(Read("self/self/file"), "file");
}

TEST_P(RootDirectoryTest, FollowsAbsoluteLinksIntoTheRoot) {
  tree_.Link(tree_.At("root/dir"), "root/to_dir");
  tree_.Link(tree_.At("root/file"), "root/dir/to_file");
  tree_.Link(tree_.At("root"), "root/dir/to_root");
  EXPECT_EQ(Read("to_dir/inner"), "inner");
  EXPECT_EQ(Read("dir/to_file"), "file");
  EXPECT_EQ(Read("dir/to_root/file"), "file");
  EXPECT_EQ(Read("to_dir/to_root/to_dir/to_file"), "file");
}

TEST_P(RootDirectoryTest, FollowsNoLinkOutOfTheRoot) {
  tree_.Link(tree_.At("outside/secret"), "root/absolute");
  tree_.Link("../outside/secret", "root/relative");
  tree_.Link("..", "root/parent");
  tree_.Link("../..", "root/dir/grandparent");
  tree_.Link("/", "root/slash");
  tree_.Link("absolute", "root/twice");
  tree_.Link(tree_.At("root2/file"), "root/same_prefix");
  tree_.Link(tree_.At("root/../outside/secret"), "root/in_and_out");
  tree_.Link("../root/file", "root/out_and_in");
  for (const char* name :
       {"absolute", "relative", "parent", "parent/outside/secret", "dir/grandparent",
        "dir/grandparent/outside/secret", "slash", "slash/etc/passwd", "twice", "same_prefix",
        "in_and_out", "out_and_in"}) {
    EXPECT_EQ(Read(name), "EXDEV") << name;
    EXPECT_EQ(Root().Open(name, O_PATH).error, EXDEV) << name;
  }
}

TEST_P(RootDirectoryTest, FollowsThemWhenToldTo) {
  tree_.Link(tree_.At("outside/secret"), "root/absolute");
  tree_.Link("../outside", "root/relative");
  const RootDirectory root = Root(/*follow_outside=*/true);
  EXPECT_EQ(Read(root, "absolute"), "secret");
  EXPECT_EQ(Read(root, "relative/secret"), "secret");
  EXPECT_EQ(Read(root, "file"), "file");
}

TEST_P(RootDirectoryTest, EndsOnLinksInACircle) {
  tree_.Link("b", "root/a");
  tree_.Link("a", "root/b");
  tree_.Link("me/x", "root/me");
  tree_.Link(tree_.At("root/round"), "root/round");
  EXPECT_EQ(Read("a"), "ELOOP");
  EXPECT_EQ(Read("a/file"), "ELOOP");
  EXPECT_EQ(Read("me"), "ELOOP");
  EXPECT_EQ(Read("round"), "ELOOP");
  tree_.Link(".", "root/self");
  std::string path;
  for (int i = 0; i < 41; ++i) path += "self/";
  EXPECT_EQ(Read(path + "file"), "ELOOP");
  EXPECT_EQ(Read(path.substr(5) + "file"), "file");
}

TEST_P(RootDirectoryTest, SaysThatADanglingLinkLeadsNowhere) {
  tree_.Link("nowhere", "root/dangling");
  EXPECT_EQ(Read("dangling"), "ENOENT");
}

TEST_P(RootDirectoryTest, LooksThroughALinkWithOPath) {
  tree_.Link("dir", "root/to_dir");
  const RootDirectory::Opened opened = Root().Open("to_dir", O_PATH);
  struct stat info;
  ASSERT_EQ(::fstat(opened.fd.get(), &info), 0);
  EXPECT_TRUE(S_ISDIR(info.st_mode));
}

TEST_P(RootDirectoryTest, StaysWithTheDirectoryThatWasThere) {
  const RootDirectory root = Root();
  ASSERT_EQ(::rename(tree_.At("root").c_str(), tree_.At("moved").c_str()), 0);
  tree_.Write("root/file", "another");
  EXPECT_EQ(Read(root, "file"), "file");
}

TEST_P(RootDirectoryTest, SlashIsARootToo) {
  RootDirectory::Options options;
  options.use_openat2 = GetParam();
  auto root = RootDirectory::Create("/", options);
  ASSERT_TRUE(root.ok());
  tree_.Link(tree_.At("outside/secret"), "root/absolute");
  EXPECT_EQ(Read(*root, tree_.At("root/absolute").substr(1)), "secret");
}

TEST_P(RootDirectoryTest, ClosesWhatItOpensOnTheWay) {
  tree_.Link("../file", "root/dir/up");
  const RootDirectory root = Root();
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = count();
  for (int i = 0; i < 50; ++i) {
    Read(root, "dir/deep/er/none");
    Read(root, "dir/up");
    Read(root, "dir/deep/../../../x");
  }
  EXPECT_EQ(count(), before);
}

// Somebody who may write below the root, and does `step` over and over as long as this is here.
class Attacker {
 public:
  explicit Attacker(std::function<void()> step)
      : step_(std::move(step)), thread_([this] {
          while (!done_.load(std::memory_order_relaxed)) step_();
        }) {}
  ~Attacker() {
    done_.store(true, std::memory_order_relaxed);  // join() orders the rest
    thread_.join();
  }

 private:
  const std::function<void()> step_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

void Swap(const std::string& a, const std::string& b) {
  EXPECT_EQ(::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE), 0);
}

void Move(const std::string& from, const std::string& to) {
  EXPECT_EQ(::rename(from.c_str(), to.c_str()), 0);
}

TEST_P(RootDirectoryTest, IsNotFooledByALinkThatIsSwappedInForADirectory) {
  tree_.Write("root/dir/secret", "harmless");
  tree_.Link("../outside", "root/link");
  const RootDirectory root = Root();
  const Attacker attacker([this] { Swap(tree_.At("root/dir"), tree_.At("root/link")); });
  for (int i = 0; i < 40000; ++i) {
    const std::string got = Read(root, "dir/secret");
    // ENOTDIR: the walk found a directory and opened a link.
    ASSERT_TRUE(got == "harmless" || got == "EXDEV" || got == "ENOTDIR") << got;
  }
}

TEST_P(RootDirectoryTest, IsNotFooledByALinkThatIsSwappedInForAFile) {
  tree_.Link("../outside/secret", "root/link");
  const RootDirectory root = Root();
  const Attacker attacker([this] { Swap(tree_.At("root/file"), tree_.At("root/link")); });
  for (int i = 0; i < 10000; ++i) {
    const std::string got = Read(root, "file");
    ASSERT_TRUE(got == "file" || got == "EXDEV" || got == "ELOOP") << got;
  }
}

// Somebody moves a directory upwards and back while "..", by way of a link, is resolved in it.
TEST_P(RootDirectoryTest, IsNotFooledByADirectoryThatIsMovedOutOfTheRoot) {
  tree_.Write("root/dir/deep/secret", "harmless");
  tree_.Write("secret", "outside");
  tree_.Link("deep/er/../../secret", "root/dir/climb");
  tree_.Write("root/dir/secret", "harmless");
  const RootDirectory root = Root();
  const Attacker attacker([this] {
    Move(tree_.At("root/dir/deep/er"), tree_.At("outside/er"));
    Move(tree_.At("outside/er"), tree_.At("root/dir/deep/er"));
  });
  for (int i = 0; i < 10000; ++i) {
    const std::string got = Read(root, "dir/climb");
    ASSERT_TRUE(got == "harmless" || got == "ENOENT" || got == "EXDEV" || got == "EAGAIN") << got;
  }
}

TEST(RootDirectoryCreateTest, NamesTheDirectoryThatItCannotOpen) {
  TempTree tree;
  tree.Write("file", "");
  auto none = RootDirectory::Create(tree.At("none"), {});
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(none.status().message(), tree.At("none")));
  auto file = RootDirectory::Create(tree.At("file"), {});
  EXPECT_FALSE(file.ok());
  EXPECT_TRUE(absl::StrContains(file.status().message(), "Not a directory")) << file.status();
  EXPECT_FALSE(RootDirectory::Create("", {}).ok());
}

}  // namespace
}  // namespace robusto
