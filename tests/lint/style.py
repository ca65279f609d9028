# SPDX-License-Identifier: Apache-2.0
"""C files are as clang-format would have them (version 14, as in CI), and
comments, messages and manuals use plain words."""

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


# Words that readers stumble over, and what to write instead. A word that has a
# right use, too, has a pattern that lets that pass.
# A phrase may go on in the next line of a comment or of a literal.
GAP = r'(?:\s+(?:\*\s+)?|\s*"\s*"\s*)'
WORDS = tuple((re.compile(pattern.replace(' ', GAP), re.I), instead)
              for pattern, instead in (
    (r'\bbehind\b', 'after'),
    (r'\bstands?\b(?! for\b)', 'is (at, in)'),
    (r'\b(?:is|are|was|were) told\b(?! apart)', 'is reported, is named'),
    (r'\b(?:tell|tells|told) of\b', 'describes, reports'),
    (r'\bpass(?:es|ed)? over\b(?! the\b)', 'skips, ignores'),
    (r'\bin place of\b', 'instead of'),
    (r'\b(?:the|TDX|TDVF) metadata are\b', 'the metadata is'),
    (r'(?<!there\x20)\b(?:is|are) none\b', 'is not a, is not one of'),
    (r'\bno list of\b', 'not a list of'),
    (r'\bwhosever\b', 'whose'),
    (r'\bat one go\b', 'at once'),
    (r'\basks the observer\b', 'calls the observer'),
    (r'\bon purpose\b', 'the reason'),
    (r'\A/\*\x20(?:likewise|the same|of its file)\.?\x20\*/\Z',
     'a comment that can be read alone'),
    (r'\A/\*\x20---[^*]*(?:\n|\Z)', 'a banner on one line'),
))

# Adjacent literals are one text.
C_WORDS = re.compile(r'/\*.*?\*/|"(?:[^"\\\n]|\\.|"\s*")*"', re.S)


def _prose(file, text):
    """(offset, text) of what people read in a file."""
    if file.endswith(('.c', '.h', '.def')):
        for match in C_WORDS.finditer(text):
            if not match.group().startswith('/*@'):
                yield match.start(), match.group()
    else:
        yield 0, text


def words(root):
    for file in lintlib.git_files(root):
        if not re.match(r'(?:src|include)/.*\.(?:c|h|def)\Z'
                        r'|docs/(?:[^/]*\.(?:md|1)|man3/.*\.3)\Z|README\.md\Z',
                        file):
            continue
        text = (root / file).read_text(encoding='utf-8')
        for start, prose in _prose(file, text):
            for pattern, instead in WORDS:
                for match in pattern.finditer(prose):
                    yield Violation(
                        file, lintlib.line_at(text, start + match.start()),
                        'words', f'"{" ".join(match.group().split())}": write '
                        f'{instead}')


def check(root, **_):
    yield from words(root)
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
            + lintlib.expect(check, {**layout, 'src/a.h': 'int a;\n'}, [])
            + lintlib.expect(check, {
                **layout,
                'src/a.c': '/* It is behind it. */\nint behind;\n'
                           '/* The same. */\n/* --- A\n * --- */\n'
                           'const char *s = "an a stands for b";\n'
                           'const char *t = "it is "\n'
                           '                "none of these";\n'
                           '/* NULL if there is none; told apart. */\n',
                'docs/a.md': 'It is\npassed\nover.\n',
                'docs/man3/a.3': 'b in place of c\n',
                'tests/a.c': '/* behind */\n',
            }, [('src/a.c', 1, 'words'), ('src/a.c', 3, 'words'),
                ('src/a.c', 4, 'words'), ('src/a.c', 7, 'words'),
                ('docs/a.md', 2, 'words'), ('docs/man3/a.3', 1, 'words')]))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
