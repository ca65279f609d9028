# SPDX-License-Identifier: Apache-2.0
"""Untrusted fields of a section are added and multiplied in checked.h only.

Says so where such a field is itself an operand of + * << ++ += *= <<=,
parentheses and casts around it or not. Comparing, subtracting, dividing and
masking are allowed: "n > len - off after off <= len" is a way of the house.
"""

import re
import sys

import lintlib
from lintlib import Violation

NAME = 'arithmetic'

FLOORS = ('src/image', 'src/launch')
FIELDS = frozenset(('data_offset', 'raw_data_size', 'memory_address',
                    'memory_data_size'))
OPERATORS = frozenset(('+', '<<', '++', '+=', '*=', '<<='))

_TOKEN = re.compile(r'[A-Za-z_]\w*|\.?\d[\w.]*|->|<<=|>>=|\.\.\.|<<|>>'
                    r'|\+\+|--|[-+*/%&|^=!<>]=|&&|\|\||\S')
_TYPE = re.compile(r'\w+_t|char|short|int|long|float|double|void|signed'
                   r'|unsigned|const|volatile|bool|_Bool|struct|enum|union')
_NOT_CALLED = frozenset(('return', 'if', 'while', 'for', 'switch', 'case',
                         'sizeof', '_Alignof', 'else'))


def _word(token):
    return bool(re.match(r'[A-Za-z_0-9]', token))


class _Tokens:
    def __init__(self, text):
        found = list(_TOKEN.finditer(text))
        self.text = [m.group() for m in found]
        self.offset = [m.start() for m in found]
        self.match = {}
        stack = []
        for i, token in enumerate(self.text):
            if token in ('(', '['):
                stack.append(i)
            elif token in (')', ']') and stack:
                self.match[i] = stack.pop()
                self.match[self.match[i]] = i

    def at(self, i):
        return self.text[i] if 0 <= i < len(self.text) else ''

    def cast_start(self, i):
        """Where the cast that ends with token i starts, or None."""
        if self.at(i) != ')' or i not in self.match:
            return None
        inside = self.text[self.match[i] + 1:i]
        if inside and _TYPE.fullmatch(inside[0]) and all(
                _word(t) or t == '*' for t in inside):
            return self.match[i]
        return None

    def object_start(self, i):
        """The start of the postfix expression a.b[c]->field at i."""
        while self.at(i - 1) in ('.', '->'):
            i -= 2
            while self.at(i) in (')', ']') and i in self.match:
                i = self.match[i]
                if _word(self.at(i - 1)) or self.at(i - 1) in (')', ']'):
                    i -= 1
        return i

    def multiplies(self, i):
        """Is the * at i between two operands?"""
        before = self.at(i - 1)
        if before in (')', ']'):
            return self.cast_start(i - 1) is None
        if before in _NOT_CALLED or _TYPE.fullmatch(before):
            return False
        if self.at(i - 2) in ('struct', 'enum', 'union'):
            return False
        return _word(before)

    def operators(self, i):
        """The operators on both sides of the field at i."""
        first, last = self.object_start(i), i
        while True:
            before, after = self.at(first - 1), self.at(last + 1)
            cast = self.cast_start(first - 1)
            if cast is not None:
                first = cast
            elif before in ('&', '~', '!', '-') and not (
                    _word(self.at(first - 2))
                    or self.at(first - 2) in (')', ']')):
                first -= 1
            elif before == '(' and after == ')' and not (
                    _word(self.at(first - 2))
                    and self.at(first - 2) not in _NOT_CALLED
                    or self.at(first - 2) in (')', ']')
                    and self.cast_start(first - 2) is None):
                first, last = first - 1, last + 1
            else:
                break
        if before in OPERATORS or before == '*' and self.multiplies(
                first - 1):
            yield before
        if after in OPERATORS or after == '*':
            yield after


def check(root, **_):
    for file, text in lintlib.c_files(root, *FLOORS):
        tokens = _Tokens(lintlib.blank(text))
        for i, token in enumerate(tokens.text):
            if token not in FIELDS:
                continue
            for operator in tokens.operators(i):
                yield Violation(
                    file, lintlib.line_at(text, tokens.offset[i]),
                    'arithmetic',
                    f'{operator} on {token}: use checked_*')


def self_check():
    failed = []
    bad = ['e = s->data_offset + s->size;', 'e = 1 + s->data_offset;',
           'e = n * t[i].raw_data_size;', 'e = (uint64_t)s.memory_address + n;',
           'e = n + (uint64_t)s[i]->memory_address;', 'e = x << raw_data_size;',
           'e = (s->memory_data_size) << 2;', 'e += s->raw_data_size;',
           's->memory_address += 4;', 's->memory_address++;',
           'e = ((s->raw_data_size)) * 2;', 'e = f(a) * s->raw_data_size;',
           'e = n + (f(i)->data_offset);', 'e = n + -s->data_offset;',
           'return n + s->plan->data_offset;', 'e = memory_address * 2;',
           'e = (a - b) * s->memory_data_size;',
           'checked_add(s->data_offset + 1, n, &e);',
           'e = n + f(2)[3].data_offset;',
           '#define END(s) (s->data_offset + s->size)']
    for line in bad:
        text = f'void f(void)\n{{\n    {line}\n}}\n'
        failed += lintlib.expect(check, {'src/image/a.c': text},
                                 [('src/image/a.c', 3, 'arithmetic')])
    good = ['if (!checked_add(s->data_offset, s->raw_data_size, &e)) {',
            'uint32_t *data_offset = &x;', 'const uint64_t *memory_address;',
            '*data_offset = 4;', 'f(*raw_data_size, n);',
            'if (s->raw_data_size > size - s->data_offset) {',
            'p = s->memory_data_size / MRTD_PAGE_SIZE;',
            'if (s->memory_address % MRTD_PAGE_SIZE) {',
            'f(a + 1, s->data_offset, b + 2);',
            'x = a + data_offset_of(s) + f(s->data_offset) + 1;',
            'return (struct r){.data_offset = a + 1, .data_size = 2};',
            'e = a + 1; /* data_offset + 1 */', 'f("data_offset + 1");',
            'x = (n + 1) & s->memory_address;', 'struct x *memory_address;',
            'span_u32(t, at + TDVF_DATA_OFFSET, &s->data_offset);',
            'x = *memory_address;', 'x = s->data_offset ? a + 1 : 0;',
            'x = a[s->data_offset] + 1;']
    for line in good:
        text = f'void f(void)\n{{\n    {line}\n}}\n'
        failed += lintlib.expect(check, {'src/launch/a.c': text}, [])
    other = 'void f(void)\n{\n    e = s->data_offset + 1;\n}\n'
    failed += lintlib.expect(check, {'src/measure/a.c': other}, [])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
