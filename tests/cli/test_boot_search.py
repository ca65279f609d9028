# SPDX-License-Identifier: Apache-2.0
"""check and events with options of OVMF's RTMR0, and with --uki: what was
measured is found, whatever releases did, and what differs is said. Expected
values are of tests/lib/rtmr0.py, uki.py and boot.py, models that are written
from public sources."""

import itertools
import json
import pathlib
import struct

import boot
import eventlog
import evidence
import images
import rtmr0
import uki
from support import calc, mrtd
from test_rtmr0 import GIB, ITEM_FILES, Case as Machines
from test_uki import Case as Unified

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMAS = {name: json.loads((DOCS / f'schemas/{name}.schema.json')
                            .read_text('utf-8')) for name in ('check', 'events')}
REGISTERS = {f'RTMR{i}': i + 1 for i in range(4)}
LINE = 'console=hvc0 root=/dev/vda1'
RELEASES = (202311, 202405, 202408, 202411, 202502, 202505, 202508, 202511,
            202602)
# A release of each kind that the search knows, the first of those that do
# the same.
KINDS = (202311, 202411, 202505, 202508)


def kind_of(edk2):
    return max(first for first in KINDS if first <= edk2)


class Asks:
    """What the program answers about registers and logs."""

    def report(self, rtmrs):
        self.write('quote', evidence.quote(
            bytes.fromhex(mrtd(self.firmware)),
            rtmrs=[rtmrs.get(name, self.rng.randbytes(48))
                   for name in REGISTERS]))

    def log(self, events):
        """(register, type, digest) of each, in the order of their registers,
        which are mixed."""
        self.rng.shuffle(mixed := [event[0] for event in events])
        queues = {name: iter([e for e in events if e[0] == name])
                  for name in REGISTERS}
        self.write('log', eventlog.first() + b''.join(
            eventlog.record(REGISTERS[register], kind,
                            [(eventlog.SHA384, digest)], b'x' * 4)
            for register, kind, digest in (next(queues[name])
                                           for name in mixed)))

    def asked(self, command, *args, status=0):
        words = ['check', '--against', 'quote'] if command == 'check' else [
            'events', '--firmware-image', 'fw']
        result = calc(*words, '--json', *args,
                      'fw' if command == 'check' else 'log')
        self.assertEqual(result.status, status, result)
        made = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(made, SCHEMAS[command])
        self.assertEqual(made['boot']['match'], not status, made['boot'])
        return made['boot']

    def refuses(self, command, words, *args, status=2):
        files = {'check': ('--against', 'quote', 'fw'),
                 'events': ('log', )}[command]
        result = calc(command, *args, *files)
        self.refused(result, status)
        self.assertIn(words, result.lines[0])


class Rtmr0(Asks, Machines):
    """RTMR0 of OVMF."""

    def machine_of(self, edk2):
        """Options of a random machine, by name; and what is needed, too."""
        self.inputs = {}
        self.image()
        ram = self.rng.choice((2 * GIB, 3 * GIB, 64 * GIB))
        state = self.rng.choice(('none', 'off'))
        acpi = self.acpi()
        options = {'--ram': str(ram), **dict(zip(acpi[::2], acpi[1::2]))}
        items = self.machine() if edk2 >= 202505 else []
        if items:
            options['--smbios'] = items[-1]
        self.items = self.joined(items[:-2])
        self.state = state
        self.events = self.expected(edk2, ram=ram, secure_boot=state)
        return options

    @staticmethod
    def joined(items):
        """--fw-cfg, each in one word."""
        made = []
        words = iter(items)
        for word in words:
            made.append(f'--fw-cfg={next(words)}' if word == '--fw-cfg'
                        else word)
        return made

    def words(self, options):
        return [word for pair in options.items() for word in pair] + self.items

    def test_found(self):
        """The release and the build that fit are found, or compared."""
        for edk2 in self.part(RELEASES):
            options = self.machine_of(edk2)
            self.report({'RTMR0': rtmr0.replay(self.events)})
            self.log([('RTMR0', *event[:2]) for event in self.events])
            for given, command in itertools.product(
                    ([], ['--edk2', str(edk2)],
                     ['--secure-boot', self.state],
                     ['--edk2', str(edk2), '--secure-boot', self.state]),
                    ('check', 'events')):
                with self.subTest(edk2=edk2, given=given, command=command):
                    made = self.asked(command, *self.words(options), *given)
                    self.assertEqual(made['by']['rtmr0_rules'], {
                        'edk2': str(edk2 if '--edk2' in given else
                                    202508 if edk2 in (202505,) else
                                    kind_of(edk2)),
                        'secure_boot': self.state})
                    if command == 'check':
                        self.assertEqual(
                            [r['same'] for r in made['registers']],
                            [True, None, None])
                    else:
                        self.assertEqual(
                            [(e['what'], e['logged'], e['same'])
                             for e in made['events']],
                            [(name, digest.hex(), True)
                             for _, digest, name in self.events])

    def test_with_kernel(self):
        """One release for all registers: two of two releases are no boot."""
        for edk2, other in itertools.product((202408, 202502, 202505, 202511),
                                             repeat=2):
            options = self.machine_of(edk2)
            kernel = self.put('kernel', boot.bzimage(self.rng))
            initrd = self.put('initrd', self.rng.randbytes(99))
            rules = {'separator_rtmr0': other < 202411,
                     'initrd_last': other < 202508}
            measured = boot.events(kernel, LINE.encode(), initrd, **rules)
            self.report({'RTMR0': rtmr0.replay(self.events), **{
                name: boot.replay(measured, name)
                for name in ('RTMR1', 'RTMR2')}})
            words = [*self.words(options), '--kernel', 'kernel', '--append',
                     LINE, '--initrd', 'initrd']
            # What a release does with what was given.
            def does(release):
                return (release < 202411, release < 202508)
            fits = does(edk2) == does(other) or (
                edk2 >= 202505 and does(other) in map(does, (202505, 202508)))
            with self.subTest(edk2=edk2, other=other):
                made = self.asked('check', *words, status=0 if fits else 1)
                self.assertEqual(all(r['same'] for r in made['registers']),
                                 fits)

    def test_each_input(self):
        """With any other input it differs, and the event is named."""
        codes = {rtmr0.HANDOFF2: 'boot-other-hob', rtmr0.BLOB2: 'boot-other-cfv',
                 rtmr0.CONFIG: 'boot-other-machine',
                 rtmr0.DRIVER: 'boot-other-variable',
                 rtmr0.BOOT: 'boot-other-variable',
                 rtmr0.HANDOFF: 'boot-other-machine',
                 rtmr0.SEP: 'boot-other-event'}
        for edk2 in (202408, 202511):
            options = self.machine_of(edk2)
            args = [*self.words(options), '--edk2', str(edk2),
                    '--secure-boot', self.state]
            for i in self.part(range(len(self.events))):
                kind, digest, name = self.events[i]
                changed = [*self.events]
                changed[i] = (kind, self.rng.randbytes(48), name)
                self.log([('RTMR0', *event[:2]) for event in changed])
                made = self.asked('events', *args, status=1)
                self.assertEqual(
                    [(e['what'], e['reason']['code']) for e in made['events']
                     if not e['same']], [(name, codes[kind])])
                self.report({'RTMR0': rtmr0.replay(changed)})
                self.asked('check', *args, status=1)
        result = calc('check', *args, '--against', 'quote', 'fw')
        self.assertIn('[boot-other-machine]', result.text)

    def test_unknown(self):
        """events compares what is known; check says what is missing."""
        for edk2 in self.part([*RELEASES] * 2):
            options = self.machine_of(edk2)
            left = {name for name in options if self.rng.random() < 0.4}
            some = {name: value for name, value in options.items()
                    if name not in left}
            items = [*self.items]
            self.items = [item for item in items if self.rng.random() < 0.6]
            self.log([('RTMR0', *event[:2]) for event in self.events])
            self.report({'RTMR0': rtmr0.replay(self.events)})
            args = [*self.words(some), '--edk2', str(edk2), '--secure-boot',
                    self.state]
            with self.subTest(edk2=edk2, args=args):
                made = self.asked('events', *args)
                gone = {item[9:].split('=')[0] for item in items
                        if item not in self.items} | {
                    {'--ram': 'TD HOB', '--smbios': 'SMBIOS',
                     '--acpi-loader': 'etc/table-loader',
                     '--acpi-rsdp': 'etc/acpi/rsdp',
                     '--acpi-tables': 'etc/acpi/tables'}[name]
                    for name in left}
                swapped = '--acpi-loader' in left and \
                    rtmr0.allocated(self.inputs['acpi'])[0] == rtmr0.TABLES
                acpi = {rtmr0.RSDP, rtmr0.TABLES}
                for event, (_, digest, name) in zip(
                        made['events'], self.events, strict=True):
                    self.assertEqual(event['logged'], digest.hex())
                    if name in ITEM_FILES and name in gone:
                        # Which of several unknown items is not said.
                        self.assertIsNone(event['same'])
                        self.assertRegex(event['needs'], '^--fw-cfg ')
                    elif swapped and name in acpi:
                        self.assertIsNone(event['same'])
                    else:
                        self.assertEqual(
                            (event['what'], event['same']),
                            (name, None if name in gone else True))
                if left or len(self.items) < len(items):
                    result = calc('check', *args, '--against', 'quote', 'fw')
                    self.refused(result, 2)
                    for name in left:
                        self.assertIn(name, result.lines[0])
                else:
                    self.asked('check', *args)

    def test_image_alone(self):
        """A log beside the firmware, of which no machine is known."""
        for edk2 in (202408, 202502, 202511):
            self.machine_of(edk2)
            self.log([('RTMR0', *event[:2]) for event in self.events])
            made = self.asked('events')
            self.assertEqual(
                {e['what'] for e in made['events'] if e['same']},
                {name for kind, _, name in self.events if kind not in
                 (rtmr0.CONFIG, rtmr0.HANDOFF, rtmr0.HANDOFF2)})
            self.assertFalse(
                [e for e in made['events'] if e['same'] is False])
            text = calc('events', '--firmware-image', 'fw', 'log').text
            self.assertIn(' UNKNOWN TD HOB\n', text)
            self.assertIn('not predicted: give --ram SIZE\n', text)

    def test_image_without(self):
        """Of an image without a variable store, as CODE alone, RTMR0 is left
        out; asked for by an option it is refused."""
        self.machine_of(202511)
        self.firmware = self.write('fw', images.image(
            [s for s in images.image().sections if s.type != 1]))
        kernel = self.put('kernel', boot.bzimage(self.rng))
        measured = boot.events(kernel, LINE.encode())
        self.log([event[:3] for event in measured])
        args = ('--kernel', 'kernel', '--append', LINE)
        made = self.asked('events', *args)
        self.assertEqual({e['register'] for e in made['events']},
                         {'RTMR1', 'RTMR2'})
        text = calc('events', '--firmware-image', 'fw', *args, 'log').text
        self.assertRegex(text, r'note: RTMR0 is left out: .*\[boot-rtmr0\]')
        self.refuses('events', '[cfv]', '--firmware-image', 'fw',
                     '--secure-boot', 'off', *args, status=3)
        self.refuses('events', "missing --kernel FILE", '--firmware-image',
                     'fw')
        self.report({})
        self.refuses('check', '[cfv]', '--secure-boot', 'off', *args, status=3)

    def test_missing_items(self):
        """QEMU has fewer items, or more, than were given."""
        self.machine_of(202511)
        items = {name: self.put(ITEM_FILES[name], bytes([i]) * (size or 3))
                 for i, (name, size) in enumerate(rtmr0.ITEMS)}
        self.items = [f'--fw-cfg={name}={ITEM_FILES[name]}' for name in items]
        for name, _ in rtmr0.ITEMS:
            for kept in ([], [name]):
                self.inputs['items'] = {n: None if n not in kept else d
                                        for n, d in items.items()}
                made = self.expected(202511, ram=2 * GIB, secure_boot='none')
                self.log([('RTMR0', *event[:2]) for event in made if event[1]])
                boot_made = self.asked(
                    'events', *self.items, '--edk2', '202511', '--ram', '2G',
                    '--secure-boot', 'none', '--smbios', 'dmi', status=1)
                codes = [e['reason'] and e['reason']['code']
                         for e in boot_made['events'] if e['same'] is False]
                self.assertEqual(codes[0], 'boot-other-machine')
                self.assertLessEqual({*codes}, {codes[0], None})
                # What follows is beside what it is of.
                self.assertEqual(
                    [e['same'] for e in boot_made['events']
                     if e['what'] in ('SecureBoot', 'PK', 'BootOrder')],
                    [True] * 3)

    def test_variables(self):
        """Of a store with variables it is not known which follow."""
        options = self.machine_of(202411)
        self.image(cfv=rtmr0.store(images.CFV.raw,
                                   struct.pack('<HB', 0x55aa, 0x3f)))
        self.events = self.expected(202411, ram=int(options['--ram']),
                                    secure_boot=self.state)
        self.log([('RTMR0', *event[:2]) for event in self.events])
        self.report({})
        made = self.asked('events', *self.words(options), '--edk2', '202411')
        self.assertEqual(
            {e['what'] for e in made['events'] if e['same'] is None},
            {'SecureBoot', 'PK', 'KEK', 'db', 'dbx', 'BootOrder', None})
        self.refuses('check', 'variable store without variables', *self.words(
            options), '--edk2', '202411', status=3)

    def test_usage(self):
        options = self.machine_of(202511)
        acpi = ['--acpi-tables', options['--acpi-tables']]
        self.report({})
        self.log([('RTMR0', *event[:2]) for event in self.events])
        for args, words in (
                ((*acpi, '--edk2', '202308'), 'since edk2-stable202311'),
                ((*acpi, '--smbios', 'dmi', '--edk2', '202411'),
                 'are of edk2 since edk2-stable202505'),
                ((*acpi, '--ram', '5000'), 'a multiple of 4096'),
                ((*acpi, '--td-hob', 'dmi'), '--td-hob is of td-shim'),
                ((*acpi, '--uki', 'dmi'), 'is not predicted of --uki'),
                (('--secure-boot', 'on'), '--secure-boot needs none')):
            self.refuses('check', words, *args)
            self.refuses('events', words, '--firmware-image', 'fw', *args)
        self.refuses('events', '--acpi-tables is for RTMR0', *acpi)
        self.refuses('check', 'missing --ram SIZE', *acpi)
        self.refuses('check', '202605 is not known here', *acpi, '--edk2',
                     '202605', status=3)
        # Without an option of it the release is no reason to refuse a log.
        self.asked('events', '--edk2', '202605')
        self.put('kernel', boot.bzimage(self.rng))
        result = calc('events', '--firmware-image', 'fw', '--edk2', '202308',
                      '--kernel', 'kernel', 'log')
        self.assertEqual(result.status, 1, result)
        self.assertNotIn('TD HOB', result.text.partition('predicted of')[2])
        for what in ('--ram', '2G'), acpi:
            result = calc('check', *what, '--against', mrtd(self.firmware),
                          'fw')
            self.refused(result, 2)


class Uki(Asks, Unified):
    """RTMR1 and RTMR2 of a unified kernel image."""

    def setUp(self):
        super().setUp()
        self.firmware = self.image

    def make(self, systemd, *, disk=False, silent=False, old=False, custom='',
             magic=True):
        contents = self.contents(stub=systemd, magic=magic,
                                 version='6.8.1' if silent else '6.9.0')
        data = self.write('uki', uki.image(contents))
        whole = None
        self.args = ['--uki', 'uki', *(['--append', custom] if custom else [])]
        if disk:
            entries = {0: uki.entry(self.rng, 40, 40)}
            whole = self.write('disk', uki.disk(self.rng, entries))
            self.args += ['--disk', 'disk']
        found = uki.read(data)
        self.events = (uki.of_rtmr1(data, systemd, whole, old)
                       + uki.of_rtmr2(found, systemd, custom, silent))
        self.report({name: boot.replay(self.events, name)
                     for name in ('RTMR1', 'RTMR2')})
        self.log([event[:3] for event in self.events])

    def test_found(self):
        for turn, systemd in enumerate(self.part([*range(256, 261)] * 3)):
            old, disk, silent = self.rng.choices((False, True), k=3)
            self.make(systemd, disk=disk, silent=silent, old=old, custom='' if
                      disk or turn % 3 else 'x console=hvc0')
            for given in ([], ['--edk2', '202408' if old else '202411'],
                          ['--systemd', str(systemd)]):
                with self.subTest(turn=turn, given=given):
                    made = self.asked('check', *self.args, *given)
                    self.assertEqual([r['same'] for r in made['registers']],
                                     [None, True, True])
                    self.assertEqual(made['by']['uki']['systemd'], systemd)
                    made = self.asked('events', *self.args, *given)
                    self.assertEqual(
                        sorted((e['what'], e['logged'])
                               for e in made['events']),
                        sorted((what, digest.hex())
                               for _, _, digest, what in self.events))
            made = self.asked('check', *self.args, '--edk2',
                              '202411' if old else '202408', status=1)
            self.assertEqual([r['same'] for r in made['registers']],
                             [None, False, True])

    def test_unnamed(self):
        """An image that does not say its stub: each is tried."""
        for systemd in (256, 257, 258, 259, 260):
            self.make(systemd, magic=False)
            for command in 'check', 'events':
                made = self.asked(command, *self.args)
                self.assertEqual(made['by']['uki']['systemd'],
                                 257 if systemd < 258 else 260)

    def test_stub_unread(self):
        """RTMR2 of a stub that is not known is not compared, unless asked."""
        for systemd, alike in (255, 256), (262, 260):
            self.make(alike)
            self.report({'RTMR1': boot.replay(self.events, 'RTMR1')})
            made = self.asked('check', *self.args, '--systemd', str(systemd))
            self.assertEqual([r['same'] for r in made['registers']],
                             [None, True, None])
            text = calc('check', *self.args, '--systemd', str(systemd),
                        '--against', 'quote', 'fw').text
            self.assertIn('[uki-rtmr2]', text)
            self.assertIn('not compared  RTMR0, RTMR2, RTMR3', text)
            self.refuses('check', '[uki]', *self.args, '--systemd',
                         str(systemd), '--append', 'x console=hvc0', status=3)

    def test_differs(self):
        self.make(257)
        good = {name: boot.replay(self.events, name)
                for name in ('RTMR1', 'RTMR2')}
        for name, code in (('RTMR1', 'boot-other-uki'),
                           ('RTMR2', 'boot-other-sections')):
            self.report({**good, name: self.rng.randbytes(48)})
            self.asked('check', *self.args, status=1)
            result = calc('check', *self.args, '--against', 'quote', 'fw')
            self.assertEqual(result.status, 1)
            self.assertIn(f'[{code}]', result.text)
        self.report({**good, 'RTMR2': bytes(48)})
        result = calc('check', *self.args, '--against', 'quote', 'fw')
        self.assertEqual(result.status, 1)
        self.assertIn('[boot-zero]', result.text)
        for i, (register, kind, _, what) in enumerate(self.events):
            changed = [event[:3] for event in self.events]
            changed[i] = register, kind, self.rng.randbytes(48)
            self.log(changed)
            made = self.asked('events', *self.args, status=1)
            self.assertEqual([e['what'] for e in made['events']
                              if not e['same']], [what])
            if what == 'unified kernel image':
                self.assertEqual([e['reason']['code'] for e in made['events']
                                  if not e['same']], ['boot-other-uki'])

    def test_usage(self):
        self.make(257)
        self.write('kernel', boot.bzimage(self.rng))
        self.write('text', b'no image')
        for args, words, status in (
                (('--uki', 'uki', '--kernel', 'kernel'),
                 '--uki excludes --kernel', 2),
                (('--uki', 'uki', '--initrd', 'kernel'),
                 '--uki excludes --kernel', 2),
                (('--uki', 'uki', '--disk', 'text', '--append', 'x'),
                 '--disk excludes --append', 2),
                (('--disk', 'text'), 'missing --uki FILE', 2),
                (('--systemd', '257'), 'missing --uki FILE', 2),
                (('--uki', 'uki', '--qemu', '9.1'), 'QEMU before 10.2', 2),
                (('--uki', 'uki', '--ram', '2G'), '--ram is of --kernel', 2),
                (('--uki', 'uki', '--td-hob', 'text'), '--td-hob', 2),
                (('--uki', 'text'), '[pe]', 3),
                (('--uki', 'gone'), 'gone: ', 4),
                (('--uki', 'uki', '--disk', 'text'), '[disk-table]', 3)):
            with self.subTest(args=args):
                self.refuses('check', words, *args, status=status)
                self.refuses('events', words, *args, status=status)
        self.refuses('check', '--uki is of --platform tdx', '--uki', 'uki',
                     '--vcpus', '1')
