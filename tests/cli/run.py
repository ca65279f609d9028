#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the command line: everything that is not a message about an image.

Runs the unittest classes of test_*.py. With MRTD_TEST_SANITIZED=1 in the
environment those are left out that a program built with sanitizers cannot
pass: limits of memory, and calls that are made to fail; and of each class one
test in three is run, since such a program takes four times as long to start:
the first, fourth, ..., or with MRTD_TEST_TURN=1 or 2 the others. Tests that are
asked for with -k all run.
"""

import argparse
import os
import pathlib
import sys
import unittest

import support

HERE = pathlib.Path(__file__).resolve().parent


TURNS = 3
TURN = int(os.environ.get('MRTD_TEST_TURN', '0')) % TURNS


class Part(unittest.TestLoader):
    """Finds of each class the tests whose turn it is; some of each."""

    def getTestCaseNames(self, testCaseClass):
        names = super().getTestCaseNames(testCaseClass)
        return names[TURN % max(1, min(TURNS, len(names)))::TURNS]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--image', help='a good image, in place of a '
                        'generated one where any will do')
    parser.add_argument('-k', dest='patterns', action='append',
                        help='only tests whose name has this')
    parser.add_argument('modules', nargs='*',
                        help='as "show", for test_show.py (all)')
    parser.add_argument('--first', action='store_true',
                        help='stop at the first failure')
    parser.add_argument('-v', dest='verbosity', action='store_const',
                        const=2, default=1)
    options = parser.parse_args()
    support.PROGRAM = os.path.abspath(options.program)
    if options.image:
        support.IMAGE = pathlib.Path(options.image).read_bytes()
    is_part = support.SANITIZED and not options.patterns
    loader = Part() if is_part else unittest.TestLoader()
    loader.testNamePatterns = options.patterns and [
        f'*{pattern}*' for pattern in options.patterns]
    os.chdir('/')
    tests = loader.loadTestsFromNames(
        [f'test_{name}' for name in options.modules]
        or sorted(path.stem for path in HERE.glob('test_*.py')))
    result = unittest.TextTestRunner(
        stream=sys.stdout, verbosity=options.verbosity,
        failfast=options.first).run(tests)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == '__main__':
    sys.exit(main())
