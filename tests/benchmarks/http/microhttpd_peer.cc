// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A peer for compare.py: GNU libmicrohttpd (package libmicrohttpd-dev), set up as its manual
// advises for speed: epoll in a thread of its own, or in a pool of such threads.
//
//   microhttpd_peer [--threads=N] [--file=PATH]
//
// GET /plaintext, POST /echo, GET /sleep?ms=N as tools/testbed has them, GET /file. It says
// "listening on http://127.0.0.1:PORT" on stdout and ends by a signal. Built without the package it
// says so and exits with 77.

#include <unistd.h>

#include <cstdio>

#ifndef ROBUSTO_LACKS_LIBMICROHTTPD

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr unsigned int kConnections = 8192;
constexpr char kHello[] = "Hello, World!";

struct State {
  std::string file;
  // The same answer each time, made once.
  MHD_Response* hello;
  // Stands for the body of a request that has none.
  std::string no_body;
};

MHD_Result Respond(MHD_Connection* connection, MHD_Response* response, const char* type) {
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  const MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result RespondText(MHD_Connection* connection, const std::string& text, const char* type) {
  return Respond(connection,
                 MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()),
                                                 MHD_RESPMEM_MUST_COPY),
                 type);
}

MHD_Result RespondFile(MHD_Connection* connection, const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) < 0) return MHD_NO;
  return Respond(connection,
                 MHD_create_response_from_fd64(static_cast<uint64_t>(status.st_size), fd),
                 "application/octet-stream");
}

MHD_Result Handle(void* closure, MHD_Connection* connection, const char* url, const char* method,
                  const char*, const char* upload, size_t* upload_size, void** request) {
  auto* state = static_cast<State*>(closure);
  // The first call is for the head alone: who answers in it has the connection closed.
  auto* body = static_cast<std::string*>(*request);
  if (body == nullptr) {
    *request = std::strcmp(method, "POST") == 0 ? new std::string : &state->no_body;
    return MHD_YES;
  }
  if (body != &state->no_body) {
    if (*upload_size > 0) {
      body->append(upload, *upload_size);
      *upload_size = 0;
      return MHD_YES;
    }
    return RespondText(connection, *body, "application/octet-stream");
  }
  if (std::strcmp(url, "/plaintext") == 0) {
    return MHD_queue_response(connection, MHD_HTTP_OK, state->hello);
  }
  if (std::strcmp(url, "/file") == 0) return RespondFile(connection, state->file);
  if (std::strcmp(url, "/sleep") == 0) {
    const char* ms = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "ms");
    usleep(static_cast<useconds_t>(ms == nullptr ? 0 : std::atoi(ms) * 1000));
    return RespondText(connection, "slept\n", "text/plain");
  }
  return MHD_NO;
}

void Forget(void* closure, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
  if (*request != &static_cast<State*>(closure)->no_body)
    delete static_cast<std::string*>(*request);
}

}  // namespace

int main(int argc, char** argv) {
  State state;
  unsigned int threads = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.rfind("--threads=", 0) == 0) {
      threads = static_cast<unsigned int>(std::atoi(argument.c_str() + 10));
    } else if (argument.rfind("--file=", 0) == 0) {
      state.file = argument.substr(7);
    }
  }
  state.hello = MHD_create_response_from_buffer(sizeof(kHello) - 1, const_cast<char*>(kHello),
                                                MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(state.hello, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");

  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MHD_Daemon* daemon =
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, nullptr, nullptr, &Handle,
                       &state, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, &Forget,
                       &state, MHD_OPTION_CONNECTION_LIMIT, kConnections,
                       MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_END);
  if (daemon == nullptr) {
    std::fprintf(stderr, "microhttpd_peer: libmicrohttpd does not start\n");
    return 1;
  }
  std::printf("listening on http://127.0.0.1:%d\n",
              MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  std::fflush(stdout);
  while (true) pause();
}

#else

int main() {
  std::printf("libmicrohttpd-dev was not installed when this was built\n");
  return 77;
}

#endif  // ROBUSTO_LACKS_LIBMICROHTTPD
