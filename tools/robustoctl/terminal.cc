// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace robusto {
namespace {

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) sigaddset(&signals, signal);
  return signals;
}

int NewSignalFd() {
  const sigset_t signals = Signals();
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void Write(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // Wait reports a closed terminal
    text.remove_prefix(static_cast<size_t>(written));
  }
}

bool Set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

bool Terminal::Usable() {
  const char* const term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && term != nullptr && std::strcmp(term, "dumb") != 0;
}

bool Terminal::WantsColour() { return !Set("NO_COLOR"); }

bool Terminal::SpeaksUtf8() {
  setlocale(LC_CTYPE, "");
  return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void Terminal::BlockSignals() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Terminal::Terminal()
    : signals_(NewSignalFd()),
      wakes_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      has_keys_(isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before_) == 0) {}

Terminal::~Terminal() {
  Leave();
  close(signals_);
  close(wakes_);
}

void Terminal::Enter() {
  entered_ = true;
  TakeScreen();
}

void Terminal::TakeScreen() {
  if (has_keys_) {
    termios keys = before_;
    // Read single keys without echo; Ctrl-C and Ctrl-Z remain signals.
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    keys.c_cc[VMIN] = 0;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
  }
  // Use the alternate screen, hide the cursor, and disable line wrapping, which would garble the screen of
  // a terminal that has become narrower.
  Write("\x1b[?1049h\x1b[?25l\x1b[?7l");
  ReadSize();
}

void Terminal::Leave() {
  if (!entered_) return;
  Write("\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l");
  if (has_keys_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void Terminal::ReadSize() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return;
  columns_ = size.ws_col;
  rows_ = size.ws_row;
}

void Terminal::Suspend() {
  Leave();
  raise(SIGSTOP);
  if (entered_) TakeScreen();
}

void Terminal::Show(absl::string_view screen) {
  // Overwrite line by line: clearing the whole screen first would flicker. Clear each line before writing
  // it: after a line of full width the cursor is still on its last column.
  std::string out = "\x1b[H";
  while (true) {
    const size_t end = screen.find('\n');
    const absl::string_view line = screen.substr(0, end);
    out += "\x1b[K";
    out.append(line.data(), line.size());
    if (end == absl::string_view::npos) break;
    out += "\r\n";
    screen.remove_prefix(end + 1);
  }
  Write(out);
}

Terminal::Event Terminal::Wait() {
  for (;;) {
    pollfd sources[] = {{signals_, POLLIN, 0},
                        {wakes_, POLLIN, 0},
                        {has_keys_ && entered_ ? STDIN_FILENO : -1, POLLIN, 0}};
    if (poll(sources, 3, -1) < 0 && errno != EINTR) return {kHangUp, 0};
    signalfd_siginfo signal;
    if (sources[0].revents != 0 && read(signals_, &signal, sizeof(signal)) == sizeof(signal)) {
      switch (signal.ssi_signo) {
        case SIGTSTP:
          Suspend();
          return {kRedraw, 0};
        case SIGWINCH:
          ReadSize();
          return {kRedraw, 0};
        default:
          return {kSignal, static_cast<int>(signal.ssi_signo)};
      }
    }
    if (sources[2].revents != 0) {
      char key;
      const ssize_t count = read(STDIN_FILENO, &key, 1);
      if (count == 1) return {kKey, key};
      if (count == 0 || errno != EINTR) return {kHangUp, 0};
    }
    uint64_t wakes;
    if (sources[1].revents != 0 && read(wakes_, &wakes, sizeof(wakes)) == sizeof(wakes)) {
      return {kWoken, 0};
    }
  }
}

void Terminal::Wake() {
  const uint64_t one = 1;
  // Fails only if the counter would overflow; then a wake-up is pending anyway.
  if (write(wakes_, &one, sizeof(one)) != sizeof(one)) return;
}

}  // namespace robusto
