# SPDX-License-Identifier: Apache-2.0
"""Runs all lint scripts, or those named. Each self-check comes first."""

import argparse
import importlib
import sys

import lintlib

NAMES = ('floors', 'headers', 'exports', 'manual', 'mandoc', 'spans',
         'arithmetic', 'forbidden', 'nulls', 'size', 'style', 'messages',
         'check_example')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('names', nargs='*', metavar='NAME',
                        help=f'which: {", ".join(NAMES)} (all)')
    lintlib.add_options(parser)
    options = parser.parse_args()
    for name in options.names:
        if name not in NAMES:
            parser.error(f'{name} is none of {", ".join(NAMES)}')
    count = sum(lintlib.run_one(importlib.import_module(name), options)
                for name in options.names or NAMES)
    return 1 if count else 0


if __name__ == '__main__':
    sys.exit(main())
