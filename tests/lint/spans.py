# SPDX-License-Identifier: Apache-2.0
"""Bytes of an image are read through span_* only (src/base/span.h)."""

import re
import sys

import lintlib
from lintlib import Violation

NAME = 'spans'

# The bounds checks themselves; the hash takes blocks as they come.
ALLOWED = ('src/base/span.c', 'src/hash/')
# Floors whose .data members are bytes of an input.
FLOORS = ('src/base/', 'src/image/', 'src/launch/', 'src/measure/',
          'src/evidence/', 'src/verify/', 'src/program/firmware/')

_COPY = re.compile(r'\b(?:__builtin_)?(mem\w+|str\w+|bcopy|bcmp)\s*\(')
_DATA = r'(?:\.|->)\s*data\b'
# name = x->data; or name = span_bytes( but not *name = ...
_POINTER = re.compile(
    r'(?:[;{}(]|\w\s+\*?)\s*(\w+)\s*=\s*(?:\([^()]*\)\s*)?'
    rf'(?:[\w.\[\]>-]*{_DATA}\s*[;,]|span_bytes\s*\()')
# The member data of any object, or a call of span_bytes, as an operand.
_OBJECT = r'(?:\w+(?:\[[^]]*\])?(?:\.|->))*\w+(?:\[[^]]*\])?' + _DATA


def _uses(operand):
    """Patterns of reading or moving along what operand points to."""
    return (re.compile(rf'{operand}\s*\[|{operand}\s*(?:\+\+|\+=|-=|--)'),
            re.compile(rf'{operand}\s*[+]'),
            re.compile(rf'[\w)\]]\s*\+\s*{operand}'),
            re.compile(rf'(?:[=(,;{{}}!&|<>?:~]|\breturn)\s*\*\s*{operand}'))


def _copies(clean, pattern):
    """Offsets of memcpy() and the like with an argument like pattern."""
    for call in _COPY.finditer(clean):
        end = lintlib.closing(clean, call.end() - 1)
        if pattern.search(clean, call.end(), end):
            yield call.start(), call.group(1)


def _members(clean):
    """Reads through the member data, anywhere in the text."""
    for use in _uses(_OBJECT):
        for match in use.finditer(clean):
            yield match.start(), 'bytes behind .data without span_*'
    for offset, name in _copies(clean, re.compile(_DATA)):
        yield offset, f'{name}() on .data: use span_*'


def _direct(clean):
    """What is done to span_bytes(...) where it stands."""
    for call in re.finditer(r'\bspan_bytes\s*\(', clean):
        end = lintlib.closing(clean, call.end() - 1)
        after = clean[end + 1:].lstrip()
        before = clean[:call.start()].rstrip()
        if after.startswith(('[', '+')) or re.search(r'[=(,!]\s*\*\Z',
                                                     before):
            yield call.start(), 'bytes of span_bytes() without span_*'
    for offset, name in _copies(clean, re.compile(r'\bspan_bytes\b')):
        yield offset, f'{name}() on span_bytes(): use span_*'


def _pointers(text):
    """Reads through variables that were set to image bytes."""
    for function in lintlib.functions(text):
        names = {m.group(1) for m in _POINTER.finditer(function.body)}
        for name in names:
            word = rf'(?<![\w.>])\b{name}\b'
            for use in _uses(word):
                for match in use.finditer(function.body):
                    yield (function.start + match.start(),
                           f'{name} points to image bytes: use span_*')
            for offset, call in _copies(function.body, re.compile(word)):
                yield (function.start + offset,
                       f'{call}() on {name}, image bytes: use span_*')


def _declared(clean, members_only=False):
    """Names of objects of type struct span."""
    if members_only:
        clean = re.sub(r'\([^()]*\)', '', clean)
    return set(re.findall(r'\bstruct\s+span\s*\*?\s*(?:const\s+)?(\w+)\s*'
                          r'(?![\w\s(])', clean))


def _span_data(clean, names):
    """The member data of a span, in whatever way."""
    for name in sorted(names):
        pattern = rf'\b{name}\s*(?:\[[^]]*\]\s*)?{_DATA}'
        for match in re.finditer(pattern, clean):
            yield match.start(), f'{name}.data is for src/base/span.c only'


def check(root, **_):
    files = list(lintlib.c_files(root, 'src'))
    members = {'span'}
    for file, text in files:
        if file.endswith('.h'):
            members |= _declared(lintlib.blank(text), members_only=True)
    for file, text in files:
        if file.startswith(ALLOWED):
            continue
        clean = lintlib.blank(text)
        found = list(_span_data(clean, members | _declared(clean)))
        if file.startswith(FLOORS):
            found += [*_members(clean), *_direct(clean), *_pointers(text)]
        seen = set()
        for offset, what in found:
            line = lintlib.line_at(clean, offset)
            if line not in seen:
                seen.add(line)
                yield Violation(file, line, 'spans', what)


def self_check():
    failed = []
    header = ('struct tdvf {\n    struct span table;\n};\n'
              'int f(struct span s, struct span *out);\n')
    bad = ['x = s->data[3];', 'x = a.b->c.data[3];', 'p = t.data + 4;',
           'p = 4 + t->data;', 'x = *t->data;', 'return *t->data;',
           't.data++;',
           'memcpy(to, t->data, 4);', 'if (memcmp(k,\n\nt.data, 4)) {',
           'x = span_bytes(s, 0, 4)[1];', 'p = span_bytes(s, 0, 4) + 1;',
           'memcpy(to, span_bytes(s, 0, 4), 4);',
           'q = tdvf->table.data;', 'q = own.data;', 'if (own.data) {',
           'const uint8_t *p = span_bytes(s, 0, 4); x = p[0];',
           'p = span_bytes(s, 0, 4); x = *p;',
           'p = source->data; x = p[0];',
           'p = (const uint8_t *)source->data; h(p + 1);',
           'p = span_bytes(s, 0, 4); memcpy(to, p, 4);']
    for line in bad:
        text = ('void g(void)\n{\n    struct span own;\n'
                f'    {line}\n}}\n')
        failed += lintlib.expect(
            check, {'src/image/a.c': text, 'src/image/a.h': header},
            [('src/image/a.c', 4, 'spans')])
    good = ['n = s->data_offset + 4;', 'memcpy(to, from, 4);',
            'if (source->data) {', 'v = span_make(source->data, 4, 0);',
            'p = span_bytes(s, 0, 4); sha384_update(h, p, 4);',
            'p = span_bytes(s, 0, 4); if (!p && n * 2 > 4) {',
            '/* s->data[1] */', 'error_set(e, "x.data[1]");',
            's.data = NULL;', 'a[1] = x * y; c.data_size[2] = 3;',
            'n = out->data_size + out->data_offset;',
            'memset(&run, 0, sizeof run);',
            '*p = span_bytes(s, 0, 4); *p = zeros;']
    for line in good:
        text = f'void g(int out)\n{{\n    {line}\n}}\n'
        failed += lintlib.expect(
            check, {'src/launch/a.c': text, 'src/image/a.h': header}, [])
    free = 'void g(void)\n{\n    x = t.data[1];\n}\n'
    failed += lintlib.expect(
        check, {'src/base/span.c': free, 'src/hash/a.c': free,
                'src/program/io/a.c': free}, [])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
