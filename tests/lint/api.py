# SPDX-License-Identifier: Apache-2.0
"""What the public headers and the manual declare, in comparable form."""

import re
import shlex
from typing import NamedTuple

import lintlib

HEADER = 'include/mrtd.h'
CODES = 'include/mrtd/codes.def'
MANUAL = 'docs/man3'
OVERVIEW = f'{MANUAL}/libmrtd.3'


class Code(NamedTuple):
    line: int
    number: int
    name: str
    its_class: str


class Item(NamedTuple):
    file: str
    line: int
    text: str  # tokens with one blank between


def headers(root):
    """{file: text} of the public header and those that it brings."""
    return dict(lintlib.c_files(root, 'include', suffixes=('.h',)))


def tokens(text):
    return ' '.join(re.findall(r'\w+|\.\.\.|[^\w\s]', text))


def clean(text):
    """The header without comments, directives and extern "C"."""
    text = re.sub(r'^#ifdef __cplusplus$.*?^#endif$',
                  lambda m: re.sub(r'[^\n]', ' ', m.group()), text,
                  flags=re.M | re.S)
    return lintlib.blank_directives(lintlib.blank(text))


def declarations(text):
    """(offset, text up to ";") of what stands outside all braces."""
    start = depth = 0
    for i, char in enumerate(text):
        depth += {'{': 1, '}': -1}.get(char, 0)
        if char == ';' and depth == 0:
            chunk = text[start:i]
            yield start + len(chunk) - len(chunk.lstrip()), chunk.strip()
            start = i + 1


def header_functions(files):
    """{name: Item} with the whole prototype."""
    found = {}
    for file, text in files.items():
        text = clean(text)
        for offset, chunk in declarations(text):
            if '{' in chunk or chunk.startswith('typedef'):
                continue
            chunk = re.sub(r'__attribute__\s*\(\(.*?\)\)(?=\s|$)', '', chunk)
            chunk = re.sub(r'^\s*MRTD_[A-Z_]+\s', '', chunk)  # a macro
            match = re.match(r'[\w\s*]*?\b(\w+)\s*\(', chunk)
            if match:
                found[match.group(1)] = Item(
                    file, lintlib.line_at(text, offset), tokens(chunk))
    return found


def types(file, text):
    """{name: Item} of struct definitions and typedefs."""
    text = clean(text)
    found = {}
    for offset, chunk in declarations(text):
        match = (re.match(r'struct\s+(\w+)\s*\{', chunk)
                 or re.match(r'typedef\b.*?\b(\w+)\s*\(', chunk, re.S))
        if match:
            found[match.group(1)] = Item(file, lintlib.line_at(text, offset),
                                         tokens(chunk))
    return found


def header_types(files):
    return {name: item for file, text in files.items()
            for name, item in types(file, text).items()}


def header_enumerators(files):
    """{enumerator: Item}, whose text is its enum."""
    found = {}
    for file, text in files.items():
        text = clean(text)
        for match in re.finditer(r'\benum\s+(\w+)\s*\{([^}]*)\}', text):
            for part in re.finditer(r'(\w+)[^,]*', match.group(2)):
                line = lintlib.line_at(text, match.start(2) + part.start())
                found[part.group(1)] = Item(file, line, match.group(1))
    return found


def codes(text):
    """{enumerator: Code} of the list of codes."""
    pattern = re.compile(
        r'^MRTD_CODE\((\w+),\s*(\d+),\s*"([a-z0-9-]+)",\s*([A-Z]+)\)', re.M)
    return {match[1]: Code(lintlib.line_at(text, match.start()),
                           int(match[2]), match[3], match[4])
            for match in pattern.finditer(text)}


def header_macros(files):
    """{name: Item}, without include guards and export macros."""
    found = {}
    for file, text in files.items():
        for match in re.finditer(
                r'^#\s*define\s+(\w+)[^\n\S]+(?!__)\S',
                lintlib.blank(text), re.M):
            found[match.group(1)] = Item(
                file, lintlib.line_at(text, match.start()), '')
    return found


def pages(root):
    """{file: text} of the manual of the library."""
    return {path.relative_to(root).as_posix(): path.read_text('utf-8')
            for path in sorted((root / MANUAL).glob('*.3'))}


# --- mdoc ----------------------------------------------------------------

def unroff(line):
    """A line of text as it is read: escapes undone."""
    line = re.sub(r'\\\(aq', "'", line)
    line = re.sub(r'\\\(dq', '"', line)
    return re.sub(r'\\(.)', lambda m: {'e': '\\', '&': ''}.get(
        m.group(1), m.group(1)), line)


def section(text, name):
    """(first line's number, lines) of the section .Sh name."""
    lines = text.split('\n')
    inside = False
    first, found = 1, []
    for number, line in enumerate(lines, 1):
        if line.startswith('.Sh '):
            inside = line[4:].strip(' "') == name
            first = number + 1 if inside else first
        elif inside:
            found.append(line)
    return first, found


def displays(text, name=None):
    """(line, text) of each literal display, of one section or all."""
    if name is None:
        first, lines = 1, text.split('\n')
    else:
        first, lines = section(text, name)
    start, found = None, []
    for number, line in enumerate(lines, first):
        if re.match(r'\.Bd\b.*-(literal|unfilled)', line):
            start, found = number + 1, []
        elif line == '.Ed' and start is not None:
            yield start, '\n'.join(found) + '\n'
            start = None
        elif start is not None:
            found.append(unroff(line))


def called(text):
    """The names of the NAME section."""
    return [line.split()[1] for line in section(text, 'NAME')[1]
            if line.startswith('.Nm ')]


def manual_functions(file, text):
    """{name: Item} of the SYNOPSIS: .Ft with .Fn, or .Fo to .Fc."""
    found = {}
    kind, name, line, args = '', None, 0, []
    first, lines = section(text, 'SYNOPSIS')
    for number, source in enumerate(lines, first):
        macro, _, rest = source.partition(' ')
        if macro == '.Ft':
            kind = ' '.join(shlex.split(rest))
        elif macro == '.Fn':
            name, *args = shlex.split(rest)
            found[name] = Item(file, number, tokens(
                f'{kind} {name}({", ".join(args)})'))
        elif macro == '.Fo':
            name, line, args = rest.strip(), number, []
        elif macro == '.Fa':
            args += shlex.split(rest)
        elif macro == '.Fc' and name:
            found[name] = Item(file, line, tokens(
                f'{kind} {name}({", ".join(args)})'))
    return found


def manual_types(file, text):
    """(name, Item) of the structs and typedefs shown in displays."""
    for line, shown in displays(text):
        for name, item in types(file, shown).items():
            yield name, item._replace(line=item.line + line - 1)
