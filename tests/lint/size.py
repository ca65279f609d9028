# SPDX-License-Identifier: Apache-2.0
"""A function fits on a screen, a file in a head, a line in 80 columns."""

import sys

import lintlib
from lintlib import Violation

NAME = 'size'

FUNCTION_LINES = 60
FILE_LINES = 500
COLUMNS = 80


def check(root, **_):
    for file, text in lintlib.c_files(root, 'src', 'include'):
        lines = text.splitlines()
        if file.startswith('src/') and len(lines) > FILE_LINES:
            yield Violation(file, FILE_LINES + 1, 'size',
                            f'{len(lines)} lines, not {FILE_LINES}')
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                yield Violation(file, number, 'size',
                                f'{len(line)} columns, not {COLUMNS}')
        for function in lintlib.functions(text):
            length = function.last - function.first + 1
            if length > FUNCTION_LINES:
                yield Violation(file, function.first, 'size',
                                f'{function.name}() has {length} lines, '
                                f'not {FUNCTION_LINES}')


def self_check():
    def function(lines):
        # Signature of two lines, two braces.
        return ('static int f(int a,\n             int b)\n{\n'
                + '    a();\n' * (lines - 4) + '}\n')
    bad = {'src/a.c': 'int a = {\n    1,\n};\n' + function(61),
           'src/b.c': '\n' * 501,
           'src/c.h': '/* ' + 'a' * 75 + ' */\n'}
    good = {'src/a.c': function(60) * 2 + 'int a[] = {\n'
                       + '    1,\n' * 70 + '};\n',
            'src/b.c': '\n' * 500,
            'src/c.h': '/* ' + '\u00e4' * 74 + ' */\n'}
    return (lintlib.expect(check, bad, [('src/a.c', 4, 'size'),
                                        ('src/b.c', 501, 'size'),
                                        ('src/c.h', 1, 'size')])
            + lintlib.expect(check, good, []))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
