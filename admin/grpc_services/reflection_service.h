// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ReflectionService: grpc.reflection.v1 or v1alpha.ServerReflection for the generated descriptors of this
// process. Newer clients try v1 first, older ones know v1alpha only. gRPC's own implementation cannot ask for
// a token, and that of gRPC 1.51 has no v1.
//
//   ReflectionV1 reflection({"robusto.admin.v1.PoolAdmin"}, nullptr);
//   builder.RegisterService(&reflection);
//
// Thread-safety: gRPC calls it from any thread.

#ifndef ROBUSTO_ADMIN_GRPC_SERVICES_REFLECTION_SERVICE_H_
#define ROBUSTO_ADMIN_GRPC_SERVICES_REFLECTION_SERVICE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "robusto/admin/grpc_services/reflection_v1.grpc.pb.h"
#include "robusto/admin/grpc_services/reflection_v1alpha.grpc.pb.h"

namespace robusto {

// `Base` is ServerReflection::CallbackService of either version.
template <typename Base, typename Request, typename Response>
class ReflectionService final : public Base {
 public:
  // `services` are the names to list. `authorize` decides about every call; null: all calls are allowed.
  ReflectionService(std::vector<std::string> services,
                    std::function<grpc::Status(const grpc::ServerContextBase&)> authorize)
      : services_(std::move(services)), authorize_(std::move(authorize)) {}

 private:
  grpc::ServerBidiReactor<Request, Response>* ServerReflectionInfo(
      grpc::CallbackServerContext* context) override;

  // Constant after construction.
  const std::vector<std::string> services_;
  const std::function<grpc::Status(const grpc::ServerContextBase&)> authorize_;
};

using ReflectionV1 = ReflectionService<grpc::reflection::v1::ServerReflection::CallbackService,
                                       grpc::reflection::v1::ServerReflectionRequest,
                                       grpc::reflection::v1::ServerReflectionResponse>;
using ReflectionV1Alpha =
    ReflectionService<grpc::reflection::v1alpha::ServerReflection::CallbackService,
                      grpc::reflection::v1alpha::ServerReflectionRequest,
                      grpc::reflection::v1alpha::ServerReflectionResponse>;

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_GRPC_SERVICES_REFLECTION_SERVICE_H_
