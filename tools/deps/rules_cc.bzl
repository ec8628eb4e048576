"""What @rules_cc//cc:defs.bzl is for a Bazel that has the rules built in.

Debian 12's bazel-rules-cc 0.0.4 does not load under its Bazel 4.2.3. BUILD files load from
@rules_cc//cc:defs.bzl all the same, so that they are good for Bazel 9, which has no native rules.
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test

# Loaded by other rule sets, not by this project.
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
fdo_prefetch_hints = native.fdo_prefetch_hints
fdo_profile = native.fdo_profile
objc_import = native.objc_import
objc_library = native.objc_library
