#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two builds in folders of different names and depths are the same bytes.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for place in a some/where/else; do
    mkdir -p "$work/$place"
    cp -R CMakeLists.txt CMakePresets.json include src tests docs "$work/$place"
    (
        cd "$work/$place"
        cmake --preset release -DCMAKE_INSTALL_PREFIX=/usr >/dev/null
        cmake --build --preset release -- --quiet
    )
done
for file in mrtd-calc libmrtd.so libmrtd.a; do
    one=$work/a/build/release/$file
    two=$work/some/where/else/build/release/$file
    if ! cmp "$one" "$two"; then
        echo "$file differs; diffoscope says where:"
        ! command -v diffoscope >/dev/null || diffoscope "$one" "$two" || :
        exit 1
    fi
    if grep -q "$work" "$one"; then
        echo "$file has the name of the folder in it"
        exit 1
    fi
done
echo same
