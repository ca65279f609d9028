# SPDX-License-Identifier: Apache-2.0
"""mandoc finds no fault in the man pages."""

import re
import shutil
import subprocess
import sys

import lintlib
from lintlib import Violation

NAME = 'mandoc'


def check(root, **_):
    if not shutil.which('mandoc'):
        raise lintlib.Skip('there is no mandoc')
    for path in sorted((root / 'docs').rglob('*.[1-9]')):
        file = path.relative_to(root).as_posix()
        done = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', path],
                              text=True, capture_output=True)
        for line in (done.stdout + done.stderr).splitlines():
            found = re.match(r'mandoc: [^:]*:(?:(\d+):\d+:)? (.*)', line)
            number, what = found.groups() if found else (1, line)
            yield Violation(file, int(number or 1), 'mandoc', what)


def self_check():
    good = ('.Dd January 1, 2026\n.Dt A 1\n.Os\n.Sh NAME\n.Nm a\n.Nd text\n'
            '.Sh DESCRIPTION\nText.\n')
    return (lintlib.expect(check, {'docs/a.1': good}, [])
            + lintlib.expect(check, {'docs/b.1': good,
                                     'docs/a/a.1': good + '.Nosuch\n'},
                             [('docs/a/a.1', 9, 'mandoc')]))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
