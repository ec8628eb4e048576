"""What @com_google_protobuf//bazel:cc_proto_library.bzl is for a Bazel that has the rule built in."""

cc_proto_library = native.cc_proto_library
