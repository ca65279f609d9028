# SPDX-License-Identifier: Apache-2.0
"""events and initdata verify the evidence that they compare with, as check does
(test_check_verify): whatever is wrong with it, it is never a match."""

import collections
import json
import pathlib
import random

import evidence
import eventlog
import initdata
import make_evidence_fixtures
import quote_defects
import quote_maker
import snp_maker
import support
import x509
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / 'docs/schemas'
TIME = make_evidence_fixtures.rfc3339(quote_maker.TIME)
LATE = make_evidence_fixtures.rfc3339(quote_maker.TIME + 30 * quote_maker.YEAR)
WORDS = {'match': 'MATCH', 'differs': 'NO MATCH', 'forged': 'FORGED',
         'expired': 'EXPIRED', 'denied': 'NOT ACCEPTED'}
THINGS = {'events': 'log', 'initdata': 'initdata'}
SPOILED = quote_defects.cert('leaf', spoil=True)


class Case(TestCase):
    def setUp(self):
        super().setUp()
        log = eventlog.first() + b''.join(
            eventlog.record(mr, 4, eventlog.digests_of(
                bytes(4), (eventlog.SHA384,)), bytes(4)) for mr in range(1, 5))
        raw = initdata.document()
        self.write('log', log)
        self.write('initdata', raw)
        self.write('root', x509.pem(quote_maker.root_certificate()))
        self.right = {
            'rtmrs': [value for _, value in sorted(
                eventlog.replay(eventlog.read(log)).items())],
            'mrconfigid': initdata.field(raw, 'MRCONFIGID')}
        self.wrong = {'rtmrs': [b'\7' * 48] * 4, 'mrconfigid': b'\7' * 48}
        self.host_data = initdata.field(raw, 'HOST_DATA')

    def quote(self, change=None, **fields):
        return quote_maker.make_quote(change, **{**self.right, **fields})

    def ask(self, command, data, *args, own=('--root', 'root'), time=TIME,
            fits=True):
        """How it ended for people, and the JSON, which agree."""
        self.write('x', data)
        args = ('--against', 'x', '--time', time, *own, *args,
                THINGS[command])
        text = calc(command, *args)
        made = calc(command, '--json', *args)
        self.assertEqual(made.status, text.status)
        if text.status == 3:
            self.assertEqual((text.stdout, made.stdout), (b'', b''))
            self.assertEqual(len(text.lines), 1, text)
            return text, None
        answer = json.loads(made.text)
        if jsonschema:
            jsonschema.validate(answer, json.loads(
                (SCHEMAS / f'{command}.schema.json').read_text('utf-8')))
        word = WORDS[answer['verdict']]
        if word not in ('MATCH', 'NO MATCH'):
            word += (f' (what it says is {"" if fits else "not "}of this '
                     f'{THINGS[command]})')
        lines = [line for line in text.text.split('\n') if line == word]
        self.assertEqual(len(lines), 1, text)
        self.assertEqual(text.status, int(answer['verdict'] != 'match'))
        return text, answer


class Verdicts(Case):
    def test_words(self):
        for command in THINGS:
            for change, is_right, time, verdict in (
                    (None, True, TIME, 'match'),
                    (None, False, TIME, 'differs'),
                    (SPOILED, True, TIME, 'forged'),
                    (SPOILED, False, TIME, 'forged'),
                    (None, True, LATE, 'expired'),
                    (None, False, LATE, 'expired')):
                with self.subTest(command=command, verdict=verdict):
                    fields = {} if is_right else self.wrong
                    text, answer = self.ask(
                        command, self.quote(change, **fields), time=time,
                        fits=is_right)
                    self.assertEqual(answer['verdict'], verdict)
                    told = answer['against']
                    self.assertEqual(told['signature_verified'],
                                     verdict in ('match', 'differs'))
                    label = {'forged': 'forged        ',
                             'expired': 'expired       '}.get(
                                 verdict, 'genuine       ')
                    self.assertEqual(text.text.count(f'\n  {label}'), 1)

    def test_root(self):
        """An own root is named; with the vendors' the quote is forged."""
        for command in THINGS:
            text, _ = self.ask(command, self.quote())
            self.assertIn('the root of root vouches for it: NOT THE '
                          "VENDOR'S\n", text.text)
            text, answer = self.ask(command, self.quote(), own=())
            self.assertEqual(answer['verdict'], 'forged')
            self.assertIn('[root-untrusted]', text.text)

    def test_same_as_evidence(self):
        """The commands say the same of a signature."""
        for command in THINGS:
            for change in None, SPOILED, quote_defects.foreign_root:
                _, answer = self.ask(command, self.quote(change))
                other = json.loads(calc('evidence', '--json', 'x', '--time',
                                        TIME, '--root', 'root').text)
                told = answer['against']
                # But that evidence compares no values.
                other['signature']['not_checked'] = [
                    point for point in other['signature']['not_checked']
                    if point['code'] != 'values']
                self.assertEqual(told['signature'], other['signature'])
                self.assertEqual(told['denied'], other['denied'])

    def test_without_means(self):
        """One line says that it is not verified; the match stands."""
        for command in THINGS:
            for data, code in (
                    (evidence.quote(b'\5' * 48, **self.right), 'no-chain'),
                    (evidence.tdreport(b'\5' * 48, **self.right), 'mac'),
                    (evidence.tdinfo(b'\5' * 48, **self.right),
                     'no-signature')):
                text, answer = self.ask(command, data, own=())
                self.assertEqual(answer['verdict'], 'match')
                (line,) = (line for line in text.text.split('\n')
                           if 'not verified' in line)
                self.assertIn(f' [{code}]; whoever made the file may', line)
                text, _ = self.ask(command, data, '--require', 'genuine',
                                   own=())
                self.assertEqual(text.status, 3)
                self.assertIn(f'[{code}]', text.lines[0])

    def test_unsupported(self):
        data = self.quote(quote_defects.set_(outer=5))
        for command in THINGS:
            text, _ = self.ask(command, data)
            self.assertEqual(text.status, 3)
            self.assertTrue(text.lines[0].endswith(
                '; --no-verify compares it all the same '
                '[certification-type]'))
            _, answer = self.ask(command, data, '--no-verify', own=())
            self.assertEqual(answer['verdict'], 'match')

    def test_no_verify(self):
        for command in THINGS:
            for change in None, SPOILED:
                text, answer = self.ask(
                    command, self.quote(change, attributes=1), '--no-verify',
                    own=())
                told = answer['against']
                self.assertEqual(
                    (answer['verdict'], told['signature_verified'],
                     told['signature'], told['denied'], told['debug']),
                    ('match', False, None, [], True))
                self.assertIn('  not verified: --no-verify was given; whoever '
                              'made', text.text)
                self.assertIn('\nwarning: a debug ', text.text)

    def test_demands(self):
        for command in THINGS:
            for fields, args, denied in (
                    ({'attributes': 1}, (), ['debug']),
                    ({'attributes': 1}, ('--allow-debug',), []),
                    ({}, ('--report-data', '44' * 64), []),
                    ({}, ('--report-data', '45' * 64), ['report-data']),
                    ({}, ('--min-tcb', '05' * 16), []),
                    ({}, ('--min-tcb', '06' + '05' * 15), ['min-tcb'])):
                _, answer = self.ask(command, self.quote(**fields), *args)
                self.assertEqual(
                    (answer['verdict'], answer['against']['denied']),
                    ('denied' if denied else 'match', denied))

    def test_unused(self):
        """A chain for quotes is of no use where there is none."""
        note = 'root: note: --pck-chain is of quotes, and no file is one ' \
            '[unused]'
        for command, thing in THINGS.items():
            for data, is_quote in (
                    (self.quote(), True),
                    (evidence.tdreport(b'\5' * 48, **self.right), False),
                    (evidence.tdinfo(b'\5' * 48, **self.right), False)):
                self.write('x', data)
                made = calc(command, '--against', 'x', '--time', TIME,
                            '--root', 'root', '--pck-chain', 'root', thing)
                self.assertEqual((made.status, made.lines),
                                 (0, [] if is_quote else [note]))

    def test_usage(self):
        """Nothing is verified without --against, or with --no-verify."""
        given = (('--root', 'root'), ('--require', 'genuine'),
                 ('--report-data', '00'), ('--min-tcb', '00' * 16),
                 ('--allow-debug',), ('--pck-chain', 'root'),
                 ('--vek', 'root'), ('--auxblob', 'root'),
                 ('--cert-dir', '.'), ('--collateral', 'root'))
        for command, thing in THINGS.items():
            tail = f"; try 'mrtd-calc {command} --help'"
            for args in (*given, ('--no-verify',), ('--time', TIME)):
                self.refused(calc(command, *args, thing), 2,
                             f'{args[0]} is of what --against gives' + tail)
            for args in given:
                self.refused(calc(command, '--against', 'x', '--no-verify',
                                  *args, thing), 2,
                             f'--no-verify excludes {args[0]}' + tail)

    def test_snp(self):
        report, certs = snp_maker.make_report(host_data=self.host_data)
        self.write('ark', x509.pem(snp_maker.root_certificate()))
        for i, cert in enumerate(certs):
            self.write(f'cert{i}', cert)
        own = ('--root', 'ark', '--vek', 'cert0', '--vek', 'cert1')
        text, answer = self.ask('initdata', report, own=own)
        self.assertEqual(answer['verdict'], 'match')
        self.assertIn('  genuine       VCEK signed it', text.text)
        changed = bytearray(report)
        changed[0x50] ^= 1
        _, answer = self.ask('initdata', bytes(changed), own=own)
        self.assertEqual(answer['verdict'], 'forged')


class Rows(Case):
    """Each piece of evidence says what the file makes, so that nothing but the
    verification tells a good one from the others."""

    def test_each(self):
        rng = random.Random(21)
        counts = collections.Counter()
        rows = [(command, row) for row in quote_defects.DEFECTS
                for command in THINGS]
        for command, row in self.some(rows, 120):
            with self.subTest(command=command, row=row.name):
                self.write('x', quote_defects.quote_of(row, **self.right))
                args = ('--against', 'x', '--time', TIME, '--root', 'root',
                        '--allow-debug', THINGS[command])
                if rng.randrange(2):
                    args = ('--json', *args)
                made = calc(command, *args)
                status = make_evidence_fixtures.expected(row)[0]
                counts[status, made.status] += 1
                if status in ('good', 'not-checked'):
                    # A few that are laid out otherwise are refused.
                    self.assertIn(made.status, (0, 3), made)
                else:
                    self.assertIn(made.status, (1, 3), made)
                    self.assertNotIn(b'"verdict":"match"', made.stdout)
                    self.assertNotIn(b'\nMATCH', made.stdout)
        if not support.SANITIZED:
            self.assertGreater(counts['forged', 1], 30)
            self.assertGreater(counts['good', 0], 3)

    def test_each_bit(self):
        """A changed bit of what is signed is never a match."""
        good = self.quote()
        for at in self.some(range(48, 48 + 584), 40):
            changed = bytearray(good)
            changed[at] ^= 1 << at % 8
            self.write('x', bytes(changed))
            for command, thing in THINGS.items():
                made = calc(command, '--against', 'x', '--time', TIME,
                            '--root', 'root', '--allow-debug', thing)
                self.assertIn(made.status, (1, 3), (at, made))
