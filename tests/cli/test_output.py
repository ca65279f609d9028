# SPDX-License-Identifier: Apache-2.0
"""Standard output that is closed or full, closed descriptors."""

import os
import signal
import subprocess
import unittest

import drawings
import images
import support
from support import BAD_LINE, TestCase, bad, calc, environment, mrtd, warned

FULL = 'cannot write to standard output: No space left on device'
CLOSED = 'cannot write to standard output: Bad file descriptor'
BROKEN = 'cannot write to standard output: Broken pipe'

COMMANDS = (
    ['fw'], ['-n', 'fw'], ['--tag', 'fw'], ['--base64', 'fw'],
    ['--json', 'fw'], ['fw', 'fw', 'fw'], ['--json', 'fw', 'fw'],
    ['show', 'fw'], ['show', '--json', 'fw'], ['show', '--plan', 'fw'],
    ['show', '--trace', 'fw'], ['show', '--trace', 'large'],
    ['show', '--svg', '-', 'fw'], ['show', '--html', '-', 'fw'], ['-c', 'list'],
    ['self-test'], ['--help'], ['--version'], ['--version', '-v'],
    ['--vmm', 'help'])


class Output(TestCase):
    def setUp(self):
        super().setUp()
        image = self.write('fw', images.image())
        self.value = mrtd(image)
        self.write('bad', bad())
        self.write('large', images.more(images.TEMP_MEM._replace(
            address=1 << 32, memory=1 << 28)))
        self.write('list', f'{self.value}  fw\n'.encode())

    def test_commands_work(self):
        for args in COMMANDS:
            with self.subTest(args=args):
                result = calc(*args)
                self.assertEqual((result.status, result.lines), (0, []))
                self.assertNotEqual(result.stdout, b'')

    def test_full(self):
        for args in COMMANDS:
            with self.subTest(args=args), open('/dev/full', 'wb') as full:
                result = calc(*args, stdout=full)
                self.assertEqual((result.status, result.lines), (4, [FULL]))

    def test_closed(self):
        for args in COMMANDS:
            with self.subTest(args=args):
                result = calc(*args, closed=[1])
                self.assertEqual((result.status, result.lines),
                                 (4, [CLOSED]))

    def test_closed_where_nothing_is_printed(self):
        for args in ['-c', '--status', 'list'], ['-c', '--quiet', 'list']:
            with self.subTest(args=args):
                self.check(calc(*args, closed=[1]), 0, '')
        self.check(calc('bad', closed=[1]), 3, '', f'bad: {BAD_LINE}')

    def test_captured_whole_or_not_at_all(self):
        """Output that a thread cannot keep is an error, never cut."""
        for name in 'a', 'b':
            self.write(name, drawings.many(300))
        args = ['--json', '--jobs', '2', 'a', 'b']
        whole = calc(*args, env=support.with_shim(count='count'))
        with open('count', encoding='ascii') as file:
            count = int(file.read())
        failed = 0
        for n in range(count - 40, count + 1):
            result = calc(*args, env=support.with_shim(malloc_at=n))
            if result.status == 0:
                self.assertEqual(result.stdout, whole.stdout)
            else:
                failed += 1
                self.assertEqual(result.status, 4)
                self.assertGreaterEqual(len(result.lines), 1)
        self.assertGreater(failed, 0)

    def test_worse_than_a_refusal(self):
        with open('/dev/full', 'wb') as full:
            self.check(calc('fw', 'bad', stdout=full), 4, '',
                       f'bad: {BAD_LINE}', FULL)
            self.check(calc('bad', stdout=full), 3, '', f'bad: {BAD_LINE}')

    def test_reader_gone(self):
        for args in ['fw'], ['show', '--trace', 'large'], ['self-test']:
            for ignored in False, True:
                with self.subTest(args=args, ignored=ignored):
                    self.without_reader(args, ignored)

    def without_reader(self, args, ignored):
        read, write = os.pipe()
        os.close(read)
        with subprocess.Popen(
                [support.PROGRAM, *args], stdout=write, env=environment(),
                stderr=subprocess.PIPE, restore_signals=not ignored,
                ) as process:
            os.close(write)
            stderr = process.communicate()[1].decode()
        if ignored:  # Python itself ignores SIGPIPE, and so do its children
            self.assertEqual(process.returncode, 4)
            self.assertEqual(stderr, f'mrtd-calc: {BROKEN}\n')
        else:
            self.assertEqual(process.returncode, -signal.SIGPIPE)
            self.assertEqual(stderr, '')

    def test_closed_stderr(self):
        image = self.write('warned', warned())
        value = mrtd(image)
        for closed in [2], [0, 2]:
            with self.subTest(closed=closed):
                result = calc('warned', closed=closed)
                self.check(result, 0, f'{value}\n')
                self.check(calc('warned', 'warned', closed=closed), 0,
                           f'{value}  warned\n' * 2)
                self.check(calc('bad', closed=closed), 3, '')
                self.check(calc('--nonsense', closed=closed), 2, '')
        # The copy of a pipe does not become standard error.
        self.check(calc('-', stdin=image.data, closed=[2]), 0, f'{value}\n')

    def test_closed_stdin(self):
        value = self.value
        self.check(calc('fw', closed=[0]), 0, f'{value}\n')
        self.check(calc('-c', 'list', closed=[0]), 0, 'fw: OK\n')
        for args in ['-'], ['--json', '-'], ['show', '-'], ['-c', '-']:
            with self.subTest(args=args):
                self.refused(calc(*args, closed=[0]), 4,
                             '-: cannot read: Bad file descriptor')

    def test_all_closed(self):
        for args in COMMANDS:
            with self.subTest(args=args):
                self.check(calc(*args, closed=[0, 1, 2]), 4, '')
        self.check(calc('bad', closed=[0, 1, 2]), 3, '')
        self.assertEqual(os.path.getsize('fw'), images.SIZE)

    def test_full_stderr(self):
        """Warnings that get lost do not harm the value."""
        image = self.write('warned', warned())
        with open('/dev/full', 'wb') as full:
            result = calc('warned', stderr=full)
        self.assertEqual((result.status, result.text), (0, f'{mrtd(image)}\n'))

    @unittest.skipIf(support.SANITIZED, 'takes long')
    def test_stops_where_output_fails(self):
        """A long trace is not computed to its end for nobody."""
        self.write('huge', images.more(images.TEMP_MEM._replace(
            address=1 << 38, memory=1 << 38)))
        with open('/dev/full', 'wb') as full:
            result = calc('show', '--trace', 'huge', stdout=full)
        self.assertEqual((result.status, result.lines), (4, [FULL]))
