# SPDX-License-Identifier: Apache-2.0
"""check verifies the evidence that an image is checked against: whatever is
wrong with it, it is never a match. What each piece has to give is said by
tests/lib/quote_defects.py and snp_defects.py."""

import base64
import collections
import json
import pathlib

import collateral_defects
import collateral_maker
import evidence
import images
import make_evidence_fixtures
import quote_defects
import quote_maker
import sev
import snp
import snp_defects
import snp_maker
import support
import x509
from images import TEMP_MEM
from support import TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / 'docs/schemas'
TIME = make_evidence_fixtures.rfc3339(quote_maker.TIME)
LATE = make_evidence_fixtures.rfc3339(quote_maker.TIME + 30 * quote_maker.YEAR)
WORDS = {'match': 'MATCH', 'differs': 'NO MATCH', 'forged': 'FORGED',
         'expired': 'EXPIRED', 'denied': 'NOT ACCEPTED'}


def schema(name):
    return json.loads((SCHEMAS / f'{name}.schema.json').read_text('utf-8'))


class Case(TestCase):
    def setUp(self):
        super().setUp()
        image = images.image()
        self.write('fw', image)
        self.mrtd = bytes.fromhex(mrtd(image))
        self.write('snp', sev.image().data)
        self.digest = snp.launch_digest(sev.image().data)
        self.write('root', x509.pem(quote_maker.root_certificate()))

    def quote(self, change=None, **fields):
        return quote_maker.make_quote(change, **{'mrtd': self.mrtd, **fields})

    def ask(self, data, *args, image='fw', own=('--root', 'root'), time=TIME):
        """How it ended for people, and the JSON, which agree."""
        self.write('x', data)
        args = (image, '--against', 'x', '--time', time, *own, *args)
        text = calc('check', *args)
        made = calc('check', '--json', *args)
        self.assertEqual(made.status, text.status)
        if text.status == 3:
            self.assertEqual((text.stdout, made.stdout), (b'', b''))
            self.assertEqual(len(text.lines), 1, text)
            return text, None
        answer = json.loads(made.text)
        if jsonschema:
            jsonschema.validate(answer, schema('check'))
        word = WORDS[answer['verdict']]
        if word in ('MATCH', 'NO MATCH'):
            self.assertEqual(answer['fits'], word == 'MATCH')
        else:
            word += (f' (what it says is {"" if answer["fits"] else "not "}of '
                     'this image)')
        self.assertEqual(text.text.partition('\n')[0], f'{image}: {word}')
        self.assertEqual(text.status, int(answer['verdict'] != 'match'))
        return text, answer


class Rows(Case):
    """Each piece of evidence says the image's own value, so that nothing but
    the verification tells a good one from the others."""

    ROWS = (*(('tdx', row) for row in quote_defects.DEFECTS),
            *(('snp', row) for row in snp_defects.DEFECTS))

    def made(self, platform, row):
        """The image, the evidence that it is checked against, and the options
        by which that is verified."""
        if platform == 'tdx':
            return ('fw', quote_defects.quote_of(row, mrtd=self.mrtd),
                    ['--root', 'root'])
        data, certs = snp_defects.evidence_of(row, measurement=self.digest)
        self.write('ark', x509.pem(snp_defects.root_of(row)))
        own = ['--root', 'ark']
        if row.kind == 'table':
            self.write('certs', certs)
            own += ['--auxblob', 'certs']
            certs = ()
        for i, cert in enumerate(certs):
            self.write(f'cert{i}', cert)
            own += ['--vek', f'cert{i}']
        return 'snp', data, own

    def test_each(self):
        counts = collections.Counter()
        for platform, row in self.part(self.ROWS):
            name = f'{platform}/{row.name}'
            with self.subTest(row=name):
                image, data, own = self.made(platform, row)
                self.write('x', data)
                made = calc('check', '--json', image, '--against', 'x',
                            '--time', TIME, '--allow-debug', *own)
                status = make_evidence_fixtures.expected(row)[0]
                counts[status, made.status] += 1
                if name in self.STRICT:
                    self.assertEqual(made.status, 1, made)
                elif status in ('good', 'not-checked'):
                    # A few that are laid out otherwise are refused.
                    self.assertIn(made.status, (0, 3), made)
                    if made.status == 0:
                        self.is_match(made, status)
                elif made.status == 0:
                    self.assertIn(name, self.LENIENT)
                else:
                    self.assertIn(made.status, (1, 3), made)
                    self.assertNotIn(b'"verdict":"match"', made.stdout)
        if not support.SANITIZED:
            self.assertGreater(counts['good', 0], 20)
            self.assertGreater(counts['forged', 1], 100)
            self.assertLess(counts['good', 3], 8)

    # Of these the program has another rule: test_evidence.
    STRICT = {'snp/off-key-7-signed'}
    LENIENT = {
        *(f'snp/ark-{name}' for name in (
            'issuer', 'not-a-ca', 'not-self-signed', 'expired',
            'expired-vlek', 'not-yet')),
        'snp/two-veks', 'snp/vek-organization', 'snp/ask-organization',
        'snp/hcl-version', 'snp/hcl-report-size', 'snp/hcl-request'}

    def is_match(self, made, status):
        answer = json.loads(made.text)
        told = answer['expected'][0]['evidence']
        self.assertEqual(answer['verdict'], 'match')
        self.assertEqual(told['signature_verified'], status == 'good')
        self.assertEqual(told['signature']['status'], status)

    def test_same_as_evidence(self):
        """The two commands say the same of a signature."""
        for change in (None, quote_defects.cert('leaf', spoil=True),
                       quote_defects.foreign_root):
            _, answer = self.ask(self.quote(change))
            other = json.loads(calc('evidence', '--json', 'x', '--time', TIME,
                                    '--root', 'root').text)
            told = answer['expected'][0]['evidence']
            # But that evidence compares no values.
            other['signature']['not_checked'] = [
                point for point in other['signature']['not_checked']
                if point['code'] != 'values']
            self.assertEqual(told['signature'], other['signature'])
            self.assertEqual(told['denied'], other['denied'])
        a, b = (schema(name)['$defs'] for name in ('check', 'evidence'))
        for name in set(a) & set(b):
            self.assertEqual(a[name], b[name], name)


class Verdicts(Case):
    OTHER = bytes(range(48))

    def test_words(self):
        spoiled = quote_defects.cert('leaf', spoil=True)
        for change, value, time, verdict in (
                (None, None, TIME, 'match'), (None, self.OTHER, TIME, 'differs'),
                (spoiled, None, TIME, 'forged'),
                (spoiled, self.OTHER, TIME, 'forged'),
                (None, None, LATE, 'expired'),
                (None, self.OTHER, LATE, 'expired')):
            text, answer = self.ask(
                self.quote(change, mrtd=value or self.mrtd), time=time)
            self.assertEqual((answer['verdict'], answer['fits']),
                             (verdict, value is None))
            lines = text.text.split('\n')
            label = {'forged': '  forged        ', 'expired': '  expired       ',
                     }.get(verdict, '  genuine       ')
            self.assertEqual(
                sum(line.startswith(label) for line in lines), 1, text)
            # What was forged says what its maker wanted.
            asks = value is not None and verdict != 'forged'
            self.assertEqual('Possible reasons' in text.text, asks)
            self.assertEqual(answer['reasons'] != [], asks)

    def test_root(self):
        """An own root is named; with the vendors' the quote is forged."""
        text, _ = self.ask(self.quote())
        self.assertIn("the root of root vouches for it: NOT THE VENDOR'S\n",
                      text.text)
        text, answer = self.ask(self.quote(), own=())
        self.assertEqual(answer['verdict'], 'forged')
        self.assertIn('[root-untrusted]', text.text)

    def test_without_means(self):
        """One line says that it is not verified; the match stands."""
        for data, code in (
                (evidence.quote(self.mrtd), 'no-chain'),
                (evidence.tdreport(self.mrtd), 'mac'),
                (evidence.tdinfo(self.mrtd), 'no-signature'),
                (evidence.snp_report(3, self.digest), 'vek-missing')):
            image = 'snp' if code == 'vek-missing' else 'fw'
            text, answer = self.ask(data, own=(), image=image)
            self.assertEqual(answer['verdict'], 'match')
            (line,) = (line for line in text.text.split('\n')
                       if 'not verified' in line)
            self.assertTrue(line.startswith('  not verified: '), line)
            self.assertIn(f' [{code}]; whoever made the file may', line)
            text, _ = self.ask(data, '--require', 'genuine', own=(),
                               image=image)
            self.assertEqual(text.status, 3)
            self.assertIn(f'[{code}]', text.lines[0])

    def test_unsupported(self):
        data = self.quote(quote_defects.set_(outer=5))
        text, _ = self.ask(data)
        self.assertEqual(text.status, 3)
        self.assertTrue(text.lines[0].endswith(
            '; --no-verify compares it all the same [certification-type]'))
        text, _ = self.ask(data, '--require', 'genuine')
        self.assertEqual(text.status, 3)
        self.assertNotIn('--no-verify', text.lines[0])
        _, answer = self.ask(data, '--no-verify', own=())
        self.assertEqual(answer['verdict'], 'match')

    def test_no_verify(self):
        for change in (None, quote_defects.cert('leaf', spoil=True)):
            text, answer = self.ask(self.quote(change, attributes=1),
                                    '--no-verify', own=())
            self.assertEqual(answer['verdict'], 'match')
            told = answer['expected'][0]['evidence']
            self.assertEqual((told['signature_verified'], told['signature'],
                              told['denied'], told['debug']),
                             (False, None, [], True))
            self.assertIn('  not verified: --no-verify was given; whoever made',
                          text.text)
            self.assertIn('a debug TD', text.text)
        for args in (('--root', 'root'), ('--require', 'genuine'),
                     ('--report-data', '00'), ('--min-tcb', '00' * 16),
                     ('--allow-debug',), ('--pck-chain', 'root'),
                     ('--vek', 'root'), ('--auxblob', 'root'),
                     ('--cert-dir', '.'), ('--collateral', 'root')):
            self.refused(calc('check', 'fw', '--against', 'x', '--no-verify',
                              *args), 2, '--no-verify excludes ' + args[0]
                         + "; try 'mrtd-calc check --help'")

    def test_demands(self):
        data = self.quote(attributes=1)
        text, answer = self.ask(data)
        self.assertEqual(answer['verdict'], 'denied')
        self.assertEqual(answer['expected'][0]['evidence']['denied'],
                         ['debug'])
        self.assertIn('  NOT ACCEPTED  a debug guest', text.text)
        _, answer = self.ask(data, '--allow-debug')
        self.assertEqual(answer['verdict'], 'match')
        good = self.quote()
        for args, denied in ((('--report-data', '44' * 64), []),
                             (('--report-data', '45' * 64), ['report-data']),
                             (('--min-tcb', '05' * 16), []),
                             (('--min-tcb', '06' + '05' * 15), ['min-tcb'])):
            _, answer = self.ask(good, *args)
            self.assertEqual(answer['verdict'], 'denied' if denied else
                             'match')
            self.assertEqual(answer['expected'][0]['evidence']['denied'],
                             denied)

    def test_no_evidence(self):
        """A value is no evidence: demands are refused, certificates unused."""
        value = self.mrtd.hex().encode()
        for args in (('--require', 'genuine'), ('--report-data', '00'),
                     ('--min-tcb', '00' * 16)):
            text, _ = self.ask(value, *args, own=())
            self.assertEqual(text.status, 3)
            what = ' '.join(args[:2]) if args[1] == 'genuine' else args[0]
            self.assertIn(f'x: {what} cannot be held against it: it is no '
                          'evidence of a guest', text.lines[0])
        result = calc('check', 'fw', '--against', 'x', '--root', 'root')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.lines, ['x: note: --root is of evidence, and '
                                        'this is not evidence [unused]'])

    def test_collateral(self):
        """A row for each reason; tests/cli/test_collateral.py has the rest."""
        rows = {}
        for row in collateral_defects.DEFECTS:
            if row.time == quote_maker.TIME:
                rows.setdefault(row.reason, row)
        verdicts = {None: 'match', 'tcb-status': 'denied',
                    'collateral-expired': 'expired',
                    'collateral-not-yet-valid': 'expired',
                    'cert-revoked': 'forged'}
        self.assertLess(set(verdicts), set(rows))
        for reason in (*verdicts, 'collateral-signature',
                       'collateral-mismatch', 'tcb-unsupported',
                       'collateral-format'):
            given = collateral_maker.make(
                lambda parts: parts.quote.update(mrtd=self.mrtd),
                *filter(None, (rows[reason].change,)))
            self.write('one', given.one)
            text, answer = self.ask(given.quote, '--collateral', 'one')
            if reason not in verdicts:
                self.assertEqual(text.status, 3)
                self.assertTrue(text.lines[0].endswith(f'[{reason}]'))
                self.assertNotIn('--no-verify', text.lines[0])
                continue
            self.assertEqual(answer['verdict'], verdicts[reason], reason)
            self.assertTrue(answer['fits'])
            told = answer['expected'][0]['evidence']
            self.assertEqual(told['denied'], [reason] if reason else [])
            self.assertEqual('  TCB           ' in text.text,
                             reason in (None, 'tcb-status'))
            self.assertEqual(reason is None or f'[{reason}]' in text.text
                             or 'NOT ACCEPTED  ' in text.text, True)
    def test_several_images(self):
        self.write('other', images.more(
            TEMP_MEM._replace(address=0x2000000)))
        self.write('x', self.quote())
        args = ('--against', 'x', '--root', 'root', '--time', TIME)
        result = calc('check', 'other', 'fw', *args)
        self.assertEqual(result.status, 0, result)
        self.assertIn('\nother: NO MATCH\nfw: MATCH, ', result.text)
        self.write('x', self.quote(quote_defects.cert('leaf', spoil=True)))
        result = calc('check', 'other', 'fw', *args)
        self.assertEqual(result.status, 1, result)
        self.assertIn('\nother: FORGED (what it says is not of this image)\n'
                      'fw: FORGED (what it says is of this image), ',
                      result.text)

    def test_several_pieces(self):
        """Of one guest, a genuine one decides over what has no signature; two
        that are signed, and differ, are refused, as are two guests."""
        good, report = self.quote(), evidence.tdreport(self.mrtd)
        bad = self.quote(quote_defects.cert('leaf', spoil=True))
        for pieces, verdict, verified in (
                ((good, report), 'match', [True, False]),
                ((report, good), 'match', [False, True]),
                ((good, good, good), 'match', [True, True, True]),
                ((report, bad), 'forged', [False, False]),
                ((bad, report, bad), 'forged', [False, False, False])):
            _, answer = self.ask(self.pieces(*pieces))
            self.assertEqual(answer['verdict'], verdict)
            self.assertEqual([one['evidence']['signature_verified']
                              for one in answer['expected']], verified)
        fields = {'attributes': 1, 'xfam': 7, 'mrconfigid': self.OTHER,
                  'mrowner': self.OTHER, 'mrownerconfig': self.OTHER}
        others = [bad, evidence.quote(self.mrtd), self.quote(attributes=1),
                  self.quote(rtmrs=[self.OTHER] * 4),
                  self.quote(mrtd=self.OTHER), self.quote(version=5),
                  evidence.tdreport(self.OTHER)]
        others += [evidence.tdreport(self.mrtd, **{name: value})
                   for name, value in fields.items()]
        for other in others:
            for pieces in self.part((
                    (good, other), (other, good), (report, good, other))):
                for args in (), ('--allow-debug', '--require', 'genuine'):
                    text, _ = self.ask(self.pieces(*pieces), *args)
                    self.assertEqual(text.status, 3)
                    self.assertTrue(text.lines[0].endswith('[against-two]'))

    @staticmethod
    def pieces(*pieces):
        return json.dumps([base64.b64encode(piece).decode()
                           for piece in pieces]).encode()

    def test_beside_values(self):
        """Of the image, or of another, of each platform, in each order: a
        genuine piece of evidence never vouches for another value."""
        report, certs = snp_maker.make_report(measurement=self.OTHER)
        self.write('ark', x509.pem(snp_maker.root_certificate()))
        snp_own = ['--root', 'ark']
        for i, cert in enumerate(certs):
            self.write(f'cert{i}', cert)
            snp_own += ['--vek', f'cert{i}']
        names = ('mrtd', 'mr_td', 'tdx_mrtd', 'snp_launch_measurement',
                 'launch_measurement', 'measurement', 'digest')
        for data, own in ((self.quote(mrtd=self.OTHER), ('--root', 'root')),
                          (report, snp_own)):
            text = base64.b64encode(data).decode()
            for image, value in (('fw', self.mrtd), ('snp', self.digest)):
                for name in self.part(names):
                    pair = {'evidence': text}, {name: value.hex()}
                    for first, second in pair, pair[::-1]:
                        document = json.dumps({**first, **second}).encode()
                        for more in (), ('--platform', 'tdx'), (
                                '--platform', 'snp'), ('--kind', 'json'):
                            self.write('x', document)
                            made = calc('check', image, '--against', 'x',
                                        '--time', TIME, *own, *more)
                            self.assertNotEqual(made.status, 0, made)
                            self.assertNotIn(b': MATCH', made.stdout)

    def test_behind_values(self):
        """However many values are before it, what decides is printed."""
        for data, word in ((evidence.quote(self.mrtd), 'not verified: '),
                           (self.quote(), 'genuine '),
                           (self.quote(quote_defects.cert(
                               'leaf', spoil=True)), 'forged ')):
            for count in self.part((1, 7, 8, 9, 30)):
                document = [{'mr_td': self.mrtd.hex()}] * count
                document.append({'quote': base64.b64encode(data).decode()})
                text, _ = self.ask(json.dumps(document).encode())
                self.assertIn(f'\n  {word}', text.text)
                self.assertEqual(text.text.count('  expected '),
                                 min(count, 8) + 1)

    def test_bytes_after(self):
        text, _ = self.ask(self.quote() + self.quote(mrtd=self.OTHER))
        self.assertIn(', after the evidence, is not 0: nobody signed',
                      text.text)

    def test_debug_bits(self):
        """Each bit of the group TUD, not DEBUG alone."""
        for bit in self.part(range(8)):
            data = self.quote(attributes=1 << bit)
            text, answer = self.ask(data)
            told = answer['expected'][0]['evidence']
            self.assertEqual((answer['verdict'], told['debug']),
                             ('denied', True))
            text, answer = self.ask(data, '--no-verify', own=())
            self.assertTrue(answer['expected'][0]['evidence']['debug'])
            self.assertIn('a debug TD', text.text)

    def test_chain_given(self):
        """A quote without certificates, and the chain beside it."""
        data = self.quote(quote_defects.set_(kind=1, text=bytes(36)))
        _, answer = self.ask(data)
        self.assertFalse(
            answer['expected'][0]['evidence']['signature_verified'])
        self.write('chain', b''.join(map(x509.pem, quote_maker.chain_bytes(
            quote_maker.default_chain()))))
        _, answer = self.ask(data, '--pck-chain', 'chain')
        self.assertTrue(
            answer['expected'][0]['evidence']['signature_verified'])

    def test_certificates_that_are_none(self):
        self.write('none', b'')
        self.write('text', b'not a certificate\n')
        for name, status in (('none', 3), ('text', 3), ('.', 4),
                             ('missing', 4)):
            for option in '--root', '--vek', '--pck-chain', '--auxblob':
                self.write('x', self.quote())
                result = calc('check', 'fw', '--against', 'x', option, name)
                self.assertEqual((result.status, result.stdout), (status, b''),
                                 result)

    def test_refused_image(self):
        """Of an image that is refused that alone is said, whatever the evidence
        is; of another beside it the evidence is said."""
        bad = support.bad()
        self.write('bad', bad)
        for change in None, quote_defects.cert('leaf', spoil=True):
            text, _ = self.ask(self.quote(change), image='bad')
            self.assertEqual((text.status, text.lines),
                             (3, ['bad: ' + support.BAD_LINE]))
            made = calc('check', 'bad', 'fw', '--against', 'x', '--root',
                        'root', '--time', TIME)
            self.assertEqual(made.status, 3 if change else 0)
            self.assertIn('fw: FORGED' if change else 'fw: MATCH', made.text)

    def test_snp(self):
        report, certs = snp_maker.make_report(measurement=self.digest)
        self.write('ark', x509.pem(snp_maker.root_certificate()))
        for i, cert in enumerate(certs):
            self.write(f'cert{i}', cert)
        own = ('--root', 'ark', '--vek', 'cert0', '--vek', 'cert1')
        text, answer = self.ask(report, own=own, image='snp')
        self.assertEqual(answer['verdict'], 'match')
        self.assertIn('  genuine       VCEK signed it', text.text)
        changed = bytearray(report)
        changed[0x50] ^= 1
        text, answer = self.ask(bytes(changed), own=own, image='snp')
        self.assertEqual(answer['verdict'], 'forged')
