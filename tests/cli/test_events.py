# SPDX-License-Identifier: Apache-2.0
"""events: logs of TDs. What they say is of tests/lib/eventlog.py, a model that
is written from the documents."""

import base64
import json
import pathlib
import random

import eventlog
import evidence
from support import SANITIZED, TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/events.schema.json').read_text('utf-8'))
REGISTERS = ('RTMR0', 'RTMR1', 'RTMR2', 'RTMR3')


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())

    def ask(self, *args, status=0, **more):
        result = calc('events', '--json', *args, **more)
        self.assertEqual((result.status, result.lines), (status, []), result)
        made = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made

    def is_right(self, data):
        """Each event, and the registers after them."""
        events = eventlog.read(data)
        made = self.ask('log')
        self.assertEqual(
            [(event['offset'], event['register'], int(event['type'], 16),
              event['type_name'], event['digest'], event['is_digest_of_data'],
              event['data_size']) for event in made['events']],
            [(hex(event.offset), REGISTERS[event.mr - 1]
              if event.type != eventlog.NO_ACTION else None, event.type,
              eventlog.name(event.type),
              event.digest.hex() if event.digest else None,
              eventlog.matches(event), len(event.data)) for event in events])
        self.assertEqual({event['payload'] for event in made['events']},
                         {None})
        self.assertEqual({value['register']: value['value']
                          for value in made['values']},
                         {name: value.hex() for name, value in
                          eventlog.replay(events).items()})
        self.assertEqual((made['verdict'], made['against']), (None, None))
        self.assertEqual(made['data_differ'], sum(
            eventlog.matches(event) is False for event in events))
        return made


class Reading(Case):
    def test_random(self):
        for turn in self.part(range(300)):
            data = eventlog.log(self.rng, banks=self.rng.choice((
                (eventlog.SHA384,), None)), padding=self.rng.choice((
                    b'', b'\0', b'\xff' * 999, bytes(4096))))
            self.write('log', data)
            with self.subTest(turn=turn):
                self.is_right(data)

    def test_edges(self):
        """Fields at their last right value."""
        for why, data in eventlog.edges(self.rng):
            if SANITIZED and len(data) > 1 << 20:
                continue
            self.write('log', data)
            with self.subTest(why=why):
                self.is_right(data)

    def test_bad(self):
        """What the model refuses, the program does, and says where."""
        for why, data in self.part(eventlog.bad(self.rng)):
            if SANITIZED and len(data) > 1 << 20:
                continue
            self.write('log', data)
            with self.subTest(why=why):
                result = calc('events', 'log')
                self.refused(result, 3)
                self.assertRegex(result.lines[0], r'^log: .* \[(event-log|'
                                 r'empty)\]$')

    def test_mutated(self):
        """Never another register than the model's, never a crash."""
        for _ in self.part(range(800)):
            data = bytearray(eventlog.log(self.rng, count=4))
            for _ in range(self.rng.randrange(1, 4)):
                at = self.rng.randrange(len(data))
                data[at] = self.rng.choice((0, 1, 4, 0xff, data[at] ^ 1))
            self.write('log', bytes(data))
            try:
                eventlog.read(bytes(data))
            except eventlog.Bad:
                self.refused(calc('events', 'log'), 3)
            else:
                self.is_right(bytes(data))

    def test_forms(self):
        """In base64 and hexadecimal, and as standard input."""
        data = eventlog.log(self.rng)
        self.write('raw', data)
        want = self.ask('raw')
        for text in (base64.b64encode(data), base64.encodebytes(data),
                     data.hex().encode(), b'0x' + data.hex().encode()):
            self.write('log', text)
            self.assertEqual({**self.ask('log'), 'file': 'raw'}, want)
        self.assertEqual({**self.ask('-', stdin=data), 'file': 'raw'}, want)
        for text, words in (
                (base64.b64encode(data)[:-7] + b'!', 'this is text, and '
                 "neither the log's bytes nor base64"),
                (base64.b64encode(bytes(5 << 20)), 'at most 4194304 in base64'),
                (evidence.quote(b'\5' * 48), 'this is a TDX quote')):
            self.write('log', text)
            result = calc('events', 'log')
            self.refused(result, 3)
            self.assertIn(words, result.lines[0])
            self.assertTrue(result.lines[0].endswith(' [event-log]'), result)

    def test_tpm(self):
        """A log of a TPM has PCRs: of another, or of the first, which is MRTD
        of a TD."""
        self.write('log', eventlog.first(mr=0) + eventlog.record(
            0, 8, eventlog.digests_of(b'x', (eventlog.SHA384,)), b'x'))
        self.refused(calc('events', 'log'), 3, (
            'log: offset 0x41: record 1: it extends register 0, which is MRTD '
            'of a TD and extended by nothing: logs of a TPM, as '
            'binary_bios_measurements, are of PCRs and not read [event-log]'))
        for mr in 5, 7, 0xffffffff:
            self.write('log', eventlog.first() + eventlog.record(
                mr, 4, eventlog.digests_of(bytes(4), (eventlog.SHA384,)),
                bytes(4)))
            self.refused(calc('events', 'log'), 3, (
                f'log: offset 0x41: record 1: it is of register {mr}, and a TD '
                'has 0 (MRTD) to 4 (RTMR3); logs of a TPM are of PCRs and not '
                'read [event-log]'))

    def test_words(self):
        """What an event is, where its data say it; never a control."""
        def what(kind, data, mr=1):
            self.write('log', eventlog.first() + eventlog.record(
                mr, kind, eventlog.digests_of(data, (eventlog.SHA384,)), data))
            return self.ask('log')['events'][1]['what']
        wide = 'BootOrder'.encode('utf-16-le')
        variable = bytes(16) + eventlog.u32(9) + bytes(12) + wide
        node = b'\4\4\x14\0' + 'kernel\0\0'.encode('utf-16-le')

        def image(path, size=None):
            return bytes(24) + (len(path) if size is None else
                                size).to_bytes(8, 'little') + path
        end = b'\x7f\xff\4\0'
        for kind, data, text in (
                (0x80000007, b'Exit Boot Services Invocation',
                 'Exit Boot Services Invocation'),
                (4, bytes(4), '0x0'), (4, b'\1\0\0\0', '0x1'),
                (4, b'\1\0\0', None), (4, b'0x0', None),
                (4, '0x'.encode('utf-16-le') + b'\0', None),
                # What is proved to be measured is shown as it is, or not.
                (0x80000007, b'ab\0', None),
                (0x80000007, 'ab'.encode('utf-16-le'), None),
                (0x80000001, bytes(16) + eventlog.u32(10) + bytes(12) + wide
                 + bytes(2), None),
                (0x80000001, variable, 'BootOrder'),
                (0x80000001, variable[:-1], None),
                (0x80000001, bytes(31), None),
                (0x80000001, bytes(16) + b'\xff' * 8 + bytes(8) + wide, None),
                (6, b'\xed\x22\x3b\x8f\x1a\0\0\0LOADED_IMAGE::LoadOptions\0',
                 'LOADED_IMAGE::LoadOptions'),
                (6, bytes(8), None),
                (0x80000003, image(node), 'kernel'),
                (0x80000003, image(b'\1\1\4\0' + node + end), 'kernel'),
                (0x80000003, image(end + node), None),
                (0x80000003, image(node, 7), None),
                (0x80000003, image(node)[:-1], None),
                (0x80000003, image(b'\4\4\3\0'), None),
                (0x80000003, bytes(31), None),
                (0xa, b'td_hob\0\xff\xff', 'td_hob'),
                (0xd, b'ro\0init=/evil', None), (0xd, b'ro\0\0', 'ro'),
                (0x8000000a, b'\3abcd', 'abc'), (0x8000000a, b'\4abcd',
                                                  'abcd'),
                (0x8000000a, b'\5abcd', None), (0x8000000a, b'', None),
                (0xd, b'grub_cmd: ls', 'grub_cmd: ls'),
                (0xd, '.linux\0'.encode('utf-16-le'), '.linux'),
                (0xd, b'a\x1b[31mb', None), (0xd, b'\x80\x81', None),
                (0x12345678, b'x', 'x')):
            with self.subTest(kind=hex(kind), data=data):
                self.assertEqual(what(kind, data), text)
        for size in 195, 196, 197, 1000:
            text = what(0xd, b'y' * size)
            self.assertEqual(text, 'y' * size if size < 197
                             else 'y' * 196 + '...')

    def test_text(self):
        data = eventlog.first() + eventlog.record(
            2, 4, eventlog.digests_of(bytes(4), (eventlog.SHA384,)), bytes(4)
        ) + eventlog.record(3, 0x99, [(eventlog.SHA384, b'\1' * 48)], b'\0')
        data += eventlog.record(1, 4, [(eventlog.SHA384, b'\2' * 48)],
                                bytes(4))
        self.write('log', data)
        registers = eventlog.replay(eventlog.read(data))
        separator = eventlog.read(data)[1].digest.hex()
        self.check(calc('events', 'log'), 0, (
            f'log\n  event log of {len(data)} bytes, 4 records\n\n'
            '    0 -      EV_NO_ACTION\n'
            '    1 RTMR1  EV_SEPARATOR  ="0x0"\n'
            f'             {separator}\n'
            '    2 RTMR2  0x00000099\n'
            f'             {"01" * 48}\n'
            '    3 RTMR0  EV_SEPARATOR  ?"0x0"\n'
            f'             {"02" * 48}  NOT the digest of the event\'s data\n\n'
            '="..." was measured. ?"..." is what the log says, and nothing '
            'proves it, nor types of\nevents, records of no register (-), and '
            'the order of events of different registers.\n\n'
            + ''.join(f'{name} {registers[name].hex()}\n'
                      for name in REGISTERS)))


    def test_quotes(self):
        """A text cannot go on after its end."""
        data = b'a\\b" NOT revoked'
        self.write('log', eventlog.first() + eventlog.record(
            2, 0xd, eventlog.digests_of(data, (eventlog.SHA384,)), data))
        self.assertIn('EV_IPL  ?"a\\\\b\\" NOT revoked"\n',
                      calc('events', 'log').text)


class Against(Case):
    def right_log(self, **more):
        """Whose data are those that were measured, with an event of each
        register."""
        data = eventlog.log(self.rng, count=12, wrong=0, **more)
        for mr in range(1, 5):
            data += eventlog.record(mr, 4, eventlog.digests_of(
                bytes(4), (eventlog.SHA384,)), bytes(4))
        return data

    def registers(self, data):
        return [value for _, value in sorted(
            eventlog.replay(eventlog.read(data)).items())]

    def against(self, data, rtmrs, **more):
        self.write('log', data)
        self.write('quote', evidence.quote(b'\5' * 48, rtmrs=rtmrs, **more))
        return calc('events', '--against', 'quote', 'log')

    def test_other_data(self):
        """What is shown of an event is not what was measured: no match."""
        data = self.right_log() + eventlog.record(
            2, 4, [(eventlog.SHA384, b'\1' * 48)], bytes(4))
        result = self.against(data, self.registers(data))
        self.assertEqual((result.status, result.lines), (1, []))
        self.assertTrue(result.text.endswith(
            'NO MATCH: the registers are the same, and the data of 1 event '
            'are not what was measured\n'))
        made = self.ask('--against', 'quote', 'log', status=1)
        self.assertEqual((made['verdict'], made['data_differ']),
                         ('differs', 1))

    def test_later(self):
        """RTMR3 is extended after the firmware's log."""
        data = eventlog.first() + eventlog.record(2, 4, eventlog.digests_of(
            bytes(4), (eventlog.SHA384,)), bytes(4))
        registers = self.registers(data)
        result = self.against(data, [*registers[:3], b'\7' * 48])
        self.assertEqual(result.status, 1)
        self.assertTrue(result.text.splitlines()[-1].startswith(
            'NO MATCH: only RTMR3 differs, of which the log has no event; '))
        result = self.against(data, [*registers[:2], b'\7' * 48, bytes(48)])
        self.assertTrue(result.text.endswith('\nNO MATCH\n'))

    def test_nothing(self):
        """Zeros that are the same as zeros are no match."""
        data = eventlog.first()
        self.refused(self.against(data, [bytes(48)] * 4), 3,
                     'log: no event of the log extends a register: there is '
                     'nothing to compare [event-log-against]')

    def test_debug(self):
        data = self.right_log()
        for attributes, is_debug in ((0x10000001, True), (0x10000000, False)):
            result = self.against(data, self.registers(data),
                                  attributes=attributes)
            self.assertEqual(result.status, int(is_debug))
            self.assertEqual('\n  NOT ACCEPTED  a debug guest' in result.text,
                             is_debug)
            result = calc('events', '--no-verify', '--against', 'quote', 'log')
            self.assertEqual(result.status, 0)
            self.assertEqual('\nwarning: a debug TD ' in result.text, is_debug)
            made = self.ask('--allow-debug', '--against', 'quote', 'log')
            self.assertEqual(made['against']['debug'], is_debug)

    def test_evidence(self):
        """The registers of a quote or report, each of them."""
        data = self.right_log()
        self.write('log', data)
        registers = self.registers(data)
        for wrong in (None, 0, 1, 2, 3):
            rtmrs = [bytes([value[0] ^ 1]) + value[1:] if i == wrong else value
                     for i, value in enumerate(registers)]
            mrtd = b'\5' * 48
            for name, made in (
                    ('tdinfo', evidence.tdinfo(mrtd, rtmrs=rtmrs)),
                    ('quote', evidence.quote(mrtd, rtmrs=rtmrs)),
                    ('report', evidence.tdreport(mrtd, rtmrs=rtmrs))):
                self.write(name, made)
                with self.subTest(wrong=wrong, name=name):
                    made = self.ask('--against', name, 'log',
                                    status=0 if wrong is None else 1)
                    self.assertEqual(made['verdict'], 'match' if wrong is None
                                     else 'differs')
                    self.assertEqual(
                        [(r['register'], r['value'], r['same'])
                         for r in made['against']['registers']],
                        [(REGISTERS[i], value.hex(), i != wrong)
                         for i, value in enumerate(rtmrs)])
                    text = calc('events', '--against', name, 'log').text
                    self.assertTrue(text.endswith(
                        'MATCH\n' if wrong is None else 'NO MATCH\n'))
                    self.assertEqual(text.count('  same\n'),
                                     4 - (wrong is not None))
                    self.assertEqual(text.count('  reported\n'),
                                     int(wrong is not None))

    def test_changed(self):
        """A match only where the model finds the registers, and in each event
        what was measured, whatever byte of the log is another one."""
        data = self.right_log()
        want = self.registers(data)
        places = range(len(data))
        for at in self.part(self.rng.sample(places, 250)):
            changed = bytearray(data)
            changed[at] ^= 1 << self.rng.randrange(8)
            result = self.against(bytes(changed), want)
            try:
                events = eventlog.read(bytes(changed))
            except eventlog.Bad:
                self.assertEqual((result.status, result.stdout), (3, b''), at)
                continue
            is_match = (self.registers(bytes(changed)) == want and not any(
                eventlog.matches(event) is False for event in events))
            self.assertEqual(result.status, 0 if is_match else 1, at)
            self.assertEqual('\nMATCH\n' in result.text, is_match, at)

    def test_refused(self):
        """What has no registers, or was changed, is nothing to compare with;
        a log that is refused is no match."""
        data = self.right_log()
        self.write('log', data)
        self.write('value', b'ab' * 48)
        two = json.dumps([{'quote': base64.b64encode(evidence.quote(
            bytes([i]) * 48)).decode()} for i in (1, 2)]).encode()
        report = bytearray(evidence.tdreport(b'\5' * 48))
        report[-1] ^= 1
        for name, made, status in (
                ('value', b'ab' * 48, 3), ('list', b'ab' * 48 + b'  fw\n', 3),
                ('changed', bytes(report), 3), ('empty', b'', 3),
                ('two', two, 3), ('snp', evidence.snp_report(), 3),
                ('value in JSON', b'{"mr_td": "%s"}' % (b'ab' * 48), 3),
                ('again', data, 3), ('gone', None, 4)):
            if made is not None:
                self.write(name, made)
            with self.subTest(name=name):
                for more in (), ('--json',):
                    self.refused(calc('events', *more, '--against', name,
                                      'log'), status)
        self.write('quote', evidence.quote(b'\5' * 48))
        self.write('bad', data[:-1])
        self.refused(calc('events', '--against', 'quote', 'bad'), 3)

    def test_files(self):
        self.write('empty', b'')
        self.refused(calc('events', 'empty'), 3)
        self.refused(calc('events', '.'), 4)
        self.refused(calc('events', 'gone'), 4)
        self.refused(calc('events'), 2)
        self.refused(calc('events', 'empty', 'empty'), 2)
        self.refused(calc('events', '--against', '-', '-'), 2)
