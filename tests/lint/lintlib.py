# SPDX-License-Identifier: Apache-2.0
"""What the lint scripts share: violations, C text, small trees, main()."""

import argparse
import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Violation(NamedTuple):
    file: str
    line: int
    rule: str
    what: str

    def __str__(self):
        return f'{self.file}:{self.line}: {self.rule}: {self.what}'


class Skip(Exception):
    """A check that cannot run here, e.g. for want of a tool."""


class Function(NamedTuple):
    name: str
    static: bool
    first: int  # line of the signature's start, from 1
    last: int   # line of the closing brace
    body: str   # blanked text between the braces
    start: int  # offset of the body in the text


# --- C text --------------------------------------------------------------

_COMMENT_OR_LITERAL = re.compile(
    r'//(?:[^\\\n]|\\.|\\\n)*|/\*.*?\*/'
    r'|"(?:[^"\\\n]|\\.|\\\n)*"|\'(?:[^\'\\\n]|\\.)*\'', re.S)


def _spaces(text):
    return re.sub(r'[^\n]', ' ', text)


def blank(text, literals=True):
    """Comments (and the insides of literals) as blanks; same length."""
    def one(match):
        found = match.group()
        if found.startswith('/'):
            return _spaces(found)
        if literals:
            return found[0] + _spaces(found[1:-1]) + found[-1]
        return found
    return _COMMENT_OR_LITERAL.sub(one, text)


def blank_directives(text):
    """Preprocessor lines, with their continuations, as blanks."""
    return re.sub(r'^[ \t]*#(?:[^\\\n]|\\.|\\\n)*',
                  lambda m: _spaces(m.group()), text, flags=re.M)


def line_at(text, offset):
    return text.count('\n', 0, offset) + 1


def closing(text, start):
    """Offset of the bracket that closes the one at start; -1 if none."""
    pairs = {'(': ')', '[': ']', '{': '}'}
    opens, closes = text[start], pairs[text[start]]
    depth = 0
    for i in range(start, len(text)):
        if text[i] == opens:
            depth += 1
        elif text[i] == closes:
            depth -= 1
            if depth == 0:
                return i
    return -1


def functions(text):
    """The functions of clang-formatted C: braces of a body in column 0."""
    clean = blank_directives(blank(text))
    found = []
    for brace in re.finditer(r'^\{', clean, re.M):
        before = clean[:brace.start()]
        signature = re.search(r'[^;{}]*\Z', before)
        start = signature.start()
        start += len(signature.group()) - len(signature.group().lstrip())
        name = re.search(r'(\w+)\s*\(', before[start:])
        end = re.compile(r'^\}', re.M).search(clean, brace.end())
        if not name or not end:
            continue
        found.append(Function(
            name.group(1),
            bool(re.search(r'\bstatic\b', before[start:])),
            line_at(clean, start), line_at(clean, end.start()),
            clean[brace.end():end.start()], brace.end()))
    return found


# --- Files ---------------------------------------------------------------

def c_files(root, *folders, suffixes=('.c', '.h')):
    """(path from root, text) of the C files below the folders."""
    for folder in folders:
        for path in sorted((root / folder).rglob('*')):
            if path.suffix in suffixes and path.is_file():
                yield (path.relative_to(root).as_posix(),
                       path.read_text(encoding='utf-8'))


def git_files(root):
    """Files that git has or would take; without git, what is not built."""
    if not (root / '.git').exists():
        names = (p.relative_to(root).as_posix()
                 for p in root.rglob('*') if p.is_file())
        return sorted(n for n in names if not re.match(
            r'build[^/]*/|out/|(?:.*/)?__pycache__/', n))
    out = subprocess.run(
        ['git', '-C', str(root), 'ls-files', '-z', '--cached', '--others',
         '--exclude-standard'], check=True, capture_output=True)
    names = out.stdout.decode('utf-8', 'surrogateescape').split('\0')
    return sorted({n for n in names if n and (root / n).is_file()})


# --- Self-checks ---------------------------------------------------------

@contextlib.contextmanager
def tree(files):
    """A temporary folder that holds {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        yield root


def expect(check, files, wanted, **options):
    """Runs check on files; wanted is a list of (file, line, rule)."""
    with tree(files) as root:
        found = list(check(root, **options))
    got = sorted((v.file, v.line, v.rule) for v in found)
    if got == sorted(wanted):
        return []
    said = '; '.join(str(v) for v in found) or 'nothing'
    return [f'wanted {sorted(wanted)}, found {said}']


# --- Command line --------------------------------------------------------

def add_options(parser):
    parser.add_argument('--root', type=pathlib.Path, default=ROOT,
                        help='the tree to check')
    parser.add_argument('--library', type=pathlib.Path,
                        help='a built libmrtd (exports: shared)')
    parser.add_argument('--image', type=pathlib.Path,
                        help='example: the file to run the example on')
    parser.add_argument('--expect', metavar='HEX',
                        help='example: what it must print')
    parser.add_argument('--no-skip', action='store_true',
                        help='a check that cannot run counts as failed')
    parser.add_argument('--self-check', action='store_true',
                        help='show that bad input is found, nothing else')


def run_one(module, options):
    """Self-check, then check. Returns the number of complaints."""
    try:
        complaints = module.self_check()
        for complaint in complaints:
            print(f'{module.NAME}: self-check: {complaint}')
        if options.self_check or complaints:
            return len(complaints)
        found = sorted(set(module.check(
            options.root.resolve(), library=options.library,
            image=options.image, expect=options.expect)))
    except Skip as why:
        print(f'{module.NAME}: skipped: {why}', file=sys.stderr)
        return int(options.no_skip)
    for violation in found:
        print(violation)
    return len(found)


def main(module_name):
    parser = argparse.ArgumentParser(
        description=sys.modules[module_name].__doc__)
    add_options(parser)
    options = parser.parse_args()
    return 1 if run_one(sys.modules[module_name], options) else 0
