# SPDX-License-Identifier: Apache-2.0
"""C files are as clang-format would have them (version 14, as in CI)."""

import re
import shutil
import subprocess
import sys

import lintlib
from lintlib import Violation

NAME = 'style'

VERSION = 14


def _tool():
    """clang-format of the version that CI has: others differ in detail."""
    seen = 'none'
    for name in (f'clang-format-{VERSION}', 'clang-format'):
        path = shutil.which(name)
        if not path:
            continue
        said = subprocess.run([path, '--version'], text=True,
                              capture_output=True).stdout
        found = re.search(r'version (\d+)', said)
        seen = found.group(1) if found else said.strip()
        if seen == str(VERSION):
            return path
    raise lintlib.Skip(f'clang-format {VERSION} is wanted, there is {seen}')


def check(root, **_):
    tool = _tool()
    files = [file for file in lintlib.git_files(root)
             if file.endswith(('.c', '.h'))]
    if not files:
        return
    done = subprocess.run([tool, '--dry-run', '-Werror', *files], cwd=root,
                          text=True, capture_output=True)
    complaint = re.compile(
        r'^([^\s:][^:\n]*):(\d+):\d+: error: (.*?)(?: \[.*)?$', re.M)
    found = {(m.group(1), int(m.group(2)), m.group(3))
             for m in complaint.finditer(done.stderr)}
    if done.returncode and not found:
        raise OSError(done.stderr)
    for file, line, what in found:
        if (file, line - 1, what) in found:
            continue  # one a place is enough
        yield Violation(file, line, 'style', what)


def self_check():
    layout = {'.clang-format': 'BasedOnStyle: LLVM\nIndentWidth: 4\n'}
    return (lintlib.expect(check, {**layout, 'src/a.c': 'int a;\nint  b;\n'},
                           [('src/a.c', 2, 'style')])
            + lintlib.expect(check, {**layout, 'src/a.h': 'int a;\n'}, []))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
