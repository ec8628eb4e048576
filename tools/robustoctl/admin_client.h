// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminClient: the calls of robusto.admin.v1.PoolAdmin, returning absl::Status. Only this part of robustoctl
// includes gRPC.
//
//   auto client = AdminClient::Create(options);
//   admin::v1::PoolStats stats;
//   absl::Status status = (*client)->Call(admin::v1::GetStatsRequest(), &stats);
//
// Thread-safety: all methods. They block: Call for up to `timeout`, Watch as its Limits say.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_CLIENT_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "robusto/admin/pool_admin.pb.h"

namespace robusto {

struct AdminClientOptions {
  std::string address;  // as for ParseAdminAddress
  // File names; empty: none.
  std::string token_file;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  bool tls = false;      // implied by any of the last three and by tls_name
  std::string tls_name;  // the expected name in the certificate; empty: the host of the address
  bool token_in_clear = false;                // allow sending the token over a network without TLS
  absl::Duration timeout = absl::Seconds(5);  // for one answer; must be positive
};

class AdminClient {
 public:
  // Does not connect yet. InvalidArgument, naming the flag, for invalid options.
  static absl::StatusOr<std::unique_ptr<AdminClient>> Create(const AdminClientOptions& options);
  ~AdminClient();

  AdminClient(const AdminClient&) = delete;
  AdminClient& operator=(const AdminClient&) = delete;

  // Makes one call. Returns the codes of pool_admin.proto, DeadlineExceeded without an answer within
  // `timeout`, and Unavailable if no server answers.
  absl::Status Call(const admin::v1::GetStatsRequest& request, admin::v1::PoolStats* response);
  absl::Status Call(const admin::v1::ListWorkersRequest& request,
                    admin::v1::ListWorkersResponse* response);
  absl::Status Call(const admin::v1::ResizeRequest& request, admin::v1::ResizeResponse* response);
  absl::Status Call(const admin::v1::ConfirmResizeRequest& request,
                    admin::v1::ConfirmResizeResponse* response);
  absl::Status Call(const admin::v1::GrowRequest& request, admin::v1::GrowResponse* response);
  absl::Status Call(const admin::v1::ShrinkRequest& request, admin::v1::ShrinkResponse* response);
  // Waits for firm_after in addition to `timeout`.
  absl::Status Call(const admin::v1::CancelRequestRequest& request,
                    admin::v1::CancelRequestResponse* response);
  absl::Status Call(const admin::v1::DrainRequest& request, admin::v1::DrainResponse* response);
  absl::Status Call(const admin::v1::ResumeRequest& request, admin::v1::ResumeResponse* response);

  // Time limits of a stream.
  struct Limits {
    // For the whole stream. DeadlineExceeded after that.
    absl::Duration total = absl::InfiniteDuration();
    // From one message to the next; `timeout` is added to it. The first message must arrive within
    // `timeout`, except for events, of which there may be none.
    absl::Duration between = absl::InfiniteDuration();
  };
  // Calls `each` with every message until the stream ends, or until `each` returns false, which is OK.
  absl::Status Watch(const admin::v1::WatchStatsRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::PoolStats&)>& each);
  absl::Status Watch(const admin::v1::WatchEventsRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::PoolEvent&)>& each);
  absl::Status Watch(const admin::v1::StopRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::StopProgress&)>& each);

  // Ends the current calls, and all later ones at once, with Cancelled.
  void CancelAll();

 private:
  struct Connection;
  class OpenContext;
  explicit AdminClient(std::unique_ptr<Connection> connection);

  template <typename Method, typename Request, typename Response>
  absl::Status CallWithin(absl::Duration timeout, Method method, const Request& request,
                          Response* response);
  template <typename Message, typename Start>
  absl::Status Stream(const Start& start, absl::Duration first, Limits limits,
                      const std::function<bool(const Message&)>& each);

  const std::unique_ptr<Connection> connection_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_CLIENT_H_
