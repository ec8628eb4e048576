// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The floor: the least that a server on epoll can do for a request, for others to be measured
// against.
//
// One thread. It looks for the empty line that ends a head, and sends bytes made up at the start:
// those of robusto's answer, so that as many go over the wire. It does not parse, checks nothing,
// has no limits, no timeouts and no statistics, and must not be used for anything else.
//
//   floor [--close] [--echo=BYTES] [--file=PATH]
//
//   --close       the answer has "Connection: close", and the connection is closed after it
//   --echo=BYTES  every request has a body of BYTES, which is what is answered
//   --file=PATH   the answer is this file, by sendfile
//
// It listens on a free port of 127.0.0.1, says so on stdout as "listening on
// http://127.0.0.1:PORT", and ends by a signal.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

constexpr size_t kInputBytes = 16 * 1024;
constexpr int kEvents = 256;
constexpr char kHeadEnd[] = "\r\n\r\n";
constexpr size_t kHeadEndBytes = 4;

struct Options {
  bool close = false;
  size_t echo_bytes = 0;
  int file = -1;
  off_t file_bytes = 0;
};

struct Connection {
  void Begin(int socket) {
    fd = socket;
    size = 0;
    output.clear();
    files = 0;
    closing = false;
    events = EPOLLIN;
  }

  int fd;
  // What was read and not yet answered: part of a request.
  size_t size;
  // What the socket did not take yet: bytes of `output`, then requests' files.
  std::string output;
  int files;
  off_t file_offset;
  bool closing;
  uint32_t events;
  char input[kInputBytes];
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

// A head like robusto's: Date is that of the start for ever, since only its length matters.
std::string Head(const char* type, size_t length, bool close) {
  const std::time_t now = std::time(nullptr);
  char date[64];
  std::strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&now));
  std::string head = "HTTP/1.1 200 OK\r\nServer: robusto\r\nDate: ";
  head += date;
  if (close) head += "\r\nConnection: close";
  head += "\r\nContent-Type: ";
  head += type;
  head += "\r\nContent-Length: ";
  head += std::to_string(length);
  head += kHeadEnd;
  return head;
}

class Floor {
 public:
  explicit Floor(const Options& options) : options_(options) {
    if (options.file >= 0) {
      answer_ =
          Head("application/octet-stream", static_cast<size_t>(options.file_bytes), options.close);
    } else if (options.echo_bytes > 0) {
      answer_ = Head("application/octet-stream", options.echo_bytes, options.close);
    } else {
      answer_ = Head("text/plain", 13, options.close) + "Hello, World!";
      while (answers_.size() < kInputBytes) answers_ += answer_;
    }
  }

  [[noreturn]] void Run() {
    // sendfile to a client that has gone.
    std::signal(SIGPIPE, SIG_IGN);
    Listen();
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event = {EPOLLIN, {nullptr}};
    if (epoll_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) < 0) Die("epoll");
    epoll_event events[kEvents];
    while (true) {
      const int count = epoll_wait(epoll_, events, kEvents, -1);
      if (count < 0 && errno != EINTR) Die("epoll_wait");
      for (int i = 0; i < count; ++i) {
        if (events[i].data.ptr == nullptr) {
          Accept();
        } else {
          Serve(static_cast<Connection*>(events[i].data.ptr));
        }
      }
    }
  }

 private:
  void Listen() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    // Those that are accepted inherit it.
    const int on = 1;
    if (listener_ < 0 || setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
        bind(listener_, reinterpret_cast<sockaddr*>(&address), size) < 0 ||
        listen(listener_, 4096) < 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) < 0) {
      Die("listen");
    }
    std::printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void Accept() {
    int fd;
    while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
      Connection* const connection = spare_.empty() ? new Connection : spare_.back();
      if (!spare_.empty()) spare_.pop_back();
      connection->Begin(fd);
      epoll_event event = {EPOLLIN, {connection}};
      if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) < 0) Die("epoll_ctl");
    }
  }

  void Serve(Connection* connection) {
    const bool going_on = connection->events == EPOLLOUT ? Send(connection) : Receive(connection);
    if (going_on) return;
    close(connection->fd);
    spare_.push_back(connection);
  }

  // False when the connection has come to its end.
  bool Receive(Connection* connection) {
    const ssize_t got = recv(connection->fd, connection->input + connection->size,
                             kInputBytes - connection->size, 0);
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    connection->size += static_cast<size_t>(got);
    const size_t requests = TakeRequests(connection);
    if (requests == 0) return connection->size < kInputBytes;
    connection->closing = options_.close;
    if (!answers_.empty()) return SendAnswers(connection, requests);
    if (options_.file >= 0) {
      connection->files += static_cast<int>(requests);
      connection->file_offset = -1;
    }
    return Send(connection);
  }

  // How many whole requests there are; leaves what follows them. Bodies go to the output, after a
  // head.
  size_t TakeRequests(Connection* connection) {
    const char* const end = connection->input + connection->size;
    const char* at = connection->input;
    size_t requests = 0;
    while (true) {
      const void* found = memmem(at, static_cast<size_t>(end - at), kHeadEnd, kHeadEndBytes);
      if (found == nullptr) break;
      const char* const body = static_cast<const char*>(found) + kHeadEndBytes;
      if (static_cast<size_t>(end - body) < options_.echo_bytes) break;
      if (options_.echo_bytes > 0) {
        connection->output += answer_;
        connection->output.append(body, options_.echo_bytes);
      }
      at = body + options_.echo_bytes;
      ++requests;
    }
    connection->size = static_cast<size_t>(end - at);
    if (connection->size > 0 && at != connection->input) {
      std::memmove(connection->input, at, connection->size);
    }
    return requests;
  }

  bool SendAnswers(Connection* connection, size_t requests) {
    size_t left = requests * answer_.size();
    if (connection->output.empty() && left <= answers_.size()) {
      const ssize_t sent = send(connection->fd, answers_.data(), left, MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent == static_cast<ssize_t>(left)) return !connection->closing;
      connection->output.assign(answers_, static_cast<size_t>(sent < 0 ? 0 : sent),
                                left - static_cast<size_t>(sent < 0 ? 0 : sent));
    } else {
      while (requests-- > 0) connection->output += answer_;
    }
    return Send(connection);
  }

  // Sends what is left: output, and then each file after its head. False at the connection's end.
  bool Send(Connection* connection) {
    while (true) {
      if (connection->files > 0 && connection->file_offset < 0) {
        connection->output = answer_;
        connection->file_offset = 0;
      }
      if (!connection->output.empty()) {
        const int more = connection->files > 0 ? MSG_MORE : 0;
        const ssize_t sent = send(connection->fd, connection->output.data(),
                                  connection->output.size(), MSG_NOSIGNAL | more);
        if (sent < 0) return errno == EAGAIN && Await(connection, EPOLLOUT);
        if (static_cast<size_t>(sent) < connection->output.size()) {
          connection->output.erase(0, static_cast<size_t>(sent));
          continue;
        }
        connection->output.clear();
      }
      if (connection->files == 0) break;
      const ssize_t sent =
          sendfile(connection->fd, options_.file, &connection->file_offset,
                   static_cast<size_t>(options_.file_bytes - connection->file_offset));
      if (sent < 0) return errno == EAGAIN && Await(connection, EPOLLOUT);
      if (connection->file_offset == options_.file_bytes) {
        connection->files--;
        connection->file_offset = -1;
      }
    }
    return !connection->closing && Await(connection, EPOLLIN);
  }

  bool Await(Connection* connection, uint32_t events) {
    if (connection->events == events) return true;
    connection->events = events;
    epoll_event event = {events, {connection}};
    return epoll_ctl(epoll_, EPOLL_CTL_MOD, connection->fd, &event) == 0;
  }

  const Options options_;
  std::string answer_;
  // The answer again and again, for pipelined requests.
  std::string answers_;
  // Of connections that were closed, for the next ones.
  std::vector<Connection*> spare_;
  int listener_ = -1;
  int epoll_ = -1;
};

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--close") {
      options.close = true;
    } else if (argument.rfind("--echo=", 0) == 0) {
      options.echo_bytes = std::strtoul(argument.c_str() + 7, nullptr, 10);
    } else if (argument.rfind("--file=", 0) == 0) {
      options.file = open(argument.c_str() + 7, O_RDONLY | O_CLOEXEC);
      struct stat status;
      if (options.file < 0 || fstat(options.file, &status) < 0) Die(argument.c_str());
      options.file_bytes = status.st_size;
    } else {
      std::fprintf(stderr, "floor: %s is no option; see the top of floor.cc\n", argv[i]);
      std::exit(2);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) { Floor(ParseOptions(argc, argv)).Run(); }
