// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/grpc_services/reflection_service.h"

#include <set>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/support/server_callback.h"

namespace robusto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

// Appends the file and all that it imports, each once.
template <typename Response>
void AddFile(const FileDescriptor* file, std::set<const FileDescriptor*>* seen,
             Response* response) {
  if (!seen->insert(file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  response->mutable_file_descriptor_response()->add_file_descriptor_proto(
      proto.SerializeAsString());
  for (int i = 0; i < file->dependency_count(); ++i) AddFile(file->dependency(i), seen, response);
}

template <typename Response>
void SetError(grpc::StatusCode code, const char* message, Response* response) {
  response->mutable_error_response()->set_error_code(code);
  response->mutable_error_response()->set_error_message(message);
}

template <typename Response>
void SetFile(const FileDescriptor* file, Response* response) {
  if (file == nullptr) return SetError(grpc::StatusCode::NOT_FOUND, "not found", response);
  std::set<const FileDescriptor*> seen;
  AddFile(file, &seen, response);
}

template <typename Request, typename Response>
void Answer(const std::vector<std::string>& services, const Request& request, Response* response) {
  response->Clear();
  response->set_valid_host(request.host());
  *response->mutable_original_request() = request;
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  switch (request.message_request_case()) {
    case Request::kListServices:
      for (const std::string& service : services) {
        response->mutable_list_services_response()->add_service()->set_name(service);
      }
      return;
    case Request::kFileByFilename:
      return SetFile(pool.FindFileByName(request.file_by_filename()), response);
    case Request::kFileContainingSymbol:
      return SetFile(pool.FindFileContainingSymbol(request.file_containing_symbol()), response);
    case Request::kFileContainingExtension: {
      const auto& extension = request.file_containing_extension();
      const Descriptor* const type = pool.FindMessageTypeByName(extension.containing_type());
      const FieldDescriptor* const field =
          type == nullptr ? nullptr
                          : pool.FindExtensionByNumber(type, extension.extension_number());
      return SetFile(field == nullptr ? nullptr : field->file(), response);
    }
    case Request::kAllExtensionNumbersOfType: {
      const Descriptor* const type =
          pool.FindMessageTypeByName(request.all_extension_numbers_of_type());
      if (type == nullptr) return SetError(grpc::StatusCode::NOT_FOUND, "not found", response);
      std::vector<const FieldDescriptor*> extensions;
      pool.FindAllExtensions(type, &extensions);
      auto* const numbers = response->mutable_all_extension_numbers_response();
      numbers->set_base_type_name(request.all_extension_numbers_of_type());
      for (const FieldDescriptor* field : extensions)
        numbers->add_extension_number(field->number());
      return;
    }
    case Request::MESSAGE_REQUEST_NOT_SET:
      return SetError(grpc::StatusCode::INVALID_ARGUMENT, "message_request is not set", response);
  }
}

// One call; owns itself until OnDone. It holds one request and one response at a time.
template <typename Request, typename Response>
class Reactor final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  Reactor(grpc::Status status, const std::vector<std::string>* services) : services_(services) {
    if (status.ok()) {
      this->StartRead(&request_);
    } else {
      this->Finish(std::move(status));
    }
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);  // the client has sent all of its requests
    Answer(*services_, request_, &response_);
    this->StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    this->StartRead(&request_);
  }
  void OnDone() override { delete this; }

  const std::vector<std::string>* const services_;
  Request request_;
  Response response_;
};

}  // namespace

template <typename Base, typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>*
ReflectionService<Base, Request, Response>::ServerReflectionInfo(
    grpc::CallbackServerContext* context) {
  return new Reactor<Request, Response>(authorize_ ? authorize_(*context) : grpc::Status::OK,
                                        &services_);
}

template class ReflectionService<grpc::reflection::v1::ServerReflection::CallbackService,
                                 grpc::reflection::v1::ServerReflectionRequest,
                                 grpc::reflection::v1::ServerReflectionResponse>;
template class ReflectionService<grpc::reflection::v1alpha::ServerReflection::CallbackService,
                                 grpc::reflection::v1alpha::ServerReflectionRequest,
                                 grpc::reflection::v1alpha::ServerReflectionResponse>;

}  // namespace robusto
