#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# distro_source.sh PACKAGE DIRECTORY
#
# Unpacks into DIRECTORY the source that the installed binary package PACKAGE was built from, in the same
# version. The archives are the ones this machine's apt already trusts; they are asked for sources by lists
# of our own in a temporary directory, so nothing in /etc/apt or /var/lib/apt changes and no root is needed.
# apt-get checks what it fetches against the archive's signed index, so dpkg-source does not again.

set -euo pipefail

die() {
  printf 'distro_source.sh: %s\n' "$*" >&2
  exit 1
}

main() {
  local package=$1 directory=$2 tool source version uri release component origin keyring
  for tool in apt-get dpkg-query dpkg-source; do
    command -v "${tool}" >/dev/null || die "needs ${tool}, so Debian or Ubuntu with the package dpkg-dev"
  done
  read -r source version < <(dpkg-query -W -f='${source:Package} ${source:Version}\n' "${package}") ||
    die "the package ${package} is not installed"

  scratch=$(mktemp -d)
  trap 'rm -rf "${scratch}"' EXIT
  mkdir -p "${scratch}/lists/partial" "${scratch}/cache/archives/partial"

  # One deb-src line for each list that apt has of binary packages.
  while IFS='|' read -r origin uri release component; do
    keyring="/usr/share/keyrings/${origin,,}-archive-keyring.gpg"
    if [[ -e ${keyring} ]]; then
      printf 'deb-src [signed-by=%s] %s %s %s\n' "${keyring}" "${uri}" "${release}" "${component}"
    elif [[ ${origin} == Debian || ${origin} == Ubuntu ]]; then
      printf 'deb-src %s %s %s\n' "${uri}" "${release}" "${component}"
    fi
  done < <(
    # shellcheck disable=SC2016 # apt-get expands these
    apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages'
  ) | sort -u >"${scratch}/sources.list"
  [[ -s ${scratch}/sources.list ]] || die "apt has no list of packages yet: run apt-get update"

  local apt_get=(
    apt-get -qq
    -o "Dir::Etc::SourceList=${scratch}/sources.list"
    -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=${scratch}/lists"
    -o "Dir::Cache=${scratch}/cache"
    -o "APT::Sandbox::User=$(id -un)"
  )
  "${apt_get[@]}" update || die "the archives could not be asked for sources"
  (cd "${scratch}" && "${apt_get[@]}" source --download-only "${source}=${version}") ||
    die "the source ${source} ${version} of ${package} could not be fetched"
  dpkg-source --no-check -x "${scratch}/${source}_${version#*:}.dsc" "${scratch}/unpacked" >/dev/null
  mkdir -p "${directory}"
  cp -a "${scratch}/unpacked/." "${directory}/"
}

(($# == 2)) || die "usage: distro_source.sh PACKAGE DIRECTORY"
main "$@"
