// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// "max", and what is not a number, is no limit.
void Apply(const std::string& path, uint64_t* bytes) {
  uint64_t limit = 0;
  if (absl::SimpleAtoi(ReadFile(path), &limit) && limit > 0) *bytes = std::min(*bytes, limit);
}

}  // namespace

uint64_t UsableMemoryBytes(const std::string& root, uint64_t physical) {
  uint64_t bytes = physical;
  // Lines of "ID:CONTROLLERS:PATH"; version 2 has the ID 0 and no controllers.
  const std::string groups = ReadFile(absl::StrCat(root, "/proc/self/cgroup"));
  for (absl::string_view line : absl::StrSplit(groups, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> id =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const std::pair<absl::string_view, absl::string_view> rest =
        absl::StrSplit(id.second, absl::MaxSplits(':', 1));
    const bool version2 = rest.first.empty();
    bool memory = version2;
    for (absl::string_view controller : absl::StrSplit(rest.first, ',')) {
      memory |= controller == "memory";
    }
    if (!memory) continue;
    const std::string mount =
        absl::StrCat(root, version2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
    const char* const name = version2 ? "/memory.max" : "/memory.limit_in_bytes";
    // Every group above limits it, too. In a container the path may lead out of what is mounted:
    // then the mount itself is the container's group.
    absl::string_view group = absl::StripSuffix(rest.second, "/");
    for (;;) {
      Apply(absl::StrCat(mount, group, name), &bytes);
      const size_t slash = group.rfind('/');
      if (slash == absl::string_view::npos) break;
      group = group.substr(0, slash);
    }
  }
  return bytes;
}

uint64_t UsableMemoryBytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGE_SIZE);
  const uint64_t physical = pages > 0 && page > 0
                                ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(page)
                                : uint64_t{1} << 30;
  return UsableMemoryBytes("", physical);
}

}  // namespace robusto
