"""What @rules_shell//shell:sh_binary.bzl is for a Bazel that has the rule built in; see rules_shell_test.bzl."""

sh_binary = native.sh_binary
