# SPDX-License-Identifier: Apache-2.0
"""A function fits on a screen, a file in a head, a line in 80 columns, and
the commands are thin: what computes is the model's, what prints a report's."""

import sys

import lintlib
from lintlib import Violation

NAME = 'size'

FUNCTION_LINES = 60
FILE_LINES = 500
COLUMNS = 80
# All of src/program/commands, and main.c.
COMMANDS_LINES = 4400


def _is_command(file):
    return (file.startswith('src/program/commands/')
            or file == 'src/program/main.c')


def check(root, **_):
    commands = 0
    for file, text in lintlib.c_files(root, 'src', 'include'):
        lines = text.splitlines()
        commands += len(lines) if _is_command(file) else 0
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
    if commands > COMMANDS_LINES:
        yield Violation('src/program/commands', 1, 'size',
                        f'{commands} lines with main.c, '
                        f'not {COMMANDS_LINES}')


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
    thin = {f'src/program/commands/{i}.c': '\n' * 440 for i in range(10)}
    thick = {**thin, 'src/program/main.c': '\n'}
    return (lintlib.expect(check, bad, [('src/a.c', 4, 'size'),
                                        ('src/b.c', 501, 'size'),
                                        ('src/c.h', 1, 'size')])
            + lintlib.expect(check, good, [])
            + lintlib.expect(check, thin, [])
            + lintlib.expect(check, thick,
                             [('src/program/commands', 1, 'size')]))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
