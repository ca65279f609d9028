# SPDX-License-Identifier: Apache-2.0
"""Each system call fails in turn, as strace makes it: no wrong value, no half
a file, and no old one lost."""

import collections
import os
import re
import shutil
import subprocess
import unittest

import everything
import support
import test_outputs
from support import TestCase, calc

# Call -> errno. What happens before main() is the loader's.
FAULTS = {
    'openat': 'EIO', 'read': 'EIO', 'pread64': 'EIO', 'write': 'ENOSPC',
    'close': 'EIO', 'fcntl': 'EMFILE', 'lseek': 'EIO', 'newfstatat': 'EIO',
    'fstat': 'EIO', 'readlink': 'EIO', 'getcwd': 'EIO', 'fchmod': 'EPERM',
    'fchown': 'EPERM', 'mkdirat': 'ENOSPC', 'renameat': 'EIO',
    'renameat2': 'ENOSYS', 'fsync': 'EIO', 'unlinkat': 'EIO', 'fork': 'EAGAIN', 'socketpair': 'EMFILE',
    'recvmsg': 'EIO', 'sendmsg': 'EIO',
    'getdents64': 'EIO', 'prlimit64': 'EPERM', 'prctl': 'EINVAL',
    'seccomp': 'ENOSYS', 'landlock_create_ruleset': 'ENOSYS',
    'landlock_add_rule': 'EINVAL', 'landlock_restrict_self': 'EPERM',
    'mmap': 'ENOMEM', 'clone': 'EAGAIN', 'clone3': 'EAGAIN'}
COMMANDS = [args for args in everything.COMMANDS + everything.LISTS
            if args[0] in ('show', 'reference', '-c', 'fw', 'check', 'diff',
                       'id-block')
            and ('--json' not in args or 'saved' in args)] + [
        ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '-o', 'hash',
         '--tdinfo-output', 'struct'),
        ('show', '--corim', 'doc', '--corim-signature', 'sig', 'igvm'),
        ('reference', '-o', 'document', 'fw'), *everything.SIGNING]
# Outputs, and what is there before, which they may replace.
OLD = {'page': test_outputs.PAGE, 'picture': test_outputs.PICTURE,
       'doc': b'\xd2\x84', 'sig': b'\xd2\x84', 'hash': b'h' * 48,
       'struct': b's' * 512,
       'document': b'{"version":"0.1.0","type":"sample","payload":"',
       'new-block': bytes(80) + b'\1' + bytes(15),
       'new-auth': b'\1' + bytes(4095)}
OUTPUTS = tuple(OLD)
FOLDERS = ('out', 'folder')


def unsigned(content):
    """Without the signatures of an ID block, which differ each time: of the
    page, and of standard output."""
    if len(content) == 4096:
        return b''.join((content[:0x40], content[0x240:0x680],
                         content[0x880:]))
    return re.sub(rb'(?<=,id-auth=)\S+', b'', content)


# Of the warden at its start. One that were to fail as strace makes it would not
# have closed; in truth it has.
CLOSES = 12


# Of a call that a command makes no more often each one fails, see
# support.ALL_FAILURES.
FEW = 3


class Faults(TestCase):
    def setUp(self):
        super().setUp()
        if support.SANITIZED or not shutil.which('strace'):
            raise unittest.SkipTest('needs strace, and no sanitizers')
        everything.write_files(self)
        self.before = set(os.listdir())

    def trace(self, args, *more):
        """The result, and the calls after the loader's.

        Where there are two processes, faults are in both, and calls are
        those of the first, and then of the second.
        """
        command = ('-qq', '-f', '-o', 'trace', *more, support.PROGRAM, *args)
        result = calc(*command, program='strace')
        with open('trace', encoding='utf-8', errors='replace') as file:
            lines = file.read().splitlines()
        os.remove('trace')
        calls = collections.defaultdict(list)
        for line in lines:
            match = re.match(r'(\d+) +(\w+)\(', line)
            if match:
                calls[match[1]].append(match[2])
        return result, list(calls.values())

    def clear(self, old=b''):
        """Only the inputs; outputs have this content."""
        for name in os.listdir():
            if name in FOLDERS:
                shutil.rmtree(name)
            elif name not in self.before:
                os.remove(name)
        for name in OUTPUTS if old else ():
            with open(name, 'wb') as file:
                file.write(OLD[name])

    def contents(self):
        """Of what was written."""
        found = {}
        for folder, _, names in os.walk('.'):
            for name in names:
                path = os.path.join(folder, name)
                if name not in self.before:
                    with open(path, 'rb') as file:
                        found[path] = unsigned(file.read())
        return found

    def check(self, args, good, written, result, what):
        call = what[0]
        if result.status == good.status:
            self.assertEqual(unsigned(result.stdout),
                             unsigned(good.stdout), what)
        else:
            self.assertEqual(result.status, 4, (what, result))
            if call != 'write':  # of the message itself
                self.assertNotEqual(result.stderr, b'', what)
            for line in result.stdout.splitlines(keepends=True):
                if line.endswith(b'\n') and call != 'write':
                    self.assertIn(unsigned(line), unsigned(
                        good.stdout).splitlines(True) + [
                            b'fw: FAILED open or read\n'], what)
        contents = self.contents()
        # All that one call writes, or nothing of it.
        new = {contents.get(path) == made for path, made in written.items()
               if made != unsigned(OLD.get(os.path.basename(path), b''))}
        self.assertLessEqual(len(new), 1, what)
        for path, content in contents.items():
            if os.path.basename(path) in OUTPUTS:
                self.assertIn(content, (unsigned(OLD[os.path.basename(path)]),
                                        written[path]), what)
            elif path.split('/')[1] in FOLDERS and path in written:
                self.assertEqual(content, written[path], what)
            else:  # a temporary file, which stays if it cannot be removed
                self.assertEqual(call, 'unlinkat', (what, path))

    def test_each_call(self):
        failed = collections.Counter()
        for args in COMMANDS:
            self.clear(b'old')
            good, calls = self.trace(args)
            written = self.contents()
            # The command line is read: files come next, or a warden.
            start = (calls[0].index('socketpair') if 'socketpair' in calls[0]
                     else calls[0].index('prlimit64',
                                         calls[0].index('getrandom')))
            for call, error in FAULTS.items():
                before = calls[0][:start].count(call)
                most = max(each.count(call) for each in calls)
                for k in self.some(range(before + 1, most + 1), FEW):
                    if call == 'close' and 'socketpair' in calls[0] and (
                            k <= before + CLOSES):
                        continue
                    self.clear(b'old')
                    result, _ = self.trace(
                        args, f'--inject={call}:error={error}:when={k}')
                    self.check(args, good, written, result,
                               (call, k - before, args))
                    failed[call] += result.status == 4
        # That the faults were real, and told.
        for call in ('openat', 'read', 'pread64', 'write', 'renameat',
                     'fsync', 'mkdirat', 'newfstatat', 'fcntl', 'sendmsg'):
            self.assertGreater(failed[call], 0, call)
