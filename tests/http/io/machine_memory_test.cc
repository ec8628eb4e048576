// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/machine_memory.h"

#include "gtest/gtest.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

constexpr uint64_t kPhysical = 1'000'000;

TEST(MachineMemoryTest, WithoutControlGroupsItIsWhatTheMachineHas) {
  const TempTree tree;
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), kPhysical);
}

TEST(MachineMemoryTest, TheGroupsOfVersion2LimitItEachByItself) {
  const TempTree tree;
  tree.Write("proc/self/cgroup", "0::/system.slice/robusto.service\n");
  tree.Write("sys/fs/cgroup/system.slice/robusto.service/memory.max", "max\n");
  tree.Write("sys/fs/cgroup/system.slice/memory.max", "500000\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), 500'000u);
  tree.Write("sys/fs/cgroup/system.slice/robusto.service/memory.max", "300000\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), 300'000u);
}

TEST(MachineMemoryTest, InAContainerTheMountIsItsGroup) {
  const TempTree tree;
  tree.Write("proc/self/cgroup", "0::/\n");
  tree.Write("sys/fs/cgroup/memory.max", "400000\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), 400'000u);
  tree.Write("proc/self/cgroup", "0::/../../elsewhere\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), 400'000u);
}

TEST(MachineMemoryTest, TheMemoryControllerOfVersion1LimitsIt) {
  const TempTree tree;
  tree.Write("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/docker/abc\n0::/\n");
  tree.Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "200000\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), 200'000u);
}

TEST(MachineMemoryTest, ALimitBeyondTheMachineAndOneThatIsNoNumberDoNotCount) {
  const TempTree tree;
  tree.Write("proc/self/cgroup", "0::/a\n");
  tree.Write("sys/fs/cgroup/a/memory.max", "9223372036854771712\n");
  tree.Write("sys/fs/cgroup/memory.max", "gibberish\n");
  EXPECT_EQ(UsableMemoryBytes(tree.path(), kPhysical), kPhysical);
}

TEST(MachineMemoryTest, ThisMachineHasSome) { EXPECT_GT(UsableMemoryBytes(), 16u << 20); }

}  // namespace
}  // namespace robusto
