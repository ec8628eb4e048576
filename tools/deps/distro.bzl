"""Gives the build every repository that it needs, from the distribution's packages and with no download.

The labels are those of the libraries' sources, so that a BUILD file does not know which of the two it
gets: this file is for WORKSPACE, MODULE.bazel brings the sources. `./bazelw` installs the packages. A
repository is made when a target first asks for it: without gRPC's packages all else still builds.
"""

_ABSL_FROM_SOURCE = "ROBUSTO_ABSL_FROM_SOURCE"

def _words(text):
    return [word for word in text.strip().split(" ") if word]

def _pkg_config(ctx, option, modules):
    result = ctx.execute(["pkg-config", option] + modules)
    if result.return_code != 0:
        fail("%s is not installed: apt-get install %s\n%s" %
             (ctx.name, ctx.attr.debian_package, result.stderr))
    return _words(result.stdout)

def _library(ctx, name, requirements):
    modules = [word for word in requirements if not word.startswith("-")]
    flags = [word for word in requirements if word.startswith("-")]
    defines = []
    if ctx.attr.optional:
        if ctx.execute(["pkg-config", "--exists"] + modules).return_code != 0:
            defines = ["ROBUSTO_LACKS_" + name.upper()]
            modules = []
    if modules:
        flags = flags + _pkg_config(ctx, "--libs", modules)
        defines += [
            flag[len("-D"):]
            for flag in _pkg_config(ctx, "--cflags-only-other", modules)
            if flag.startswith("-D")
        ]
    return "cc_library(\n    name = %r,\n    defines = %r,\n    linkopts = %r,\n)\n" % (name, defines, flags)

def _program(ctx, path, name, program):
    found = ctx.which(program)
    if not found:
        fail("%s has no %s: apt-get install %s" %
             (ctx.name, program, ctx.attr.debian_package))
    ctx.symlink(found, path + "/" + name if path else name)
    return "exports_files([%r])\n" % name

def _distro_library_impl(ctx):
    if ctx.attr.source and ctx.os.environ.get(_ABSL_FROM_SOURCE) == "1":
        for entry in ctx.path(ctx.attr.source).dirname.readdir():
            ctx.symlink(entry, entry.basename)
        return

    # Directory -> what its BUILD file holds.
    packages = {"": []}
    for label, requirements in ctx.attr.libraries.items():
        path, _, name = label.rpartition(":")
        packages.setdefault(path, []).append(_library(ctx, name, requirements))
    for label, program in ctx.attr.programs.items():
        path, _, name = label.rpartition(":")
        packages.setdefault(path, []).append(_program(ctx, path, name, program))
    for file, destination in ctx.attr.files.items():
        packages.setdefault(destination.rpartition("/")[0], [])
        ctx.symlink(file, destination)
    for destination, source in ctx.attr.directories.items():
        ctx.symlink(source, destination)
    if ctx.attr.build_file:
        packages[""].append(ctx.read(ctx.attr.build_file))

    for path, contents in packages.items():
        ctx.file(
            path + "/BUILD.bazel" if path else "BUILD.bazel",
            "\n".join([
                # rules_cc is itself such a repository, and has no use for itself.
                'load("@rules_cc//cc:defs.bzl", "cc_library")\n' if ctx.attr.libraries else "",
                'package(default_visibility = ["//visibility:public"])\n',
            ] + contents),
        )

distro_library = repository_rule(
    doc = "A library of the distribution, under the labels that its sources have.",
    implementation = _distro_library_impl,
    attrs = {
        "build_file": attr.label(doc = "what else the BUILD file of the root holds"),
        "debian_package": attr.string(doc = "what to install when something is missing"),
        "directories": attr.string_dict(doc = "path in the repository -> directory of the machine"),
        "files": attr.label_keyed_string_dict(doc = "file of this project -> path in the repository"),
        "libraries": attr.string_list_dict(
            doc = "label -> pkg-config modules and linker flags; none for headers alone. What the " +
                  "modules need in turn is pkg-config's to know and never named here.",
        ),
        "optional": attr.bool(
            doc = "whether the label exists where the library is not installed, too; it is then empty, and what depends " +
                  "on it is compiled with ROBUSTO_LACKS_ and the label's name defined",
        ),
        "programs": attr.string_dict(doc = "label -> name of a program of the machine"),
        "source": attr.label(
            doc = "a file in the root of the library's source, used instead where %s is 1" %
                  _ABSL_FROM_SOURCE,
        ),
    },
    configure = True,
    environ = [_ABSL_FROM_SOURCE],
    local = True,
)

def _distro_source_impl(ctx):
    ctx.report_progress("fetching the source of %s" % ctx.attr.debian_package)
    result = ctx.execute([ctx.path(ctx.attr._unpack), ctx.attr.debian_package, "."])
    if result.return_code != 0:
        fail("the source of %s is needed (by --config=tsan), and is not to be had:\n%s" %
             (ctx.attr.debian_package, result.stderr))

distro_source = repository_rule(
    doc = "The source that an installed package was built from, with its own BUILD files.",
    implementation = _distro_source_impl,
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "_unpack": attr.label(default = "//tools/deps:distro_source.sh"),
    },
)

# A label is added here when a target first needs it.
_ABSL = {
    "absl/base:base": ["absl_base"],
    "absl/base:config": [],
    "absl/base:core_headers": [],
    "absl/cleanup:cleanup": [],
    "absl/container:fixed_array": [],
    "absl/container:flat_hash_map": ["absl_flat_hash_map"],
    "absl/container:inlined_vector": ["absl_inlined_vector"],
    "absl/flags:commandlineflag": ["absl_flags_commandlineflag"],
    "absl/flags:flag": ["absl_flags"],
    "absl/flags:marshalling": ["absl_flags_marshalling"],
    "absl/flags:parse": ["absl_flags_parse"],
    "absl/flags:reflection": ["absl_flags_reflection"],
    "absl/flags:usage": ["absl_flags_usage"],
    "absl/functional:any_invocable": ["absl_any_invocable"],
    "absl/memory:memory": [],
    "absl/numeric:bits": [],
    "absl/random:random": ["absl_random_random"],
    "absl/status:status": ["absl_status"],
    "absl/status:statusor": ["absl_statusor"],
    "absl/strings:cord": ["absl_cord"],
    "absl/strings:str_format": ["absl_str_format"],
    "absl/strings:strings": ["absl_strings"],
    "absl/synchronization:synchronization": ["absl_synchronization"],
    "absl/time:time": ["absl_time"],
    "absl/types:optional": ["absl_optional"],
    "absl/types:span": ["absl_span"],
    "absl/types:variant": ["absl_variant"],
}

def _rule_sets():
    """What Bazel's built-in rules refer to; with no repository of these names it would download them."""
    distro_library(
        name = "rules_cc",
        files = {Label("//tools/deps:rules_cc.bzl"): "cc/defs.bzl"},
    )
    distro_library(
        name = "rules_shell",
        files = {
            Label("//tools/deps:rules_shell_binary.bzl"): "shell/sh_binary.bzl",
            Label("//tools/deps:rules_shell_test.bzl"): "shell/sh_test.bzl",
        },
    )
    for name, package in {
        "bazel_skylib": "tools/skylib",
        "platforms": "tools/platforms",
        "rules_java": "rules/java",
        "rules_proto": "rules/proto",
        "rules_python": "rules/python",
    }.items():
        native.local_repository(name = name, path = "/usr/share/bazel/" + package)

    distro_library(
        name = "remote_coverage_tools",
        build_file = Label("//tools/deps:remote_coverage_tools.BUILD"),
    )

# buildifier: disable=unnamed-macro
def distro_repositories():
    """Declares every repository that the default, network-free build uses."""
    _rule_sets()

    # The distribution's Abseil is not instrumented, and ThreadSanitizer takes the inside of its Mutex
    # for a race. --config=tsan builds the package's source instead.
    distro_source(
        name = "com_google_absl_source",
        debian_package = "libabsl-dev",
    )
    distro_library(
        name = "com_google_absl",
        debian_package = "libabsl-dev",
        libraries = _ABSL,
        source = "@com_google_absl_source//:BUILD.bazel",
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
        name = "com_google_protobuf",
        build_file = Label("//tools/deps:well_known_protos.BUILD"),
        debian_package = "libprotobuf-dev protobuf-compiler",
        directories = {"src/google": "/usr/include/google"},
        files = {
            Label("//tools/deps:cc_proto_library.bzl"): "bazel/cc_proto_library.bzl",
            Label("//tools/deps:proto_library.bzl"): "bazel/proto_library.bzl",
        },
        libraries = {
            ":json_util": ["protobuf"],
            ":protobuf": ["protobuf"],
            ":protobuf_lite": ["protobuf-lite"],
        },
        programs = {":protoc": "protoc"},
    )
    distro_library(
        name = "com_github_grpc_grpc",
        debian_package = "libgrpc++-dev protobuf-compiler-grpc",
        files = {Label("//tools/deps:cc_grpc_library.bzl"): "bazel/cc_grpc_library.bzl"},
        libraries = {
            ":grpc++": ["grpc++", "protobuf"],
            # It registers itself when it is loaded, and so must be loaded even where nothing names it.
            ":grpc++_reflection": [
                "-Wl,--push-state,--no-as-needed",
                "-lgrpc++_reflection",
                "-Wl,--pop-state",
                "grpc++",
                "protobuf",
            ],
        },
        programs = {"src/compiler:grpc_cpp_plugin": "grpc_cpp_plugin"},
    )
    distro_library(
        name = "boost.asio",
        debian_package = "libboost-dev",
        # Header-only.
        libraries = {":boost.asio": []},
    )
    distro_library(
        name = "boost.thread",
        debian_package = "libboost-thread-dev",
        # It has no pkg-config file to ask.
        libraries = {":boost.thread": ["-lboost_thread"]},
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
    distro_library(
        name = "com_github_jupp0r_prometheus_cpp",
        debian_package = "prometheus-cpp-dev",
        libraries = {"core:core": ["prometheus-cpp-core"]},
    )
    distro_library(
        name = "cpp_httplib",
        debian_package = "libcpp-httplib-dev",
        libraries = {":httplib": ["cpp-httplib"]},
        optional = True,
    )
    distro_library(
        name = "libmicrohttpd",
        debian_package = "libmicrohttpd-dev",
        libraries = {":libmicrohttpd": ["libmicrohttpd"]},
        optional = True,
    )
