# SPDX-License-Identifier: Apache-2.0
"""A file that is changed while it is read: no command has an answer for it."""

import os
import random
import subprocess
import time

import everything
import images
import support
from support import TestCase, calc, with_shim

CHANGED = 'it was changed while it was read; try again when nobody writes to it'
# Reads of one command that are tried.
MOST = 12
SEED = 7
# Commands that may have printed the answer of another file before.
SEVERAL = (('fw', 'other'), ('igvm', 'igvm'), ('-c', 'list', 'tagged'),
           ('-c', 'list'), ('-c', 'list-of-another'), ('-c', 'list-of-none'),
           everything.VERIFIED)


class Changed(TestCase):
    def remove_outputs(self):
        for name in set(os.listdir()) - self.before:
            subprocess.run(['rm', '-r', name], check=True)

    def test_each_read(self):
        """Before each read of each command, the file's times change."""
        everything.write_files(self)
        self.before = set(os.listdir())
        environment = with_shim(pread_touch=0)
        rng = random.Random(SEED)
        for args in everything.COMMANDS + everything.LISTS:
            good = calc(*args, env=environment)
            self.remove_outputs()
            tried = 0
            for n in [*range(1, 5), *sorted(rng.sample(range(5, 40), MOST))]:
                result = calc(*args, env=with_shim(pread_touch=n))
                outputs = set(os.listdir()) - self.before
                self.remove_outputs()
                if (result.status, result.stdout) == (good.status,
                                                      good.stdout):
                    break  # it reads less often
                tried += 1
                with self.subTest(args=args, n=n):
                    self.assertEqual(result.status, 4, result)
                    self.assertIn(CHANGED, result.stderr.decode())
                    self.assertEqual(outputs, set())
                    if args not in SEVERAL:
                        self.assertEqual(result.stdout, b'')
            self.assertGreater(tried, 0, args)

    def test_size(self):
        """Rewritten without a pause: a value is that of a whole content."""
        contents = [images.image(patch=[(0xe000 + i, b'x')],
                                 size=0x400000 + 0x10000 * i)
                    for i in range(2)]
        values = {support.mrtd(image) for image in contents}
        self.assertEqual(len(values), 2)
        self.write('fw', contents[0])
        writer = subprocess.Popen(
            ['/usr/bin/python3', '-c', """
import sys
contents = [open(name, 'rb').read() for name in ('a', 'b')]
while True:
    for content in contents:
        with open('fw', 'r+b') as file:
            file.write(content)
            file.truncate()
"""]) if self.write('a', contents[0]) and self.write('b', contents[1]) else None
        try:
            time.sleep(0.2)
            for _ in range(20):
                result = calc('fw')
                if result.status == 0:
                    self.assertIn(result.text.strip(), values)
                else:
                    self.assertEqual(result.stdout, b'')
        finally:
            writer.kill()
            writer.wait()

    def test_just_written(self):
        """In the tick of the kernel in which a file was written it is read as
        any other."""
        for i in range(20):
            image = images.image(patch=[(0xe000, bytes((i,)))])
            self.write('fw', image)
            self.assertEqual(calc('fw').text, support.mrtd(image) + '\n')
