# SPDX-License-Identifier: Apache-2.0
"""events --replace: a log that is replayed with other events in the place of
some. The registers are those that the models of tests/lib/eventlog.py and
boot.py make of the log with these."""

import hashlib
import json
import struct

import boot
import eventlog
import eventlog_json
import evidence
from support import calc
from test_events import REGISTERS, Case

IPL, TAG, SEPARATOR, CONFIG = 0xd, 6, 4, 0xa
IMAGES = (0x80000003, 0x80000004, 0x80000005)
TRY = "; try 'mrtd-calc events --help'"
INITRD = struct.pack('<II', 0x8f3b22ec, 13) + b'Linux initrd\0'
OPTIONS = struct.pack('<II', 0x8f3b22ed, 26) + b'LOADED_IMAGE::LoadOptions\0'


def log(*events):
    """Of (register, type, data); the data were measured."""
    return eventlog.first() + b''.join(
        eventlog.record(mr, kind, eventlog.digests_of(
            data, (eventlog.SHA384,)), data) for mr, kind, data in events)


class Replace(Case):
    def replayed(self, events, changes):
        """What the registers are, by the model."""
        return {name: value.hex() for name, value in eventlog.replay(
            [event._replace(digest=changes.get(i, event.digest))
             for i, event in enumerate(events)]).items()}

    def is_replaced(self, events, changes, *args, files=()):
        """All that is printed of them."""
        made = self.ask(*args, 'log')
        self.assertEqual({v['register']: v['value'] for v in made['values']},
                         self.replayed(events, changes))
        for i, event in enumerate(made['events']):
            if i not in changes:
                self.assertIsNone(event['replaced'])
                continue
            self.assertEqual(
                (event['digest'], event['is_digest_of_data'],
                 event['replaced']),
                (changes[i].hex(), None, {
                    'file': dict(files).get(i),
                    'logged': events[i].digest.hex()}))
        self.assertEqual(made['data_differ'], sum(
            eventlog.matches(event) is False
            for i, event in enumerate(events) if i not in changes))

    def test_random(self):
        for turn in self.part(range(50)):
            data = eventlog.log(self.rng, count=self.rng.randrange(3, 20),
                                no_action=0.05)
            events = eventlog.read(data)
            some = [i for i, event in enumerate(events)
                    if event.type != eventlog.NO_ACTION]
            self.rng.shuffle(some)
            changes = {i: self.rng.randbytes(48)
                       for i in some[:self.rng.randrange(1, 17)]}
            self.write('log', data)
            with self.subTest(turn=turn):
                self.is_replaced(events, changes, *(
                    f'--replace={i}={self.rng.choice(("", "0x"))}'
                    f'{digest.hex()}' for i, digest in changes.items()))

    def test_files(self):
        """A file is measured as what the type says: an image as edk2 does,
        others by their bytes."""
        image = boot.pe(self.rng)
        other = self.rng.randbytes(5000)
        self.write('image', image)
        self.write('other', other)
        self.write('empty', b'')
        kinds = [(kind, b'old', 'image', boot.authenticode(image))
                 for kind in IMAGES]
        kinds += [(kind, data, name, hashlib.sha384(content).digest())
                  for kind, data in (
                      (IPL, b'grub_cmd: ls'), (TAG, INITRD), (SEPARATOR,
                                                              bytes(4)),
                      (0x80000006, b'GPT'), (0x80000001, b'x'))
                  for name, content in (('other', other), ('image', image))]
        for kind, data, name, digest in kinds:
            raw = log((2, 7, b'a'), (3, kind, data), (3, 7, b'b'))
            self.write('log', raw)
            with self.subTest(kind=hex(kind), name=name):
                self.is_replaced(eventlog.read(raw), {2: digest}, '--replace',
                                 f'2=@{name}', files=[(2, name)])

    def test_refused(self):
        """What is not known how to measure, is there not, or extends nothing;
        and files that are no images."""
        self.write('other', b'no image')
        raw = log((2, 7, b'a'), (3, TAG, OPTIONS), (1, CONFIG, b'x'),
                  (1, 0x12345678, b'x'), (2, IMAGES[0], b'x'),
                  (3, TAG, INITRD[:3]))
        self.write('log', raw + eventlog.record(
            1, eventlog.NO_ACTION, [(eventlog.SHA384, bytes(48))], b'x'))
        unknown = ('--replace {0}: how a file is measured as an event of type '
                   '{1} is not known here; give the digest, as --replace '
                   '{0}=HEX')
        for what, line in (
                ('2=@other', unknown.format(2, 'EV_EVENT_TAG')),
                ('3=@other', unknown.format(3, 'EV_PLATFORM_CONFIG_FLAGS')),
                ('4=@other', unknown.format(4, 'without a name')),
                ('6=@other', unknown.format(6, 'EV_EVENT_TAG')),
                *((f'{n}={how}', f'--replace {n}: {why}')
                  for how in ('00' * 48, '@other') for n, why in (
                      (8, 'the log has events 0 to 7'),
                      (65535, 'the log has events 0 to 7'),
                      (0, 'that event extends no register'),
                      (7, 'that event extends no register')))):
            with self.subTest(what):
                self.refused(calc('events', '--replace', what, 'log'), 3,
                             f'log: {line} [event-log-replace]')
                self.refused(calc('events', '--json', '--replace', what,
                                  'log'), 3)
        result = calc('events', '--replace', '5=@other', 'log')
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'^other: .* \[pe\]$')
        self.write('empty', b'')
        result = calc('events', '--replace', '5=@empty', 'log')
        self.refused(result, 3, 'empty: it is empty; a replacement has content '
                     '[event-log-replace]')
        result = calc('events', '--replace', '5=@missing', 'log')
        self.refused(result, 4)
        self.assertRegex(result.lines[0], '^missing: ')

    def test_usage(self):
        self.write('log', log((2, 7, b'a')))
        digest = '00' * 48
        for what in ('', '1', '1=', '=', '1=@', f'={digest}', f'-1={digest}',
                     f'x={digest}', f'65536={digest}', f'1={digest}00',
                     f'1={digest[2:]}', f'1={digest[1:]}', '1=log',
                     f'1 ={digest}', f'{"0" * 40}1={digest}'):
            with self.subTest(what):
                self.refused(calc('events', '--replace', what, 'log'), 2, (
                    '--replace needs the number of an event and its new '
                    'digest, N=HEX of 96 digits, or the file that is measured,'
                    f" N=@FILE, not '{what}'" + TRY))
        one = f'--replace=1={digest}'
        self.refused(calc('events', one, one, 'log'), 2,
                     '--replace 1 is given twice' + TRY)
        self.refused(calc('events', *(
            f'--replace={i}={digest}' for i in range(17)), 'log'), 2,
            '--replace is given more than 16 times' + TRY)
        for more in (('--append', 'x'), ('--kernel', 'log'),
                     ('--firmware-image', 'log')):
            result = calc('events', one, *more, 'log')
            self.refused(result, 2)
            self.assertIn('--replace', result.lines[0])
        self.refused(calc('events', '--replace', '1=@-', '-', stdin=b'x'), 2)

    def test_text(self):
        """The replaced event, what the log has, and never that its data were
        measured."""
        raw = log((2, SEPARATOR, bytes(4)), (3, IPL, b'grub_cmd: ls'))
        events = eventlog.read(raw)
        self.write('log', raw)
        self.write('new\n', b'new')
        digest = hashlib.sha384(b'new').hexdigest()
        text = calc('events', '--replace', f'1={"ab" * 48}', '--replace',
                    '2=@new\n', 'log').text
        self.assertIn(
            '    1 RTMR1  EV_SEPARATOR  ?"0x0"\n'
            f'             {"ab" * 48}  REPLACES what was logged\n'
            f'             {events[1].digest.hex()}  logged\n'
            '    2 RTMR2  EV_IPL  ?"grub_cmd: ls"\n'
            f'             {digest}  REPLACES what was logged\n'
            f'             {events[2].digest.hex()}  logged\n'
            '             measured of new\\012\n\n', text)
        self.assertNotIn('="0x0"', text)

    def test_against(self):
        """A quote of the boot with the new parts matches, one without them
        does not; and it is said that parts are replaced."""
        raw = log(*((mr, SEPARATOR, bytes(4)) for mr in range(1, 5)),
                  (3, IPL, b'old'))
        events = eventlog.read(raw)
        self.write('log', raw)
        self.write('initrd', b'new')
        changes = {5: hashlib.sha384(b'new').digest(), 1: b'\7' * 48}
        args = ('--replace', '5=@initrd', '--replace', f'1={"07" * 48}')
        for name, part, status in (('new', changes, 0), ('old', {}, 1), (
                'half', {5: changes[5]}, 1)):
            registers = self.replayed(events, part)
            self.write(name, evidence.quote(b'\5' * 48, rtmrs=[
                bytes.fromhex(registers[r]) for r in REGISTERS]))
            result = calc('events', *args, '--against', name, 'log')
            self.assertEqual((result.status, result.text.splitlines()[-1]), (
                status, f'{"NO " * status}MATCH; of the log\'s events 2 are '
                        'replaced'), name)
            made = self.ask(*args, '--against', name, 'log', status=status)
            self.assertEqual(made['verdict'],
                             'differs' if status else 'match')
        # Data that are not what was measured still count, unless replaced.
        raw += eventlog.record(3, SEPARATOR, [(eventlog.SHA384, b'\1' * 48)],
                               bytes(4))
        self.write('log', raw)
        made = self.ask('--replace', f'5={"00" * 48}', 'log')
        self.assertEqual(made['data_differ'], 1)
        made = self.ask('--replace', f'6={"00" * 48}', 'log')
        self.assertEqual(made['data_differ'], 0)

    def test_json(self):
        """Of a log of dstack."""
        items = [eventlog_json.runtime(self.rng, name, b'x')
                 for name in ('a', 'b')]
        self.write('log', json.dumps(items).encode())
        _, events = eventlog_json.read(json.dumps(items).encode())
        made = self.ask('--replace', f'1={"cd" * 48}', 'log')
        self.assertEqual(
            {v['register']: v['value'] for v in made['values']},
            self.replayed(events, {1: b'\xcd' * 48}))
        self.assertEqual([e['is_digest_of_data'] for e in made['events']],
                         [True, None])
        self.assertIn('?"b"  payload ?78\n', calc(
            'events', '--replace', f'1={"cd" * 48}', 'log').text)


del Case
