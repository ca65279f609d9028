# SPDX-License-Identifier: Apache-2.0
"""What is nowhere in the tree: recursion, unsafe calls, left-overs."""

import re
import subprocess
import sys

import lintlib
from lintlib import Violation

NAME = 'forbidden'

TOP = frozenset(('CMakeLists.txt', 'CMakePresets.json', 'src', 'include',
                 'tests', 'testdata', 'docs', 'README.md', 'LICENSE'))

CALLS = re.compile(
    r'\b((?:__builtin_)?alloca|strcpy|stpcpy|strcat|sprintf|vsprintf'
    r'|atoi|atol|atoll|atof|strtok|gets)\s*\(')
PACKED = re.compile(
    r'__attribute__\s*\(\((?:[^()]|\([^()]*\))*\b(?:__)?packed(?:__)?\b'
    r'|\b__packed\b|#\s*pragma\s+pack\b|\b_Pragma\s*\(\s*"pack'
    r'|\[\[\s*gnu::packed')
# Spelled so that this file is no case of itself.
LEFT_OVER = re.compile(r'\b(?:TO[D]O|FIX[M]E|XX[X])\b')
# Names of JSON documents are written once.
SCHEMA = re.compile(r'"(mrtd-calc/[^"]*)"')
SCHEMAS = 'src/program/schemas.h'
# The workspace of those who write it is not part of the project.
OUTSIDE = re.compile(r'(?<![\w-])share[d]/(?!static\b)\w|(?<!\w)/wor[k]/')


def _matches(file, text, pattern, what):
    for match in pattern.finditer(text):
        yield Violation(file, lintlib.line_at(text, match.start()),
                        'forbidden', what.format(match.group(1)
                                                 if pattern.groups else ''))


class _Calls:
    """Who calls whom in src/, by name: a static of the file comes first."""

    def __init__(self, files):
        self.calls, self.place = {}, {}
        everywhere = {}
        defined = [(file, f) for file, text in files
                   for f in lintlib.functions(text)]
        for file, function in defined:
            key = (file, function.name)
            self.place[key] = function.first
            if not function.static:
                everywhere[function.name] = key
        for file, function in defined:
            called = set(re.findall(r'(?<![\w.>])(\w+)\s*\(', function.body))
            self.calls[file, function.name] = sorted(
                key for key in ((file, name) if (file, name) in self.place
                                else everywhere.get(name)
                                for name in called) if key)

    def cycle(self, start):
        """The shortest way from start back to it, as names, or None."""
        ways, seen = [[start]], set()
        for way in ways:  # grows while it is walked
            for key in self.calls[way[-1]]:
                if key == start:
                    return [name for _, name in way]
                if key not in seen:
                    seen.add(key)
                    ways.append(way + [key])
        return None


def _recursion(files):
    calls = _Calls(files)
    for key, line in calls.place.items():
        cycle = calls.cycle(key)
        if cycle:
            yield Violation(key[0], line, 'forbidden', 'recursion: '
                            + ' -> '.join(cycle + cycle[:1]))


def _source(root):
    files = list(lintlib.c_files(root, 'src', 'include'))
    for file, text in files:
        clean = lintlib.blank(text)
        yield from _matches(file, clean, CALLS, '{}()')
        yield from _matches(file, lintlib.blank(text, literals=False),
                            PACKED, 'a packed struct')
        if file != SCHEMAS:
            yield from _matches(
                file, lintlib.blank(text, literals=False), SCHEMA,
                f'{{}}: names of schemas are in {SCHEMAS}')
    for folder in ('src', 'include'):
        for path in sorted((root / folder).rglob('*')):
            if path.is_file():
                yield from _matches(
                    path.relative_to(root).as_posix(),
                    path.read_text(encoding='utf-8', errors='replace'),
                    LEFT_OVER, 'a left-over')
    yield from _recursion(files)


def check(root, **_):
    yield from _source(root)
    tops = set(TOP)
    for file in lintlib.git_files(root):
        top = file.split('/')[0]
        if top not in tops and not top.startswith('.'):
            tops.add(top)
            yield Violation(file, 1, 'forbidden',
                            f'{top} has no place at the top of the tree')
        data = (root / file).read_bytes()
        if b'\0' not in data:
            yield from _matches(file, data.decode('utf-8', 'replace'),
                                OUTSIDE, 'a path outside the project')


def self_check():
    def body(*lines):
        return ''.join(f'{line}\n' for line in ('{', *lines, '}'))
    bad = {
        'src/a.c': 'int f(void)\n' + body('    return f();')
                   + 'static int g(int a)\n' + body('    return h(a);')
                   + 'int h(int a)\n' + body('    return g(a);'),
        'src/b.c': '\n'.join(f'{name}(a);' for name in (
            'alloca', '__builtin_alloca', 'strcpy', 'strcat', 'sprintf',
            'atoi', 'strtok', 'gets', 'vsprintf')) + '\n',
        'src/c.h': 'struct a {\n    int a;\n} __attribute__((packed));\n'
                   'struct b {\n    int a;\n}\n'
                   '__attribute__((aligned(2), __packed__));\n'
                   '#pragma pack(1)\n',
        'src/d.map': '# TO' + 'DO\n',
        'src/e.c': '/* FIX' + 'ME */\nint a; // XX' + 'X\n',
        'src/f.c': 'a("mrtd-calc/a/1");\n',
        'docs/a.md': 'text\nsee share' + 'd/some.md\n/wor' + 'k/main\n',
        'Makefile': '', 'extra/a': '', 'extra/b': '',
    }
    wanted = [('src/a.c', n, 'forbidden') for n in (1, 5, 9)]
    wanted += [('src/b.c', n, 'forbidden') for n in range(1, 10)]
    wanted += [('src/c.h', n, 'forbidden') for n in (3, 7, 8)]
    wanted += [('src/d.map', 1, 'forbidden')]
    wanted += [('src/e.c', n, 'forbidden') for n in (1, 2)]
    wanted += [('src/f.c', 1, 'forbidden')]
    wanted += [('docs/a.md', n, 'forbidden') for n in (2, 3)]
    wanted += [('Makefile', 1, 'forbidden'), ('extra/a', 1, 'forbidden')]
    good = {
        'src/a.c': '/* f() calls strcpy() */\n'
                   'static int f(int a)\n' + body('    return a->f(a);')
                   + 'int g(int a)\n' + body('    f(a);', '    snprintf(a);',
                                             '    k("gets(", fgets(a));'),
        'src/b.c': 'static int f(int a)\n' + body('    return g(a);')
                   + 'int h(int a)\n' + body('    return f(a);'),
        'src/c.h': 'int packed; /* packed, "mrtd-calc/a/1" */\n',
        SCHEMAS: '#define A "mrtd-calc/a/1"\n',
        'docs/a.md': 'a share' + 'd/static library, share' + 'd objects\n',
        'CMakeLists.txt': 'add_library(mrtd SHARED)\n', 'build/a': '',
    }
    failed = (lintlib.expect(check, bad, wanted)
              + lintlib.expect(check, good, []))
    with lintlib.tree({'.gitignore': 'a*/\n', 'a/b': '', 'c/d': ''}) as root:
        subprocess.run(['git', 'init', '-q', str(root)], check=True)
        found = [v.file for v in check(root)]
        if found != ['c/d']:
            failed.append(f'of a git tree: {found}')
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
