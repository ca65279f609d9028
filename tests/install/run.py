#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs a build into a fresh prefix and uses it as a stranger would: with
find_package, with pkg-config, statically, as C++, and through the manual."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# What leads about in the source is not installed.
OF_THE_SOURCE = {pathlib.Path("docs/README.md"),
                 pathlib.Path("docs/architecture.md")}
MICRO_EXPECTED = (
    "8f3e9a8aca6784eab874f7aa4dda5d49104a88047f1f86695ef2a88f5691a90e"
    "34aac48ce45ffa1f5a23c7d62980d570")


def run(*command, **options):
    """Runs a command and returns its standard output."""
    done = subprocess.run([str(c) for c in command], check=True, text=True,
                          stdout=subprocess.PIPE, **options)
    return done.stdout.strip()


def expect(what, value, wanted):
    """Prints what was tried; ends the test where it is not as wanted."""
    print("ok  " if value == wanted else "FAIL", what)
    if value != wanted:
        sys.exit(f"{what}: got {value!r}, wanted {wanted!r}")


def files_of(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*")
            if not p.is_dir()}


def try_components(build, folder, whole):
    """Each component alone: together they are the whole, no file twice."""
    parts = {}
    for name in ("program", "library", "development"):
        prefix = folder / name
        run("cmake", "--install", build, "--prefix", prefix, "--component",
            name)
        parts[name] = files_of(prefix)
    expect("the components are the whole, and do not overlap",
           sorted(file for part in parts.values() for file in part),
           sorted(whole))
    expect("the program alone",
           run(folder / "program/bin/mrtd-calc", "self-test")
           .splitlines()[-1], "9 of 9 known answers")
    expect("the library alone",
           sorted(pathlib.Path(file).name for file in parts["library"]),
           ["libmrtd.so.0.1", "libmrtd.so.0.1.0"])
    expect("what only developers need",
           {"libmrtd.so", "libmrtd.a", "mrtd.h", "codes.def", "libmrtd.pc",
            "libmrtd.3", "mrtd_measure.3", "mrtd_measure_many.3"}
           - {pathlib.Path(file).name for file in parts["development"]},
           set())


def try_manual(folder):
    """Each function that the library exports has its page, by its name."""
    names = re.findall(r"^\s*(mrtd_\w+);$",
                       (ROOT / "src/libmrtd.map").read_text(), re.M)
    expect("pages", sorted(path.name for path in (folder / "man3").iterdir()),
           sorted(f"{name}.3" for name in ("libmrtd", *names)))
    if shutil.which("mandoc"):  # finds what .so names in its folder
        def shown(name):
            return re.sub(".\b", "", run(
                "mandoc", "-T", "ascii", "-O", "width=200",
                f"man3/{name}.3", cwd=folder))
        expect("pages that do not name their function", [
            name for name in names
            if name not in re.search(r"^NAME$.*^SYNOPSIS$", shown(name),
                                     re.M | re.S)[0]], [])
    if shutil.which("man"):
        # man-db says which page it leads to.
        name = "mrtd_measure_many"
        leads = (folder / f"man3/{name}.3").read_text().split()[1]
        expect("man finds the page", run("man", "-M", folder, "-w", name),
               str(folder / leads))


def try_docs(folder):
    """All of docs/ that is no manual, and no link that leads nowhere."""
    docs = [path.relative_to(ROOT) for path in
            [ROOT / "README.md", *(ROOT / "docs").rglob("*")]
            if path.is_file() and not path.match("*.[13]")
            and path.relative_to(ROOT) not in OF_THE_SOURCE]
    expect("installed documentation", files_of(folder),
           {str(path) for path in docs})
    links = [(path, link) for path in docs if path.suffix == ".md"
             for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)",
                                    (folder / path).read_text("utf-8"))]
    expect("links in it", len(links) > 20, True)
    expect("links that lead nowhere",
           [(str(path), link) for path, link in links
            if not (folder / path.parent / link).is_file()], [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    build = parser.parse_args().build.resolve()

    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder) / "prefix"
        consumer = pathlib.Path(folder) / "consumer"
        run("cmake", "--install", build, "--prefix", prefix)
        try_components(build, pathlib.Path(folder), files_of(prefix))
        libdir = next(prefix.rglob("libmrtd.so")).parent
        env = dict(os.environ, LD_LIBRARY_PATH=str(libdir),
                   PKG_CONFIG_PATH=str(libdir / "pkgconfig"))
        expect("installed files", sorted(
            str(p.relative_to(prefix)) for p in prefix.rglob("*")
            if p.suffix in (".1", ".h", ".def", ".pc")
            and ".so." not in p.name
            or p.name == "mrtd-calc" and p.is_file()),
            ["bin/mrtd-calc", "include/mrtd.h",
             *sorted(f"include/mrtd/{path.name}"
                     for path in (ROOT / "include/mrtd").iterdir()),
             str((libdir / "pkgconfig/libmrtd.pc").relative_to(prefix)),
             "share/bash-completion/completions/mrtd-calc",
             "share/man/man1/mrtd-calc.1"])
        try_manual(prefix / "share/man")
        try_docs(prefix / "share/doc/mrtd-calc")
        expect("the installed program's self-test",
               run(prefix / "bin/mrtd-calc", "self-test", env=env)
               .splitlines()[-1], "9 of 9 known answers")

        run("cmake", "-G", "Ninja", "-S", HERE, "-B", consumer,
            f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", consumer)
        for kind, loads in (("mrtd", True), ("shared", True),
                            ("static", False), ("cxx", True)):
            program = consumer / f"consumer-{kind}"
            expect(f"find_package, {kind}", run(program, env=env),
                   MICRO_EXPECTED)
            expect(f"find_package, {kind}: loads the shared library",
                   "[libmrtd.so.0.1]" in run("readelf", "-d", program), loads)

        # prefix= of the .pc file is the configured one, not this one.
        define = f"--define-variable=prefix={prefix}"
        flags = run("pkg-config", define, "--cflags", "--libs", "libmrtd",
                    env=env).split()
        program = pathlib.Path(folder) / "pc"
        run("cc", HERE / "consumer.c", "-o", program, *flags)
        expect("pkg-config, shared", run(program, env=env), MICRO_EXPECTED)
        flags = run("pkg-config", define, "--static", "--cflags", "--libs",
                    "libmrtd", env=env).split()
        run("cc", HERE / "consumer.c", "-o", program,
            *[libdir / "libmrtd.a" if f == "-lmrtd" else f for f in flags])
        expect("pkg-config, static", run(program), MICRO_EXPECTED)


if __name__ == "__main__":
    main()
