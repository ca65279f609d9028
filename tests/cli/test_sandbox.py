# SPDX-License-Identifier: Apache-2.0
"""What a parser that was taken over could still do: nothing.

A library put before libc's tries, at the first byte that is read of an input
for parsing, what one would try there.
"""

import collections
import errno
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile

import everything
import support
from support import TestCase, calc, environment

REFUSED = {errno.EPERM, errno.EACCES, errno.EXDEV, errno.ENOSYS}
CALLS = {
    'chdir', 'read', 'write', 'create', 'mkdir', 'symlink', 'link', 'chmod',
    'fchmodat', 'chown', 'utimens', 'truncate', 'stat', 'empty_path', 'statx',
    'access', 'readlink', 'path', 'folder', 'unnamed', 'rename', 'unlink',
    'F_SETOWN', 'F_SETOWN_EX', 'F_SETSIG', 'F_SETFL', 'F_NOTIFY', 'kill',
    'kill_other', 'pidfd', 'limit_of_other', 'limit_other', 'limit',
    'setrlimit', 'memory', 'ptrace', 'mmap_code', 'mprotect_code', 'secret',
    'inet', 'unix', 'netlink', 'execve', 'mount', 'bpf', 'io_uring',
    'userfaultfd', 'fork', 'type'}
# In the memory of a process that has nothing to hide.
NO_SECRET = '00' * 48
OUTPUTS = ('page', 'picture', 'doc', 'hash', 'out', 'folder', 'new-block')
# Commands that write, and others that read names from files.
MORE = (
    ('-c', 'list', 'second'), ('-c', 'long'),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '-o', 'hash'),
    ('reference', '-o', 'out', 'fw'), ('show', '--svg', '-', 'fw'),
    ('reference', '--verify', 'coswid', '--vmm', 'spec', 'fw'))


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
        self.other = subprocess.Popen(['sleep', '300'])
        self.addCleanup(self.other.wait)
        self.addCleanup(self.other.kill)

    def hijack(self, args, at=1, secret=NO_SECRET, **more):
        """What was tried, and what came of it; and what the program did."""
        for folder in (self.elsewhere, '.'):
            with open(os.path.join(folder, 'victim'), 'wb') as file:
                file.write(b'secret')
            os.chmod(os.path.join(folder, 'victim'), 0o600)
        env = support.with_shim(hijack=os.path.abspath('hijacked'),
                                victim=self.elsewhere, hijack_at=at,
                                beside=os.getcwd(), secret=secret,
                                other=self.other.pid)
        result = calc(*args, env={**env, **more})
        found = collections.defaultdict(set)
        with open('hijacked', encoding='ascii') as file:
            for line in file:
                call, number = line.split()
                found[call].add(int(number))
        return found, result

    def remove_outputs(self):
        for name in OUTPUTS:
            if os.path.isdir(name):
                shutil.rmtree(name)
            elif os.path.exists(name):
                os.remove(name)

    def untouched(self, names):
        """Nothing was changed, made or ended."""
        self.assertEqual(os.listdir(self.elsewhere), ['victim'])
        self.assertEqual(set(os.listdir()), names)
        for folder in (self.elsewhere, '.'):
            path = os.path.join(folder, 'victim')
            self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
            with open(path, 'rb') as file:
                self.assertEqual(file.read(), b'secret')
        self.assertIsNone(self.other.poll())

    def nothing_is_possible(self, args, at=1, **more):
        self.remove_outputs()
        good = calc(*args)
        names = set(os.listdir()) | {'hijacked', 'victim'}
        self.remove_outputs()
        found, result = self.hijack(args, at, **more)
        self.assertEqual(set(found) - {'warden_secret'}, CALLS)
        for call in CALLS:
            self.assertLessEqual(found[call], REFUSED, call)
        # And what it is there for, it does.
        self.assertEqual((result.status, result.stdout),
                         (good.status, good.stdout))
        self.untouched(names)
        return found

    def whole(self):
        if 'no ' in in_force().replace('no new privileges', ''):
            self.skipTest(in_force())

    def test_nothing_is_possible(self):
        self.whole()
        shutil.copy('list', 'second')
        line = pathlib.Path('list').read_text(encoding='ascii')
        # More than are kept open, and than were ever read at once.
        names = [f'many/{i}' for i in range(1100)]
        os.mkdir('many')
        for name in names:
            os.link('fw', name)
        with open('long', 'w', encoding='ascii') as file:
            file.writelines(line.replace('fw', name) for name in names)
        for args in everything.COMMANDS + MORE:
            with self.subTest(args=args):
                # The manifest names the files that must be opened first.
                self.nothing_is_possible(args, 1 + ('--release' in args))

    def test_many_files(self):
        """Also where not all can be open at once."""
        self.whole()
        names = [f'fw{i}' for i in range(300)]
        for name in names:
            os.link('fw', name)
        self.nothing_is_possible(('fw', *names))

    def test_another_process(self):
        """What would end another one, if it were allowed."""
        self.whole()
        read, write = os.pipe()
        with open(read, 'rb') as pipe, open(write, 'wb') as other:
            other.write(b'x')
            other.flush()
            env = support.with_shim(
                hijack=os.path.abspath('hijacked'), hijack_at=1,
                victim=self.elsewhere, other=self.other.pid)
            self.assertEqual(calc('fw', stdin=pipe, env=env).status, 0)
            other.write(b'y')
        self.assertIsNone(self.other.poll())

    def test_key(self):
        """A signing key is in the memory of a process that has read nothing
        else, not of the one that reads firmware."""
        if not shutil.which('openssl'):
            self.skipTest('needs openssl')
        subprocess.run(['openssl', 'ecparam', '-name', 'secp384r1', '-genkey',
                        '-noout', '-out', 'key.pem'], check=True)
        text = subprocess.run(['openssl', 'ec', '-in', 'key.pem', '-text',
                               '-noout'], check=True, capture_output=True,
                              ).stdout.decode()
        scalar = bytes.fromhex(re.search(r'priv:([0-9a-f:\s]+)', text)[1]
                               .replace(':', '').replace(' ', '')
                               .replace('\n', ''))[-48:]
        # A libcrypto number has its lowest byte first.
        secret = bytes(byte ^ 0x5a for byte in scalar[::-1]).hex()
        sign = ('reference', '--format', 'corim', '--sign', 'key.pem',
                '--signer', 's')
        block = ('id-block', '--vcpus', '1', '--vcpu-type', 'EPYC-v4', '-o',
                 'new-block', 'sev', '--id-key')
        for args in ((*sign, '-o', 'out', 'fw'),
                     (*sign, '--out-dir', 'folder', 'fw'),
                     (*block, 'key.pem'),
                     (*block, 'id.pem', '--author-key', 'key.pem')):
            with self.subTest(args=args):
                self.remove_outputs()
                found, result = self.hijack(args, secret=secret)
                self.assertEqual(result.status, 0, result)
                self.assertEqual(found['secret'], {errno.EPERM})
                # It is found where it is.
                self.assertEqual(found['warden_secret'], {0})

    def test_off(self):
        """That the tests above can fail."""
        found, _ = self.hijack(('fw',), MRTD_SANDBOX='off')
        for call in CALLS - {'execve', 'type', 'secret', 'bpf', 'mount',
                             'io_uring', 'userfaultfd', 'memory', 'ptrace',
                             'chown', 'mkdir', 'symlink', 'link', 'unlink',
                             'F_NOTIFY'}:
            self.assertIn(0, found[call], call)
        self.assertEqual(found['execve'], {errno.ENOENT})
        self.assertEqual(found['type'], {errno.ENOTTY})
        result = calc('--version', '-v',
                      env=environment(MRTD_SANDBOX='off'))
        self.assertIn('sandbox: switched off by MRTD_SANDBOX\n', result.text)

    def test_few_descriptors(self):
        """More files than can be open at once are still measured."""
        names = [f'fw{i}' for i in range(60)]
        for name in names:
            self.good(name)
        good = calc(*names)
        result = calc(*names, limits=[(resource.RLIMIT_NOFILE, 40)])
        self.assertEqual((result.status, result.stdout),
                         (0, good.stdout), result.stderr)

    def test_too_few_descriptors(self):
        """A limit so low that something cannot be opened is what is said, and
        the sandbox is whole, or nothing is read."""
        value = support.mrtd(self.good())
        self.write('list', f'MRTD (fw) = {value}\n'.encode())
        said = set()
        for args in (['fw'], ['fw', 'fw'], ['show', 'fw'], ['-c', 'list'],
                     ['show', '--html', 'page', '--svg', 'picture', 'fw'],
                     ['check', 'fw', '--against', value], ['lint', 'fw'],
                     ['diff', 'fw', 'fw'], ['reference', '-o', 'out', 'fw'],
                     ['reference', '--out-dir', 'folder', 'fw']):
            good = calc(*args)
            for most in range(4, 20):
                for name in OUTPUTS:
                    if os.path.isfile(name):
                        os.remove(name)
                shutil.rmtree('folder', ignore_errors=True)
                result = calc(*args, limits=[(resource.RLIMIT_NOFILE, most)])
                with self.subTest(args=args, most=most):
                    if result.status == 4:
                        self.assertRegex(result.lines[0],
                                         'Too many open files')
                        said.add(most)
                    else:
                        self.assertEqual(result, good)
                    self.assertNotIn(b'denied', result.stderr)
                    self.assertFalse([n for n in os.listdir()
                                      if n.startswith('.')])
        self.assertTrue(support.SANITIZED or said >= {4, 5}, said)
