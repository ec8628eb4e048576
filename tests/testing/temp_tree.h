// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TempTree: a directory of a test's own, below TEST_TMPDIR, gone with the object.
//
//   TempTree tree;
//   tree.Write("a/b.txt", "text");        // makes the directories on the way
//   tree.Link("a/b.txt", "link");         // link -> a/b.txt
//
// A step that fails fails the test. Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_TESTS_TESTING_TEMP_TREE_H_
#define ROBUSTO_TESTS_TESTING_TEMP_TREE_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "gtest/gtest.h"

namespace robusto {

class TempTree {
 public:
  TempTree() : path_(std::filesystem::canonical(::testing::TempDir()).string() + "/treeXXXXXX") {
    EXPECT_NE(::mkdtemp(&path_[0]), nullptr) << path_;
  }
  TempTree(const TempTree&) = delete;
  TempTree& operator=(const TempTree&) = delete;
  ~TempTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string At(const std::string& name) const { return path_ + "/" + name; }

  void Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file(At(name));
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_TRUE(std::filesystem::exists(file)) << name;
  }
  void MakeDirectory(const std::string& name) const {
    std::filesystem::create_directories(At(name));
  }
  void Link(const std::string& target, const std::string& name) const {
    EXPECT_EQ(::symlink(target.c_str(), At(name).c_str()), 0) << name;
  }
  // A FIFO, socket or device: `type` is S_IFIFO, S_IFSOCK, ...
  void MakeNode(const std::string& name, mode_t type) const {
    EXPECT_EQ(::mknod(At(name).c_str(), type | 0600, 0), 0) << name;
  }
  void SetTime(const std::string& name, std::time_t seconds, long nanoseconds = 0) const {
    const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    EXPECT_EQ(::utimensat(AT_FDCWD, At(name).c_str(), times, 0), 0) << name;
  }

 private:
  std::string path_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_TEMP_TREE_H_
