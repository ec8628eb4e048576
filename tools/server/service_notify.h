// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServiceNotifier: tells the service manager how the process does: the protocol of sd_notify(3),
// which is a datagram to the unix socket that NOTIFY_SOCKET names. With Type=notify systemd
// takes the service for started when it says so itself.
//
//   const ServiceNotifier notifier = ServiceNotifier::FromEnvironment(warn);
//   notifier.Ready("listening on http://127.0.0.1:8080");
//   ...
//   notifier.Stopping();
//
// Without NOTIFY_SOCKET nothing is sent. A failure is only a warning: the server keeps serving
// when a notification cannot be delivered.
//
// Thread-safety: const methods, any thread; each takes at most kSendTimeout.

#ifndef ROBUSTO_TOOLS_SERVER_SERVICE_NOTIFY_H_
#define ROBUSTO_TOOLS_SERVER_SERVICE_NOTIFY_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace robusto {

class ServiceNotifier {
 public:
  static constexpr absl::Duration kSendTimeout = absl::Seconds(1);

  // Takes NOTIFY_SOCKET, and removes it, so that no child process speaks for this one. Call it
  // before there are threads that read the environment. `on_warning` may be null.
  static ServiceNotifier FromEnvironment(std::function<void(absl::string_view)> on_warning);

  // It serves. `status` is a line for people (systemctl status).
  void Ready(absl::string_view status) const;
  // It takes its settings anew; Ready ends that (Type=notify-reload waits for both).
  void Reloading() const;
  // It will end.
  void Stopping() const;

 private:
  ServiceNotifier(std::string address, std::function<void(absl::string_view)> on_warning);
  // Sends assignments, one a line.
  void Send(const std::string& state) const;

  std::string address_;  // a path, or a name in the abstract namespace that begins with '@'
  std::function<void(absl::string_view)> on_warning_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_SERVICE_NOTIFY_H_
