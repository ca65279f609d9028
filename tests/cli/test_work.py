# SPDX-License-Identifier: Apache-2.0
"""Work and memory follow the bytes that are there.

Steps are counted, not seconds: instructions outside of libcrypto, as valgrind's
callgrind has them. The program is the one without a sandbox, since callgrind
opens its file at the end.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import unittest

import support
from support import TestCase, calc, environment

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'bench'))

import hostile  # noqa: E402
import images  # noqa: E402

KIB = 1 << 10
# Twice the input takes twice the steps, a little more where it is sorted.
MOST_GROWTH = 2.4
# Steps for a byte of input: a directive of 32 bytes has a page measured.
MOST_STEPS = 1000


def steps(args):
    """Instructions outside of libcrypto."""
    done = subprocess.run(
        ['valgrind', '--tool=callgrind', '--callgrind-out-file=steps',
         '--compress-strings=no', support.PROGRAM, *args], env=environment(MRTD_SHA384='libcrypto'),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    assert done.returncode in (0, 1), done.stderr
    total, counted, call = 0, True, False
    with open('steps', encoding='utf-8') as file:
        for line in file:
            if line.startswith('ob='):
                counted = not re.search('/(libcrypto|ld-linux)', line)
            elif line.startswith('calls='):
                call = True
            elif re.match(r'[\d+*-]', line):
                # After calls= it is what the function called has taken.
                total += 0 if call or not counted else int(line.split()[1])
                call = False
    return total


# A process counts what its parent had when it was made, so that a small one
# starts the program: what it has itself, some 9 MiB, is the least that is seen.
STARTER = '''
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
'''


def peak(*args):
    """The most memory that a run takes, in KiB."""
    done = subprocess.run(
        [sys.executable, '-c', STARTER, support.PROGRAM, *args],
        env=environment(), stdout=subprocess.PIPE, check=True)
    status, most = map(int, done.stdout.split())
    assert status in (0, 1), (args, status)
    return most


@unittest.skipUnless(shutil.which('valgrind') and not support.SANITIZED,
                     'needs valgrind')
class Steps(TestCase):
    def grows(self, kind, size, *args):
        with self.subTest(kind=kind, args=args):
            taken = []
            for n in size, 2 * size:
                hostile.write(kind, n, 'a', 'b')
                taken.append(steps(args))
            self.assertLess(taken[1], MOST_GROWTH * taken[0])
            self.assertLess(taken[1], MOST_STEPS * 2 * size)

    def test_diff(self):
        for kind in ('modules', 'sections', 'shifted', 'signatures', 'nested',
                     'plain_debug'):
            self.grows(kind, 128 * KIB, 'diff', 'a', 'b')
        for kind in 'runs', 'shared', 'gaps':
            self.grows(kind, 64 * KIB, 'diff', '--json', '--all', 'a', 'b')

    def test_others(self):
        for kind in 'runs', 'shared':
            self.grows(kind, 64 * KIB, 'show', '--json', 'a')
            self.grows(kind, 64 * KIB, 'show', '--html', '-', 'a')


@unittest.skipIf(support.SANITIZED, 'sanitizers take memory of their own')
class Memory(TestCase):
    def grown(self, kind, sizes, *args):
        """How much more memory the larger of two files takes, in bytes."""
        taken = []
        for size in sizes:
            hostile.write(kind, size, 'a', 'b')
            taken.append(peak(*args))
        return KIB * (taken[1] - taken[0])

    def test_runs(self):
        """A region and what is done with it are kept, and of what is printed
        of them the digest and the numbers of pages."""
        sizes = hostile.MIB, 4 * hostile.MIB
        more = (sizes[1] - sizes[0]) // 32
        measure = self.grown('runs', sizes, 'a')
        # 88 bytes a run, and what any image takes.
        self.assertLess(KIB * peak('a'), 96 * sizes[1] // 32 + 5 * hostile.MIB)
        for most, args in ((96, ('show', 'a')), (96, ('show', '--json', 'a')),
                           (192, ('show', '--html', 'page', 'a')),
                           (192, ('show', '--svg', 'picture', 'a')),
                           (32, ('show', '--plan', 'a')),
                           (32, ('show', '--trace', 'a')),
                           (320, ('diff', '--json', '--all', 'a', 'b'))):
            with self.subTest(args):
                grown = self.grown('runs', sizes, *args)
                self.assertLess(grown, measure + most * more + hostile.MIB)

    def test_unpacked(self):
        """Small files: 48 MiB of each, and as much again to compare."""
        for kind in 'debug', 'unpack':
            hostile.write(kind, hostile.MIB, 'a', 'b')
            self.assertLess(peak('diff', 'a', 'b'), 192 * KIB)


class Page(TestCase):
    def test_rows(self):
        """The first 4096 sections, and how many more there are."""
        for count, more in (4096, 0), (4097, 1), (5000, 904):
            data = hostile.igvm(hostile.apart(count))
            self.write('a', images.Image(data))
            page = calc('show', '--html', '-', 'a').text
            table = page[page.index('<tbody>'):page.index('</tbody>')]
            rows = re.findall('<tr><td>([0-9]+)</td>', table)
            self.assertEqual(rows, [str(i) for i in range(4096)])
            self.assertEqual(page.count('<li><code class="hex">'), 4096)
            self.assertEqual(re.findall('([0-9]+) more sections', page),
                             [str(more)] * 2 if more else [])


class Overlaps(TestCase):
    """Sections that overlap in the files, in random ways."""

    SIZE = 1 << 15

    def image(self, pick, body, count, measured):
        places = []
        for _ in range(count):
            length = hostile.PAGE * pick.randint(1, 3)
            places.append((pick.randint(0, self.SIZE - length), length))
        return places, hostile.tdvf(self.SIZE, body, places, measured)

    def model(self, images_of, places, measured):
        """The differing bytes of each section: a pair of bytes counts once,
        for the measured section or the first."""
        taken, differing = set(), {}
        count = len(places[0])
        for i in [measured] + [i for i in range(count) if i != measured]:
            (x, a), (y, b) = (side[i] for side in places)
            for k in range(min(a, b)):
                if (x + k, y + k) not in taken:
                    taken.add((x + k, y + k))
                    differing[i] = differing.get(i, 0) + (
                        images_of[0][x + k] != images_of[1][y + k])
        total = sum(min(a[1], b[1]) for a, b in zip(*places))
        return ({i: n for i, n in differing.items() if n},
                total - len(taken))

    def test_pairs(self):
        pick = random.Random(17)
        for seed in range(60):
            with self.subTest(seed):
                count = pick.randint(1, 5)
                measured = pick.randrange(count)
                body = pick.randbytes(self.SIZE)
                other = bytearray(body)
                for _ in range(pick.randint(1, 40)):
                    other[pick.randrange(self.SIZE)] ^= 1
                ours = self.image(pick, body, count, measured)
                theirs = (self.image(pick, bytes(other), count, measured)
                          if seed % 2 else
                          (ours[0], hostile.tdvf(self.SIZE, bytes(other),
                                                 ours[0], measured)))
                for name, (_, data) in zip('ab', (ours, theirs)):
                    self.write(name, images.Image(data))
                found = json.loads(calc('diff', '--json', '--all', 'a',
                                        'b').text)['ranges']
                want, shared = self.model((ours[1], theirs[1]),
                                          (ours[0], theirs[0]), measured)
                got = {}
                for one in found['list']:
                    if one['in'] == 'both' and one['section'] is not None:
                        got[one['section']] = (got.get(one['section'], 0)
                                               + one['differing'])
                        self.assertEqual(one['measured'],
                                         one['section'] == measured)
                self.assertEqual((got, found['shared'],
                                  found['not_compared']), (want, shared, 0))
