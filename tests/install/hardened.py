#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program and the library are built with the usual hardening.

What checksec looks at: PIE, full RELRO, no executable stack, stack protector,
FORTIFY, CET, no path to libraries.
"""

import argparse
import subprocess
import sys


def readelf(option, path):
    return subprocess.run(['readelf', '-W', option, path], check=True,
                          capture_output=True, text=True).stdout


def disassembly(path):
    return subprocess.run(['objdump', '-d', '--no-show-raw-insn', path],
                          check=True, capture_output=True, text=True).stdout


def check(path, is_program):
    """Yields what is missing."""
    header, segments = readelf('-h', path), readelf('-l', path)
    dynamic, symbols = readelf('-d', path), readelf('--dyn-syms', path)
    if 'Type:                              DYN' not in header:
        yield 'not position-independent'
    if is_program and 'INTERP' not in segments:
        yield 'no interpreter: no PIE, but a library'
    if 'GNU_RELRO' not in segments or 'NOW' not in dynamic:
        yield 'no full RELRO'
    stack = [line for line in segments.splitlines() if 'GNU_STACK' in line]
    if not stack or 'RWE' in stack[0]:
        yield 'an executable stack'
    if '__stack_chk_fail' not in symbols:
        yield 'no stack protector'
    if is_program and '_chk@' not in symbols:
        yield 'no FORTIFY'
    # Debian 12's crt files lack the mark of CET, so the whole has none, either;
    # the compiled code begins its functions with endbr64 all the same.
    if 'X86-64' in header and disassembly(path).count('endbr64') < 20:
        yield 'no CET'
    if 'RUNPATH' in dynamic or 'RPATH' in dynamic:
        yield 'a path to libraries'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--library', required=True)
    options = parser.parse_args()
    missing = [f'{path}: {what}' for path, is_program in (
        (options.program, True), (options.library, False))
        for what in check(path, is_program)]
    print('\n'.join(missing) or 'hardened')
    return bool(missing)


if __name__ == '__main__':
    sys.exit(main())
