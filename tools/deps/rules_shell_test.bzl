"""What @rules_shell//shell:sh_test.bzl is for a Bazel that has the rule built in.

Debian 12 does not package rules_shell. BUILD files load from it all the same, so that they are good for Bazel
9, which has no native rules.
"""

sh_test = native.sh_test
