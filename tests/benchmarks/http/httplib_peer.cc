// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A peer for compare.py: cpp-httplib (package libcpp-httplib-dev) with its own pool of threads.
//
//   httplib_peer [--threads=N] [--root=DIR]
//
// A connection keeps its thread for as long as it lives, so N is at least the number of connections.
// GET /plaintext, POST /echo, GET /sleep?ms=N as tools/testbed has them, and the files of DIR. It
// says "listening on http://127.0.0.1:PORT" on stdout and ends by a signal. Built without the
// package it says so and exits with 77.

#include <cstdio>

#ifndef ROBUSTO_LACKS_HTTPLIB

#include <httplib.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  size_t threads = 10;
  httplib::Server server;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.rfind("--threads=", 0) == 0) {
      threads = std::strtoul(argument.c_str() + 10, nullptr, 10);
    } else if (argument.rfind("--root=", 0) == 0) {
      server.set_mount_point("/", argument.substr(7));
    }
  }
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  // The default closes a connection after five requests.
  server.set_keep_alive_max_count(std::numeric_limits<size_t>::max());
  server.set_tcp_nodelay(true);
  server.Get("/plaintext", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("Hello, World!", "text/plain");
  });
  server.Post("/echo", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content(request.body, "application/octet-stream");
  });
  server.Get("/sleep", [](const httplib::Request& request, httplib::Response& response) {
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::atoi(request.get_param_value("ms").c_str())));
    response.set_content("slept\n", "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) {
    std::fprintf(stderr, "httplib_peer: cpp-httplib does not listen\n");
    return 1;
  }
  std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}

#else

int main() {
  std::printf("libcpp-httplib-dev was not installed when this was built\n");
  return 77;
}

#endif  // ROBUSTO_LACKS_HTTPLIB
