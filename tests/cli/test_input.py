# SPDX-License-Identifier: Apache-2.0
"""Where an image may come from, and what may be wrong there."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import images
import support
from support import TestCase, calc, environment, good, mrtd, with_shim

PIPE_LIMIT = 512 << 20
NO_TABLE = ('no TDX metadata: neither a GUIDed table ends 0x20 bytes before '
            'the end of the file, nor does the 32-bit offset there lead to '
            '"TDVF"; not a TDX firmware image [no-table]')


class StandardInput(TestCase):
    def test_pipe(self):
        image = good()
        result = calc('-', stdin=image.data)
        self.assertEqual((result.status, result.text),
                         (0, mrtd(image) + '\n'))
        self.assertEqual(calc('--tag', '-', stdin=image.data).text,
                         f'MRTD (-) = {mrtd(image)}\n')

    def test_redirected_file(self):
        image = self.good()
        with open('fw', 'rb') as file:
            result = calc('-', stdin=file)
        self.assertEqual((result.status, result.text),
                         (0, mrtd(image) + '\n'))

    def test_redirected_file_that_was_read_from(self):
        """What is left of it is the image, as for any other program."""
        image = good()
        for skipped in 1, 4096, 100000:
            self.write('fw', b'\1' * skipped + image.data)
            with self.subTest(skipped=skipped), open('fw', 'rb') as file:
                os.lseek(file.fileno(), skipped, os.SEEK_SET)
                result = calc('-', stdin=file)
                self.assertEqual((result.status, result.text),
                                 (0, mrtd(image) + '\n'))

    def test_redirected_file_at_its_end(self):
        self.good()
        with open('fw', 'rb') as file:
            os.lseek(file.fileno(), 0, os.SEEK_END)
            self.refused(calc('-', stdin=file), 3,
                         '-: the file is empty [empty]')

    def test_empty(self):
        self.refused(calc('-', stdin=b''), 3, '-: the file is empty [empty]')
        self.refused(calc('-', stdin=subprocess.DEVNULL), 3,
                     '-: the file is empty [empty]')

    def test_with_files(self):
        image = self.good()
        self.write('-', b'a file of that name')
        value = mrtd(image)
        self.assertEqual(calc('fw', '-', 'fw', stdin=image.data).text,
                         f'{value}  fw\n{value}  -\n{value}  fw\n')
        self.refused(calc('./-'), 3, f'./-: {NO_TABLE}')

    def test_slow_pipe(self):
        image = good()
        cut = len(image.data) // 3
        with subprocess.Popen([support.PROGRAM, '-'], env=environment(),
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            for part in (image.data[:1], image.data[1:cut], image.data[cut:]):
                process.stdin.write(part)
                process.stdin.flush()
                time.sleep(0.1)
            stdout = process.communicate()[0]
        self.assertEqual(stdout.decode(), mrtd(image) + '\n')

    def test_no_room_for_the_copy(self):
        image = good()
        self.refused(calc('-', stdin=image.data,
                          env=environment(TMPDIR='/nonexistent')), 4,
                     '-: cannot make a temporary file for its copy: '
                     'No such file or directory')
        # A file that is given needs no copy.
        self.write('fw', image)
        with open('fw', 'rb') as file:
            for args, stdin in ((['fw'], b''), (['-'], file)):
                result = calc(*args, stdin=stdin,
                              env=environment(TMPDIR='/nonexistent'))
                self.assertEqual(result.text, mrtd(image) + '\n')

    def test_leaves_no_copy(self):
        os.mkdir('tmp')
        calc('-', stdin=good().data, env=environment(TMPDIR=os.path.abspath(
            'tmp')))
        self.assertEqual(os.listdir('tmp'), [])


class Fifo(TestCase):
    def test_with_a_writer(self):
        image = good()
        for delay in 0, 1:
            with self.subTest(delay=delay), \
                    self.fed(f'fifo{delay}', image.data, delay):
                result = calc(f'fifo{delay}')
                self.assertEqual((result.status, result.text),
                                 (0, mrtd(image) + '\n'))

    def test_without_a_writer(self):
        """The wait is bounded."""
        os.mkfifo('fifo')
        start = time.monotonic()
        self.refused(calc('fifo'), 4, 'fifo: a FIFO to which nobody has '
                     'written for 5 seconds')
        self.assertLess(time.monotonic() - start, 15)

    def test_whose_writer_writes_nothing(self):
        with self.fed('fifo', b''):
            self.refused(calc('fifo'), 3, 'fifo: the file is empty [empty]')

    def test_as_list(self):
        image = self.good()
        with self.fed('fifo', f'{mrtd(image)}  fw\n'.encode()):
            self.check(calc('-c', 'fifo'), 0, 'fw: OK\n')


class Special(TestCase):
    def test_dev_null(self):
        self.refused(calc('/dev/null'), 3,
                     '/dev/null: the file is empty [empty]')

    def test_dev_zero(self):
        if shutil.disk_usage(tempfile.gettempdir()).free < 2 * PIPE_LIMIT:
            self.skipTest('needs 1 GiB of temporary space')
        self.refused(calc('/dev/zero'), 3,
                     f'/dev/zero: not a regular file, and it has more than '
                     f'{PIPE_LIMIT} bytes, the limit for pipes and devices; '
                     'save it to a file first [pipe-limit]')

    def test_directory(self):
        self.good()
        os.mkdir('folder')
        line = 'folder: cannot read: Is a directory'
        for args in (['folder'], ['--json', 'folder'], ['show', 'folder'],
                     ['-c', 'folder'], ['--vars', 'folder', 'fw'],
                     ['--vmm', 'cloud-hypervisor', '--payload', 'folder',
                      'fw']):
            with self.subTest(args=args):
                self.refused(calc(*args), 4, line)
        folder = os.open('folder', os.O_RDONLY)
        self.addCleanup(os.close, folder)
        self.refused(calc('-', stdin=folder), 4,
                     '-: cannot read: Is a directory')

    def test_missing(self):
        self.good()
        line = 'gone: cannot open: No such file or directory'
        for args in (['--', 'gone'], ['--json', '--', 'gone'], ['show', 'gone'],
                     ['show', '--plan', 'gone'], ['-c', 'gone'],
                     ['--vars', 'gone', 'fw'],
                     ['--vmm', 'cloud-hypervisor', '--payload', 'gone',
                      'fw']):
            with self.subTest(args=args):
                self.refused(calc(*args), 4, line)

    def test_misspelt_command(self):
        """One slip of the finger; nothing is measured. A file of that name
        is a file."""
        self.good()
        for word, meant in (('dif', 'diff'), ('chekc', 'check'),
                            ('shwo', 'show'), ('lints', 'lint'),
                            ('xlint', 'lint'), ('referense', 'reference'),
                            ('LINT', 'lint'), ('Tdinfo', 'tdinfo')):
            for args in ((word, 'fw'), (word, 'fw', '--against', 'x')):
                self.refused(calc(*args), 2, 'there is no command or file '
                             f"'{word}'; did you mean {meant}?")
            os.rename('fw', word)
            self.assertEqual(calc(word).status, 0)
            os.rename(word, 'fw')
        for word in 'swoh', 'dxfg2', 'chxcks3':
            self.refused(calc(word, 'fw'), 2, 'there is no command or file '
                         f"'{word}'; try 'mrtd-calc --help'")

    def test_no_command(self):
        """A first operand that is neither a file nor looks like one may have
        been meant as a command: nothing else is measured in its place."""
        self.good()
        for word in ('mesure', 'frobnicate', 'v2', '', '\u2013c', 'check ',
                     '*', 'fw2', 'OVMF'):
            for args in ((word, 'fw'), ('--json', word, 'fw'),
                         (word, 'fw', 'fw'), (word, '--', 'fw'),
                         (word, '-'), (word, './gone', 'fw')):
                result = calc(*args, stdin=images.image().data)
                self.refused(result, 2)
                self.assertIn('there is no command or file', result.lines[0])
            # After "--" it is a file, which is missing as others are.
            result = calc('--', word, 'fw')
            self.assertEqual((result.status, result.text.count('\n')), (4, 1))
        self.refused(calc('mesure'), 4, 'mesure: there is no such file, and '
                     "no command of that name; 'mrtd-calc --help' lists the "
                     'commands')
        for name in 'fw.bin', './mesure':
            self.refused(calc(name), 4, f'{name}: cannot open: No such file '
                         'or directory')
            self.assertEqual(calc(name, 'fw').text.count('\n'), 1)
        self.assertIn('mesure: cannot open: No such file or directory',
                      calc('fw', 'mesure').lines)

    def test_foreign_command(self):
        """Words that other programs have: what to type is said. A file of
        that name is a file."""
        self.good()
        for word, meant in (
                ('verify', 'check --against'), ('validate', '-c LIST'),
                ('measure', "'mrtd-calc FILE'"), ('calc', 'mrtd-calc FILE'),
                ('mrtd', 'mrtd-calc FILE'), ('compare', 'diff A B'),
                ('info', 'show FILE'), ('inspect', 'show FILE'),
                ('dump', 'show FILE'), ('help', 'mrtd-calc --help'),
                ('version', 'mrtd-calc --version'), ('HELP', '--help'),
                ('sign', 'reference --sign'), ('html', 'show --html'),
                ('completion', 'installed'), ('selftest', 'self-test'),
                ('test', 'self-test'), ('json', '--json FILE')):
            for args in ((word,), (word, 'fw'), (word, 'fw', '--json'),
                         ('--tag', word, 'fw')):
                with self.subTest(args=args):
                    result = calc(*args)
                    self.refused(result, 2)
                    self.assertIn(meant, result.lines[0])
            os.rename('fw', word)
            self.assertEqual(calc(word).status, 0)
            os.rename(word, 'fw')

    def test_command_after_a_file(self):
        self.good()
        for word in 'show', 'check', 'diff', 'lint', 'self-test':
            self.refused(calc('fw', word), 2, f"there is no file '{word}'; "
                         f"the command '{word}' comes first; try 'mrtd-calc "
                         "--help'")
            self.write(word, images.image())
            self.assertEqual(calc('fw', word).status, 0)

    def test_cannot_be_opened(self):
        self.good()
        os.symlink('loop', 'loop')
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind('socket')
            for name, why in (
                    ('fw/x', 'Not a directory'), ('', 'No such file or '
                                                  'directory'),
                    ('n' * 256, 'File name too long'),
                    ('loop', 'Too many levels of symbolic links'),
                    ('socket', 'No such device or address')):
                with self.subTest(name=name):
                    self.refused(calc(name), 4, f'{name or repr(name)}: '
                                 f'cannot open: {why}')

    def test_unreadable(self):
        self.good()
        os.chmod('fw', 0)
        self.refused(self.calc_as_nobody('fw'), 4,
                     'fw: cannot open: Permission denied')


class Large(TestCase):
    def test_4_gib(self):
        """A sparse file as large as can be; its table is at the very end."""
        tail = images.image(at=0x10000 - 0x2000)
        with open('fw', 'wb') as file:
            file.seek((1 << 32) - len(tail.data))
            file.write(tail.data)
        zeros = images.Image(bytes(0x10000), tail.sections)
        result = calc('fw')
        self.assertEqual((result.status, result.text),
                         (0, mrtd(zeros) + '\n'))
        # The offsets of the tail count from the start of its own file.
        self.assertEqual([line.rsplit(' ', 1)[1] for line in result.lines],
                         ['[reset-code]', '[metadata-apart]'])
        self.refused(
            calc('--vars', 'fw', 'fw'), 3,
            'fw: the file has 8589934592 bytes, more than the 4294967296 '
            'that 32-bit offsets reach [too-large]')

    def test_shrinks_while_it_is_read(self):
        """A digest that was not finished is not printed."""
        size = 1 << 30
        sections = (images.Section(0, size, 1 << 32, size, 0, 1),
                    images.TD_HOB)
        tail = images.image(sections)
        with open('fw', 'wb') as file:
            file.seek(size)
            file.write(tail.data)
        for args in (['fw'], ['--json', 'fw'], ['fw', 'fw']):
            os.truncate('fw', size)
            with open('fw', 'ab') as file:
                file.write(tail.data)
            with self.subTest(args=args):
                self.shrink(args, size)

    def shrink(self, args, size):
        with subprocess.Popen([support.PROGRAM, *args], env=environment(),
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            counts = pathlib.Path(f'/proc/{process.pid}/io')
            while process.poll() is None and self.read(counts) < 1 << 23:
                time.sleep(0.001)
            os.truncate('fw', 1 << 16)
            stdout, stderr = process.communicate()
        result = support.Result(process.returncode, stdout, stderr)
        self.assertEqual(support.without_errors(result) if '--json' in args
                         else stdout, b'')
        lines = [line for line in stderr.decode().splitlines()
                 if ': warning: ' not in line and ': note: ' not in line]
        self.assertEqual(len(lines), 1 if len(args) == 1 or '--json' in args
                         else 2, lines)
        for line in lines:
            self.assertRegex(
                line, r'\Amrtd-calc: fw: cannot read: (it had '
                rf'{size + 0x10000} bytes when it was opened, and ends at '
                r'\d+ now|it was changed while it was read; try again when '
                r'nobody writes to it) \[read\]\Z')
        self.assertEqual(process.returncode, 4)

    def read(self, counts):
        """Bytes that the process has read; a guess where none may know."""
        try:
            return int(counts.read_text().split()[1])
        except (OSError, IndexError):
            time.sleep(0.3)
            return 1 << 30


class Failing(TestCase):
    """Reads that fail, by shim.c."""

    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.more(
            images.PAYLOAD._replace(offset=0, raw=0xc000, memory=0xc000)))
        self.wanted = {args: calc(*args) for args in (
            ('fw',), ('--json', 'fw'), ('show', 'fw'), ('--tag', 'fw', 'fw'))}

    def test_short_and_interrupted(self):
        for args, wanted in self.wanted.items():
            with self.subTest(args=args):
                self.assertEqual(calc(*args, env=with_shim(pread_short=1)),
                                 wanted)

    def fails(self, args, what, pattern):
        """Each of the reads fails in turn; returns how many there are."""
        for number in range(1, 1000):
            self.write('fw', self.image)
            result = calc(*args, env=with_shim(**{what: number}))
            if result == self.wanted[args]:
                return number - 1
            with self.subTest(args=args, number=number):
                self.assertEqual(result.stdout, b'')
                self.assertEqual(result.status, 4)
                lines = [line for line in result.lines
                         if not line.startswith('fw: note: ')]
                self.assertTrue(lines)
                for line in lines:
                    self.assertRegex(line, pattern)
        return self.fail('no end of reads')

    def test_input_output_error(self):
        for args in ('fw',), ('--json', 'fw'), ('show', 'fw'):
            reads = self.fails(args, 'pread_fail',
                               r'\Afw: cannot read: Input/output error '
                               r'\[read\]\Z')
            self.assertGreater(reads, 5)

    def test_truncated_before_each_read(self):
        for args in ('fw',), ('--json', 'fw'), ('show', 'fw'):
            reads = self.fails(args, 'pread_truncate',
                               r'\Afw: cannot read: (it had 65536 bytes when '
                               r'it was opened, and ends at (0|[1-9]\d*) now|'
                               r'it was changed while it was read; try again '
                               r'when nobody writes to it) \[read\]\Z')
            self.assertGreater(reads, 5)

    def test_one_of_several(self):
        """The one that cannot be read does not stop the other."""
        one = self.wanted['--tag', 'fw', 'fw'].stdout.splitlines(True)[0]
        for number in range(1, 12):
            with self.subTest(number=number):
                result = calc('--jobs', '1', '--tag', 'fw', 'fw',
                              env=with_shim(pread_fail=number))
                self.assertEqual(result.status, 4)
                self.assertEqual(result.stdout, one)
