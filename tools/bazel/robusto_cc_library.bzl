"""The one macro of this project: a C++ library whose headers are included as robusto/PACKAGE/NAME.h."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def robusto_cc_library(name, **kwargs):
    """A cc_library whose headers have the same unambiguous path inside and outside this repository.

    http/server.h is included as "robusto/http/server.h". Without the prefix a workspace that has an
    http/server.h of its own would get that one, also inside robusto's headers.

    Args:
      name: of the library.
      **kwargs: what cc_library takes. A header that only this library's sources include belongs into hdrs, too:
        Bazel gives the prefix to headers in hdrs only.
    """
    cc_library(
        name = name,
        include_prefix = "robusto/" + native.package_name(),
        # epoll, futex and sendfile. Elsewhere Bazel then says so, instead of the compiler, and `//...` skips it.
        target_compatible_with = ["@platforms//os:linux"],
        **kwargs
    )
