#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The packages in a Debian 12 that has nothing else: apt installs them with what
# they need, the program measures an image, ldconfig knows the library, and
# purged they leave no file behind.
#
#     bare.sh FOLDER     with the packages (src/packaging/release)
#
# Exit status 77: not root, no debootstrap, no network, or no chroot here.
set -eu
skip() {
    echo "tests/install/bare.sh: skipped: $*" >&2
    exit 77
}
ls "$1"/*.deb >/dev/null 2>&1 || skip "no packages in $1"
packages=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

[ "$(id -u)" = 0 ] || skip 'not root'
command -v debootstrap >/dev/null || skip 'no debootstrap'
# From where this machine has its packages.
# shellcheck disable=SC2016 # apt's, not the shell's
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' \
    'Created-By: Packages' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || skip "this machine's apt has no Debian 12"

work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    skip 'debootstrap failed'
}
inside() {
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$root" "$@"
}
# All but what apt and dpkg keep for themselves.
files() {
    (cd "$root" && find . -path ./tmp -prune -o -path ./var/cache -prune -o \
        -path ./var/log -prune -o -path ./var/lib/apt -prune -o \
        -path ./var/lib/dpkg -prune -o -print) | LC_ALL=C sort
}
inside true 2>/dev/null || skip 'no chroot here'
inside apt-get -qq update >&2 || skip 'apt has no network in there'

files >"$work/before"
cp "$packages"/*.deb testdata/zero-page.bin "$root/tmp"
wanted=$(sed -n 's/^MRTD (zero-page.bin) = //p' testdata/MRTDSUMS)

inside sh -c 'apt-get -qq install -y --download-only \
    --no-install-recommends /tmp/*.deb' >&2 || skip 'apt has no network'

# Only the program; it has no need of the library.
inside sh -c 'apt-get -qq install -y --no-install-recommends \
    /tmp/mrtd-calc_*.deb' >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
[ "$(inside mrtd-calc /tmp/zero-page.bin 2>/dev/null)" = "$wanted" ]
inside mrtd-calc self-test | grep -q '^9 of 9 known answers$'
[ -s "$root/usr/share/man/man1/mrtd-calc.1.gz" ]
[ ! -e "$root/usr/share/doc/libmrtd0.1" ]

# The library: ldconfig has run, by the trigger.
inside sh -c 'apt-get -qq install -y --no-install-recommends \
    /tmp/libmrtd*.deb' >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
inside ldconfig -p | grep -q 'libmrtd\.so\.0\.1 '
[ -s "$root/usr/share/man/man3/libmrtd.3.gz" ]
[ -s "$root/usr/share/man/man3/mrtd_measure_many.3.gz" ]

inside sh -c 'apt-get -qq purge -y mrtd-calc libmrtd0.1 libmrtd-dev &&
    apt-get -qq purge -y --autoremove && dpkg --audit' >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
inside ldconfig -p | grep -q libmrtd && exit 1
files >"$work/after"
diff "$work/before" "$work/after"
echo 'installed, run, purged: nothing is left'
