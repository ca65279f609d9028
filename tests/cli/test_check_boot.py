# SPDX-License-Identifier: Apache-2.0
"""check --kernel, --append and others: are the RTMRs of a TD those of a boot,
and by which rules? Expected registers are of tests/lib/boot.py, a model that is
written from the documents."""

import itertools
import json
import pathlib
import random

import boot
import evidence
import images
import shim
from support import SANITIZED, TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/check.schema.json').read_text('utf-8'))
LINE = 'root=/dev/vda1 console=hvc0 rw'
GIGA = 1 << 30
# What releases of edk2 do, with a release of each.
EDK2 = (((), '202508'), (('initrd_last', ), '202411'),
        (('initrd_last', 'separator_rtmr0'), '202408'))


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.image = self.write('fw', images.image())
        self.kernel = self.write('kernel', boot.bzimage(self.rng))
        self.initrd = self.write('initrd', self.rng.randbytes(700))

    def report(self, rtmrs, mrtd_of=None):
        """Evidence with these registers."""
        value = bytes.fromhex(mrtd(mrtd_of or self.image))
        form = self.rng.choice((evidence.quote, evidence.tdreport))
        self.write('quote', form(value, rtmrs=rtmrs))

    def registers(self, line=LINE, initrd=None, kernel=None, **rules):
        """RTMR0 and RTMR3 are whatever they are."""
        made = boot.events(kernel or self.kernel, line.encode('latin-1'),
                           initrd, ram=rules.pop('ram', 4 * GIGA), **rules)
        return (self.rng.randbytes(48), boot.replay(made, 'RTMR1'),
                boot.replay(made, 'RTMR2'), self.rng.randbytes(48))

    def ask(self, *args, status=0):
        result = calc('check', '--json', '--against', 'quote', *args, 'fw')
        self.assertEqual(result.status, status, result)
        made = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        self.assertEqual(made['verdict'], 'differs' if status else 'match')
        return made

    def same(self, made):
        return [register['same'] for register in made['boot']['registers']]


class Matches(Case):
    def test_each_release(self):
        """Whatever QEMU, edk2 and Linux do is found, and said."""
        for (rules, release), patched, initrd, silent in itertools.product(
                EDK2, (False, True), (None, self.initrd), (False, True)):
            kernel = self.write('kernel', boot.bzimage(
                self.rng, version='6.1.0-x' if silent else '6.12.0-x'))
            self.report(self.registers(
                initrd=initrd, kernel=kernel, patched_kernel=patched,
                silent_kernel=silent, **dict.fromkeys(rules, True)))
            args = ['--kernel', 'kernel', '--append', LINE]
            args += ['--initrd', 'initrd'] if initrd else []
            for more in ((), ('--edk2', release),
                         ('--qemu', '9.1' if patched else '10.2'),
                         ('--edk2', release, '--kernel-measures',
                          'no' if silent else 'yes')):
                # QEMU 9.1 changes the kernel, whatever edk2 is.
                with self.subTest(rules=rules, patched=patched, silent=silent,
                                  initrd=bool(initrd), more=more):
                    made = self.ask(*args, *more)
                    self.assertEqual(self.same(made), [None, True, True])
                    by = made['boot']['by']['rules']
                    self.assertEqual(by['kernel_is_patched'], patched)
                    self.assertEqual(
                        by['separator_register'], 'RTMR0'
                        if 'separator_rtmr0' in rules else 'RTMR1')
                    self.assertEqual(by['kernel_measures'], not silent)
                    if initrd and not silent:
                        self.assertEqual(by['initrd_argument'],
                                         'last' if rules else 'first')

    def test_other_release(self):
        """What an option says is not searched."""
        for (rules, _), (other, release) in itertools.permutations(EDK2, 2):
            self.report(self.registers(initrd=self.initrd,
                                       **dict.fromkeys(rules, True)))
            made = self.ask('--kernel', 'kernel', '--append', LINE, '--initrd',
                            'initrd', '--edk2', release, status=1)
            self.assertEqual(self.same(made), [
                None, ('separator_rtmr0' in rules) ==
                ('separator_rtmr0' in other), bool(rules) == bool(other)])
        self.report(self.registers(patched_kernel=True))
        made = self.ask('--kernel', 'kernel', '--append', LINE, '--qemu',
                        '10.2', status=1)
        self.assertEqual(self.same(made), [None, False, True])

    def test_both_files(self):
        """QEMU 10.0 and 10.1 give the kernel twice, of which edk2 takes one or
        the other, by its release."""
        args = ('--kernel', 'kernel', '--append', LINE, '--initrd', 'initrd')
        for (rules, release), patched in itertools.product(
                (*EDK2, (('initrd_last', ), '202502')), (False, True)):
            self.report(self.registers(initrd=self.initrd,
                                       patched_kernel=patched,
                                       **dict.fromkeys(rules, True)))
            # edk2-stable202411 and older: patched; since 202502: not.
            old = release < '202502'
            may = (patched if 'separator_rtmr0' in rules else True
                   if rules else not patched)
            for version in '10.0', '10.1.2':
                with self.subTest(rules=rules, patched=patched):
                    self.ask(*args, '--qemu', version, status=0 if may else 1)
                    self.ask(*args, '--qemu', version, '--edk2', release,
                             status=0 if old == patched else 1)
                    self.ask(*args, '--qemu', '9.2',
                             status=0 if patched else 1)
                    self.ask(*args, '--qemu', '10.2',
                             status=1 if patched else 0)

    def test_empty_line(self):
        """Nothing is measured of it, and that is said."""
        self.report(self.registers(line=''))
        made = self.ask('--append', '')
        self.assertEqual(self.same(made), [None, None, True])
        text = calc('check', '--against', 'quote', '--append', '', 'fw').text
        self.assertIn('RTMR2         same: nothing: the command line is empty',
                      text)
        self.assertIn('[boot-empty]\n', text)

    def test_parts(self):
        """A kernel alone, a command line alone."""
        self.report(self.registers())
        self.assertEqual(self.same(self.ask('--kernel', 'kernel')),
                         [None, True, None])
        self.assertEqual(self.same(self.ask('--append', LINE)),
                         [None, None, True])
        self.write('line', LINE.encode() + b'\n')
        self.assertEqual(self.same(self.ask('--cmdline', 'line')),
                         [None, None, True])
        text = calc('check', '--against', 'quote', '--append', LINE, 'fw')
        self.assertEqual(text.status, 0, text)
        self.assertIn('  RTMR2         same: the command line\n', text.text)
        self.assertIn('  not compared  RTMR0, RTMR1, RTMR3\n', text.text)

    def test_final(self):
        """/proc/cmdline of the guest, of each edk2."""
        for last in False, True:
            self.report(self.registers(initrd=self.initrd, initrd_last=last))
            self.write('line', (f'{LINE} initrd=initrd\n' if last else
                                f'initrd=initrd {LINE}\n').encode())
            made = self.ask('--kernel', 'kernel', '--cmdline', 'line',
                            '--initrd', 'initrd')
            self.assertEqual(self.same(made), [None, True, True])
            self.assertEqual(made['boot']['by']['rules']['initrd_argument'],
                             'in-cmdline')
        # An edk2 that puts it first extends RTMR1 with the separator.
        self.report(self.registers(initrd=self.initrd, separator_rtmr0=True))
        self.write('line', f'initrd=initrd {LINE}\n'.encode())
        made = self.ask('--kernel', 'kernel', '--cmdline', 'line', '--initrd',
                        'initrd', status=1)
        self.assertEqual(self.same(made), [None, False, True])

    def test_ram(self):
        """RAM that moves the initrd is not guessed."""
        args = ('--kernel', 'kernel', '--append', LINE, '--initrd', 'initrd')
        for ram, is_found in ((GIGA, False), (2 * GIGA, True),
                              (3 * GIGA, True), (64 * GIGA, True)):
            self.report(self.registers(initrd=self.initrd, ram=ram,
                                       patched_kernel=True))
            made = self.ask(*args, status=0 if is_found else 1)
            self.assertEqual(self.same(made), [None, is_found, True])
            codes = [reason['code'] for reason in made['reasons']]
            self.assertEqual('boot-ram' in codes, not is_found)
            self.ask(*args, '--ram', str(ram))

    def test_backport(self):
        """An old kernel may measure; a new one that does not is no match."""
        self.write('kernel', boot.bzimage(self.rng, version='6.8.0-x'))
        self.kernel = pathlib.Path('kernel').read_bytes()
        self.report(self.registers())
        self.ask('--kernel', 'kernel', '--append', LINE)
        self.kernel = self.write('kernel', boot.bzimage(self.rng,
                                                        version='6.9.0'))
        self.report(self.registers(silent_kernel=True))
        made = self.ask('--kernel', 'kernel', '--append', LINE, status=1)
        self.assertEqual(self.same(made), [None, True, False])
        self.assertEqual([reason['code'] for reason in made['reasons']],
                         ['boot-zero'])
        self.ask('--kernel', 'kernel', '--append', LINE, '--kernel-measures',
                 'no')
        # A zero says nothing of the line where no kernel says so.
        self.ask('--append', LINE, status=1)


class Differs(Case):
    def test_each_bit(self):
        """A register that was changed anywhere is another one."""
        right = self.registers(initrd=self.initrd)
        args = ('--kernel', 'kernel', '--append', LINE, '--initrd', 'initrd')
        self.report(right)
        self.assertEqual(self.same(self.ask(*args)), [None, True, True])
        for register in (1, 2):
            for at in range(0, 48, 16 if SANITIZED else 1):
                wrong = bytearray(right[register])
                wrong[at] ^= 1 << self.rng.randrange(8)
                self.report(tuple(bytes(wrong) if i == register else value
                                  for i, value in enumerate(right)))
                made = self.ask(*args, status=1)
                self.assertEqual(self.same(made),
                                 [None, register != 1, register != 2])
                self.assertEqual(made['boot']['match'], False)

    def test_other_input(self):
        """Another kernel, line or initrd; or none."""
        self.report(self.registers(initrd=self.initrd))
        self.write('other', boot.bzimage(self.rng))
        given = {'--kernel': 'kernel', '--append': LINE, '--initrd': 'initrd'}
        for change, same, codes in (
                ({'--kernel': 'other'}, [None, False, True],
                 ['boot-ram', 'boot-other-kernel']),
                ({'--append': LINE + ' '}, [None, True, False],
                 ['boot-other-line']),
                ({'--append': LINE[1:]}, [None, True, False],
                 ['boot-other-line']),
                ({'--initrd': 'kernel'}, [None, True, False],
                 ['boot-other-line']),
                ({'--initrd': None}, [None, True, False],
                 ['boot-initrd-missing', 'boot-other-line'])):
            args = [text for pair in {**given, **change}.items()
                    if pair[1] is not None for text in pair]
            with self.subTest(change=change):
                made = self.ask(*args, status=1)
                self.assertEqual(self.same(made), same)
                self.assertEqual(
                    [reason['code'] for reason in made['reasons']], codes)
                text = calc('check', '--against', 'quote', *args, 'fw')
                self.assertEqual(text.status, 1)
                self.assertTrue(text.text.startswith('fw: NO MATCH\n'))
                self.assertIn('  launched by   spec: ', text.text)
                for code in codes:
                    self.assertIn(f' [{code}]\n', text.text)

    def test_other_firmware(self):
        """The boot fits, and the firmware does not: no match."""
        self.write('fw2', images.more(images.TEMP_MEM._replace(
            address=0x900000)))
        self.report(self.registers())
        result = calc('check', '--against', 'quote', '--kernel', 'kernel',
                      '--append', LINE, 'fw2')
        self.assertEqual(result.status, 1, result)
        self.assertIn('  RTMR1         same: ', result.text)
        self.assertIn('Possible reasons', result.text)

    def test_several(self):
        self.report(self.registers())
        self.write('fw2', images.more(images.TEMP_MEM._replace(
            address=0x900000)))
        result = calc('check', '--against', 'quote', '--append', LINE, 'fw',
                      'fw2')
        self.assertEqual(result.status, 0)
        self.assertIn('\nfw: MATCH, spec', result.text)
        self.assertIn('\nfw2: NO MATCH\n', result.text)
        result = calc('check', '--against', 'quote', '--append', LINE + 'x',
                      'fw', 'fw2')
        self.assertEqual(result.status, 1)
        self.assertIn('\nfw: NO MATCH, RTMR2 differs (launched by spec',
                      result.text)


class Shim(Case):
    """Of td-shim the kernel is in RTMR1, or in the MRTD, or in neither."""
    def setUp(self):
        super().setUp()
        self.room = images.PAYLOAD._replace(offset=0, raw=0, memory=0x20000)

    def image_of(self, attributes, name='fw'):
        self.image = self.write(name, images.more(
            self.room._replace(attributes=attributes), images.PARAM))
        return self.image

    def quote(self, value, image, kernel, attributes):
        events = shim.events(image, kernel if attributes == 0 else None,
                             LINE.encode())
        self.write('quote', evidence.quote(bytes.fromhex(value), rtmrs=(
            bytes(48), boot.replay(events, 'RTMR1'), bytes(48), bytes(48))))

    def test_each_place(self):
        args = ('--kernel', 'kernel', '--append', LINE)
        self.write('other', boot.bzimage(self.rng))
        image = self.image_of(0)
        self.quote(mrtd(image), image, self.kernel, 0)
        self.assertEqual(self.same(self.ask(*args)), [None, True, True])
        made = self.ask('--kernel', 'other', '--append', LINE, status=1)
        self.assertEqual(self.same(made), [None, False, True])
        image = self.image_of(1)
        self.quote(mrtd(image, 'cloud-hypervisor', self.kernel), image,
                   self.kernel, 1)
        self.assertEqual(self.same(self.ask(*args)), [None, True, True])
        self.ask('--kernel', 'other', '--append', LINE, status=1)
        # An MRTD of zeros in its place says nothing of a kernel.
        self.quote(mrtd(image), image, self.kernel, 1)
        self.ask(*args, status=1)
        self.ask('--append', LINE)
        image = self.image_of(2)
        result = calc('check', '--permissive', '--against', 'quote', *args,
                      'fw')
        self.assertEqual((result.status, result.stdout), (3, b''), result)
        self.assertIn('measured nowhere [boot-image]', result.lines[-1])


class Refusals(Case):
    def test_usage(self):
        self.report(self.registers())
        self.write('line', LINE.encode())
        value = mrtd(self.image)
        self.write('values', json.dumps(
            {'mr_td': [value], 'rtmr_1': [value],
             'tdvfkernel': value}).encode())
        self.write('labelled', f'MRTD (fw) = {value}\n'.encode())
        for args, status, words in (
                *(((*option, '--against', 'values'), 2,
                   f'{option[0]} is compared with the RTMRs of one '
                   'quote, TDREPORT or TDINFO; those of reference values are '
                   "compared by 'reference --verify --register'")
                  for option in (('--kernel', 'kernel'), ('--append', 'x'),
                                 ('--initrd', 'line'), ('--qemu', '9.1'))),
                (('--append', 'x', '--cmdline', 'line', '--against', 'quote'),
                 2, '--append and --cmdline'),
                (('--initrd', 'initrd', '--kernel', 'kernel', '--against',
                  'quote'), 2, '--initrd is measured with the command line'),
                (('--td-hob', 'line', '--append', 'x', '--against', 'quote'),
                 2, '--td-hob is of td-shim'),
                (('--cmdline', 'line', '--against', value), 2,
                 '--cmdline is compared with the RTMRs'),
                (('--platform', 'tdx', '--kernel', 'kernel', '--against',
                  value), 2, '--kernel is compared with the RTMRs'),
                (('--qemu', '9.1', '--vcpus', '1', '--against', 'quote'), 2,
                 '--qemu is of --platform tdx'),
                (('--kernel', 'kernel', '--payload', 'kernel', '--against',
                  'quote'), 2, '--kernel takes the place of --payload'),
                (('--kernel', 'gone', '--against', 'quote'), 4, 'gone: '),
                *(((*option, '--against', 'quote'), 2, 'missing --kernel FILE')
                  for option in (('--qemu', '10.2'), ('--edk2', '202511'),
                                 ('--kernel-measures', 'no'), ('--ram', '2G'))),
                (('--kernel', 'kernel', '--kernel-measures', 'no', '--against',
                  'quote'), 2, '--kernel-measures is of a command line'),
                (('--append', LINE, '--ram', '2G', '--against', 'quote'), 2,
                 '--ram is for a kernel that QEMU before 10.2 changes'),
                (('--kernel', 'line', '--against', 'quote'), 3,
                 'not a bzImage'),
                (('--append', 'a\nb', '--against', 'quote'), 3,
                 'control character'),
                (('--append', LINE, '--kernel-measures', 'no', '--edk2',
                  '2024', '--against', 'quote'), 2, '--edk2 needs')):
            with self.subTest(args=args):
                for more in (), ('--json', ):
                    result = calc('check', *args, *more, 'fw')
                    self.refused(result, status)
                    self.assertIn(words, result.lines[0])
