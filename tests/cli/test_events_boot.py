# SPDX-License-Identifier: Apache-2.0
"""events with a kernel, an initrd and a command line: each predicted event
beside the logged one. Logs are made of the events of tests/lib/boot.py, and of
what td-shim's source says (td-shim/src/event_log.rs)."""

import hashlib
import itertools
import json
import pathlib
import random
import struct

import boot
import eventlog
import evidence
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/events.schema.json').read_text('utf-8'))
LINE = 'root=/dev/vda1 console=hvc0 rw'
REGISTERS = {f'RTMR{i}': i + 1 for i in range(4)}
CONFIG, BLOB2 = 0xa, 0x8000000a
RULES = ((), ('initrd_last', ), ('initrd_last', 'separator_rtmr0'))


def sha384(data):
    return hashlib.sha384(data).digest()


def written(events):
    """A log with these: (register, type, digest, data)."""
    return eventlog.first() + b''.join(
        eventlog.record(REGISTERS[register], kind,
                        [(eventlog.SHA384, digest)], data)
        for register, kind, digest, data in events)


def label(kind, text):
    """What a log has of an event beside its digest."""
    if kind == boot.TAG:
        return struct.pack('<II', 0x8f3b22ed, len(text) + 1) + text.encode() \
            + b'\0'
    return bytes(4) if kind == boot.SEPARATOR else text.encode()


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.kernel = self.write('kernel', boot.bzimage(self.rng))
        self.initrd = self.write('initrd', self.rng.randbytes(700))

    def predicted(self, line=LINE, initrd=None, **rules):
        """As the model has them, with what a log says of them."""
        return [(register, kind, digest, label(kind, text))
                for register, kind, digest, text in boot.events(
                    self.kernel, line.encode(), initrd, ram=4 << 30, **rules)]

    def others(self):
        """Of RTMR0, and of the guest."""
        return [(register, 0xd, self.rng.randbytes(48), b'x')
                for register in ('RTMR0', 'RTMR0', 'RTMR3')]

    def log(self, events):
        """Whatever is between events of other registers."""
        mine = list(events)
        for event in self.others():
            mine.insert(self.rng.randrange(len(mine) + 1), event)
        self.write('log', written(mine))
        return mine

    def ask(self, *args, status=0):
        result = calc('events', '--json', *args, 'log')
        self.assertEqual((result.status, result.lines), (status, []), result)
        made = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        self.assertEqual(made['verdict'], 'differs' if status else 'match')
        self.assertEqual(made['boot']['match'], not status)
        return made['boot']

    def codes(self, made):
        return [event['reason'] and event['reason']['code']
                for event in made['events'] if not event['same']]


ALL = ('--kernel', 'kernel', '--append', LINE)
WITH_INITRD = (*ALL, '--initrd', 'initrd')


class Same(Case):
    def test_each_release(self):
        for rules, patched, initrd in itertools.product(
                RULES, (False, True), (None, self.initrd)):
            want = self.predicted(initrd=initrd, patched_kernel=patched,
                                  **dict.fromkeys(rules, True))
            mine = self.log(want)
            made = self.ask(*(WITH_INITRD if initrd else ALL))
            with self.subTest(rules=rules, patched=patched):
                self.assertEqual(
                    [(event['register'], event['logged'], event['index'])
                     for event in made['events']],
                    [(event[0], event[2].hex(), 1 + mine.index(event))
                     for event in want])
                self.assertEqual([event['predicted']
                                  for event in made['events']],
                                 [event[2].hex() for event in want])
                self.assertEqual(made['by']['rules']['kernel_is_patched'],
                                 patched)

    def test_against(self):
        """Both must fit; a log alone proves nothing."""
        mine = self.log(self.predicted())
        rtmrs = [bytes(48)] * 4
        for register, _, digest, _ in mine:
            at = REGISTERS[register] - 1
            rtmrs[at] = sha384(rtmrs[at] + digest)
        self.write('quote', evidence.quote(bytes(48), rtmrs=rtmrs))
        self.ask(*ALL, '--against', 'quote')
        result = calc('events', *ALL, '--against', 'quote', 'log')
        self.assertEqual((result.status, result.text.splitlines()[-1]),
                         (0, 'MATCH'))
        result = calc('events', *ALL, 'log')
        self.assertEqual(result.status, 0)
        self.assertRegex(result.text, r'\nMATCH: .* only --against QUOTE')
        rtmrs[1] = bytes(48)
        self.write('quote', evidence.quote(bytes(48), rtmrs=rtmrs))
        result = calc('events', *ALL, '--against', 'quote', 'log')
        self.assertEqual((result.status, result.text.splitlines()[-1]),
                         (1, 'NO MATCH'))
        result = calc('events', '--append', LINE + 'x', '--against', 'quote',
                      'log')
        self.assertEqual(result.status, 1)

    def test_parts(self):
        self.log(self.predicted())
        made = self.ask('--kernel', 'kernel')
        self.assertEqual({event['register'] for event in made['events']},
                         {'RTMR1'})
        made = self.ask('--append', LINE)
        self.assertEqual({event['register'] for event in made['events']},
                         {'RTMR2'})


class Differs(Case):
    def test_each_event(self):
        """Any digest that is changed is found, and explained."""
        want = self.predicted(initrd=self.initrd)
        why = {boot.APPLICATION: 'boot-other-kernel',
               boot.ACTION: 'boot-other-event',
               boot.SEPARATOR: 'boot-other-event'}
        for at, (register, kind, digest, data) in enumerate(want):
            wrong = bytearray(digest)
            wrong[self.rng.randrange(48)] ^= 1 << self.rng.randrange(8)
            self.log(want[:at] + [(register, kind, bytes(wrong), data)]
                     + want[at + 1:])
            made = self.ask(*WITH_INITRD, status=1)
            self.assertEqual([event['same'] for event in made['events']],
                             [i != at for i in range(len(want))])
            self.assertEqual(
                self.codes(made),
                [why.get(kind, 'boot-other-initrd' if at == len(want) - 1
                         else 'boot-other-line')])

    def test_missing_and_more(self):
        want = self.predicted(initrd=self.initrd)
        for events, codes in (
                (want[:-1], ['boot-no-initrd']),
                (want[:-2], ['boot-zero', None]),
                (want[:4] + want[5:], ['boot-fewer-events']),
                (want + [want[-1]], ['boot-more-events'])):
            self.log(events)
            self.assertEqual(self.codes(self.ask(*WITH_INITRD, status=1)),
                             codes)
        # Without the kernel other rules may fit what follows better.
        self.log(want[1:])
        self.assertEqual(self.codes(self.ask(*WITH_INITRD, status=1))[0],
                         'boot-other-kernel')
        # That no registers are extended is no match of anything.
        self.log([])
        self.ask(*WITH_INITRD, status=1)

    def test_not_tried(self):
        """What --qemu excludes is not said to have been tried."""
        self.log(self.predicted(patched_kernel=True))
        self.ask(*ALL)
        made = self.ask(*ALL, '--qemu', '10.2', status=1)
        self.assertIn('was not tried, by --qemu',
                      made['events'][0]['reason']['text'])

    def test_other_boot(self):
        """As from a disk: the first event is an action."""
        want = self.predicted()
        self.log([want[1], want[2], want[0], *want[3:]])
        result = calc('events', *ALL, 'log')
        self.assertEqual(result.status, 1)
        self.assertIn('the log has another event where the kernel is started',
                      result.text)


class Shim(Case):
    """td-shim's log says how large regions are, and the command line."""
    def shim(self, line=LINE, kernel=None, room=512, parameter=256,
             extends=True, hob=None):
        def config(name, data):
            return name.ljust(16, b'\0') + struct.pack('<I', len(data)) + data
        separator = sha384(bytes(4))
        kernel = (self.kernel if kernel is None else kernel) + bytes(room)
        region = line.encode('latin-1').ljust(parameter, b'\0')
        events = []
        if hob is not None:
            events.append(('RTMR0', CONFIG, sha384(hob),
                           config(b'td_hob', hob)))
        events += [('RTMR0', boot.SEPARATOR, separator, bytes(4)),
                   ('RTMR1', boot.SEPARATOR, separator, bytes(4))]
        if extends:
            events.append(('RTMR1', BLOB2, sha384(kernel), b'\x0btd_payload\0'
                           + struct.pack('<QQ', 0x861000, len(kernel))))
        events.append(('RTMR1', CONFIG, sha384(region),
                       config(b'td_payload_info', region)))
        self.write('log', written(events))
        return events

    def test_same(self):
        for extends, room, parameter in itertools.product(
                (True, False), (0, 1, 4096), (len(LINE) + 1, 4096)):
            want = self.shim(extends=extends, room=room, parameter=parameter)
            if not extends:
                # A kernel that would be compared with nothing.
                result = calc('events', *ALL, 'log')
                self.refused(result, 3)
                self.assertIn('[event-log-boot]', result.lines[0])
            made = self.ask(*(ALL if extends else ALL[2:]))
            self.assertEqual([event['logged'] for event in made['events']],
                             [event[2].hex() for event in want])
            self.assertEqual(made['by']['firmware'], 'td-shim')

    def test_words(self):
        """The command line is in the log, and what differs is said."""
        for given, words in (
                (LINE + ' quiet', 'only given here: "quiet"'),
                (LINE[:-3], 'only in the log: "rw"'),
                (LINE.replace('hvc0', 'ttyS0'),
                 'only in the log: "console=hvc0"; only given here: '
                 '"console=ttyS0"'),
                (LINE + ' rw', 'only given here: "rw"'),
                ('rw root=/dev/vda1 console=hvc0', 'the words are the same, '
                 'and their order or the spaces between them are not'),
                (LINE.replace(' ', '  '), 'the words are the same, and their '
                 'order or the spaces between them are not'),
                ('a"b\\c', 'only in the log: "console=hvc0" "root=/dev/vda1" '
                 '"rw"; only given here: "a\\042b\\134c"')):
            self.shim()
            made = self.ask('--kernel', 'kernel', '--append', given, status=1)
            reason = made['events'][-1]['reason']
            with self.subTest(given=given):
                self.assertEqual(reason, {
                    'code': 'boot-other-line',
                    'text': 'another command line: ' + words})

    def test_words_cut(self):
        """Long lines, whatever is in them."""
        for _ in self.part(range(100)):
            line = ' '.join(
                ''.join(chr(self.rng.randrange(0x20, 0x100))
                        for _ in range(self.rng.randrange(40)))
                for _ in range(self.rng.choice((1, 20, 90))))
            self.shim(line, parameter=4096)
            made = self.ask('--kernel', 'kernel', '--append', LINE, status=1)
            text = made['events'][-1]['reason']['text']
            self.assertTrue(text.startswith('another command line: '), text)
            self.assertRegex(text, r'^[ -~]{1,1200}$')

    def test_unmeasured_line(self):
        """What the log says without having measured it is not shown."""
        events = self.shim()
        register, kind, digest, data = events[-1]
        events[-1] = register, kind, digest[::-1], data
        self.write('log', written(events))
        made = self.ask(*ALL, status=1)
        self.assertIn('the log has only its digest',
                      made['events'][-1]['reason']['text'])

    def test_sizes(self):
        """What a log claims is not believed: a region that is too small."""
        events = self.shim(parameter=len(LINE) + 1)
        result = calc('events', '--kernel', 'kernel', '--append', LINE + 'x',
                      'log')
        self.refused(result, 3)
        self.assertIn('[payload-size]', result.lines[0])
        register, kind, digest, data = events[2]
        for size, code in ((len(self.kernel) - 1, 'payload-size'),
                           (0, 'event-log-boot'), (1 << 63, 'event-log-boot'),
                           ((1 << 30) + 1, 'event-log-boot')):
            events[2] = (register, kind, digest,
                         data[:-8] + struct.pack('<Q', size))
            self.write('log', written(events))
            result = calc('events', *ALL, 'log')
            self.refused(result, 3)
            self.assertIn(f'[{code}]', result.lines[0])

    def test_usage(self):
        self.shim()
        for args, words in (
                (('--append', LINE), 'missing --kernel FILE'),
                (('--kernel', 'kernel'), 'missing --append TEXT'),
                ((*WITH_INITRD, ), '--initrd is of a kernel that QEMU'),
                ((*ALL, '--qemu', '9.1'), '--qemu is of a kernel that QEMU')):
            result = calc('events', *args, 'log')
            self.refused(result, 2)
            self.assertIn(words, result.lines[0])


class Refusals(Case):
    def test_files(self):
        self.log(self.predicted())
        self.write('empty', b'')
        self.write('text', b'neither')
        for args, status in (
                (('--kernel', 'gone'), 4), (('--kernel', '.'), 4),
                (('--kernel', 'empty'), 3), (('--kernel', 'text'), 3),
                (('--firmware-image', 'gone'), 4), (('--firmware-image', 'empty'), 3),
                (('--firmware-image', 'text', *ALL), 3),
                (('--td-hob', 'text', '--append', 'x'), 2),
                (('--append', 'x', '--cmdline', 'text'), 2),
                (('--initrd', 'initrd'), 2), (('--qemu', '10.2'), 2),
                (('--edk2', '202511'), 2), (('--ram', '2G'), 2),
                (('--kernel-measures', 'no'), 2),
                (('--append', 'a\tb\x7f'), 3)):
            for more in (), ('--json', ):
                with self.subTest(args=args, more=more):
                    self.refused(calc('events', *args, *more, 'log'), status)
