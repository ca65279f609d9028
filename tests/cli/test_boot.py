# SPDX-License-Identifier: Apache-2.0
"""--register: RTMR1, RTMR2 and the digests of events that a kernel makes which
QEMU gives to OVMF. Expected values are of tests/lib/boot.py, which is written
from the documents."""

import base64
import itertools
import json
import pathlib
import random
import struct
import subprocess

import boot
import images
from support import SANITIZED, TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/measurement.schema.json').read_text('utf-8'))
NAMES = {'mrtd': 'MRTD', 'rtmr1': 'RTMR1', 'rtmr2': 'RTMR2',
         'kernel': 'kernel', 'cmdline': 'cmdline'}
LINE = 'root=/dev/vda1 console=hvc0 rw'
HINT = "; try 'mrtd-calc --help'"
# (QEMU, edk2), and what they do otherwise than those of today.
RELEASES = (
    (None, None, ()),
    ('10.2', '202508', ()),
    ('11.0.1', 'edk2-stable202605', ()),
    ('10.2.0', '202505', ('initrd_last',)),
    ('10.1.1', '202508', ()),
    ('10.1', None, ()),
    ('10.0.3', '202502', ('initrd_last',)),
    ('10.0', '202411', ('initrd_last', 'patched_kernel')),
    ('9.2.1+tdx1.0', '202502', ('initrd_last', 'patched_kernel')),
    ('9.0', None, ('patched_kernel',)),
    ('8.2', 'edk2-stable202408.01',
     ('initrd_last', 'patched_kernel', 'separator_rtmr0')),
    (None, '202408', ('initrd_last', 'separator_rtmr0')))


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.image = self.write('fw', images.image())

    def ask(self, *args, status=0):
        """The JSON of a run with --register, and its notes' codes."""
        result = calc('--json', *args, 'fw')
        self.assertEqual((result.status, result.lines), (status, []), result)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made, [note['code'] for note in made['notes']]

    def bare(self, register, *args):
        result = calc('--register', register, *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.text


class Values(Case):
    def check_one(self, kernel, cmdline, initrd, ram, release):
        """Under a release: each register, each event, each form."""
        qemu, edk2, rules = release
        want = boot.events(kernel, cmdline.encode('latin-1'), initrd, ram=ram,
                           **dict.fromkeys(rules, True))
        self.write('kernel', kernel)
        args = ['--kernel', 'kernel', '--append', os_text(cmdline),
                '--kernel-measures', 'yes']
        if initrd is not None:
            self.write('initrd', initrd)
            args += ['--initrd', 'initrd']
            args += ['--ram', str(ram)] if 'patched_kernel' in rules else []
        args += ['--qemu', qemu] if qemu else []
        args += ['--edk2', edk2] if edk2 else []
        made, notes = self.ask('--register', 'all', *args)
        self.assertEqual(
            [(event['register'], int(event['type'], 16),
              bytes.fromhex(event['digest']), event['what'])
             for event in made['boot']['events']], want)
        registers = {'MRTD': mrtd(self.image), **{
            name: boot.replay(want, name).hex() for name in ('RTMR1', 'RTMR2')}}
        self.assertEqual({value['register']: value['value']
                          for value in made['values']}, registers)
        self.assertEqual(made['boot']['cmdline'], cmdline)
        self.assertEqual(made['boot']['rules'], {
            'kernel_is_patched': 'patched_kernel' in rules,
            'initrd_argument': None if initrd is None else
                'last' if 'initrd_last' in rules else 'first',
            'separator_register':
                'RTMR0' if 'separator_rtmr0' in rules else 'RTMR1',
            'kernel_measures': True})
        self.assertEqual(notes, [code for code, is_so in (
            ('boot-code', qemu and qemu[:4] in ('10.0', '10.1')
             and (edk2 or '9') >= '202502'),
            ('boot-vmm', qemu and qemu[:4] not in ('10.2', '11.0')),
            ('boot-empty', not cmdline and initrd is None)) if is_so])
        registers['kernel'] = want[0][2].hex()
        if want[-1][0] == 'RTMR2':
            first = next(event for event in want if event[0] == 'RTMR2')
            registers['cmdline'] = first[2].hex()
        self.assertEqual(self.bare('all', *args), ''.join(
            f'{name} (fw) = {value}\n' for name, value in registers.items()))

    def test_random(self):
        for turn in self.part(range(40)):
            release = RELEASES[turn % len(RELEASES)]
            kernel = boot.bzimage(
                self.rng, xloadflags=self.rng.choice((0, 2)),
                initrd_max=self.rng.choice((0x7fffffff, 0x37ffffff)),
                trailing=self.rng.choice((0, 1, 999)),
                certs=self.rng.choice((0, 8, 1544)))
            cmdline = self.rng.choice((
                '', LINE, 'a' * 3000, 'vga=0x317 quiet', 'vga=ask',
                'x=\xe9\xff\x80 "quoted  words"'))
            initrd = self.rng.choice((None, self.rng.randbytes(
                self.rng.randrange(1, 70000))))
            ram = self.rng.choice((1 << 29, 1 << 31, 0xafffffff, 0xb0000000,
                                   1 << 36))
            with self.subTest(turn=turn, release=release, cmdline=cmdline[:9],
                              initrd=initrd is not None, ram=ram):
                self.check_one(kernel, cmdline, initrd, ram, release)

    def test_pe(self):
        """Any PE image that has the setup header of Linux."""
        made = 0
        for turn in self.part(range(400)):
            data = self.write('kernel', linux(boot.pe(self.rng)))
            result = calc('--register', 'kernel', '--kernel', 'kernel', 'fw')
            try:
                want = boot.authenticode(data).hex() + '\n'
                if len(data) < 0x238 or not loads(data):
                    raise boot.Bad
            except boot.Bad:
                self.refused(result, 3)
                continue
            with self.subTest(turn=turn):
                self.check(result, 0, want)
            made += 1
        self.assertGreater(made, 10)

    def test_known_answers(self):
        """Computed before by a script of another hand."""
        args = ('--append', LINE, '--kernel-measures', 'yes')
        self.assertEqual(self.bare('cmdline', *args), (
            'a61db7f1a3558e623686b9e4bc52d11d03496914af1de858380a0192daf8b212'
            'a8457cc2ef40298ab48af57c814e9b6e\n'))
        self.assertEqual(self.bare('rtmr2', *args), (
            '91362ed47a453fcc5323cddf46cd0a9b869929f20e6d059826b12a8eed646530'
            '49e19e4300f07b93a11acb03900d20b3\n'))

    def test_versions(self):
        """Linux measures its command line since 6.9."""
        for version, measures in (
                ('6.9.0', True), ('6.9', True), ('6.10.1-amd64', True),
                ('7.0.0', True), ('10.0', True), ('6.8.12', False),
                ('5.19.0', False), ('6.1.0-56-cloud-amd64', False),
                ('4.9', False)):
            kernel = self.write('kernel', boot.bzimage(
                self.rng, version=version))
            made, notes = self.ask('--register', 'all', '--kernel', 'kernel',
                                   '--append', LINE)
            want = boot.events(kernel, LINE.encode(), silent_kernel=not measures)
            with self.subTest(version=version):
                self.assertEqual(notes, [] if measures else ['boot-silent'])
                self.assertEqual(made['boot']['kernel_version'], version)
                self.assertEqual(made['boot']['rules']['kernel_measures'],
                                 measures)
                self.assertEqual(made['values'][2]['value'],
                                 boot.replay(want, 'RTMR2').hex())
                for args, other in ((('--kernel-measures', 'yes'), True),
                                    (('--kernel-measures', 'no'), False)):
                    made, _ = self.ask('--register', 'rtmr2', '--kernel',
                                       'kernel', '--append', LINE, *args)
                    self.assertEqual(made['boot']['rules']['kernel_measures'],
                                     other)
                if not measures:
                    self.refused(
                        calc('--register', 'cmdline', '--kernel', 'kernel',
                             '--append', LINE, 'fw'), 3,
                        'kernel: there is no event of the command line: the '
                        'kernel is taken to measure none, as before Linux 6.9 '
                        '[boot-silent]')
        for version in ('', 'next', '6', '6.x', '.9'):
            self.write('kernel', boot.bzimage(self.rng, version=version))
            result = calc('--register', 'rtmr2', '--kernel', 'kernel',
                          '--append', LINE, 'fw')
            self.refused(result, 3)
            self.assertIn('--kernel-measures yes', result.lines[0])

    def test_forms(self):
        self.write('kernel', boot.bzimage(self.rng))
        args = ('--kernel', 'kernel', '--append', LINE)
        one = self.bare('rtmr1', *args)
        self.assertEqual(self.bare('RTMR1', *args), one)
        self.assertEqual(self.bare('rtmr1', '-n', *args), one.rstrip('\n'))
        self.assertEqual(self.bare('rtmr1', '--tag', *args),
                         f'RTMR1 (fw) = {one}')
        self.assertEqual(base64.b64decode(self.bare('rtmr1', '--base64',
                                                    *args)).hex() + '\n', one)
        self.assertEqual(self.bare('mrtd'), mrtd(self.image) + '\n')
        both = self.bare('rtmr2,rtmr1', *args)
        self.assertEqual(both, self.bare('rtmr1', '--register', 'rtmr2', *args))
        self.assertEqual([line.split()[0] for line in both.splitlines()],
                         ['RTMR1', 'RTMR2'])
        self.write('list', both.encode())
        self.refused(calc('-c', 'list'), 3)


    def test_checked(self):
        """The JSON is read again, for the MRTD in it."""
        self.write('kernel', boot.bzimage(self.rng))
        made, _ = self.ask('--register', 'all', '--kernel', 'kernel',
                           '--append', LINE)
        self.write('saved', json.dumps(made).encode())
        self.assertEqual(calc('check', 'fw', '--against', 'saved').status, 0)
        made['values'][1]['register'] = 'MRTD'
        self.write('saved', json.dumps(made).encode())
        self.assertEqual(calc('check', 'fw', '--against', 'saved').status, 3)


class CommandLines(Case):
    def asked(self, *args):
        made, notes = self.ask('--register', 'rtmr2', '--kernel-measures',
                               'yes', *args)
        return made['values'][1]['value'], notes

    def test_files(self):
        """As text, as /proc/cmdline and as /proc/PID/cmdline of QEMU."""
        want, _ = self.asked('--append', LINE)
        qemu = ['qemu-system-x86_64', '-m', '2G', '-append', LINE, '-kernel',
                'k']
        for data in (LINE, LINE + '\n', '\0'.join(qemu) + '\0',
                     '\0'.join(['q', '--append', LINE])):
            self.write('line', data.encode())
            with self.subTest(data=data):
                self.assertEqual(self.asked('--cmdline', 'line'), (want, []))
                result = calc('--register', 'rtmr2', '--kernel-measures',
                              'yes', '--cmdline', '-', 'fw',
                              stdin=data.encode())
                self.assertEqual(result.text, want + '\n')
        self.write('line', b'x' * 65536)
        self.asked('--cmdline', 'line')
        for data, words in ((b'x' * 65537, 'a command line of 65537 bytes; '
                             'the most are 65536'),
                            (b'qemu\0-kernel\0k\0', 'no argument -append'),
                            (b'qemu\0-append\0', 'twice, or at the end'),
                            (b'q\0-append', 'at the end'),
                            (b'q\0-append\0a\0--append\0b\0', 'at the end'),
                            (b'', "where that is meant there is --append ''"),
                            (b'\n', "there is --append ''"),
                            (b'a\r\n', 'character in the command line'),
                            (b'a\n\n', 'character in the command line'),
                            (b'a\nb', 'character in the command line'),
                            (b'a\x1bb', 'character in the command line'),
                            (b'a\x7f', 'character in the command line'),
                            ('\xe9'.encode(), '/proc/PID/cmdline of QEMU'),
                            (b'q\0-append\0a\nb\0',
                             'character in the command line')):
            self.write('line', data)
            result = calc('--register', 'rtmr2', '--cmdline', 'line', 'fw')
            self.refused(result, 3)
            self.assertTrue(result.lines[0].startswith('line: '), result)
            self.assertTrue(result.lines[0].endswith(f'{words} [cmdline]'),
                            result)

    def test_proc(self):
        """A file of /proc says that it is empty."""
        value, _ = self.asked('--append', 'hello world')
        with subprocess.Popen(
                ['sh', '-c', 'read line', 'x', '-append', 'hello world'],
                stdin=subprocess.PIPE) as process:
            name = f'/proc/{process.pid}/cmdline'
            while b'hello' not in pathlib.Path(name).read_bytes():
                pass
            for args in (('--cmdline', name), ('--cmdline', '-')):
                with open(name, 'rb') as stdin:
                    result = calc('--register', 'rtmr2', '--kernel-measures',
                                  'yes', *args, 'fw', stdin=stdin)
                self.assertEqual(result.text, value + '\n', result)
            process.stdin.close()

    def test_empty(self):
        self.write('initrd', b'an initrd')
        self.assertEqual(self.asked('--append', ''),
                         ('0' * 96, ['boot-empty']))
        value, notes = self.asked('--append', '', '--initrd', 'initrd')
        self.assertEqual((value == '0' * 96, notes), (False, []))
        self.refused(calc('--register', 'cmdline', '--kernel-measures', 'yes',
                          '--append', '', 'fw'), 3, 'there is no event of the '
                     'command line: it is empty [boot-empty]')

    def test_initrd_argument(self):
        """A guest's /proc/cmdline is measured as it is, and QEMU's argument
        with what edk2 adds; what may be either is refused."""
        initrd = self.write('initrd', b'an initrd')
        for line, edk2, other in (
                (f'initrd=initrd {LINE}', '202508', '202505'),
                (f'{LINE} initrd=initrd', '202505', '202508')):
            self.write('line', line.encode() + b'\n')
            want = boot.replay(boot.events(
                cmdline=line.encode(), initrd=initrd, final_cmdline=True),
                'RTMR2').hex()
            for args in (), ('--edk2', edk2):
                self.assertEqual(self.asked('--cmdline', 'line', '--initrd',
                                            'initrd', *args),
                                 (want, ['boot-initrd']))
            for args in (('--cmdline', 'line'),
                         ('--cmdline', 'line', '--initrd', 'initrd', '--edk2',
                          other),
                         ('--append', line, '--initrd', 'initrd'),
                         ('--append', line)):
                result = calc('--register', 'rtmr2', *args, 'fw')
                self.refused(result, 3)
                self.assertTrue(result.lines[0].endswith(' [cmdline]'), result)
            self.write('process', b'q\0-append\0' + line.encode()
                       + b'\0-initrd\0i\0')
            self.assertEqual(
                self.asked('--cmdline', 'process', '--initrd', 'initrd'),
                (boot.replay(boot.events(cmdline=line.encode(), initrd=initrd),
                             'RTMR2').hex(), []))
        for line, is_word in (
                ('initrd=initrd', True), ('kernel initrd=initrd a', True),
                ('a initrd=initrd b', True),
                ('initrd=initrd a initrd=initrd', True),
                ('x=initrd=initrd', False), ('initrd=initrd2 x', False)):
            self.write('line', line.encode())
            result = calc('--register', 'rtmr2', '--kernel-measures', 'yes',
                          '--cmdline', 'line', '--initrd', 'initrd', 'fw')
            self.assertEqual(result.status, 3 if is_word else 0, line)
        # RTMR1 does not depend on it, but on the release that it tells of.
        self.write('kernel', boot.bzimage(self.rng))
        self.write('line', f'{LINE} initrd=initrd'.encode())
        args = ('--kernel', 'kernel', '--cmdline', 'line')
        self.bare('rtmr1', *args)
        args += ('--initrd', 'initrd')
        self.refused(calc('--register', 'all', *args, 'fw'), 3)
        self.bare('all', *args, '--edk2', '202502')

    def test_process(self):
        """What else QEMU is given there."""
        self.write('initrd', b'an initrd')
        for more, args, status in (
                (b'-initrd\0i\0', (), 3), (b'', ('--initrd', 'initrd'), 3),
                (b'--initrd\0i\0', ('--initrd', 'initrd'), 0),
                (b'-shim\0s\0', (), 3), (b'-shimmer\0', (), 0)):
            self.write('line', b'q\0' + more + b'-append\0quiet\0')
            result = calc('--register', 'rtmr2', '--kernel-measures', 'yes',
                          '--cmdline', 'line', *args, 'fw')
            self.assertEqual(result.status, status, more)

    def test_cut(self):
        """/proc/cmdline has 2047 bytes at most."""
        for size, status in ((2046, 0), (2047, 3), (2048, 0)):
            for end in b'', b'\n':
                self.write('line', b'a' * size + end)
                self.assertEqual(calc(
                    '--register', 'rtmr2', '--kernel-measures', 'yes',
                    '--cmdline', 'line', 'fw').status, status)

    def test_noinitrd(self):
        """Linux measures no initrd then, however it is written."""
        self.write('initrd', b'an initrd')
        for line in ('noinitrd', 'a noinitrd b', 'noinitrd=1', '"noinitrd"',
                     'a\tnoinitrd'):
            args = ('--append', line, '--initrd', 'initrd')
            self.refused(calc('--register', 'rtmr2', *args, 'fw'), 3)
            self.asked('--append', line)
            self.write('kernel', boot.bzimage(self.rng))
            self.bare('rtmr1', '--kernel', 'kernel', *args)

    def test_without_kernel(self):
        value, notes = self.asked('--append', LINE)
        result = calc('--register', 'rtmr2', '--append', LINE, 'fw')
        self.assertEqual((result.text, notes), (value + '\n', []))
        self.assertRegex(result.lines[0], r'^fw: note: .* \[boot-kernel\]$')


class Refusals(Case):
    def test_kernels(self):
        """What the model refuses, the program does."""
        for why, data in itertools.islice(
                boot.bad(self.rng), 30 if SANITIZED else None):
            with self.subTest(why=why):
                for made in data, linux(data):
                    self.write('kernel', made)
                    result = calc('--register', 'kernel', '--kernel', 'kernel',
                                  'fw')
                    self.refused(result, 3)
                    self.assertRegex(result.lines[0],
                                     r'^kernel: .* \[(pe|kernel|empty)\]$')

    def test_mutated(self):
        """Never a digest that the model does not have, never a crash."""
        for turn in self.part(range(600)):
            data = bytearray(linux(boot.pe(self.rng)) if turn % 2 else
                             boot.bzimage(self.rng)[:12000])
            for _ in range(self.rng.randrange(1, 4)):
                at = self.rng.randrange(min(len(data), 700))
                data[at] = self.rng.choice((0, 1, 0x7f, 0xff, data[at] ^ 8))
            self.write('kernel', bytes(data))
            result = calc('--register', 'kernel', '--kernel', 'kernel', 'fw')
            self.assertIn(result.status, (0, 3), result)
            if result.status == 0:
                self.assertTrue(loads(data))
                self.assertEqual(result.text, boot.authenticode(
                    bytes(data)).hex() + '\n')

    def test_old_qemu(self):
        """Kernels that a QEMU before 10.2 does not load."""
        self.write('initrd', bytes(6000))
        def old(kernel, *args):
            self.write('kernel', kernel)
            return calc('--register', 'kernel', '--kernel', 'kernel', '--qemu',
                        '9.2', *(args or ('--append', '')), 'fw')
        good = boot.bzimage(self.rng)
        self.assertEqual(old(good).status, 0)
        for kernel, args, words in (
                (good[:0x202] + b'HdrT' + good[0x206:], (), 'not a bzImage'),
                (boot.bzimage(self.rng, protocol=0x201), (), 'older than any'),
                (boot.bzimage(self.rng, loadflags=0), (), 'older than any'),
                (good[:0x1f1] + b'\xff' + good[0x1f2:], (), 'the setup code '
                 'of 0x20000 bytes is not inside'),
                *((good, ('--append', f'a vga={mode}'), 'vga=') for mode in
                  ('', 'x', '0x', '1x', '4294967296')),
                (good, ('--append', '', '--initrd', 'initrd', '--ram', '160K'),
                 'has no room for an initrd'),
                (good, ('--append', '', '--initrd', 'initrd', '--ram', '165K'),
                 'does not fit below 0x13ff')):
            result = old(kernel, *args)
            with self.subTest(words=words, args=args):
                self.refused(result, 3)
                # What QEMU makes of all of them is of no file.
                self.assertEqual(result.lines[0].startswith('kernel: '),
                                 not args, result)
                self.assertIn(words, result.lines[0])
                self.assertTrue(result.lines[0].endswith(' [kernel]'), result)

    def test_images(self):
        """Of td-shim's images tests/cli/test_shim.py; IGVM is of neither."""
        for part in images.PAYLOAD, images.PARAM, images.PERM_MEM:
            self.write('shim', images.more(part))
            result = calc('--register', 'rtmr2', '--append', LINE,
                          '--permissive', 'shim')
            self.assertEqual((result.status, result.stdout), (3, b''))
            self.assertRegex(result.lines[-1], r'^shim: a td-shim that starts '
                             r'a payload of its own: .* \[boot-image\]$')

    def test_files(self):
        self.write('kernel', boot.bzimage(self.rng))
        self.write('empty', b'')
        for args, status in (
                (('--kernel', 'gone', '--register', 'kernel'), 4),
                (('--kernel', '.', '--register', 'kernel'), 4),
                (('--kernel', 'empty', '--register', 'kernel'), 3),
                (('--cmdline', 'gone', '--register', 'cmdline'), 4),
                (('--cmdline', '.', '--register', 'cmdline'), 4),
                (('--append', '', '--initrd', 'gone', '--kernel', 'kernel',
                  '--register', 'rtmr2'), 4),
                (('--append', '', '--initrd', 'empty', '--kernel', 'kernel',
                  '--register', 'rtmr2'), 3)):
            with self.subTest(args=args):
                for more in (), ('--json', ):
                    self.refused(calc(*args, *more, 'fw'), status)

    def test_usage(self):
        self.write('kernel', boot.bzimage(self.rng))
        self.write('initrd', b'x')
        kernel, append = ('--kernel', 'kernel'), ('--append', LINE)
        bad = ('--register needs mrtd, rtmr0, rtmr1, rtmr2, kernel, cmdline, '
               'uki, sections or all, not ')
        no_kernel = ('missing --kernel FILE: --register rtmr1 and kernel are '
                     'made of it')
        no_line = ('missing --append TEXT or --cmdline FILE: --register rtmr2 '
                   'and cmdline are made of the command line')
        unused = ('{} is for --platform snp, sev-es or sev, or where registers '
                  'are printed, for --register rtmr1, rtmr2, kernel and '
                  'cmdline; it does not change an MRTD')
        shape = ('missing --edk2 YYYYMM: what RTMR0 of OVMF is made of depends '
                 'on the release')
        ram = ('--ram is for a kernel that QEMU before 10.2 changes, with an '
               '--initrd, and for --register rtmr0')
        for args, line in (
                (('--register', 'rtmr3'),
                 '--register: RTMR3 depends on what the guest extends it with, '
                 'and is not predicted here'),
                (('--register', 'RTMR0'), shape),
                (('--register', 'all,rtmr0', *kernel, *append), shape),
                (('--register', 'rtmr2', *append, '--td-hob', 'initrd'),
                 '--td-hob is of td-shim, and the image is of OVMF'),
                (('--register', 'rtmr'), None), (('--register', ''),
                                                 f"{bad}''"),
                (('--register', 'rtmr1,'), f"{bad}''"),
                (('--register', 'rtmr1', *append), no_kernel),
                (('--register', 'kernel'), no_kernel),
                (('--register', 'all', *append), no_kernel),
                (('--register', 'rtmr2', *kernel), no_line),
                (('--register', 'cmdline'), no_line),
                (('--register', 'all', *kernel), no_line),
                (('--register', 'kernel', *kernel, '--qemu', '9.2'),
                 'missing --append TEXT or --cmdline FILE: QEMU before 10.2 '
                 'changes the kernel by it'),
                (('--register', 'kernel', *kernel, *append, '--initrd',
                  'initrd', '--qemu', '10.1', '--edk2', '202411'),
                 'missing --ram SIZE: QEMU before 10.2 writes into the kernel '
                 'where the initrd is'),
                (('--register', 'kernel', *kernel, *append, '--initrd',
                  'initrd', '--qemu', '10.1', '--ram', '1G'), ram),
                (('--register', 'kernel', *kernel, *append, '--qemu', '9.2',
                  '--ram', '1G'), ram),
                (('--register', 'rtmr2', *append, '--ram', '1G'), ram),
                (('--register', 'kernel', *kernel, '--kernel-measures', 'yes'),
                 '--kernel-measures is for --register rtmr2 and cmdline'),
                (('--register', 'all', '--kernel', '-', *append, '--initrd',
                  '-'), 'standard input can be read only once'),
                *((args, unused.format(args[0])) for args in (
                    kernel, append, ('--initrd', 'initrd'))),
                *((args, f'{args[0]} is for --register rtmr0, rtmr1, '
                   'rtmr2, kernel, cmdline, uki and sections; it does not change an '
                   'MRTD') for args in (
                    ('--cmdline', 'initrd'), ('--qemu', '9.2'),
                    ('--edk2', '202411'), ('--ram', '1G'),
                    ('--kernel-measures', 'no'), ('--td-hob', 'initrd'))),
                (('--register', 'mrtd', *kernel), unused.format('--kernel')),
                (('--register', 'rtmr2', *append, '--cmdline', 'initrd'),
                 None),
                (('--register', 'rtmr2', *append, '--vcpus', '1'),
                 '--vcpus is for --platform snp, sev-es or sev; it does not '
                 'change an MRTD'),
                (('--register', 'rtmr2', *append, '--platform', 'snp'),
                 '--register is of --platform tdx'),
                (('--qemu', '9.0', '--platform', 'snp'),
                 '--qemu is of --platform tdx'),
                (('--register', 'rtmr2', *append, '--vmm', 'gce'),
                 '--register is of a kernel that QEMU gives to OVMF, which this '
                 'image is: --vmm spec, qemu or kvm-v19'),
                (('--register', 'rtmr2', *append, '--vmm', 'spec,qemu'),
                 '--register is for a single file and VMM'),
                (('--register', 'rtmr2', *append, 'fw'),
                 '--register is for a single file and VMM'),
                (('--register', 'rtmr2,mrtd', *append, '-n'),
                 '-n is for a single register'),
                *((('--qemu', value, '--register', 'rtmr2', *append),
                   "--qemu needs the version of QEMU from 8.0 on, as 10.2, not "
                   f"'{value}'") for value in ('', '9', 'v9.2', '9.', '.2',
                                               '7.2',
                                               '9.2x', '0.9', '9.1000',
                                               '99999.1')),
                *((('--edk2', value, '--register', 'rtmr2', *append), None)
                  for value in ('', '2024', '202501', '202512', '202500', '202411.',
                                'edk2-202502', '20250211', '202502x',
                                'edk2-stable')),
                (('--kernel-measures', 'maybe', '--register', 'rtmr2',
                  *append), "--kernel-measures needs yes or no, not 'maybe'"),
                (('--ram', '0', '--register', 'rtmr2', *append),
                 "--ram needs a number of bytes above 0, as 2G, not '0'")):
            result = calc(*args, 'fw')
            with self.subTest(args=args):
                self.refused(result, 2)
                if line is not None:
                    # What the image decides is said without a hint.
                    self.assertIn(result.lines[0], (line + HINT, line))


def linux(data):
    """With the setup header of Linux, over whatever is there."""
    if len(data) < 0x238:
        return data
    made = bytearray(data)
    made[0x1f1] = 1
    made[0x202:0x208] = b'HdrS\x0f\x02'
    made[0x20e:0x210] = bytes(2)
    made[0x211] = 1
    return bytes(made)


def loads(data):
    """Does edk2's PeCoffLoaderGetPeHeader() take its headers?"""
    at = boot.layout(bytes(data))
    place, size = (0, 0) if at.entries <= boot.SECURITY else struct.unpack_from(
        '<II', data, at.security)
    return (at.entries <= 16 and at.table == at.directories + 8 * at.entries
            and at.table + boot.SECTION * at.count <= at.headers
            and place + size <= len(data))


def os_text(text):
    """As an argument that has these bytes."""
    return text.encode('latin-1')
