#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two releases of one state of the tree, made in different folders and, where
# faketime is installed, in another year and time zone, are the same bytes:
# Debian packages, static program, the one for WebAssembly, source and SBOM.
#
#     reproducible.sh [FOLDER]     FOLDER keeps the release for other tests
set -eu
keep=${1-}
cd "$(dirname "$0")/../.."
if ! command -v dpkg-deb >/dev/null || ! git rev-parse HEAD >/dev/null 2>&1
then
    echo 'skipped: needs git and dpkg'
    exit 77
fi
sums=$PWD/src/web/sources.sha256
if [ ! -e /usr/include/wasm32-wasi ] || ! (
    cd "${XDG_CACHE_HOME:-$HOME/.cache}/mrtd-calc" &&
        sha256sum --check --status "$sums"
); then
    echo 'skipped: needs what tests/setup wasi installs'
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# With what is changed and not yet committed; a name that stays what it is.
commit=$(git -c user.name=test -c user.email=test stash create)
commit=${commit:-$(git rev-parse HEAD)}

mkdir -p "$work/some/where/else"
src/packaging/release "$work/one" "$commit"
later=
if command -v faketime >/dev/null; then
    later='faketime -f +2000d'
fi
# shellcheck disable=SC2086 # words
TMPDIR=$work/some/where/else LANG=tr_TR.UTF-8 TZ=Asia/Tokyo $later \
    src/packaging/release "$work/two" "$commit"

for one in "$work"/one/*; do
    two=$work/two/${one##*/}
    if ! cmp "$one" "$two"; then
        echo "${one##*/} differs; diffoscope says where:"
        ! command -v diffoscope >/dev/null || diffoscope "$one" "$two" || :
        exit 1
    fi
done
for package in "$work"/one/*.deb; do
    dpkg-deb -x "$package" "$work/files"
done
cp "$work"/one/*-static-* "$work"/one/*.wasm "$work/files"
if grep -rq "$work" "$work/files"; then
    echo 'a file has the name of the folder in it:'
    grep -rl "$work" "$work/files"
    exit 1
fi
if [ -n "$keep" ]; then
    rm -rf "$keep"
    mv "$work/one" "$keep"
fi
echo same
