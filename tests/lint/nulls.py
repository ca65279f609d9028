# SPDX-License-Identifier: Apache-2.0
"""A unit test calls each function of the headers with NULL, in place of each
of its pointers: that none is followed is promised in mrtd.h, "Conventions"."""

import re
import sys

import api
import lintlib
from lintlib import Violation

NAME = 'nulls'

TESTS = 'tests/unit'


def split(text):
    """The parts between commas outside all brackets."""
    parts, start, depth = [], 0, 0
    for i, char in enumerate(text):
        depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(
            char, 0)
        if char == ',' and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return parts + [text[start:].strip()]


def pointers(prototype):
    """{index: parameter} of those that are pointers, or arrays."""
    return {i: parameter for i, parameter in enumerate(split(
        prototype[prototype.index('(') + 1:prototype.rindex(')')]))
        if re.search(r'[*\[(]', parameter)}


def given_null(text, names):
    """Pairs (name, index): calls of these functions that have NULL there."""
    text = lintlib.blank_directives(lintlib.blank(text))
    for match in re.finditer(r'\b(\w+)\s*\(', text):
        end = lintlib.closing(text, match.end() - 1)
        if match[1] in names and end > 0:
            for i, argument in enumerate(split(text[match.end():end])):
                if argument == 'NULL':
                    yield match[1], i


def check(root, **_):
    functions = api.header_functions(api.headers(root))
    if not functions:
        yield Violation(api.HEADER, 1, 'nulls', 'no functions found')
    done = {pair for _, text in lintlib.c_files(root, TESTS, suffixes=('.c',))
            for pair in given_null(text, functions)}
    for name, item in functions.items():
        for i, parameter in pointers(item.text).items():
            if (name, i) not in done:
                yield Violation(item.file, item.line, 'nulls',
                                f'no test in {TESTS} calls {name} with NULL '
                                f'for "{parameter}"')


_HEADER = '''int mrtd_a(struct mrtd_s *s, size_t count,
           const char *name);
const char *mrtd_b(enum mrtd_b b);
void mrtd_c(const struct mrtd_p *const x[], uint8_t y[SIZE]);
int mrtd_d(const char *name);
int mrtd_e(int (*call)(void *context, int n), int n);
const char *mrtd_f(void);
'''
_GOOD = '''static void test(void)
{
    assert_int_equal(mrtd_a(NULL, f(1, 2), ")"), 0);
    assert_int_equal(mrtd_a(&s, (struct x){1, 2}.y,
                            NULL), 0);
    mrtd_c( NULL , y);
    mrtd_c(x, NULL);
    g(mrtd_d(NULL), mrtd_e(NULL, 0));
}
'''


def self_check():
    failed = lintlib.expect(
        check, {api.HEADER: _HEADER, f'{TESTS}/test_a.c': _GOOD}, [])
    # Each NULL is missed where it was.
    for number, line in enumerate((1, 1, 4, 4, 5, 6)):
        at = [m.start() for m in re.finditer('NULL', _GOOD)][number]
        for other in '&nil', 'NULL + 1', 'f(NULL)', '/* NULL */ x', '"NULL"':
            bad = _GOOD[:at] + other + _GOOD[at + 4:]
            failed += lintlib.expect(
                check, {api.HEADER: _HEADER, f'{TESTS}/test_a.c': bad},
                [(api.HEADER, line, 'nulls')])
    # Elsewhere, in a comment, or of another function, it is no test.
    for name, text in (('tests/other/test_a.c', _GOOD),
                       (f'{TESTS}/unit.h', _GOOD),
                       (f'{TESTS}/test_a.c', f'/*{_GOOD}*/'),
                       (f'{TESTS}/test_a.c', _GOOD.replace('mrtd_', 'x_'))):
        failed += lintlib.expect(
            check, {api.HEADER: _HEADER, name: text},
            [(api.HEADER, line, 'nulls') for line in (1, 1, 4, 4, 5, 6)])
    failed += lintlib.expect(check, {}, [(api.HEADER, 1, 'nulls')])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
