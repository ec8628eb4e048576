// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/http/connection/segments_sent.h"

// A file of its own: the C library's <netinet/tcp.h>, which cannot be included together with this,
// does not know the field.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace robusto {

uint32_t SegmentsSent(int fd) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_data_segs_out : 0;
}

}  // namespace robusto
