#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program and the library are built with the usual hardening.

What checksec looks at: PIE, full RELRO, no executable stack, stack protector,
FORTIFY, CET, no path to libraries. Where checksec is installed, it is asked,
too.
"""

import argparse
import json
import shutil
import subprocess
import sys


def readelf(option, path):
    return subprocess.run(['readelf', '-W', option, path], check=True,
                          capture_output=True, text=True).stdout


def disassembly(path):
    return subprocess.run(['objdump', '-d', '--no-show-raw-insn', path],
                          check=True, capture_output=True, text=True).stdout


def said_by_checksec(path, **wanted):
    """Yields what checksec says otherwise than is wanted."""
    if not shutil.which('checksec'):
        return
    said = json.loads(subprocess.run(
        ['checksec', '--output=json', f'--file={path}'], check=True,
        capture_output=True, text=True).stdout)[path]
    for name, value in wanted.items():
        if said[name] != value:
            yield f'checksec: {name} is {said[name]}, not {value}'


def check_file(path):
    """Yields what is missing in any file."""
    header, segments = readelf('-h', path), readelf('-l', path)
    dynamic = readelf('-d', path)
    if 'Type:                              DYN' not in header:
        yield 'not position-independent'
    if 'GNU_RELRO' not in segments or 'NOW' not in dynamic:
        yield 'no full RELRO'
    stack = [line for line in segments.splitlines() if 'GNU_STACK' in line]
    if not stack or 'RWE' in stack[0]:
        yield 'an executable stack'
    # Debian 12's crt files lack the mark of CET, so the whole has none, either;
    # the compiled code begins its functions with endbr64 all the same.
    if 'X86-64' in header and disassembly(path).count('endbr64') < 20:
        yield 'no CET'
    if 'RUNPATH' in dynamic or 'RPATH' in dynamic:
        yield 'a path to libraries'


def check_static(path):
    """Of a program without libraries and without symbols."""
    yield from check_file(path)
    if 'INTERP' in readelf('-l', path) or '(NEEDED)' in readelf('-d', path):
        yield 'needs libraries'


def check(path, is_program):
    """Of a program, or of a library, that loads others."""
    yield from check_file(path)
    symbols = readelf('--dyn-syms', path)
    if is_program and 'INTERP' not in readelf('-l', path):
        yield 'no interpreter: no PIE, but a library'
    if '__stack_chk_fail' not in symbols:
        yield 'no stack protector'
    if is_program and '_chk@' not in symbols:
        yield 'no FORTIFY'
    yield from said_by_checksec(
        path, relro='full', nx='yes', canary='yes', rpath='no', runpath='no',
        pie='yes' if is_program else 'dso')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program')
    parser.add_argument('--library')
    parser.add_argument('--static')
    options = parser.parse_args()
    missing = [
        f'{path}: {what}' for path, found in (
            (options.program, lambda path: check(path, True)),
            (options.library, lambda path: check(path, False)),
            (options.static, check_static))
        for what in (found(path) if path else ())]
    print('\n'.join(missing) or 'hardened')
    return bool(missing)


if __name__ == '__main__':
    sys.exit(main())
