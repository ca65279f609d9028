#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes what is published beside firmware, without GitHub:
#
#     release.sh [-k KEY.pem -s SIGNER] VERSION FOLDER FIRMWARE...
#
# FOLDER, which must not exist, gets the firmware, MRTDSUMS and reference values;
# with a key also a signed CoRIM of each image and VMM; and SHA256SUMS of all
# that, for you to sign. In the environment, VMMS names the VMMs (spec),
# MRTD_CALC the program.
set -eu

usage() {
    echo 'usage: release.sh [-k KEY.pem -s SIGNER] VERSION FOLDER FILE...' >&2
    exit 2
}

key='' signer=''
while getopts k:s: option; do
    case $option in
    k) key=$OPTARG ;;
    s) signer=$OPTARG ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 3 ] || usage
version=$1 folder=$2
shift 2
calc=${MRTD_CALC:-mrtd-calc}
vmms=${VMMS:-spec}

# An image that is refused ends it before anything is written.
"$calc" --tag -- "$@" >/dev/null

mkdir "$folder"
cp -- "$@" "$folder/"

# Options for each VMM; --vmm takes one name.
options=
for vmm in $vmms; do
    options="$options --vmm $vmm"
done
# shellcheck disable=SC2086 # a list of words
"$calc" reference --format rvps,json $options --version "$version" \
    --out-dir "$folder" -- "$@"
if [ -n "$key" ]; then
    # shellcheck disable=SC2086
    "$calc" reference --format corim $options --version "$version" \
        --sign "$key" --signer "$signer" --out-dir "$folder" -- "$@"
fi

# The lists name files without folders, as they lie in FOLDER.
cd "$folder"
count=$#
while [ "$count" -gt 0 ]; do
    set -- "$@" "${1##*/}"
    shift
    count=$((count - 1))
done
for vmm in $vmms; do
    list=MRTDSUMS
    # Each line says its VMM; "mrtd-calc -c" reads it there.
    [ "$vmm" = spec ] || list=MRTDSUMS.$vmm
    "$calc" --tag --vmm "$vmm" -- "$@" >"$list"
    "$calc" -c --quiet "$list"
    echo "$folder/$list"
done
# shellcheck disable=SC2094 # but for that file itself
find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z |
    xargs -0 sha256sum -- >SHA256SUMS
echo "$folder/SHA256SUMS"
