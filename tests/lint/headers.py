# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone, and twice; the public ones also as C++."""

import concurrent.futures
import os
import re
import subprocess
import sys

import lintlib
from lintlib import Violation

NAME = 'headers'

WARNINGS = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror']


def _compile(root, file, rule, compiler, language, standard):
    """Includes the header twice, and nothing before it."""
    folder = next(top for top in ('include', 'src/program', 'src')
                  if file.startswith(f'{top}/'))
    name = file.removeprefix(folder + '/')
    done = subprocess.run(
        [compiler, '-x', language, standard, *WARNINGS, '-I',
         str(root / 'include'), '-I', str(root / 'src'), '-I',
         str(root / 'src/program'), '-'],
        input=f'#include "{name}"\n' * 2, text=True, capture_output=True,
        env={**os.environ, 'LC_ALL': 'C'})
    if done.returncode == 0:
        return []
    found = re.search(r'^([^\n:]*):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$',
                      done.stderr, re.M)
    if not found:
        said = done.stderr.strip().splitlines() or ['no message']
        return [Violation(file, 1, rule, said[-1])]
    where, line, what = found.groups()
    if not where.endswith(file):
        return [Violation(file, 1, rule, f'{where}:{line}: {what}')]
    return [Violation(file, int(line), rule, what)]


def _guard(file, text):
    """The guard's name, '' for #pragma once, None without either."""
    clean = lintlib.blank(text)
    if re.search(r'^\s*#\s*pragma\s+once\b', clean, re.M):
        return ''
    found = re.match(r'\s*#\s*ifndef\s+(\w+)\s*\n\s*#\s*define\s+(\w+)\s*\n',
                     clean)
    if found and found.group(1) == found.group(2):
        return found.group(1)
    return None


def check(root, **_):
    headers = list(lintlib.c_files(root, 'include', 'src', suffixes=('.h',)))
    guards = {}
    for file, text in headers:
        guard = _guard(file, text)
        if guard is None:
            yield Violation(file, 1, 'header-guard',
                            'no include guard before everything else')
        elif guard and guard in guards:
            yield Violation(file, 1, 'header-guard',
                            f'{guard} is the guard of {guards[guard]} too')
        guards[guard] = file
    cc = os.environ.get('CC', 'cc').split()[0]
    cxx = os.environ.get('CXX', 'c++').split()[0]
    jobs = [(root, file, 'header-alone', cc, 'c', '-std=c11')
            for file, _ in headers]
    jobs += [(root, file, 'header-cxx', cxx, 'c++', '-std=c++11')
             for file, _ in headers if file.startswith('include/')]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda job: _compile(*job), jobs):
            yield from found


def self_check():
    def guarded(name, text):
        return f'#ifndef {name}\n#define {name}\n{text}#endif\n'
    bad = {
        'include/mrtd.h': guarded('MRTD_H', 'int new(int *class);\n'),
        'src/base/a.h': guarded('A_H', 'uint8_t f(void);\n'),
        'src/base/b.h': 'int f(void);\n',
        'src/base/c.h': guarded('A_H', ''),
        'src/base/d.h': 'struct d {\n    int a;\n};\n',
        'src/base/e.h': guarded('E_H', '#include "base/a.h"\n'),
    }
    wanted = [('include/mrtd.h', 3, 'header-cxx'),
              ('src/base/a.h', 3, 'header-alone'),
              ('src/base/b.h', 1, 'header-guard'),
              ('src/base/c.h', 1, 'header-guard'),
              ('src/base/d.h', 1, 'header-alone'),
              ('src/base/d.h', 1, 'header-guard'),
              ('src/base/e.h', 1, 'header-alone')]
    good = {
        'include/mrtd.h': '/* A. */\n' + guarded('MRTD_H', 'int f(void);\n'),
        'src/base/a.h': '#pragma once\n#include "mrtd.h"\nint g(void);\n',
        'src/base/b.h': guarded('B_H', '#include "base/a.h"\n'
                                       'static inline int h(void)\n{\n'
                                       '    return g();\n}\n'),
    }
    return (lintlib.expect(check, bad, wanted)
            + lintlib.expect(check, good, []))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
