// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A library to be loaded before the C library (LD_PRELOAD): its functions stand before those of the
// same name and fail where the table (fault_table.h) says so. Without a table all go through. What
// the clocks say is in fault_clocks.cc.

#include "tests/testing/faults/faults.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace robusto {
namespace {

std::atomic<FaultTable*> mapped{nullptr};

__attribute__((constructor)) void MapTable() {
  const char* const path = std::getenv("ROBUSTO_FAULTS");
  if (path == nullptr) return;
  // By number: open below is ours.
  const auto fd = static_cast<int>(
      NextSyscall(SYS_openat, AT_FDCWD, reinterpret_cast<long>(path), O_RDWR | O_CLOEXEC));
  void* const at = mmap(nullptr, sizeof(FaultTable), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd < 0 || at == MAP_FAILED) {
    std::fprintf(stderr, "ROBUSTO_FAULTS: %s: %s\n", path, std::strerror(errno));
    std::abort();
  }
  close(fd);
  mapped.store(static_cast<FaultTable*>(at));
  Add(static_cast<FaultTable*>(at)->loaded, 1);
}

bool HasName(int fd, const char* part) {
  char link[32];
  char name[256];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, name, sizeof(name) - 1);
  if (size < 0) return false;
  name[size] = '\0';
  return std::strstr(name, part) != nullptr;
}

bool HasPort(int fd, int port) {
  sockaddr_in name = {};
  socklen_t size = sizeof(name);
  return getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
         name.sin_family == AF_INET && ntohs(name.sin_port) == port;
}

bool IsThread(const char* begin) {
  char name[16] = {};
  return pthread_getname_np(pthread_self(), name, sizeof(name)) == 0 &&
         std::strncmp(name, begin, std::strlen(begin)) == 0;
}

// Whether this call has the fault, by the numbers.
bool IsDue(FaultRule& rule) {
  const int64_t number = Add(rule.matched, 1);
  if (number < rule.skip || (number - rule.skip) % std::max(rule.every, 1) != 0) return false;
  int64_t left = __atomic_load_n(&rule.left, __ATOMIC_SEQ_CST);
  while (left > 0) {
    if (__atomic_compare_exchange_n(&rule.left, &left, left - 1, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST)) {
      break;
    }
  }
  return left != 0;
}

}  // namespace

FaultTable* Table() { return mapped.load(std::memory_order_acquire); }

int64_t Add(int64_t& counter, int64_t delta) {
  return __atomic_fetch_add(&counter, delta, __ATOMIC_SEQ_CST);
}

Fault NextFault(const char* function, int fd) {
  FaultTable* const table = Table();
  if (table == nullptr) return {};
  const int before = errno;
  Fault fault;
  for (FaultRule& rule : table->rules) {
    const int32_t action = __atomic_load_n(&rule.action, __ATOMIC_ACQUIRE);
    if (action == kFaultOff || std::strncmp(rule.function, function, sizeof(rule.function)) != 0 ||
        (rule.port != 0 && !HasPort(fd, rule.port)) ||
        (rule.descriptor[0] != '\0' && !HasName(fd, rule.descriptor)) ||
        (rule.thread[0] != '\0' && !IsThread(rule.thread)) || !IsDue(rule)) {
      continue;
    }
    Add(rule.delivered, 1);
    fault = {action == kFaultFail ? rule.error : 0,
             action == kFaultShort ? static_cast<size_t>(rule.bytes) : SIZE_MAX};
    break;
  }
  errno = before;
  return fault;
}

}  // namespace robusto

using robusto::Fault;
using robusto::NextFault;

#define FAIL_IF_TOLD(function, fd)             \
  const Fault fault = NextFault(function, fd); \
  if (fault.error != 0) {                      \
    errno = fault.error;                       \
    return -1;                                 \
  }

extern "C" {

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  FAIL_IF_TOLD("accept4", fd)
  return ROBUSTO_NEXT(accept4)(fd, address, size, flags);
}

int epoll_create1(int flags) noexcept {
  FAIL_IF_TOLD("epoll_create1", -1)
  return ROBUSTO_NEXT(epoll_create1)(flags);
}

int eventfd(unsigned count, int flags) noexcept {
  FAIL_IF_TOLD("eventfd", -1)
  return ROBUSTO_NEXT(eventfd)(count, flags);
}

// "epoll_ctl_add" and so on; the descriptor is the one that is watched.
int epoll_ctl(int epoll, int what, int fd, epoll_event* event) noexcept {
  FAIL_IF_TOLD(what == EPOLL_CTL_ADD   ? "epoll_ctl_add"
               : what == EPOLL_CTL_MOD ? "epoll_ctl_mod"
                                       : "epoll_ctl_del",
               fd)
  return ROBUSTO_NEXT(epoll_ctl)(epoll, what, fd, event);
}

int epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  FAIL_IF_TOLD("epoll_wait", epoll)
  return robusto::EpollWaitByClock(ROBUSTO_NEXT(epoll_wait), epoll, events, count, timeout);
}

ssize_t recv(int fd, void* data, size_t size, int flags) {
  FAIL_IF_TOLD("recv", fd)
  return ROBUSTO_NEXT(recv)(fd, data, std::min(size, fault.most), flags);
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  FAIL_IF_TOLD("send", fd)
  return ROBUSTO_NEXT(send)(fd, data, std::min(size, fault.most), flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  FAIL_IF_TOLD("sendmsg", fd)
  if (fault.most == SIZE_MAX || message->msg_iovlen == 0) {
    return ROBUSTO_NEXT(sendmsg)(fd, message, flags);
  }
  iovec part = message->msg_iov[0];
  part.iov_len = std::min(part.iov_len, fault.most);
  msghdr less = *message;
  less.msg_iov = &part;
  less.msg_iovlen = 1;
  return ROBUSTO_NEXT(sendmsg)(fd, &less, flags);
}

ssize_t sendfile(int out, int in, off_t* offset, size_t size) noexcept {
  FAIL_IF_TOLD("sendfile", out)
  return ROBUSTO_NEXT(sendfile)(out, in, offset, std::min(size, fault.most));
}

ssize_t read(int fd, void* data, size_t size) {
  FAIL_IF_TOLD("read", fd)
  return ROBUSTO_NEXT(read)(fd, data, std::min(size, fault.most));
}

ssize_t write(int fd, const void* data, size_t size) {
  FAIL_IF_TOLD("write", fd)
  return ROBUSTO_NEXT(write)(fd, data, std::min(size, fault.most));
}

int fstat(int fd, struct stat* info) noexcept {
  FAIL_IF_TOLD("fstat", fd)
  return ROBUSTO_NEXT(fstat)(fd, info);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, mode_t);
  va_end(arguments);
  FAIL_IF_TOLD("open", -1)
  return ROBUSTO_NEXT(open)(path, flags, mode);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*main)(void*),
                   void* argument) noexcept {
  const Fault fault = NextFault("pthread_create", -1);
  if (fault.error != 0) return fault.error;
  return ROBUSTO_NEXT(pthread_create)(thread, attributes, main, argument);
}

// "openat2", which has no function of its own.
long syscall(long number, ...) noexcept {
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_openat2) {
    FAIL_IF_TOLD("openat2", -1)
  }
  if (number == SYS_futex) return robusto::FutexByClock(a);
  return robusto::NextSyscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

}  // extern "C"

long robusto::NextSyscall(long number, long a, long b, long c, long d, long e, long f) {
  return ROBUSTO_NEXT(syscall)(number, a, b, c, d, e, f);
}
