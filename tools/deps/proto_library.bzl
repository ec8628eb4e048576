"""What @com_google_protobuf//bazel:proto_library.bzl is for a Bazel that has the rule built in."""

proto_library = native.proto_library
