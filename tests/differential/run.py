#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares mrtd-calc with reference.py on generated images: the same MRTD and
the same warnings, or a refusal for a reason that the reference sees, too."""

import argparse
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import generate
import reference

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(TESTS / 'lib'))

import formula  # noqa: E402

BATCH = 100
PROFILES = reference.PROFILES
# An image that every VMM launches that launches TDVF images at all.
TDVF = TESTS.parent / 'testdata/two-pages.bin'
# One case of the reference that the program tells apart.
SAME = {'split-image': 'data-bounds', 'other-format': 'no-table'}
# Codes of notes that the reference does not know are left out.
LINE = re.compile(r'^mrtd-calc: (?P<file>[^:]*): (?!warning|note)'
                  r'.* \[(?P<code>[a-z-]+)\]$')


def arguments(profile, permissive, payload):
    """The program's options."""
    return (['--vmm', profile] + ['--permissive'] * permissive
            + (['--payload', str(payload)] if payload else []))


def launching(program):
    """The VMMs of --vmm help that launch a TDVF image."""
    listed = subprocess.run([program, '--vmm', 'help'], capture_output=True,
                            text=True, check=True).stdout
    # Those of TDX come first.
    listed = listed.split('\nWith --platform ')[0]
    found = []
    for name in re.findall(r'^([^ \n]+)(?: \(default\))?$', listed, re.M):
        done = subprocess.run([program, '--vmm', name, TDVF],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found.append(name)
        elif not (done.returncode == 2 and 'it launches nothing' in done.stderr
                  or done.stderr.endswith(' [vmm-format]\n')):
            sys.exit(f'--vmm {name}, status {done.returncode}: {done.stderr}')
    return found


def check_profiles(program):
    """What is not known here would be compared with nothing."""
    found = launching(program)
    for where, known in (('reference.PROFILES', PROFILES),
                         ('formula.VMMS', formula.VMMS)):
        if sorted(found) != sorted(known):
            sys.exit(f'TDVF images are launched by {", ".join(found)}; '
                     f'{where} has {", ".join(known)}')


def outcome(reference_result):
    """What the reference says, for messages."""
    if reference_result.refused:
        return f'refused: {sorted(reference_result.refused)}'
    return f'{reference_result.mrtd} {sorted(reference_result.warnings)}'


class Comparison:
    """Counts, and keeps what differs."""

    def __init__(self, program, seed):
        self.program = program
        self.seed = seed
        self.counts = collections.Counter()
        self.differing = []

    def differ(self, path, options, expected, got):
        self.differing.append(path)
        print(f'DIFFERENT: {path} {" ".join(options)}\n'
              f'  reference {outcome(expected)}\n  program   {got}')

    def refusal(self, path, options, expected, code):
        code = SAME.get(code, code)
        self.counts[f'refused: {code}'] += 1
        if code not in expected.refused:
            self.differ(path, options, expected, f'refused: {code}')

    def value(self, path, options, expected, mrtd, warnings):
        self.counts['accepted'] += 1
        if (mrtd, set(warnings)) != (expected.mrtd, expected.warnings):
            self.differ(path, options, expected,
                        f'{mrtd} {sorted(set(warnings))}')

    def batch(self, cases, options):
        """Many files at once, as JSON."""
        done = subprocess.run([self.program, '--json', *options, *cases],
                              capture_output=True, text=True, check=False)
        refused = {}
        for line in done.stderr.splitlines():
            match = LINE.match(line)
            if not match or match['file'] in refused:
                sys.exit(f'unexpected on stderr: {line}')
            refused[match['file']] = match['code']
        values = {}
        for line in done.stdout.splitlines():
            document = json.loads(line)
            if document['schema'] == 'mrtd-calc/error/1':
                continue  # a line on standard error, too
            values[document['file']] = document
        if done.returncode != (3 if refused else 0):
            sys.exit(f'exit status {done.returncode}: {done.stderr}')
        for path, expected in cases.items():
            if path in refused and path not in values:
                self.refusal(path, options, expected, refused[path])
            elif path in values and path not in refused:
                document = values[path]
                self.value(path, options, expected, document['mrtd'],
                           [n['code'] for n in document['notes']
                            if n['severity'] == 'warning'])
            else:
                self.differ(path, options, expected, 'nothing, or both')

    def single(self, path, options, expected):
        """One file, as a release pipeline calls the program."""
        done = subprocess.run([self.program, *options, path],
                              capture_output=True, text=True, check=False)
        lines = done.stderr.splitlines()
        self.counts['single'] += 1
        if done.returncode == 3 and not done.stdout and len(lines) == 1:
            match = LINE.match(lines[0])
            self.refusal(path, options, expected,
                         match['code'] if match else lines[0])
        elif done.returncode == 0 and re.fullmatch(r'[0-9a-f]{96}\n',
                                                   done.stdout):
            warnings = [re.search(r'\[([a-z-]+)\]$', line)[1]
                        for line in lines if ': warning: ' in line]
            self.value(path, options, expected, done.stdout.strip(), warnings)
        else:
            self.differ(path, options, expected,
                        f'status {done.returncode}: {done.stdout!r} '
                        f'{done.stderr!r}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(':')[0])
    parser.add_argument('--program', required=True, type=pathlib.Path)
    parser.add_argument('--count', type=int, default=10000)
    parser.add_argument('--seed', type=int)
    o = parser.parse_args()
    seed = random.randrange(1 << 32) if o.seed is None else o.seed
    print(f'seed {seed}', flush=True)
    check_profiles(o.program.resolve())
    comparison = Comparison(o.program.resolve(), seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='mrtd-differential-'))
    for number in range(0, o.count, BATCH):
        rng = random.Random(f'{seed} {number}')
        profile = PROFILES[number // BATCH % len(PROFILES)]
        permissive = rng.random() < 0.3
        payload = None
        if profile == 'cloud-hypervisor' and rng.random() < 0.5:
            payload = folder / 'payload'
            payload.write_bytes(rng.randbytes(rng.randrange(1, 9000)))
        options = arguments(profile, permissive, payload)
        cases = {}
        for index in range(number, min(number + BATCH, o.count)):
            image = generate.image(rng)
            expected = reference.evaluate(
                image, profile, permissive,
                payload.read_bytes() if payload else None)
            if expected.skipped:
                comparison.counts['skipped'] += 1
                continue
            path = folder / f'{index}.bin'
            path.write_bytes(image)
            cases[str(path)] = expected
        comparison.batch(cases, options)
        for path in list(cases)[:8]:
            comparison.single(path, options, cases[path])
        for path in cases:
            if path not in comparison.differing:
                pathlib.Path(path).unlink()
    for name, count in sorted(comparison.counts.items()):
        print(f'{count:6} {name}')
    if comparison.differing:
        sys.exit(f'{len(comparison.differing)} differ (seed {seed}); the '
                 f'images are in {folder}')
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    print(f'{o.count} images: all agree (seed {seed})')


if __name__ == '__main__':
    main()
