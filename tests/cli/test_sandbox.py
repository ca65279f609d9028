# SPDX-License-Identifier: Apache-2.0
"""What a parser that was taken over could still do: nothing.

A library put before libc's tries, at the first byte that is read of an input
for parsing, what one would try there.
"""

import errno
import os
import re
import resource
import shutil
import tempfile

import everything
import support
from support import TestCase, calc, environment

REFUSED = (errno.EPERM, errno.EACCES, errno.EXDEV, errno.ENOSYS)
CALLS = {
    'chdir', 'read', 'write', 'create', 'mkdir', 'symlink', 'rename',
    'unlink', 'inet', 'unix', 'netlink', 'execve', 'memory', 'kill', 'mount',
    'bpf', 'io_uring', 'userfaultfd', 'fork', 'type'}


def in_force():
    """What --version -v says of the sandbox."""
    return re.search(r'^sandbox: (.*)$', calc('--version', '-v').text,
                     re.M)[1]


class Sandbox(TestCase):
    def setUp(self):
        super().setUp()
        if not support.shim() or 'built in' in in_force():
            self.skipTest('the program was built without it')
        everything.write_files(self)
        # Not beneath a folder that is used for temporary files or outputs.
        folder = tempfile.TemporaryDirectory(dir='/var/tmp')
        self.addCleanup(folder.cleanup)
        self.elsewhere = folder.name

    def hijack(self, args, at=1, **more):
        """What was tried: call -> errno; and what the program did."""
        victim = os.path.join(self.elsewhere, 'victim')
        with open(victim, 'wb') as file:
            file.write(b'secret')
        env = support.with_shim(hijack=os.path.abspath('hijacked'),
                                victim=self.elsewhere, hijack_at=at)
        result = calc(*args, env={**env, **more})
        with open('hijacked', encoding='ascii') as file:
            found = dict(line.split() for line in file)
        return {call: int(number) for call, number in found.items()}, result

    def test_nothing_is_possible(self):
        if 'no ' in in_force().replace('no new privileges', ''):
            self.skipTest(in_force())
        for args in everything.COMMANDS:
            with self.subTest(args=args):
                good = calc(*args)
                for folder in ('out', 'folder'):
                    shutil.rmtree(folder, ignore_errors=True)
                # The manifest names the files that must be opened first.
                found, result = self.hijack(args,
                                            1 + ('--manifest' in args))
                self.assertEqual(set(found), CALLS)
                for call, number in found.items():
                    self.assertIn(number, REFUSED, call)
                # And what it is there for, it does.
                self.assertEqual((result.status, result.stdout),
                                 (good.status, good.stdout))
                self.assertEqual(os.listdir(self.elsewhere), ['victim'])
                for folder in ('out', 'folder'):
                    shutil.rmtree(folder, ignore_errors=True)

    def test_off(self):
        """That the test above can fail."""
        found, _ = self.hijack(('fw',), MRTD_SANDBOX='off')
        for call in ('read', 'write', 'create', 'unix', 'kill', 'fork',
                     'rename', 'chdir'):
            self.assertEqual(found[call], 0, call)
        self.assertEqual(found['execve'], errno.ENOENT)
        self.assertEqual(found['type'], errno.ENOTTY)
        result = calc('--version', '-v',
                      env=environment(MRTD_SANDBOX='off'))
        self.assertIn('sandbox: switched off by MRTD_SANDBOX\n', result.text)

    def test_lists(self):
        """Files can be opened while there are lists to come, not at the last,
        but nothing can be written or sent."""
        shutil.copy('list', 'second')
        found, result = self.hijack(('-c', 'list', 'second'))
        self.assertEqual(found['read'], 0)
        for call in CALLS - {'read'}:
            self.assertIn(found[call], REFUSED, call)
        self.assertEqual(result.status, 0)
        found, result = self.hijack(('-c', 'list'))
        self.assertIn(found['read'], REFUSED)

    def test_few_descriptors(self):
        """More files than can be open at once are still measured."""
        names = [f'fw{i}' for i in range(60)]
        for name in names:
            self.good(name)
        good = calc(*names)
        result = calc(*names, limits=[(resource.RLIMIT_NOFILE, 40)])
        self.assertEqual((result.status, result.stdout),
                         (0, good.stdout), result.stderr)
