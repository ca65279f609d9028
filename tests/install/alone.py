#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the library alone, which needs a C11 compiler and nothing else; lets a
program use it; and runs its unit tests without libcrypto's engine."""

import pathlib
import subprocess
import tempfile

from run import HERE, MICRO_EXPECTED, ROOT, expect, run

ALONE = ("-DMRTD_PROGRAM=OFF", "-DMRTD_LIBCRYPTO=OFF")
# What is not there on a machine without libraries for developers.
NOTHING = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{package}=ON"
           for package in ("OpenSSL", "PkgConfig", "Threads")]


def configure(source, build, *options):
    run("cmake", "-G", "Ninja", "-S", source, "-B", build,
        "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DMRTD_WERROR=ON", *options)
    run("cmake", "--build", build)


def needed(library):
    """The names of the libraries that a library loads."""
    return {line.split("[")[1].rstrip("]")
            for line in run("readelf", "-d", library).splitlines()
            if "(NEEDED)" in line}


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prefix = folder / "prefix"
        configure(ROOT, folder / "alone", *ALONE, *NOTHING,
                  "-DBUILD_TESTING=OFF")
        run("cmake", "--install", folder / "alone", "--prefix", prefix)
        library = next(prefix.rglob("libmrtd.so"))
        expect("it loads libc only", needed(library), {"libc.so.6"})
        expect("it has no program", list(prefix.rglob("mrtd-calc*")), [])
        print(run("python3", ROOT / "tests/lint/run.py", "exports",
                  "--library", library))
        configure(HERE, folder / "consumer", *NOTHING,
                  f"-DCMAKE_PREFIX_PATH={prefix}")
        for kind in ("mrtd", "static", "cxx"):
            expect(f"find_package, {kind}",
                   run(folder / "consumer" / f"consumer-{kind}"),
                   MICRO_EXPECTED)
        pc = (library.parent / "pkgconfig/libmrtd.pc").read_text()
        expect("pkg-config asks for no libcrypto", "libcrypto" in pc, False)

        configure(ROOT, folder / "tests", *ALONE)
        print(subprocess.run(["ctest", "--output-on-failure"], check=True,
                             cwd=folder / "tests", text=True,
                             stdout=subprocess.PIPE).stdout)


if __name__ == "__main__":
    main()
