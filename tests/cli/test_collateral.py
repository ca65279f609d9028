# SPDX-License-Identifier: Apache-2.0
"""evidence with collateral of TDX quotes: what each row of
tests/lib/collateral_defects.py has to give, as tests/lib/tcb_model.py finds
it."""

import collections
import contextlib
import functools
import itertools
import json
import random
import unittest
from pathlib import Path

import collateral_defects
import collateral_maker
import evidence
import images
import quote_maker
import support
import tcb_model
import x509
from collateral_defects import FORMAT
from support import TestCase, calc
from tcb_model import OLD, REVOKED, UP

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = (Path(__file__).resolve().parents[2]
          / 'docs/schemas/evidence.schema.json')
HEADINGS = {'forged': 'FORGED', 'expired': 'EXPIRED',
            'unsupported': 'UNSUPPORTED', 'not-checked': 'NOT CHECKED'}
ONE = '--collateral'
FIVE = tuple(f'--{name}' for name in tcb_model.FILES)
ROWS = {row.name: row for row in collateral_defects.DEFECTS}


@functools.cache
def remembering():
    """For all tests of this module."""
    stack = contextlib.ExitStack()
    stack.enter_context(collateral_maker.remembering())
    unittest.addModuleCleanup(stack.close)


@functools.cache
def validator():
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


@functools.lru_cache(8)
def made_of(name):
    change = ROWS[name].change
    return collateral_maker.make(*filter(None, (change,)))


class Case(TestCase):
    def setUp(self):
        super().setUp()
        remembering()
        self.root = quote_maker.root_certificate()
        self.write('root', x509.pem(self.root))

    def files(self, name, form, *, prefix=''):
        """Writes a row's files; the arguments that name them."""
        given = made_of(name)
        self.write(f'{prefix}quote', given.quote)
        if form == 'one':
            self.write(f'{prefix}one', given.one)
            return [ONE, f'{prefix}one']
        args = []
        for option, file in given.five.items():
            self.write(f'{prefix}{option}', file)
            args += [f'--{option}', f'{prefix}{option}']
        return args

    def arguments(self, row):
        args = ['--root', 'root', '--time', tcb_model.rfc3339(row.time)]
        if row.accept != (UP,):
            args += ['--accept-tcb', ','.join(row.accept)]
        return args

    def wanted(self, row, form):
        """The model's, or None where the file is refused."""
        given = made_of(row.name)
        try:
            return tcb_model.verify(given.quote, getattr(given, form),
                                    row.time, self.root, row.accept)
        except tcb_model.Malformed:
            return None

    def valid(self, made):
        """The JSON document, which is as the schema says."""
        document = json.loads(made.text)
        if jsonschema:
            validator().validate(document)
        self.assertEqual([line for line in made.lines
                          if not line.endswith(' [unused]')], [], made)
        return document

    def ask(self, name='good', form='one', *args):
        row = ROWS[name]
        return calc('evidence', *args, *self.arguments(row),
                    *self.files(name, form), 'quote')


class Table(Case):
    def chosen(self):
        """Rows that the form may bear on in each form, others in one."""
        chance = random.Random(20261130)
        for row in ROWS.values():
            forms = row.forms
            if row not in collateral_defects.BY_FORM and len(forms) > 1:
                forms = [chance.choice(forms)]
            for form in forms:
                if not support.SANITIZED or chance.random() < 0.1:
                    yield row, form

    def test_rows(self):
        """Exit status, verdict, reason and the TCB are the model's."""
        counts = collections.Counter()
        for row, form in self.chosen():
            with self.subTest(row=row.name, form=form):
                wanted = self.wanted(row, form)
                made = self.ask(row.name, form, '--json')
                if wanted is None:
                    self.is_refused(made, form)
                    counts[FORMAT] += 1
                else:
                    self.is_said(made, wanted)
                    counts[wanted.status] += 1
        if not support.SANITIZED:
            del counts['not-checked']
            self.assertGreater(min(counts.values()), 20, counts)
        self.assertGreater(len(counts), 3, counts)

    def is_refused(self, made, form):
        """One line that names the file, and nothing else."""
        self.refused(made, 3)
        line = made.lines[0]
        self.assertTrue(line.endswith(' [collateral-format]'), line)
        names = {'one'} if form == 'one' else set(tcb_model.FILES)
        self.assertIn(line.split(':')[0], names)
        self.assertLess(len(line), 500)

    def is_said(self, made, wanted):
        said = self.valid(made)
        signature = said['signature']
        self.assertEqual(
            (made.status, said['verdict'], signature['reason'], said['denied'],
             said['tcb'], said['accepted']),
            (wanted.exit, wanted.status, wanted.reason,
             [wanted.denied] if wanted.denied else [], wanted.tcb,
             wanted.exit == 0))
        checked, not_checked = ({point['code'] for point in signature[name]}
                                for name in ('checked', 'not_checked'))
        # The lists were looked at before what comes after them.
        after = wanted.tcb is not None or wanted.reason in (
            'collateral-mismatch', 'tcb-unsupported')
        self.assertEqual('revocation' in checked, after)
        self.assertEqual('tcb-status' in checked, wanted.tcb is not None)
        self.assertEqual(checked & not_checked, set())
        if wanted.status in ('good', 'expired'):
            for code in 'revocation', 'tcb-status':
                self.assertIn(code, checked | not_checked)

    def test_by_chance(self):
        """Levels that are near the quote's, in any order."""
        chance = random.Random(20261201)
        row = ROWS['good']
        counts = collections.Counter()
        for i in range(5 if support.SANITIZED else 120):
            given = collateral_maker.make(collateral_defects.by_chance(chance))
            self.write('quote', given.quote)
            self.write('one', given.one)
            wanted = tcb_model.verify(given.quote, given.one, row.time,
                                      self.root)
            made = calc('evidence', '--json', *self.arguments(row), ONE, 'one',
                        'quote')
            with self.subTest(i):
                self.is_said(made, wanted)
            counts[wanted.tcb and wanted.tcb['status']] += 1
        if not support.SANITIZED:
            self.assertGreater(len(counts), 5, counts)

    def test_both_say_the_same(self):
        """All that is printed but the file does not depend on the form."""
        for name in 'good-v5-td15', 'advisories-union', 'mismatch-fmspc':
            one, five = (self.ask(name, form, '--json')
                         for form in ('one', 'five'))
            self.assertEqual(one.text.replace(f'one ({ONE})',
                                              'tcb-info (--tcb-info)'),
                             five.text)

    def test_text(self):
        """A row of each status of the evidence and of the TCB, in words."""
        seen = set()
        for row in ROWS.values():
            key = row.reason, row.tcb
            if key in seen or row.reason == FORMAT:
                continue
            seen.add(key)
            form = row.forms[0]
            wanted = self.wanted(row, form)
            made = self.ask(row.name, form)
            with self.subTest(row=row.name):
                self.assertEqual(made.status, wanted.exit)
                self.is_worded(made.text, wanted)
        self.assertGreater(len(seen), 20)

    def is_worded(self, text, wanted):
        heading = text.split('\n')[0]
        if wanted.status == 'good':
            denied = f', NOT ACCEPTED ({wanted.denied})' * bool(wanted.denied)
            self.assertEqual(heading, (
                f'quote: GENUINE BY A ROOT OF YOUR OWN{denied}'))
        else:
            self.assertTrue(heading.startswith(
                f'quote: {HEADINGS[wanted.status]}'), heading)
        self.assertEqual('\n  TCB  ' in text, wanted.tcb is not None)
        if wanted.tcb:
            (line,) = (line for line in text.split('\n')
                       if line.startswith('  TCB  '))
            self.assertRegex(line, rf'\b{wanted.tcb["status"]}\b')
            for part in (wanted.tcb['tcb_date'], wanted.tcb['valid_until'],
                         *wanted.tcb['advisories']):
                self.assertIn(part, text)
            for name, part in (('platform', 'platform'),
                               ('TDX module', 'module'),
                               ('quoting enclave', 'qe')):
                if wanted.tcb[part]:
                    self.assertIn(f'{name} {wanted.tcb[part]}', text)
            missing = text.partition('\nNot verified:\n')[2].partition(
                '\nWhat it says')[0]
            self.assertNotIn('revoked', missing)
            self.assertNotIn('TCB', missing)

    # A row, and the part that is wrong, which the line names with the file and
    # the option that gave it.
    PARTS = (('info-another-key', 'tcb-info', 'the TCB info: '),
             ('identity-r-0', 'qe-identity', 'the QE identity: '),
             ('root-of-the-same-name', 'tcb-issuer-chain', 'root'),
             ('revoked-signer', 'tcb-issuer-chain', 'it was revoked by'),
             ('pck-by-another', 'pck-crl', 'the PCK CRL: its signature'),
             ('crl-signature', 'root-crl', 'the root CRL: its signature'),
             ('pck-of-the-processor-ca', 'pck-crl', 'it is that of the PCK '
              'Processor CA: a PCK CRL, as of ca=processor'),
             ('lists-exchanged', 'root-crl', 'the root CRL: it is that of the '
              'PCK Platform CA: a PCK CRL, as of ca=platform'),
             ('revoked-leaf', 'pck-crl', 'the PCK certificate was revoked'),
             ('revoked-ca', 'root-crl', "the PCK CA's certificate was revoked"))

    def test_names_the_file(self):
        for name, part, words in self.PARTS:
            for form, file, option in (('one', 'one', ONE),
                                       ('five', part, f'--{part}')):
                made = self.ask(name, form, '--json')
                signature = self.valid(made)['signature']
                self.assertTrue(signature['message'].startswith(
                    f'{file} ({option}): '), signature['message'])
                self.assertIn(words, signature['message'])

    def test_quote_is_right(self):
        """Collateral that is not Intel's says nothing against a quote: what was
        verified of it is what it is without the collateral."""
        row = ROWS['good']
        for name in ('info-another-key', 'lists-exchanged',
                     'root-of-the-same-name', 'pck-signature'):
            said = self.valid(self.ask(name, 'one', '--json'))
            alone = self.valid(calc('evidence', '--json', *self.arguments(row),
                                    'quote'))
            self.assertEqual(alone['verdict'], 'good')
            for member in 'checked', 'signer', 'root', 'not_before':
                self.assertEqual(said['signature'][member],
                                 alone['signature'][member])
            codes = [point['code'] for point in
                     said['signature']['not_checked']]
            self.assertEqual(codes[:2], ['revocation', 'tcb-status'])
            text = self.ask(name, 'one').text
            self.assertIn('\nVerified:\n', text)
            self.assertIn('quoting enclave, ISVSVN 7', text)

    def test_any_text(self):
        """What a file has as an advisory's name cannot move the cursor, nor
        make a line of its own."""
        text = self.ask('advisories-of-any-text').text
        self.assertTrue(text.isascii())
        self.assertEqual({c for c in text if ord(c) < 32}, {'\n'})
        self.assertIn(UP, text)

    def test_vendors_roots(self):
        """By Intel's root none of it is genuine, and collateral is not what
        decides."""
        for name in 'good', 'revoked-leaf', 'level-none':
            made = calc('evidence', '--json', '--time', '2026-06-01T00:00:00Z',
                        *self.files(name, 'one'), 'quote')
            said = self.valid(made)
            self.assertEqual((made.status, said['verdict'],
                              said['signature']['reason'], said['tcb']),
                             (1, 'forged', 'root-untrusted', None))

    def test_mismatch_says_both(self):
        for form in 'one', 'five':
            text = ' '.join(self.ask('mismatch-fmspc', form).text.split())
            self.assertIn('90c06f000000', text.lower())
            self.assertIn('90c06f000001', text.lower())
            self.assertIn('https://api.trustedservices.intel.com/', text)


class Inputs(Case):
    def test_without(self):
        """As it was: neither is checked, and there is no TCB."""
        self.files('good', 'one')
        made = calc('evidence', '--json', *self.arguments(ROWS['good']),
                    'quote')
        said = self.valid(made)
        codes = {point['code'] for point in said['signature']['not_checked']}
        self.assertLessEqual({'revocation', 'tcb-status'}, codes)
        self.assertEqual((made.status, said['tcb']), (0, None))

    def test_several(self):
        """One collateral, two quotes: each has its own status, and the worse
        is the exit status."""
        args = self.files('good', 'one')
        other = collateral_maker.make(lambda parts: setattr(
            parts, 'svns', (5, 1, 2)))
        self.write('other', other.quote)
        made = calc('evidence', '--json', *self.arguments(ROWS['good']), *args,
                    'quote', 'other', 'quote')
        self.assertEqual(made.status, 1)
        said = [json.loads(line) for line in made.text.splitlines()]
        self.assertEqual([(one['file'], one['tcb']['status'], one['accepted'])
                          for one in said],
                         [('quote', UP, True), ('other', OLD, False),
                          ('quote', UP, True)])

    def test_refused_once(self):
        """Before any evidence, and not for each."""
        args = self.files('format-fmspc-short', 'five')
        for more in [], ['--json']:
            made = calc('evidence', *more, *self.arguments(ROWS['good']),
                        *args, 'quote', 'quote', 'nothing')
            self.refused(made, 3)
            self.assertTrue(made.lines[0].startswith('tcb-info: '), made)
            self.assertIn('fmspc', made.lines[0])

    def test_unreadable(self):
        args = self.files('good', 'five')
        for option in FIVE:
            changed = list(args)
            changed[args.index(option) + 1] = 'nothing'
            made = calc('evidence', *changed, 'quote')
            self.refused(made, 4)
            self.assertTrue(made.lines[0].startswith('nothing: '), made)
        self.files('good', 'one')
        self.refused(calc('evidence', ONE, 'nothing', 'quote'), 4)
        self.refused(calc('evidence', ONE, '.', 'quote'), 4)

    def test_unused(self):
        """Beside what is not a quote."""
        self.write('snp', evidence.snp_report())
        for form in 'one', 'five':
            made = calc('evidence', *self.files('good', form), 'snp')
            self.assertEqual(made.status, 0, made)
            self.assertTrue(made.lines)
            for line in made.lines:
                self.assertTrue(line.endswith(' [unused]'), line)
        # Nor is it of use to a quote for which there is no chain.
        row = ROWS['quote-without-chain']
        for form in 'one', 'five':
            args = (*self.arguments(row), *self.files(row.name, form))
            for ask in ('evidence',), ('check', 'fw', '--against'):
                self.write('fw', images.image())
                made = calc(*ask, 'quote', *args)
                (line,) = made.lines
                self.assertIn(': note: collateral is of quotes of TDX, and '
                              'says nothing of one that is not verified '
                              '[unused]', line)
        # Its form is looked at all the same.
        self.refused(calc('evidence', *self.files('format-no-levels', 'one'),
                          'snp'), 3)
        # With a quote beside it, it is used.
        made = calc('evidence', *self.arguments(ROWS['good']),
                    *self.files('good', 'one'), 'snp', 'quote')
        self.assertEqual((made.status, [line for line in made.lines
                                        if 'unused' in line
                                        and '--root' not in line]), (0, []))

    def test_truncated(self):
        """Cut off anywhere, no file is taken for a whole one."""
        given = made_of('good')
        chance = random.Random(7)
        files = {'one': given.one, **given.five}
        for name, data in files.items():
            args = self.files('good', 'one' if name == 'one' else 'five')
            count = 3 if support.SANITIZED else 25
            for size in [0, len(data) - 2, *(
                    chance.randrange(len(data) - 2) for _ in range(count))]:
                self.write(name, data[:size])
                made = calc('evidence', *self.arguments(ROWS['good']), *args,
                            'quote')
                with self.subTest(name=name, size=size):
                    self.refused(made, 3)
                    self.assertTrue(made.lines[0].endswith(f' [{FORMAT}]'))

    def test_each_bit(self):
        """One bit of any file changed: never accepted by anything but the
        model's rules."""
        given = made_of('good')
        chance = random.Random(8)
        args = self.files('good', 'five')
        row = ROWS['good']
        for name, data in given.five.items():
            for _ in range(3 if support.SANITIZED else 30):
                changed = bytearray(data)
                at = chance.randrange(len(data))
                changed[at] ^= 1 << chance.randrange(8)
                self.write(name, bytes(changed))
                made = calc('evidence', '--json', *self.arguments(row), *args,
                            'quote')
                try:
                    code = tcb_model.verify(
                        given.quote, {**given.five, name: bytes(changed)},
                        row.time, self.root).exit
                except tcb_model.Malformed:
                    code = 3
                with self.subTest(name=name, at=at):
                    self.assertEqual(made.status == 0, code == 0, made)
            self.write(name, data)


    KINDS = {'one': 'all collateral in one file, which --collateral '
             'takes', 'tcb-info': 'TCB info, which --tcb-info takes',
             'qe-identity': 'a QE identity, which --qe-identity takes',
             'tcb-issuer-chain': 'a list of certificates, which '
             '--tcb-issuer-chain takes',
             'pck-crl': 'a CRL, which --pck-crl or --root-crl takes',
             'root-crl': 'a CRL, which --pck-crl or --root-crl takes'}

    def test_swapped(self):
        """A file for another option is named as what it is."""
        one = self.files('good', 'one')
        args = [*self.files('good', 'five')]
        self.write('one', made_of('good').one)
        self.write('empty', b'')
        for option in (ONE, *FIVE):
            for name, words in {**self.KINDS, 'empty': None}.items():
                given = list(one if option == ONE else args)
                wanted = given[given.index(option) + 1]
                if self.KINDS.get(wanted) == words:
                    continue
                given[given.index(option) + 1] = name
                self.refused(
                    calc('evidence', *given, 'quote'), 3,
                    f'{name}: this is {words} [{FORMAT}]' if words else
                    f'empty: it is empty [{FORMAT}]')


class Usage(Case):
    def test_incomplete(self):
        """Which of the five are missing is said."""
        args = self.files('good', 'five')
        pairs = list(zip(args[::2], args[1::2]))
        for count in range(1, 5):
            for some in itertools.combinations(pairs, count):
                made = calc('evidence', *itertools.chain(*some), 'quote')
                self.refused(made, 2)
                given = {option for option, _ in some}
                self.assertTrue(any(option in made.lines[0]
                                    for option in set(FIVE) - given), made)

    def test_both(self):
        args = self.files('good', 'five')
        one = self.files('good', 'one')
        self.refused(calc('evidence', *args, *one, 'quote'), 2)
        self.refused(calc('evidence', *args[:2], *one, 'quote'), 2)
        self.refused(calc('evidence', *one, *args[-2:], 'quote'), 2)

    def test_accept(self):
        one = self.files('good', 'one')
        for text in ('', 'uptodate', 'UPTODATE', 'Up to date', 'Fine',
                     f'{UP},', f',{UP}', f'{UP},,{OLD}', f'{UP}, {OLD}',
                     f'{UP};{OLD}', REVOKED, f'{UP},{REVOKED}',
                     f'{REVOKED},{UP}', 'UpToDateX'):
            with self.subTest(text):
                made = calc('evidence', *one, '--accept-tcb', text, 'quote')
                self.refused(made, 2)
        self.assertIn('Revoked', calc(
            'evidence', *one, '--accept-tcb', REVOKED, 'quote').lines[0])
        # It needs collateral.
        self.refused(calc('evidence', '--accept-tcb', UP, 'quote'), 2)

    def test_empty_names(self):
        args = self.files('good', 'five')
        self.refused(calc('evidence', ONE, '', 'quote'), 2)
        for option in FIVE:
            changed = list(args)
            changed[args.index(option) + 1] = ''
            self.refused(calc('evidence', *changed, 'quote'), 2)
