# SPDX-License-Identifier: Apache-2.0
"""--uki: RTMR1 and RTMR2 of a TD that starts a unified kernel image. Expected
values are of tests/lib/uki.py, which is written from the documents, of
systemd-measure, and published ones."""

import json
import os
import pathlib
import random
import struct
import subprocess
import unittest

import boot
import images
import uki
from support import SANITIZED, TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/measurement.schema.json').read_text('utf-8'))
ORACLE = '/lib/systemd/systemd-measure'
LINE = 'console=hvc0 root=/dev/vda1 quiet'
HINT = "; try 'mrtd-calc --help'"
# Of confidential-os-builder (Cohere), test_rtmr2_golden_value().
PUBLISHED = ((('.linux', bytes.fromhex('deadbeef')),
              ('.osrel', b'NAME=TestOS\nVERSION=1.0\n'),
              ('.cmdline', b'root=/dev/vda1 quiet\n'),
              ('.initrd', b'\xff' * 256)),
             '8d54b4f3ed7c7ce69d82712021a91c685ac892d0e86d3a96fc12e862ef8b560f'
             '00fbc2285f6a21dd7ea89e30e310b69c')


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.image = self.write('fw', images.image())

    def ask(self, *args):
        """The JSON of a run, and its notes' codes."""
        result = calc('--json', *args, 'fw')
        self.assertEqual((result.status, result.lines), (0, []), result)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made, [note['code'] for note in made['notes']]

    def bare(self, register, *args):
        result = calc('--register', register, *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.text

    def refused(self, result, status, text=None):
        self.assertEqual((result.status, result.text), (status, ''), result)
        self.assertEqual(len(result.lines), 1, result)
        if text is not None:
            self.assertEqual(result.lines[0], text)

    def contents(self, *, line=LINE, version='6.12.3', stub=None, magic=True):
        """Sections of an image, some of them left out."""
        rng = self.rng
        made = [('.linux', boot.bzimage(rng, version=version)),
                ('.cmdline', line.encode() + rng.choice((b'', b'\n', b' \t\0')))]
        made += [(name, rng.randbytes(rng.choice((1, 4, rng.randint(1, 999)))))
                 for name in ('.osrel', '.initrd', '.ucode', '.splash', '.dtb',
                              '.uname', '.sbat', '.pcrsig', '.pcrpkey')
                 if rng.random() < 0.6]
        if magic:
            made.append(('.sdmagic', uki.magic(f'{stub}.4-1')))
        if rng.random() < 0.3:
            made.append(('.reloc', b'x' * 12))
        rng.shuffle(made)
        return made


class Values(Case):
    def check_one(self, systemd, *, custom='', disk=False, silent=False,
                  edk2=None):
        contents = self.contents(stub=systemd,
                                 version='6.8.1' if silent else '6.9.0')
        data = self.write('uki', uki.image(
            contents, alignment=self.rng.choice((0x200, 0x20)),
            trailing=self.rng.choice((b'', b'tail'))))
        args = ['--uki', 'uki']
        args += ['--append', custom] if custom else []
        args += ['--edk2', edk2] if edk2 else []
        whole = None
        if disk:
            whole = self.write('disk', self.a_disk())
            args += ['--disk', 'disk']
        found = uki.read(data)
        want = (uki.of_rtmr1(data, systemd, whole, edk2 == '202408')
                + uki.of_rtmr2(found, systemd, custom, silent))
        made, notes = self.ask('--register', 'all', *args)
        self.assertEqual(
            [(event['register'], int(event['type'], 16),
              bytes.fromhex(event['digest']), event['what'])
             for event in made['boot']['events']], want)
        registers = {'MRTD': mrtd(self.image), **{
            name: boot.replay(want, name).hex() for name in ('RTMR1', 'RTMR2')}}
        self.assertEqual({value['register']: value['value']
                          for value in made['values']}, registers)
        stub = made['boot']['uki']
        sections = boot.replay(uki.of_sections(found), 'RTMR2').hex()
        self.assertEqual(
            (stub['file'], stub['disk'], stub['stub'], stub['systemd'],
             stub['sections_value']),
            ('uki', 'disk' if disk else None, f'{systemd}.4-1', systemd,
             sections if systemd >= 256 else None))
        for section in stub['sections']:
            at, size = int(section['offset'], 16), section['size']
            self.assertEqual(data[at:at + size], found[section['name']])
            digest = boot.sha384(data[at:at + size]).hex()
            self.assertEqual(
                section['sha384'], digest if systemd >= 256
                and section['name'] != '.pcrsig' else None)
        self.assertEqual([section['name'] for section in stub['sections']],
                         [name for name in uki.KNOWN if name in found])
        self.assertEqual(notes, [code for code, is_so in (
            ('boot-silent', silent), ('uki-disk', disk),
            ('uki-kernel', not disk), ('uki-direct', systemd >= 258),
            ('uki-alone', True)) if is_so])
        options = [event for event in want if 'LoadOptions' in event[3]]
        for event in options:
            registers['cmdline'] = event[2].hex()
        registers['UKI'] = boot.authenticode(data).hex()
        if systemd >= 256:
            registers['sections'] = sections
        self.assertEqual(self.bare('all', *args), ''.join(
            f'{name} (fw) = {value}\n' for name, value in registers.items()))
        # Each alone is the same.
        for name in set(registers) - {'MRTD'}:
            self.assertEqual(self.bare(name.lower(), *args),
                             registers[name] + '\n')

    def a_disk(self, **fields):
        entries = {i: uki.entry(self.rng, 40 + i, 40 + i) for i in
                   self.rng.sample(range(128), self.rng.randint(1, 16))}
        return uki.disk(self.rng, entries, **fields)

    def test_random(self):
        for turn in range(7 if SANITIZED else 35):
            systemd = (252, 255, 256, 257, 258, 259, 260)[turn % 7]
            disk = self.rng.random() < 0.5
            with self.subTest(turn=turn, systemd=systemd, disk=disk):
                self.check_one(
                    systemd, disk=disk, silent=systemd < 256 or self.rng.random() < 0.2,
                    custom='' if disk else self.rng.choice(
                        ('', 'a', 'console=hvc0 "x  y"')) if systemd < 260
                    else self.rng.choice(('', 'x console=ttyS0')),
                    edk2=self.rng.choice((None, '202408', '202411')))

    def test_published(self):
        contents, value = PUBLISHED
        self.write('uki', uki.image(contents))
        self.assertEqual(
            self.bare('rtmr2', '--uki', 'uki', '--systemd', '257',
                      '--kernel-measures', 'yes'), value + '\n')

    @unittest.skipUnless(os.path.exists(ORACLE), f'no {ORACLE}')
    def test_oracle(self):
        """systemd's own program computes the value after the sections."""
        for _ in range(10):
            chosen = [(name, self.rng.randbytes(self.rng.randint(1, 5000)))
                      for name in ('.osrel', '.cmdline', '.initrd', '.splash',
                                   '.dtb', '.pcrpkey')
                      if self.rng.random() < 0.6]
            chosen.append(('.linux', self.rng.randbytes(999)))
            self.write('uki', uki.image(chosen))
            for name, data in chosen:
                self.write(name[1:], data)
            made = subprocess.run(
                [ORACLE, 'calculate', '--bank=sha384', '--phase=:']
                + [f'--{name[1:]}={name[1:]}' for name, _ in chosen],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
            want = made.stdout.decode().strip().removeprefix('11:sha384=')
            self.assertEqual(self.bare('sections', '--uki', 'uki', '--systemd',
                                       '257'), want + '\n')

    def test_versions(self):
        """What the image says of its stub, and what is said of it."""
        for text, number in (('257', 257), ('257.4-1~deb13u1', 257),
                             ('256-8-g0123456', 256), ('258~rc1', None),
                             ('v257', None), ('', None), ('25', None),
                             ('2570', None), ('2 57', None)):
            contents = self.contents(magic=False)
            contents.append(('.sdmagic', uki.magic(text)))
            data = self.write('uki', uki.image(contents))
            self.assertEqual(uki.stub(data) or '', text)
            result = calc('--register', 'rtmr1', '--uki', 'uki', 'fw')
            with self.subTest(text=text):
                if number is None:
                    self.refused(result, 3, (
                        'uki: its section .sdmagic does not tell the version '
                        'of systemd-stub, on which its measurements depend: '
                        'give --systemd [uki]'))
                else:
                    self.assertEqual(result.text, boot.replay(
                        uki.of_rtmr1(data, number), 'RTMR1').hex() + '\n')
                made, notes = self.ask('--register', 'rtmr1', '--uki', 'uki',
                                       '--systemd', '257.9')
                self.assertEqual(made['boot']['uki']['systemd'], 257)
                self.assertEqual(
                    'uki-stub' in notes, number != 257
                    and made['boot']['uki']['stub'] is not None)
        self.write('uki', uki.image(self.contents(stub=255)))
        self.refused(calc('--register', 'sections', '--uki', 'uki', 'fw'), 3,
                     'uki: there are no events of its sections: systemd-stub '
                     'measures them for a TD since systemd 256 [uki]')


class Disks(Values):
    """The event of a GPT; what is measured of an image does not depend on
    it."""
    test_random = test_published = test_oracle = test_versions = None

    def asked(self):
        return calc('--register', 'rtmr1', '--uki', 'uki', '--disk', 'disk',
                    'fw')

    def setUp(self):
        super().setUp()
        self.uki = self.write('uki', uki.image(self.contents(stub=258)))

    def value(self, disk):
        return boot.replay(uki.of_rtmr1(self.uki, 258, disk),
                           'RTMR1').hex() + '\n'

    def test_tables(self):
        for fields in ({}, {'sector': 4096}, {'count': 4}, {'count': 200},
                       {'header_size': 512}, {'lba': 9}, {'backup': 5},
                       {'count': 1}, {'first': 3}):
            for _ in range(3):
                disk = self.write('disk', uki.disk(
                    self.rng, {i: uki.entry(self.rng, 60, 70)
                               for i in self.rng.sample(range(4), 3)},
                    **fields))
                self.assertEqual(self.asked().text, self.value(disk), fields)

    def test_unmeasured(self):
        """Linux takes these; edk2 makes no event of them."""
        for fields, at, values, words in (
                ({'revision': 0x10001}, 0x208, (0x10001, 2, 34, 128),
                 'of another revision than 0x00010000'),
                ({'revision': 0xffff}, 0x208, (0xffff, 2, 34, 128),
                 'of another revision than 0x00010000'),
                ({'first': 2}, 0x248, (0x10000, 2, 2, 128),
                 'whose entries are not before its usable blocks'),
                ({'first': 0}, 0x248, (0x10000, 2, 0, 128),
                 'whose entries are not before its usable blocks'),
                ({'lba': 60, 'first': 34}, 0x248, (0x10000, 60, 34, 128),
                 'whose entries are not before its usable blocks'),
                ({'count': 0, 'first': 34}, 0x250, (0x10000, 2, 34, 0),
                 'without entries')):
            with self.subTest(fields=fields):
                disk = self.write('disk', uki.disk(self.rng, {}, **fields))
                with self.assertRaises(boot.Bad):
                    uki.table(disk)
                revision, lba, first, count = values
                self.refused(self.asked(), 3, (
                    f'disk: offset {at:#x}: GPT: Revision is {revision:#010x}, '
                    f'PartitionEntryLBA {lba}, FirstUsableLBA {first}, '
                    f'NumberOfPartitionEntries {count}: edk2 measures no table '
                    f'{words}, and RTMR1 is not predicted [disk-table]'))

    def test_mutated(self):
        good = self.a_disk()
        counts = {'same': 0, 'refused': 0}
        for _ in range(60 if SANITIZED else 150):
            data = bytearray(good)
            at = self.rng.choice((self.rng.randrange(1024 + 128 * 128),
                                  self.rng.randrange(440, 1024),
                                  self.rng.randrange(len(data))))
            data[at] ^= 1 << self.rng.randrange(8)
            self.write('disk', bytes(data))
            result = self.asked()
            if result.status == 0:
                # Nothing that the firmware measures was changed.
                self.assertFalse(512 <= at < 604 or 1024 <= at < 17408, at)
                self.assertEqual(result.text, self.value(good))
                counts['same'] += 1
            else:
                self.refused(result, 3)
                self.assertTrue(result.lines[0].startswith('disk: '))
                counts['refused'] += 1
        self.assertGreater(min(counts.values()), 5)

    def test_none(self):
        for data, words in ((b'', 'the disk has 0 bytes'),
                            (bytes(510) + b'\x55\xaa', 'no GPT: the master boot'
                             ' record has none of type 0xee, which protects '
                             'one [disk-table]'),
                            (self.a_disk()[:1023], 'header is not after it'),
                            (self.a_disk()[:9000], 'not blocks of the disk')):
            self.write('disk', data)
            result = self.asked()
            self.refused(result, 3)
            self.assertIn(words, result.lines[0])


class Refusals(Case):
    def asked(self, register, contents, *args, **fields):
        self.write('uki', uki.image(contents, **fields))
        return calc('--register', register, '--uki', 'uki', '--systemd',
                    *(args or ('257',)), 'fw')

    def check_words(self, result, words):
        self.refused(result, 3)
        self.assertTrue(result.lines[0].startswith('uki: '), result)
        self.assertIn(words, result.lines[0])
        self.assertTrue(result.lines[0].endswith(' [uki]'), result)

    def test_sections(self):
        good = self.contents(magic=False)
        for contents, fields, words in (
                (good[:0] + [('.text2', b'x')], {}, 'no section .linux'),
                (good, {'sizes': {'.linux': 0x7fffffff}}, 'not in the file'),
                (good, {'addresses': {'.cmdline': 0x1001}}, 'overlaps')):
            self.check_words(self.asked('uki', contents, **fields), words)
        # An empty one is none.
        contents = [(name, data) for name, data in good if name != '.osrel']
        want = self.asked('sections', contents).text
        self.assertEqual(self.asked('sections', contents + [
            ('.osrel', b'')]).text, want)
        contents = [('.linux', b'')] + [
            (name, data) for name, data in good if name != '.linux']
        self.check_words(self.asked('uki', contents), 'no section .linux')

    def test_again(self):
        """Two sections of a name: the image's own event is left, which the
        model makes of all of its bytes."""
        good = self.contents(magic=False)
        magic = ('.sdmagic', uki.magic('257.4'))
        for contents, name in (
                (good + [('.linux', b'x')], '.linux'),
                (good + [('.cmdline', b'')], '.cmdline'),
                ([('.cmdline', b'')] + good, '.cmdline'),
                (good + [('.profile', b'ID=a'), ('.profile', b'ID=b'),
                         ('.cmdline', b'x')], '.profile'),
                (good + [('.dtbauto', b'x')] * 2, '.dtbauto'),
                (good + [magic] * 2, '.sdmagic')):
            data = uki.image(contents)
            with self.subTest(name=name), self.assertRaises(boot.Bad):
                uki.read(data)
            self.assertEqual(self.asked('uki', contents).text,
                             boot.authenticode(data).hex() + '\n')
            made, notes = self.ask('--register', 'uki', '--uki', 'uki')
            self.assertEqual(notes, ['uki-again'])
            listed = [section['name'] for section in
                      made['boot']['uki']['sections']]
            self.assertEqual(len(listed), len(set(listed)))
            for register, number in (('rtmr1', '257'), ('rtmr1', '258'),
                                     ('rtmr2', '257'), ('sections', '257'),
                                     ('cmdline', '257'), ('all', '257')):
                result = self.asked(register, contents, number)
                self.assertNotIn('offset 0x0', result.lines[0])
                self.check_words(
                    result, f'{name}: the UKI has two sections of this name, '
                    'and which one counts depends on the profile or the '
                    'machine: of such an image its own event is predicted '
                    'alone')

    def test_chosen(self):
        """Sections of which the stub chooses: RTMR1 does not depend on it."""
        for name in uki.CHOSEN:
            contents = self.contents(magic=False) + [(name, b'ID=main\n')]
            self.assertEqual(self.asked('rtmr1', contents).status, 0)
            for register in 'rtmr2', 'sections':
                self.check_words(self.asked(register, contents),
                                 f'{name}: whether this section of the UKI is '
                                 'measured depends on the machine or the '
                                 'profile')

    def test_lines(self):
        for line, args, words in (
                ('quiet', ('260',), 'has no console='),
                ('xconsole=a', ('260',), 'has no console='),
                ('a noinitrd', (), 'noinitrd or initrd='),
                ('initrd=a', (), 'noinitrd or initrd='),
                (' a', (), 'begins with a space'),
                ('a\tb', (), 'control characters'),
                ('a\0b', (), 'control characters'),
                ('a\x7fb', (), 'control characters'),
                ('\x7fa', (), 'control characters'),
                ('a\x7f', (), 'control characters'),
                ('\xe9', (), 'not ASCII'), ('\n', (), 'an empty command line'),
                ('x' * 65537, (), 'more than the 65536 bytes'),
                ('a', ('257', '--append', '@1 a'), 'begins with @'),
                ('a', ('257', '--append', ' a'), 'begins or ends'),
                ('a', ('257', '--append', 'a '), 'begins or ends')):
            with self.subTest(line=line[:20], args=args):
                self.check_words(
                    self.asked('rtmr2', self.contents(line=line, magic=False),
                               *args), words)
        self.assertEqual(self.asked('rtmr2', self.contents(
            line='quiet', magic=False), '260', '--append',
            'console=hvc0').status, 0)
        # Of later releases the initrd is not known; the rest is.
        contents = self.contents(magic=False)
        self.check_words(self.asked('rtmr2', contents, '261'),
                         'a secret of the machine')
        for register in 'rtmr1', 'sections', 'cmdline':
            self.assertEqual(self.asked(register, contents, '262').status, 0)
        for register in 'rtmr2', 'cmdline':
            self.check_words(self.asked(register, contents, '255'),
                             'systemd before 256')
        for version in 'x', '':
            contents = self.contents(version=version, magic=False)
            self.check_words(self.asked('rtmr2', contents),
                             '--kernel-measures yes')

    def test_no_kernel(self):
        """Of an older stub the firmware loads the kernel, too: its faults have
        places in the image."""
        data = self.write('uki', uki.image((('.linux', b'x' * 100),
                                            ('.cmdline', b'a'))))
        at = data.index(b'x' * 100)
        self.refused(calc('--register', 'rtmr1', '--uki', 'uki', '--systemd',
                          '257', 'fw'), 3, f'uki: offset {at:#x}: section '
                     '.linux: not a PE image: there is no signature "PE"; a '
                     'kernel must be a bzImage with an EFI stub, as '
                     'distributions build it, and no vmlinux; a unified kernel '
                     'image what ukify makes, and no firmware [pe]')
        self.assertEqual(self.asked('rtmr1', (('.linux', b'x' * 100),),
                                    '258').status, 0)

    def test_no_line(self):
        contents = [('.linux', boot.bzimage(self.rng, version='6.12'))]
        self.check_words(self.asked('cmdline', contents),
                         'it has no section .cmdline')
        found = uki.read(uki.image(contents))
        self.assertEqual(self.asked('rtmr2', contents).text, boot.replay(
            uki.of_rtmr2(found, 257), 'RTMR2').hex() + '\n')
        contents = self.contents(version='6.1', magic=False)
        self.check_words(self.asked('cmdline', contents),
                         'is taken to measure none')

    def test_mutated(self):
        """Whatever is accepted has the model's value."""
        good = uki.image(self.contents(magic=False), alignment=0x20)
        head = struct.unpack_from('<I', good, 0x80 + 24 + 60)[0]
        made = refused = 0
        for _ in range(40 if SANITIZED else 150):
            data = bytearray(good)
            for _ in range(self.rng.choice((1, 1, 2))):
                at = self.rng.randrange(self.rng.choice((head, len(data))))
                data[at] = self.rng.choice((0, 0xff, data[at] ^ 1,
                                            self.rng.randrange(256)))
            data = self.write('uki', bytes(data))
            for register in 'uki', 'sections', 'rtmr2':
                measures = (('--kernel-measures', 'yes')
                            if register == 'rtmr2' else ())
                result = calc('--register', register, '--uki', 'uki',
                              '--systemd', '257', *measures, 'fw')
                if result.status:
                    self.refused(result, 3)
                    refused += 1
                    continue
                want = (boot.authenticode(data) if register == 'uki' else
                        boot.replay(uki.of_sections(uki.read(data))
                                    if register == 'sections' else
                                    uki.of_rtmr2(uki.read(data), 257),
                                    'RTMR2'))
                self.assertEqual(result.text, want.hex() + '\n')
                made += 1
        self.assertGreater(min(made, refused), 2 if SANITIZED else 20)

    def test_kernel(self):
        """What is given as a kernel."""
        self.write('uki', uki.image(self.contents(magic=False)))
        self.refused(calc('--register', 'kernel', '--kernel', 'uki', 'fw'), 3,
                     'uki: offset 0x202: not a bzImage: there is no setup '
                     'header with the magic "HdrS"; it is a unified kernel '
                     'image: give it with --uki [kernel]')
        self.write('kernel', boot.bzimage(self.rng))
        result = calc('--register', 'uki', '--uki', 'kernel', 'fw')
        self.refused(result, 3, 'kernel: no unified kernel image: the PE image '
                     'has no section .linux [uki]')

    def test_usage(self):
        self.write('uki', uki.image(self.contents(stub=257)))
        self.write('k', b'')
        for args, words in (
                (('--register', 'rtmr1', '--kernel', 'k'),
                 '--uki excludes --kernel and --initrd'),
                (('--register', 'rtmr1', '--kernel', 'k', '--initrd', 'k'),
                 '--uki excludes --kernel and --initrd'),
                (('--register', 'kernel'), '--register kernel is of --kernel'),
                (('--register', 'rtmr1', '--disk', 'k', '--append', 'a'),
                 '--disk excludes --append and --cmdline'),
                (('--register', 'rtmr1', '--disk', 'k', '--cmdline', 'k'),
                 '--disk excludes --append and --cmdline'),
                (('--register', 'rtmr1', '--disk', 'k', '--qemu', '10.2'),
                 '--qemu is of a kernel'),
                (('--register', 'rtmr1', '--qemu', '9.2'),
                 'QEMU before 10.2 writes into'),
                (('--register', 'rtmr1', '--ram', '1G'), '--ram is of --kernel'),
                (('--register', 'rtmr1', '--kernel-measures', 'no'),
                 '--kernel-measures is for'),
                ((), '--uki is for --register'),
                (('--register', 'uki', '--systemd', '251'),
                 '--systemd needs the version'),
                (('--register', 'uki', '--systemd', '263'),
                 '--systemd needs the version'),
                (('--register', 'uki', '--systemd', '257x'),
                 '--systemd needs the version'),
                (('--register', 'uki', '--platform', 'snp'),
                 '--register is of --platform tdx')):
            with self.subTest(args=args):
                result = calc(*args, '--uki', 'uki', 'fw')
                self.refused(result, 2)
                self.assertIn(words, result.lines[0])
        for args in (('--register', 'uki'), ('--register', 'sections'),
                     ('--register', 'rtmr1', '--kernel', 'k', '--disk', 'k'),
                     ('--register', 'rtmr1', '--kernel', 'k', '--systemd',
                      '257')):
            self.refused(calc(*args, 'fw'), 2, 'missing --uki FILE: --disk, '
                         '--systemd and --register uki and sections are of a '
                         'unified kernel image' + HINT)
