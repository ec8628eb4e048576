#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# embed_status_page.sh PAGE.html PAGE.css SCRIPT.js... > status_page.cc
#
# Puts the style and the scripts into the page, in place of the lines @STYLE@ and @SCRIPT@, and writes the
# C++ file that holds it, with the policy that allows just these two by their hashes. Uses nothing but
# bash and coreutils, so that a build needs no more than it did.

set -euo pipefail
readonly PAGE=$1 STYLE=$2 SCRIPTS=("${@:3}")

# The delimiter of a raw string; no file may have it.
readonly END=')status_page"'
if grep -qF -e "${END}" "$@"; then
  echo "embed_status_page.sh: ${END} is in one of $*" >&2
  exit 1
fi

# What a browser hashes is all between the tags: the line end after the opening tag is part of it.
hash_of() {
  local escapes
  escapes=$({ echo; cat "$@"; } | sha256sum | cut -c 1-64 | sed 's/../\\x&/g')
  printf '%b' "${escapes}" | base64
}

policy="default-src 'none'; script-src 'sha256-$(hash_of "${SCRIPTS[@]}")'"
policy+="; style-src 'sha256-$(hash_of "${STYLE}")'; connect-src 'self'; img-src data:"
policy+="; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
policy+="; require-trusted-types-for 'script'; trusted-types 'none'"

cat <<'CODE'
// Made by embed_status_page.sh.
#include "admin/status_page/status_page.h"

namespace robusto {

absl::string_view StatusPage() {
CODE
# One literal per line: compilers need not take one of more than 64 KiB.
echo '  static constexpr char kPage[] ='
while IFS= read -r line; do
  case ${line} in
    @STYLE@) part=(cat "${STYLE}") ;;
    @SCRIPT@) part=(cat "${SCRIPTS[@]}") ;;
    *) part=(printf '%s\n' "${line}") ;;
  esac
  "${part[@]}" | sed -e "s/^/    R\"status_page(/" -e "s/\$/${END} \"\\\\n\"/"
done <"${PAGE}"
cat <<CODE
  ;
  return {kPage, sizeof(kPage) - 1};
}

absl::string_view StatusPageContentSecurityPolicy() {
  return "${policy}";
}

}  // namespace robusto
CODE
