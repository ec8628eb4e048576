"""What @com_github_grpc_grpc//bazel:cc_grpc_library.bzl is, by the distribution's protoc and gRPC plugin.

The macro takes the arguments that gRPC's own takes, as far as this project uses them.
"""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_proto_library")

def _import_path(file, root):
    """The name by which other .proto files import this one."""
    for path in (file.path, file.short_path):
        if root not in ("", ".") and path.startswith(root + "/"):
            return path[len(root) + 1:]
    return file.short_path

def _generate_impl(ctx):
    proto = ctx.attr.src[ProtoInfo]
    imports = [_import_path(f, proto.proto_source_root) for f in proto.direct_sources]

    # A directory of this target's own, so that a .proto may be imported by any name.
    out = ctx.attr.name
    kinds = [".grpc.pb.h", ".grpc.pb.cc"] + (["_mock.grpc.pb.h"] if ctx.attr.generate_mocks else [])
    outputs = [
        ctx.actions.declare_file("%s/%s%s" % (out, path[:-len(".proto")], kind))
        for path in imports
        for kind in kinds
    ]
    out_dir = "/".join([
        part
        for part in (ctx.bin_dir.path, ctx.label.workspace_root, ctx.label.package, out)
        if part
    ])

    args = ctx.actions.args()
    args.add(ctx.executable._plugin, format = "--plugin=protoc-gen-grpc=%s")
    args.add("--grpc_out=%s%s" % ("generate_mock_code=true:" if ctx.attr.generate_mocks else "", out_dir))
    args.add_joined(
        proto.transitive_descriptor_sets,
        join_with = ":",
        format_joined = "--descriptor_set_in=%s",
    )
    args.add_all(imports)
    ctx.actions.run(
        executable = ctx.executable._protoc,
        arguments = [args],
        inputs = proto.transitive_descriptor_sets,
        tools = [ctx.executable._plugin],
        outputs = outputs,
        mnemonic = "GrpcCompile",
        progress_message = "Generating gRPC code of %s" % ctx.attr.src.label,
    )
    return [
        DefaultInfo(files = depset(outputs)),
        OutputGroupInfo(
            headers = depset([f for f in outputs if f.extension == "h"]),
            sources = depset([f for f in outputs if f.extension == "cc"]),
        ),
    ]

_generate = rule(
    implementation = _generate_impl,
    attrs = {
        "src": attr.label(mandatory = True, providers = [ProtoInfo]),
        "generate_mocks": attr.bool(),
        "_protoc": attr.label(
            default = "@com_google_protobuf//:protoc",
            allow_single_file = True,
            executable = True,
            cfg = "exec",
        ),
        "_plugin": attr.label(
            default = "@com_github_grpc_grpc//src/compiler:grpc_cpp_plugin",
            allow_single_file = True,
            executable = True,
            cfg = "exec",
        ),
    },
)

def cc_grpc_library(name, srcs, deps, grpc_only = False, generate_mocks = False, **kwargs):
    """A C++ library of the services in a proto_library.

    Args:
      name: of the library.
      srcs: one proto_library.
      deps: with grpc_only, the cc_proto_library of srcs; without it, what else the code needs.
      grpc_only: whether the messages' code is a cc_proto_library of the caller's.
      generate_mocks: whether a mock of each stub is generated too.
      **kwargs: visibility, testonly and the like.
    """
    if len(srcs) != 1:
        fail("cc_grpc_library %s: srcs must name one proto_library, not %d" % (name, len(srcs)))
    common = {key: value for key, value in kwargs.items() if key in ("tags", "testonly")}

    if not grpc_only:
        cc_proto_library(name = "_%s_cc_proto" % name, deps = srcs, **common)
        deps = deps + [":_%s_cc_proto" % name]

    generated = "_%s_grpc" % name
    _generate(name = generated, src = srcs[0], generate_mocks = generate_mocks, **common)
    for group in ("headers", "sources"):
        native.filegroup(
            name = "%s_%s" % (generated, group),
            srcs = [generated],
            output_group = group,
            **common
        )
    cc_library(
        name = name,
        srcs = [":%s_sources" % generated],
        hdrs = [":%s_headers" % generated],
        includes = [generated],
        deps = deps + ["@com_github_grpc_grpc//:grpc++"],
        **kwargs
    )
