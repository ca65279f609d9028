# SPDX-License-Identifier: Apache-2.0
"""Short memory: each allocation fails in turn, in every command."""

import os
import pathlib
import shutil

import everything
import support
from support import TestCase, calc, environment

# Of a command with no more allocations than this each one fails; and with
# ALL_FAILURES, since libcrypto allocates thousands of times.
FEW = 60
MANY = 2000


class ShortMemory(TestCase):
    def setUp(self):
        super().setUp()
        if not support.shim():
            self.skipTest('sanitizers have an allocator of their own')
        everything.write_files(self)
        self.inputs = sorted({*os.listdir('.'), 'count'})

    def run_with(self, args, **failing):
        """The result, and how many allocations there were."""
        env = environment(LD_PRELOAD=support.shim(),
                          SHIM_COUNT=os.path.abspath('count'), **failing)
        for name in everything.OUTPUTS:
            shutil.rmtree(name, ignore_errors=True)
            pathlib.Path(name).unlink(missing_ok=True)
        result = calc(*args, env=env)
        with open('count', encoding='ascii') as count:
            return result, int(count.read())

    def clean(self, args, good, result, k):
        """As if nothing had been, or status 4, a line, and no wrong value."""
        what = (args, k, result)
        if result.status != 4:
            self.assertEqual((result.status, result.stdout),
                             (good.status, good.stdout), what)
            # Each file that it tells of is whole.
            for line in result.stdout.splitlines():
                if line.startswith((b'out/', b'folder/')):
                    self.assertGreater(os.path.getsize(line), 0, what)
            return
        self.assertNotEqual(result.stderr, b'', what)
        # No output is in place, nor what was to become one.
        self.assertEqual(sorted(os.listdir('.')), self.inputs, what)
        lines = good.stdout.splitlines()
        for line in result.stdout.splitlines():
            self.assertIn(line, lines + [b'fw: FAILED open or read'], what)

    def test_each_allocation(self):
        for args in (everything.COMMANDS + everything.LISTS
                     + everything.WITHOUT_FILES):
            good, count = self.run_with(args)
            turns = range(1, count + 1, 1 + count // MANY)
            for k in self.some(turns, FEW):
                result, _ = self.run_with(args, SHIM_MALLOC_AT=str(k))
                self.clean(args, good, result, k)
            for k in self.some(turns[::5], FEW // 5):
                result, _ = self.run_with(args, SHIM_MALLOC_FROM=str(k))
                self.clean(args, good, result, k)
