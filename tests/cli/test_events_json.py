# SPDX-License-Identifier: Apache-2.0
"""events: logs as JSON, of Trustee and of dstack. What they say is of
tests/lib/eventlog_json.py, a model that is written from their sources."""

import base64
import hashlib
import json
import random

import eventlog
import eventlog_json
import evidence
from support import calc
from test_events import REGISTERS, Case


class Json(Case):
    def compare(self, raw):
        """Each event, and the registers after them; or both refuse it."""
        self.write('log', raw)
        try:
            form, events = eventlog_json.read(raw)
        except eventlog.Bad as why:
            result = calc('events', 'log')
            self.refused(result, 3)
            self.assertRegex(result.lines[0], r'^log: .* \[event-log\]$', why)
            return None
        if form == 'CCEL':
            return self.is_right(events)
        made = self.ask('log')
        self.assertEqual((made['form'], made['size']), (form, len(raw)))
        self.assertEqual(
            [(e['offset'], e['register'], int(e['type'], 16), e['digest'],
              e['is_digest_of_data'], e['data_size'], e['payload'])
             for e in made['events']],
            [(None, REGISTERS[e.mr - 1] if e.type != eventlog.NO_ACTION
              else None, e.type, e.digest.hex() if e.digest else None,
              e.is_of_data, None if e.data is None else len(e.data),
              None if e.payload is None else e.payload.hex())
             for e in events])
        for got, want in zip(made['events'], events):
            if want.what or want.type == eventlog_json.RUNTIME:
                self.assertEqual(got['what'], want.what)
        self.assertEqual(
            {v['register']: v['value'] for v in made['values']},
            {n: v.hex() for n, v in eventlog.replay(events).items()})
        self.assertEqual(made['data_differ'], sum(
            e.is_of_data is False for e in events))
        return events

    def items(self, is_dstack):
        """A list that has at least one event."""
        while True:
            events = eventlog_json.log(self.rng)
            made = (eventlog_json.dstack(events, self.rng) if is_dstack else
                    eventlog_json.trustee(events, self.rng))
            if made:
                return made

    def test_random(self):
        for turn in self.part(range(200)):
            is_dstack = turn % 2 == 0
            raw = eventlog_json.wrapped(self.items(is_dstack), is_dstack,
                                        self.rng)
            with self.subTest(turn=turn):
                self.assertIsNotNone(self.compare(raw))

    def test_same_as_binary(self):
        """Trustee's claims say what the log that they are made of says."""
        for _ in self.part(range(40)):
            events = [e for e in eventlog_json.log(self.rng)
                      if e.type in eventlog.NAMES]
            if not events:
                continue
            self.write('binary', eventlog.first() + b''.join(
                eventlog.record(e.mr, e.type, [
                    (eventlog.SHA384, e.digest)] if e.digest else [], e.data)
                for e in events if e.digest))
            self.write('json', json.dumps(eventlog_json.trustee(
                [e for e in events if e.digest])).encode())
            one, two = self.ask('binary'), self.ask('json')
            self.assertEqual(one['values'], two['values'])
            for a, b in zip(one['events'][1:], two['events']):
                self.assertEqual({**a, 'offset': None, 'index': 0},
                                 {**b, 'index': 0})

    def test_mutated(self):
        """Both take it for the same, or neither takes it."""
        taken = 0
        for turn in self.part(range(800)):
            is_dstack = turn % 2 == 0
            items = eventlog_json.mutated(self.items(is_dstack), self.rng)
            raw = eventlog_json.wrapped(items, is_dstack, self.rng)
            with self.subTest(turn=turn):
                taken += self.compare(raw) is not None
        self.assertGreater(taken, 5)

    def test_text(self):
        """The text itself changed."""
        for turn in self.part(range(400)):
            is_dstack = turn % 2 == 0
            raw = bytearray(eventlog_json.wrapped(
                self.items(is_dstack)[:3], is_dstack, self.rng))
            for _ in range(self.rng.choice((1, 1, 2))):
                at = self.rng.randrange(1, len(raw))
                raw[at:at + self.rng.choice((0, 1, 1))] = self.rng.choice((
                    b'"', b'}', b']', b',', b'0', b'\\', b'\xc3', b'a', b' ',
                    b'{"index":1}', b'"imr":', bytes((self.rng.randrange(
                        256),))))
            with self.subTest(turn=turn):
                self.compare(bytes(raw))

    def bad(self, made, line):
        self.write('log', made if isinstance(made, bytes) else
                   json.dumps(made).encode())
        self.refused(calc('events', 'log'), 3, f'log: {line} [event-log]')
        self.refused(calc('events', '--json', 'log'), 3)

    def test_bad(self):
        """What is wrong, and in which event."""
        one = eventlog_json.trustee([eventlog.Event(
            0, 2, 4, hashlib.sha384(bytes(4)).digest(), bytes(4))])[0]
        two = {'imr': 3, 'event_type': eventlog_json.RUNTIME, 'event': 'a',
               'event_payload': '00'}
        for items, line in (
                ([one, 1], 'event 1: not an object'),
                ([{**one, 'more': 1}], 'event 0: its member "more" is not '
                 'known, and might change what the others mean'),
                ([{**two, 'digests': []}], 'event 0: its member "digests" is '
                 'not known, and might change what the others mean'),
                ([{k: v for k, v in one.items() if k != 'event'}],
                 'event 0: it has no member "event"'),
                ([{**one, 'index': 5}], 'event 0: index is not a whole number '
                                        'from 0 to 4'),
                ([{**one, 'index': 0}], 'event 0: it extends MRTD, which '
                                        'nothing does'),
                ([{**two, 'imr': 4}], 'event 0: imr is not a whole number from '
                                      '0 to 3'),
                ([{**two, 'event_type': 1 << 32}], 'event 0: event_type is not '
                 'a whole number from 0 to 4294967295'),
                ([{**one, 'type_name': 'EV_X'}], "event 0: type_name 'EV_X' is "
                 'that of no type of events'),
                ([{**one, 'event': 'AAA'}], 'event 0: event is not padded '
                                            'base64'),
                ([{**one, 'event': 'AAAAAB=='}], 'event 0: event is not padded '
                                                 'base64'),
                ([{**one, 'digests': []}], 'event 0: it has no digest of '
                                           'SHA-384'),
                ([{**one, 'digests': one['digests'] * 2}],
                 'event 0: two digests of SHA-384'),
                ([{**one, 'digests': [{'alg': 'RSA', 'digest': 'ab'}]}],
                 "event 0: alg 'RSA' with a digest of 2 digits"),
                ([{**one, 'digest_matches_event': False}],
                 'event 0: digest_matches_event says that the digest is not '
                 'that of event, and it is'),
                ([{**one, 'event': 'AAAA'}],
                 'event 0: digest_matches_event says that the digest is that '
                 'of event, and it is not'),
                ([{**one, 'details': []}], 'event 0: digest_matches_event is '
                 'neither true nor false, or details is not an object'),
                ([{**two, 'event_payload': '0'}], 'event 0: event_payload is '
                                                  'not hexadecimal'),
                ([{**two, 'digest': '00'}], 'event 0: its digest of SHA-384 is '
                                            'not 96 hexadecimal digits'),
                ([{**two, 'event_type': 4}], 'event 0: it has no digest'),
                ([{**two, 'version': 0}], 'event 0: version is neither 1 nor '
                                          '2'),
                ([{**two, 'version': 3}], 'event 0: version is not a whole '
                                          'number from 0 to 2'),
                ([{**two, 'preimage': '00'}], 'event 0: preimage is not what '
                 'its event, event_payload and version make'),
                ([{**two, 'event_type': 4, 'digest': '00' * 48, 'version': 2}],
                 "event 0: version or preimage of an event that is not "
                 "dstack's own"),
                ({'event_log': []}, 'not a list of 1 to 65536 events'),
                ({'event_log': {}}, 'not a list of 1 to 65536 events'),
                *((made, f"JSON with {count} logs; there must be one: "
                   "Trustee's uefi_event_logs or cc_eventlog, or dstack's "
                   "event_log") for count, made in (
                       (0, {'a': 1}), (0, {'cc_eventlog': None, 'quote': 'x'}),
                       (2, {'event_log': [two], 'b': {'event_log': [two]}}),
                       (2, {'cc_eventlog': 'AA==', 'event_log': [two]}))),
                *((made, 'the text in JSON is neither a list of events, nor '
                   'base64 or hexadecimal of a log') for made in (
                       {'cc_eventlog': 'A'}, 'no log', {'event_log': '~'})),
                ({'cc_eventlog': ''}, 'the text in JSON is neither a list of '
                 'events, nor base64 or hexadecimal of a log'),
                ({'cc_eventlog': 'AAAA'}, 'offset 0x0: not an event log: it '
                 'does not begin with a record of "Spec ID Event03"'),
                (b'[{"imr": 3, "imr": 3}]', 'not well-formed JSON: line 1: '
                 'duplicate object key near \'"imr"\''),
                (b' [', "not well-formed JSON: line 1: ']' expected near end "
                        'of file')):
            with self.subTest(line):
                self.bad(items, line)
        many = [{**two, 'event': str(i)} for i in range(3)]
        self.write('log', json.dumps(many).encode())
        self.ask('log')
        self.bad(b' ' * (4 << 20) + b'[]', 'JSON of 4194306 bytes; at most '
                                           '4194304 are read')

    def test_limit(self):
        """As many events as a binary log has, and no more."""
        two = json.dumps({'imr': 3, 'event_type': eventlog_json.RUNTIME,
                          'event': '', 'event_payload': ''},
                         separators=(',', ':'))
        self.write('log', f'[{",".join([two] * 50000)}]'.encode())
        self.assertEqual(len(self.ask('log')['events']), 50000)
        self.bad(b'{"event_log":[' + b','.join([b'0'] * 65537) + b']}',
                 'not a list of 1 to 65536 events')

    def test_words(self):
        """What a name proves: a runtime event's is measured with it, a label
        is not, and one with a colon might be another."""
        def line(*items):
            self.write('log', json.dumps(items).encode())
            return calc('events', 'log').text.splitlines()[3]
        sep = hashlib.sha384(bytes(4)).hexdigest()
        base = {'imr': 0, 'event_type': 4, 'digest': sep, 'event': 'label',
                'event_payload': ''}
        self.assertEqual(line(base), '    0 RTMR0  EV_SEPARATOR  ?"label"  (no '
                                     'data in the log)')
        self.assertEqual(line({**base, 'event': ''}), '    0 RTMR0  '
                         'EV_SEPARATOR  (no data in the log)')
        self.assertEqual(line({**base, 'event_payload': '00000000'}),
                         '    0 RTMR0  EV_SEPARATOR  ="0x0"')
        run = {'imr': 3, 'event_type': eventlog_json.RUNTIME,
               'event': 'app-id', 'event_payload': 'ABCD'}
        start = '    0 RTMR3  0x08000001  '
        for change, text in (
                ({}, '="app-id"  payload =abcd'),
                ({'event': 'a:b'}, '?"a:b"  payload ?abcd'),
                ({'event': 'a:b', 'version': 2}, '="a:b"  payload =abcd'),
                ({'digest': '00' * 48}, '?"app-id"  payload ?abcd'),
                ({'event': ''}, '=""  payload =abcd'),
                ({'event': '\u00e4'}, '  payload =abcd'),
                ({'event_payload': ''}, '="app-id"  payload =(empty)'),
                ({'event_payload': 'ab' * 64}, f'="app-id"  payload ={"ab" * 64}'),
                ({'event_payload': 'ab' * 65},
                 f'="app-id"  payload ={"ab" * 64}... (65 bytes)')):
            with self.subTest(text):
                self.assertEqual(line({**run, **change}),
                                 start.rstrip(' ') + '  ' + text.lstrip(' '))
        self.assertIn("dstack's event log of ", calc('events', 'log').text)

    def test_no_two_alike(self):
        """What is measured of a runtime event can be read off its line in one
        way: name and payload that together look like others do not."""
        seen = {}
        for name, payload in (('a', 'bc'), ('a: bc', ''), ('a', ''),
                              ('a"  payload =bc', ''), ('a\\', 'bc'),
                              ('a\\"', ''), ('', 'bc'), ('', ''),
                              ('a  payload =bc', ''), ('(empty)', '')):
            self.write('log', json.dumps([{
                'imr': 3, 'event_type': eventlog_json.RUNTIME, 'event': name,
                'event_payload': payload, 'version': 2}]).encode())
            shown = calc('events', 'log').text.splitlines()[3]
            self.assertIn('=', shown)
            self.assertNotIn(shown, seen)
            seen[shown] = name
            event = self.ask('log')['events'][0]
            self.assertEqual((event['what'], event['payload']),
                             (name, payload))

    def quote(self, events):
        return evidence.quote(b'\5' * 48, rtmrs=[
            v for _, v in sorted(eventlog.replay(events).items())])

    def test_against(self):
        """A match only where the model finds the registers, and all data that
        are there are those that were measured."""
        for turn in self.part(range(60)):
            is_dstack = turn % 2 == 0
            items = self.items(is_dstack)
            raw = json.dumps(items).encode()
            _, events = eventlog_json.read(raw)
            if not any(e.type != eventlog.NO_ACTION for e in events):
                continue
            self.write('quote', self.quote(events))
            for changed in (items, eventlog_json.mutated(items, self.rng)):
                raw = json.dumps(changed).encode()
                self.write('log', raw)
                result = calc('events', '--against', 'quote', 'log')
                try:
                    _, now = eventlog_json.read(raw)
                except eventlog.Bad:
                    self.assertEqual((result.status, result.stdout), (3, b''))
                    continue
                if not any(e.type != eventlog.NO_ACTION for e in now):
                    self.refused(result, 3)
                    continue
                right = self.quote(now) == self.quote(events) and not any(
                    e.is_of_data is False for e in now)
                self.assertEqual(result.status, 0 if right else 1)
                self.assertEqual('\nMATCH\n' in result.text, right)

    def test_log_in_json(self):
        """The firmware's log as a text in JSON: Trustee's evidence, whose quote
        it is compared with, or alone."""
        for turn in self.part(range(12)):
            data = eventlog.log(self.rng, count=6, wrong=0, padding=b'\xff' * 64)
            data = data[:-64] + eventlog.record(
                2, 4, eventlog.digests_of(bytes(4), (eventlog.SHA384,)),
                bytes(4)) + data[-64:]
            text = self.rng.choice((
                base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes,
                lambda b: b.hex().encode()))(data).decode()
            quote = evidence.quote(b'\5' * 48, rtmrs=[v for _, v in sorted(
                eventlog.replay(eventlog.read(data)).items())])
            made = {'cc_eventlog': text,
                    'quote': base64.b64encode(quote).decode()}
            for whole in (made, {'tdx': [made]}, text, {'event_log': text}):
                raw = json.dumps(whole).encode()
                with self.subTest(turn=turn):
                    self.assertEqual(self.compare(raw)['form'], 'CCEL')
            self.write('log', json.dumps(made).encode())
            result = calc('events', '--against', 'log', 'log')
            self.assertEqual((result.status, result.text.splitlines()[-1]),
                             (0, 'MATCH'), result)
            made['cc_eventlog'] = base64.b64encode(data[:-64] + eventlog.record(
                4, 9, [(eventlog.SHA384, b'\1' * 48)])).decode()
            self.write('log', json.dumps(made).encode())
            result = calc('events', '--against', 'log', 'log')
            self.assertEqual((result.status, result.text.splitlines()[-1]),
                             (1, 'NO MATCH'), result)

    def test_one_document(self):
        """dstack's reply has the quote and the log of it."""
        items = eventlog_json.dstack(eventlog_json.log(
            self.rng, count=9, wrong=0), self.rng)
        items.append(eventlog_json.runtime(self.rng, 'system-ready', b''))
        _, events = eventlog_json.read(json.dumps(items).encode())
        self.write('reply', json.dumps({
            'quote': self.quote(events).hex(), 'event_log': json.dumps(items),
            'report_data': '00' * 64, 'vm_config': '{}'}).encode())
        result = calc('events', '--against', 'reply', 'reply')
        self.assertEqual(result.text.splitlines()[-1], 'MATCH', result)


del Case
