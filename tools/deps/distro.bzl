"""Wraps the distribution's C++ libraries as Bazel repositories, with the labels their sources have.

`distro_repositories()` in WORKSPACE gives the build everything that it needs from the packages that
`./bazelw` installs, with no download. What a label links is asked of pkg-config, so that a transitive
library is never named here.
"""

def _pkg_config(ctx, option, modules):
    result = ctx.execute(["pkg-config", option] + modules)
    if result.return_code != 0:
        fail("pkg-config does not know %s: install the package %s (./bazelw does).\n%s" %
             (" ".join(modules), ctx.attr.debian_package, result.stderr))
    return [word for word in result.stdout.strip().split(" ") if word]

def _distro_library_impl(ctx):
    packages = {}
    for label, modules in ctx.attr.libraries.items():
        path, _, name = label.rpartition(":")
        linkopts = _pkg_config(ctx, "--libs", modules) if modules else []
        copts = [
            word
            for word in (_pkg_config(ctx, "--cflags-only-other", modules) if modules else [])
            if word.startswith("-D")
        ]
        packages.setdefault(path, []).append(
            "cc_library(\n    name = %r,\n    defines = %r,\n    linkopts = %r,\n)\n" %
            (name, [c[2:] for c in copts], linkopts),
        )
    for path, rules in packages.items():
        ctx.file(
            (path + "/" if path else "") + "BUILD.bazel",
            'load("@rules_cc//cc:defs.bzl", "cc_library")\n\n' +
            'package(default_visibility = ["//visibility:public"])\n\n' + "\n".join(rules),
        )
    if "" not in packages:
        ctx.file("BUILD.bazel", "")

distro_library = repository_rule(
    implementation = _distro_library_impl,
    attrs = {
        "debian_package": attr.string(mandatory = True, doc = "what to install when pkg-config fails"),
        "libraries": attr.string_list_dict(
            mandatory = True,
            doc = "label inside the repository -> pkg-config modules (none for headers alone)",
        ),
    },
    configure = True,
    local = True,
)

_ABSL = {
    "absl/base:config": [],
    "absl/base:core_headers": [],
    "absl/cleanup:cleanup": [],
    "absl/container:fixed_array": [],
    "absl/container:flat_hash_map": ["absl_flat_hash_map"],
    "absl/container:inlined_vector": ["absl_inlined_vector"],
    "absl/flags:flag": ["absl_flags"],
    "absl/flags:marshalling": ["absl_flags_marshalling"],
    "absl/flags:parse": ["absl_flags_parse"],
    "absl/flags:usage": ["absl_flags_usage"],
    "absl/functional:any_invocable": ["absl_any_invocable"],
    "absl/memory:memory": [],
    "absl/numeric:bits": [],
    "absl/random:random": ["absl_random_random"],
    "absl/status:status": ["absl_status"],
    "absl/status:statusor": ["absl_statusor"],
    "absl/strings:str_format": ["absl_str_format"],
    "absl/strings:strings": ["absl_strings"],
    "absl/synchronization:synchronization": ["absl_synchronization"],
    "absl/time:time": ["absl_time"],
    "absl/types:optional": ["absl_optional"],
    "absl/types:span": ["absl_span"],
    "absl/types:variant": ["absl_variant"],
}

def distro_repositories():
    """Declares every repository that the default, network-free build uses."""
    native.local_repository(name = "rules_cc", path = "tools/deps/rules_cc")
    native.local_repository(name = "remote_coverage_tools", path = "tools/deps/remote_coverage_tools")
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    native.local_repository(name = "platforms", path = "/usr/share/bazel/tools/platforms")

    distro_library(
        name = "com_google_absl",
        debian_package = "libabsl-dev",
        libraries = _ABSL,
    )
    distro_library(
        name = "com_google_googletest",
        debian_package = "libgtest-dev libgmock-dev",
        libraries = {
            ":gtest": ["gtest", "gmock"],
            ":gtest_main": ["gtest", "gmock", "gtest_main"],
        },
    )
    distro_library(
        name = "spdlog",
        debian_package = "libspdlog-dev",
        libraries = {":spdlog": ["spdlog"]},
    )
    distro_library(
        name = "com_google_benchmark",
        debian_package = "libbenchmark-dev",
        libraries = {":benchmark": ["benchmark"]},
    )
    distro_library(
        name = "boost",
        debian_package = "libboost-thread-dev",
        libraries = {":thread": []},
    )
    distro_library(
        name = "concurrentqueue",
        debian_package = "libconcurrentqueue-dev",
        libraries = {":concurrentqueue": []},
    )
    distro_library(
        name = "onetbb",
        debian_package = "libtbb-dev",
        libraries = {":tbb": ["tbb"]},
    )
