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

    def in_order(self, *args):
        """The lines of both streams, as in a log."""
        done = calc(*args, stderr=subprocess.STDOUT)
        return done.status, done.stdout.decode().splitlines()

    def test_order_in_a_log(self):
        """A message comes after what was printed before it: for each file its
        messages, then its verdict, then what is said of all."""
        self.write('warned', warned())
        zeros = '0' * 96
        warning = 'mrtd-calc: warned: warning: '
        self.write('mixed', ''.join((
            f'{self.value}  fw\n', f'{zeros}  bad\n', f'{zeros}  warned\n',
            f'MRTD[x] (fw) = {zeros}\n', f'{zeros}  gone\n',
            f'{self.value}  fw\n', f'{zeros}  fw\n')).encode())
        wanted = ['fw: OK', 'mrtd-calc: bad: ', 'bad: FAILED (refused)',
                  warning, 'warned: FAILED', 'mrtd-calc: mixed: line 4: fw: ',
                  'fw: FAILED (refused)', 'mrtd-calc: gone: ',
                  'gone: FAILED open or read', 'fw: OK', 'fw: FAILED',
                  'mrtd-calc: mixed: 2 of 4']
        cases = [
            (['-c', '--jobs', jobs, *['mixed'] * count], 4, wanted * count)
            for jobs in ('1', '2', '8') for count in (1, 3)]
        value = mrtd(warned())
        cases += [
            (['--jobs', jobs, 'fw', 'bad', 'warned', './gone', 'fw'], 4,
             [f'{self.value}  fw', 'mrtd-calc: bad: ', warning,
              f'{value}  warned', 'mrtd-calc: ./gone: ', f'{self.value}  fw'])
            for jobs in ('1', '2', '8')]
        cases += [
            (['lint', '--vmm', 'qemu', 'fw', './gone', 'fw'], 4,
             ['fw', '  specification', '  qemu', 'mrtd-calc: ./gone: ', '',
              'fw', '  specification', '  qemu']),
            (['check', '--against', self.value, 'fw', 'bad', 'fw'], 0,
             ['  expected', 'fw: MATCH', 'mrtd-calc: bad: ', 'fw: MATCH']),
            (['show', '--plan', 'fw', 'bad', 'fw'], 3, None),
            (['show', '--trace', 'fw', 'bad', 'fw'], 3, None),
            (['show', '--json', 'fw', 'bad', 'fw'], 3, None),
            (['show', 'fw', 'bad', 'fw'], 3, None),
            (['--json', 'fw', 'bad', 'fw'], 3, None)]
        self.write('document', calc('reference', '--format', 'json',
                                    'fw').stdout)
        cases.append((['reference', '--verify', 'document', 'fw', 'bad',
                       'fw'], 3, ['fw: OK', 'mrtd-calc: bad: ', 'fw: OK']))
        for args, status, lines in cases:
            with self.subTest(args=args):
                found, log = self.in_order(*args)
                self.assertEqual(found, status, log)
                if lines is None:
                    # All of the first, the message, all of the second.
                    once = calc(*args[:-2]).stdout.decode().splitlines()
                    between = [''] if args[0] == 'show' and (
                        '--json' not in args) else []
                    lines = [*once, 'mrtd-calc: bad: ', *between, *once]
                if '--json' in args:  # the message is there as an object, too
                    log = [line for line in log
                           if not line.startswith(support.ERROR.decode())]
                # Of findings and their details, one stands for all.
                log = [line for line in log
                       if not line.startswith('    ')] if args[0] == 'lint' \
                    else log
                self.assertEqual(len(log), len(lines), log)
                for line, start in zip(log, lines):
                    self.assertTrue(line.startswith(start), (line, start))

    def test_verdicts_are_not_held_back(self):
        """A line is there when it is known, before the next file is."""
        self.write('long', images.more(images.TEMP_MEM._replace(
            address=1 << 32, memory=10 << 30, attributes=1)))
        self.write('first', f'{self.value}  fw\n'.encode() * 8
                   + f'{self.value}  long\n'.encode())
        for args in (['-c', '--jobs', '1', 'first'],
                     ['--tag', '--jobs', '1', *['fw'] * 8, 'long'],
                     ['check', '--against', self.value, 'fw', 'long'],
                     ['lint', 'fw', 'long']):
            with self.subTest(args=args), subprocess.Popen(
                    [support.PROGRAM, *args], stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, env=environment()) as process:
                self.assertIn(b'fw', process.stdout.readline()
                              + process.stdout.readline())
                self.assertIsNone(process.poll())
                process.kill()

    def test_names_on_a_terminal(self):
        """There, a name neither moves the cursor nor looks like a line; what
        is piped has its bytes."""
        for name, shown in (('a\x1b[2Kb', r'a\033[2Kb'),
                            ('\u202eb', r'\342\200\256b'),
                            ('\u009b2K', r'\302\2332K'), ('a\tb', r'a\011b'),
                            ('\u00e9', '\u00e9')):
            self.write(name, images.image())
            for args, line in ((['--tag', name], f'MRTD ({shown}) = '),
                               ([name, name], f'  {shown}\r\n')):
                controller, terminal = self.openpty()
                with open(terminal, 'wb') as file:
                    self.assertEqual(calc(*args, stdout=file).status, 0)
                text = os.read(controller, 4096).decode()
                os.close(controller)
                self.assertIn(line, text)
                self.assertIn(name, calc(*args).stdout.decode())

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
