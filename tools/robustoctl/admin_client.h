// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminClient: robusto.admin.v1.PoolAdmin as calls that return absl::Status. It is the only part of
// robustoctl that includes gRPC.
//
//   auto client = AdminClient::Create(options);
//   admin::v1::PoolStats stats;
//   absl::Status status = (*client)->Call(admin::v1::GetStatsRequest(), &stats);
//
// Thread-safety: all methods. They block: Call up to `timeout`, Watch for as long as it says.

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
  // Names of files; empty: none.
  std::string token_file;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  bool tls = false;             // also set by any of the last three, and by tls_name
  std::string tls_name;         // whose certificate it is to be; empty: the address's host
  bool token_in_clear = false;  // let the token go over a network without TLS
  absl::Duration timeout = absl::Seconds(5);  // for one answer; more than 0
};

class AdminClient {
 public:
  // Does not connect yet. InvalidArgument, naming the flag, for what cannot be.
  static absl::StatusOr<std::unique_ptr<AdminClient>> Create(const AdminClientOptions& options);
  ~AdminClient();

  AdminClient(const AdminClient&) = delete;
  AdminClient& operator=(const AdminClient&) = delete;

  // One request and its answer; the codes are those that pool_admin.proto lists. DeadlineExceeded:
  // no answer within `timeout`. Unavailable: nobody answers there.
  absl::Status Call(const admin::v1::GetStatsRequest& request, admin::v1::PoolStats* response);
  absl::Status Call(const admin::v1::ListWorkersRequest& request,
                    admin::v1::ListWorkersResponse* response);
  absl::Status Call(const admin::v1::ResizeRequest& request, admin::v1::ResizeResponse* response);
  absl::Status Call(const admin::v1::ConfirmResizeRequest& request,
                    admin::v1::ConfirmResizeResponse* response);
  absl::Status Call(const admin::v1::GrowRequest& request, admin::v1::GrowResponse* response);
  absl::Status Call(const admin::v1::ShrinkRequest& request, admin::v1::ShrinkResponse* response);
  // Waits for firm_after, too.
  absl::Status Call(const admin::v1::CancelRequestRequest& request,
                    admin::v1::CancelRequestResponse* response);
  absl::Status Call(const admin::v1::DrainRequest& request, admin::v1::DrainResponse* response);
  absl::Status Call(const admin::v1::ResumeRequest& request, admin::v1::ResumeResponse* response);

  // How long a stream may take.
  struct Limits {
    // Until it ends. DeadlineExceeded after that.
    absl::Duration total = absl::InfiniteDuration();
    // From one message to the next, to which `timeout` is added. The first has to come within
    // `timeout`, but those of events, of which there may be none.
    absl::Duration between = absl::InfiniteDuration();
  };
  // Calls `each` with every message until the stream ends or `each` returns false: then OK.
  absl::Status Watch(const admin::v1::WatchStatsRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::PoolStats&)>& each);
  absl::Status Watch(const admin::v1::WatchEventsRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::PoolEvent&)>& each);
  absl::Status Watch(const admin::v1::StopRequest& request, Limits limits,
                     const std::function<bool(const admin::v1::StopProgress&)>& each);

  // Ends the calls that are under way, and those to come at once, with Cancelled.
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
