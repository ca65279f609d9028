# SPDX-License-Identifier: Apache-2.0
"""evidence: whether a quote or report is genuine, and what is said of it. What
each file has to give is said by tests/lib/quote_defects.py and snp_defects.py,
and an independent verifier in Python agrees with them."""

import collections
import datetime
import functools
import hashlib
import json
import pathlib
import random
import struct
import tempfile
import textwrap
import unittest

import containers
import evidence
import make_evidence_fixtures
import quote_maker
import snp_maker
import support
import x509
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = (pathlib.Path(__file__).resolve().parents[2]
          / 'docs/schemas/evidence.schema.json')
VERDICTS = {'good': 'GENUINE', 'forged': 'FORGED', 'expired': 'EXPIRED',
            'unsupported': 'UNSUPPORTED', 'not-checked': 'NOT CHECKED'}
TIME = make_evidence_fixtures.rfc3339(snp_maker.TIME)
STATUS = {'good': 0, 'forged': 1, 'expired': 1, 'unsupported': 3,
          'not-checked': 0}


# The tables name fewer reasons than the program has, or others. What they call
# unsupported because it is not laid out as it should be, the program calls
# forged, or refuses to read: none of that is ever good.
REASONS = {
    'layout': {'layout', 'key-type', 'qe-vendor', 'certification-type'},
    'chain-format': {'chain-format', 'key-invalid', 'pck-extension',
                     'vek-extension', 'chain-signature'},
    'quote-signature': {'quote-signature', 'report-signature'},
    'vek-chip': {'vek-chip', 'vek-extension', 'vek-processor'},
    'vek-tcb': {'vek-tcb', 'vek-extension'},
    'hcl-claims': {'claims'},
    'module-identity': {'tdx-module'},
}
# Of these the program knows more, or has another rule.
KNOWN = {
    # The ARK is that of --root; another copy of it is not looked at.
    **{f'snp/ark-{name}': (0, 'good', None) for name in (
        'issuer', 'not-a-ca', 'not-self-signed', 'expired', 'expired-vlek',
        'not-yet')},
    # Each VCEK is tried; the right one is there.
    'snp/two-veks': (0, 'good', None),
    # Not AMD's by name, so none was given.
    'snp/vek-organization': (0, 'not-checked', 'vek-missing'),
    'snp/ask-organization': (0, 'not-checked', 'no-chain'),
    'snp/vlek-named-vcek': (1, 'forged', 'vek-extension'),
    'snp/off-key-7-signed': (1, 'forged', 'signing-key'),
    'tdx/no-chain-7': (3, 'unsupported', 'certification-type'),
    # What nobody signed in Azure's report is not looked at.
    'snp/hcl-version': (0, 'good', None),
    'snp/hcl-report-size': (0, 'good', None),
    'snp/hcl-request': (0, 'good', None),
}
# Refused as they are read.
REFUSED = {
    'snp/bit-18b': 'evidence-reserved', 'snp/bit-29f': 'evidence-reserved',
    'snp/table-empty': 'certificate',
    **{f'snp/key-{number}': 'evidence-reserved' for number in range(2, 7)}}
# Codes with which what is not laid out as it should be may be refused.
CODES = {'layout': {'evidence-kind', 'evidence-size', 'evidence-version',
                    'evidence-tee', 'evidence-reserved', 'certificate',
                    'against-empty'},
         'chain-format': {'certificate'}}


@functools.cache
def fixtures():
    """The folder, and its rows by name."""
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    rows = make_evidence_fixtures.write_all(folder.name)
    return pathlib.Path(folder.name), {row['name']: row for row in rows}


@functools.cache
def validator():
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.files, self.rows = fixtures()
        self.chance = random.Random(20261129)

    def arguments(self, row, *, root=True, certs=True):
        """What the program is given for a row, without the evidence."""
        args = ['--time', row['time']]
        if root:
            args += ['--root', self.files / row['root']]
        option = {'tdx': '--pck-chain', 'snp-table': '--auxblob'}.get(
            row['kind'], '--vek')
        if certs:
            for name in row['certs']:
                args += [option, self.files / name]
        return [str(arg) for arg in args]

    def ask(self, row, *args, **more):
        """The JSON about a row, which is valid, and the exit status."""
        made = calc('evidence', '--json', *self.arguments(row, **more), *args,
                    str(self.files / row['file']))
        return self.valid(made), made.status

    def valid(self, made):
        """The document, which is as the schema says."""
        document = json.loads(made.text)
        if jsonschema:
            validator().validate(document)
        self.assertEqual(made.lines, [], made)
        return document

    def good(self, kind):
        """A row of that kind that is good, and not of a debug guest."""
        for row in self.rows.values():
            if row['kind'] == kind and row['status'] == 'good' and not (
                    row['notes']):
                return row
        raise AssertionError(kind)


class Table(Case):
    def is_refused(self, row, made):
        """Said in one line, where that may be."""
        code = made.lines[0].rpartition('[')[2][:-1]
        wanted = ({REFUSED[row['name']]} if row['name'] in REFUSED
                  else CODES.get(row['reason'], set()))
        self.assertIn(code, wanted, made)

    def test_rows(self):
        """Each row gives its status, reason and exit status."""
        counts = collections.Counter()
        for row in self.part(self.rows.values()):
            with self.subTest(row=row['name']):
                made = calc('evidence', '--json', '--allow-debug',
                            *self.arguments(row),
                            str(self.files / row['file']))
                if not made.text:
                    self.assertEqual(made.status, 3)
                    self.is_refused(row, made)
                    counts['refused'] += 1
                    continue
                self.assertNotIn(row['name'], REFUSED)
                said = self.valid(made)
                found = (made.status, said['verdict'],
                         said['signature']['reason'])
                counts[found[1]] += 1
                if row['name'] in KNOWN:
                    self.assertEqual(found, KNOWN[row['name']])
                else:
                    self.is_right(row, *found)
                self.assertEqual(said['accepted'], made.status == 0)
                self.assertEqual(said['denied'], [found[2]] if made.status
                                 else [])
                self.is_told(said)
        if support.PART == 1:
            self.assertGreater(min(counts.values()), 8, counts)
            self.assertEqual(len(counts), 6)

    def is_right(self, row, exit_status, status, reason):
        if row['reason'] is None:
            self.assertEqual(reason, None)
        else:
            self.assertIn(reason, REASONS.get(row['reason'], {row['reason']}))
        self.assertEqual(exit_status, STATUS[status])
        if row['status'] in ('good', 'expired', 'not-checked'):
            self.assertEqual(status, row['status'])
        else:
            self.assertIn(status, ('forged', 'unsupported'))

    def is_told(self, said):
        """Nothing is called checked of what is not genuine."""
        signature = said['signature']
        verdict = said['verdict']
        checked = {point['code'] for point in signature['checked']}
        genuine = verdict in ('good', 'expired')
        self.assertEqual(signature['status'], verdict)
        self.assertEqual(bool(checked), genuine)
        self.assertEqual(signature['signer'] is not None, genuine)
        self.assertEqual('validity' in checked, verdict == 'good')
        not_checked = {point['code'] for point in signature['not_checked']}
        self.assertEqual('revocation' in not_checked, genuine)
        self.assertEqual('freshness' in not_checked, verdict != 'forged')
        self.assertEqual('signature' in not_checked,
                         verdict in ('unsupported', 'not-checked'))

    def test_text(self):
        """The same in words: a row of each reason and kind."""
        seen = set()
        for row in self.part(self.rows.values()):
            key = row['kind'], row['status'], row['reason']
            if key in seen:
                continue
            args = (*self.arguments(row), str(self.files / row['file']))
            made = calc('evidence', '--json', '--allow-debug', *args)
            if not made.text:
                continue
            seen.add(key)
            said = self.valid(made)
            verdict, reason = said['verdict'], said['signature']['reason']
            text = calc('evidence', '--allow-debug', *args).text
            genuine = verdict in ('good', 'expired')
            with self.subTest(row=row['name']):
                own = ' BY A ROOT OF YOUR OWN' if genuine else ''
                self.assertEqual(text.split('\n')[0], (
                    f'{args[-1]}: {VERDICTS[verdict]}{own}'))
                if reason and verdict != 'expired':
                    self.assertIn(f'[{reason}]', text)
                self.assertEqual('\nVerified:\n' in text, genuine)
                # Another's VCEK may be given, and the report be right.
                other = reason in ('vek-tcb', 'vek-chip', 'vek-processor')
                self.assertEqual('\nNot verified:\n' in text,
                                 verdict != 'forged'
                                 or other and 'kdsintf.amd.com' in text)
                self.assertEqual("this is another's VCEK" in text.replace(
                    '\n', ' '), other)
                self.assertEqual('Whoever made this file may have'
                                 in text.replace('\n', ' '), not other
                                 and verdict in ('forged', 'not-checked'))
        self.assertGreater(len(seen), 30 // support.PART)

    def test_address_of_the_right_one(self):
        """Beside another's VCEK it is that which is printed without one."""
        row = self.rows['snp/tcb-bl-less']
        said, _ = self.ask(row)
        wanted, _ = self.ask(row, certs=False)
        wanted = [point for point in wanted['signature']['not_checked']
                  if point['code'] == 'vek-address']
        self.assertEqual(said['signature']['reason'], 'vek-tcb')
        self.assertEqual(said['signature']['not_checked'], wanted)
        self.assertTrue(wanted)

    def test_vendors_roots(self):
        """None of it is genuine by the roots that are built in, whose names
        these have, too."""
        for row in self.part(self.rows.values()):
            made = calc('evidence', '--json', '--allow-debug',
                        *self.arguments(row, root=False),
                        str(self.files / row['file']))
            with self.subTest(row=row['name']):
                if row['reason'] is None and row['name'] not in REFUSED:
                    said = self.valid(made)
                    self.assertEqual((made.status, said['verdict']),
                                     (1, 'forged'))
                    self.assertEqual(said['denied'], [
                        said['signature']['reason']])
                    self.assertIn(said['signature']['reason'], (
                        'root-untrusted', 'chain-signature'))
                self.assertNotIn('"verdict":"good"', made.text)
                self.assertNotIn('"verdict":"expired"', made.text)

    def test_without_certificates(self):
        """A report without its VCEK is not verified: 0, and 3 where it has to
        be; a quote has its own."""
        for kind in 'snp', 'snp-hcl':
            row = self.good(kind)
            said, status = self.ask(row, certs=False)
            self.assertEqual((said['verdict'], status), ('not-checked', 0))
            self.assertEqual(said['signature']['reason'], 'vek-missing')
            said, status = self.ask(row, '--require', 'genuine', certs=False)
            self.assertEqual((said['verdict'], status), ('not-checked', 3))
            self.assertEqual(said['denied'], ['vek-missing'])
            made = calc('evidence', *self.arguments(row, certs=False),
                        str(self.files / row['file']))
            self.assertIn('\nnot verified: ', made.text)
            self.assertIn('https://kdsintf.amd.com/vcek/v1/', made.text)
            self.assertIn('/<CHIP_ID>?', made.text)
        for kind in 'tdx', 'snp', 'snp-table':
            said, status = self.ask(self.good(kind), '--require', 'genuine')
            self.assertEqual((said['verdict'], status), ('good', 0))


class Demands(Case):
    def test_report_data(self):
        for kind, at in ('tdx', 568), ('snp', 0x50):
            row = self.good(kind)
            raw = (self.files / row['file']).read_bytes()
            if kind == 'tdx' and raw[0] == 5:
                at = 54 + 520
            data = raw[at:at + 64]
            said, status = self.ask(row, '--report-data', data.hex())
            self.assertEqual((status, said['report_data'],
                              said['report_data_same'], said['denied']),
                             (0, data.hex(), True, []))
            for i in self.part(range(0, 64, 7)):
                other = bytearray(data)
                other[i] ^= 1
                said, status = self.ask(row, '--report-data', other.hex())
                self.assertEqual((status, said['verdict'], said['denied'],
                                  said['report_data_same']),
                                 (1, 'good', ['report-data'], False))
            self.assertEqual(self.ask(row, '--report-data',
                                      '0X' + data.hex())[1], 0)
            # What is shorter is followed by zeros.
            said, status = self.ask(row, '--report-data',
                                    '0x' + data[:32].hex())
            self.assertEqual(status, int(any(data[32:])))

    def test_min_tcb_tdx(self):
        row = self.good('tdx')
        raw = (self.files / row['file']).read_bytes()
        at = 48 if raw[0] == 4 else 54
        svn = raw[at:at + 16]
        for before in '', '0x':
            self.assertEqual(
                self.ask(row, '--min-tcb', before + svn.hex())[1], 0)
        for i in range(16):
            least = bytearray(svn)
            least[i] = svn[i] + 1
            said, status = self.ask(row, '--min-tcb', least.hex())
            self.assertEqual((status, said['denied']), (1, ['min-tcb']))
            self.assertEqual(said['min_tcb'], {
                'asked': least.hex(), 'below': [{
                    'part': f'TEE_TCB_SVN[{i}]', 'is': svn[i],
                    'least': svn[i] + 1}]})
            # Lexicographically it would be more.
            if i + 1 < 16:
                least[i], least[i + 1] = svn[i], svn[i + 1] + 1
                self.assertEqual(self.ask(row, '--min-tcb', least.hex())[1], 1)

    def test_min_tcb_snp(self):
        """By the layout of the family that the chain is of: bytes 0, 1, 6 and
        7, of Turin 1, 2, 3, 7 and 0 (AMD 57230)."""
        families = set()
        for row in self.rows.values():
            if (row['kind'] != 'snp' or row['status'] != 'good'
                    or row['name'] in REFUSED):
                continue
            said, _ = self.ask(row, '--allow-debug')
            family = said['snp']['family']
            if family in families:
                continue
            families.add(family)
            raw = (self.files / row['file']).read_bytes()
            tcb = raw[0x180:0x188]
            parts = ({'bl': 1, 'tee': 2, 'snp': 3, 'ucode': 7, 'fmc': 0}
                     if family == 'Turin' else
                     {'bl': 0, 'tee': 1, 'snp': 6, 'ucode': 7})
            own = {name: tcb[at] for name, at in parts.items()}
            self.assertEqual(said['snp']['reported_tcb']['parts'], own)
            text = ','.join(f'{name}={own[name]}' for name in own)
            self.assertEqual(self.ask(row, '--allow-debug', '--min-tcb',
                                      text)[1], 0)
            for name in own:
                said, status = self.ask(row, '--allow-debug', '--min-tcb',
                                        f'{name}={own[name] + 1}')
                self.assertEqual((status, said['denied']), (1, ['min-tcb']))
                self.assertEqual(said['min_tcb']['below'], [{
                    'part': name, 'is': own[name], 'least': own[name] + 1}])
            if family != 'Turin':
                for least in 0, 1:
                    made = calc('evidence', '--allow-debug', '--min-tcb',
                                f'snp=0,fmc={least}', *self.arguments(row),
                                str(self.files / row['file']))
                    self.refused(made, 3)
                    self.assertIn('fmc, which is of Turin', made.lines[0])
        self.assertEqual(families, {'Milan', 'Genoa', 'Turin'})

    def test_demands_of_others(self):
        """A demand without a field is refused, not ignored."""
        self.write('tdinfo', evidence.tdinfo(bytes(48)))
        snp = str(self.files / self.good('snp')['file'])
        tdx = str(self.files / self.good('tdx')['file'])
        for file, args in (
                ('tdinfo', ('--report-data', '00')),
                ('tdinfo', ('--min-tcb', '00' * 16)),
                (tdx, ('--min-tcb', 'bl=0')),
                (snp, ('--min-tcb', '00' * 16))):
            made = calc('evidence', *args, file)
            self.refused(made, 3)
            self.assertTrue(made.lines[0].endswith(' [evidence-demand]'), made)

    def test_unknown_family(self):
        """Version 2 does not say which processor it is of."""
        self.write('v2', evidence.snp_report())
        made = calc('evidence', '--min-tcb', 'bl=0', 'v2')
        self.refused(made, 3)
        self.assertIn(' [evidence-demand]', made.lines[0])
        self.assertEqual(calc('evidence', 'v2').status, 0)

    def test_debug(self):
        """Each bit of the group TUD of ATTRIBUTES, and no other; of POLICY bit
        19."""
        for bit in self.part(range(64)):
            self.write('f', evidence.tdreport(bytes(48), attributes=1 << bit))
            made = calc('evidence', 'f')
            self.assertEqual(made.status, int(bit < 8), bit)
            self.assertEqual('NOT ACCEPTED (debug)' in made.text, bit < 8)
            self.assertEqual(calc('evidence', '--allow-debug', 'f').status, 0)
        for bit in 16, 18, 19, 20:
            self.write('f', evidence.snp_report(
                policy=1 << 17 | 1 << bit))
            self.assertEqual(calc('evidence', 'f').status, int(bit == 19))
            self.assertEqual(calc('evidence', '--allow-debug', 'f').status, 0)

    def test_time(self):
        """One second before and after the certificates' validity; expired is
        not forged."""
        row = self.good('tdx')
        said, _ = self.ask(row)
        for member, step, reason in (
                ('not_before', -1, 'cert-not-yet-valid'),
                ('not_after', 1, 'cert-expired')):
            end = datetime.datetime.fromisoformat(
                said['signature'][member].replace('Z', '+00:00'))
            for seconds in 0, step:
                moment = end + datetime.timedelta(seconds=seconds)
                other, status = self.ask({**row, 'time': moment.strftime(
                    '%Y-%m-%dT%H:%M:%SZ')})
                self.assertEqual(
                    (other['verdict'], other['signature']['reason'], status),
                    ('expired', reason, 1) if seconds else ('good', None, 0))

    def test_identifiers(self):
        """Not shown by default, in no output."""
        for kind in 'tdx', 'snp':
            row = self.good(kind)
            shown, _ = self.ask(row, '--show-ids')
            name = 'ppid' if kind == 'tdx' else 'chip_id'
            secret = shown['signature']['signer'][name]
            self.assertRegex(secret, r'^[0-9a-f]{32,128}$')
            args = (*self.arguments(row), str(self.files / row['file']))
            for form in (), ('--json',):
                self.assertNotIn(secret, calc('evidence', *form, *args).text)
                self.assertIn(secret, calc('evidence', '--show-ids', *form,
                                           *args).text)
        row = self.good('snp')
        chip = (self.files / row['file']).read_bytes()[0x1a0:0x1e0].hex()
        for form in (), ('--json',):
            args = (*form, str(self.files / row['file']))
            self.assertNotIn(chip[:16], calc('evidence', *args).text)
            self.assertIn(chip[:16], calc('evidence', '--show-ids',
                                          *args).text)


class Inputs(Case):
    def test_forms(self):
        """Written down in each way, and from standard input; one that was
        changed is not genuine in any of them."""
        for kind in 'tdx', 'snp':
            row = self.good(kind)
            raw = (self.files / row['file']).read_bytes()
            changed = raw[:0x90] + bytes((raw[0x90] ^ 1,)) + raw[0x91:]
            for name, wrap in self.part(containers.WRAPPINGS.items()):
                for content, wanted in (raw, (0, 'good')), (
                        changed, (1, 'forged')):
                    with self.subTest(kind=kind, wrapping=name, wanted=wanted):
                        made = calc('evidence', '--json',
                                    *self.arguments(row), '-',
                                    stdin=wrap(content).encode())
                        said = self.valid(made)
                        self.assertEqual((made.status, said['verdict']),
                                         wanted)
                        self.assertEqual(said['file'], '-')
                        self.assertTrue(said['form'].startswith(said['kind']))
        self.assertIsNone(self.ask(row)[0]['form'])

    def test_certificates_beside(self):
        """Those in the same file are used; they are trusted no more."""
        row = self.good('snp')
        report = (self.files / row['file']).read_bytes()
        certs = [(self.files / name).read_bytes() for name in row['certs']]
        text = json.dumps({'report': containers.b64(report), 'certificates': [
            containers.b64(c) if c[0] == 0x30 else c.decode() for c in certs]})
        self.write('file', text.encode())
        made = calc('evidence', '--json', *self.arguments(row, certs=False),
                    'file')
        self.assertEqual((made.status, self.valid(made)['verdict']),
                         (0, 'good'))
        made = calc('evidence', '--time', row['time'], 'file')
        self.assertEqual(made.status, 1, made)
        self.write('file', json.dumps(
            {'report': containers.b64(report)}).encode())
        made = calc('evidence', *self.arguments(row, certs=False), 'file')
        self.assertEqual(made.status, 0, made)
        self.assertIn('[vek-missing]', made.text)

    def test_not_certificates_beside(self):
        """A member that should have certificates, and has others, is refused by
        its name; one of collateral may have anything."""
        report, certs = snp_maker.make_report()
        self.write('ark', x509.pem(snp_maker.root_certificate()))
        own = '--time', TIME, '--root', 'ark'
        good = [containers.b64(one) for one in certs]
        junk = containers.b64(b'not a certificate at all')
        for name in ('certificates', 'vcek', 'cert_chain', 'auxblob', 'certs'):
            for value in (junk, [junk], [*good, junk], {'data': junk},
                          '-----BEGIN CERTIFICATE-----\nx'):
                self.write('file', json.dumps({
                    'report': containers.b64(report), name: value}).encode())
                made = calc('evidence', *own, 'file')
                self.refused(made, 3)
                self.assertIn(f'JSON member "{name}": ', made.lines[0])
                self.assertTrue(made.lines[0].endswith(' [certificate]'))
        for value in junk, {'data': junk}, {'tcb_info': 'x'}, good:
            self.write('file', json.dumps({
                'report': containers.b64(report), 'certificates': good,
                'collateral': value}).encode())
            made = calc('evidence', *own, 'file')
            self.assertEqual((made.status, made.lines), (0, []), made)
            self.assertIn(': GENUINE', made.text)

    def test_offset_in_a_table(self):
        """Of a table after a report: where it is in the file."""
        report, certs = snp_maker.make_report()
        table = snp_maker.table(list(zip(('vcek', 'ask', 'ark'), certs)))
        table = table[:16] + b'\x5f\0\0\0' + table[20:]
        self.write('file', report + table)
        made = calc('evidence', 'file')
        self.refused(made, 3)
        self.assertTrue(made.lines[0].startswith(
            f'file: offset {len(report) + 16:#x}: entry 0 of the table'), made)

    def test_after_a_table(self):
        """What follows a report is called what it is."""
        row = next(row for row in self.rows.values()
                   if row['kind'] == 'snp-table' and row['status'] == 'good')
        raw = (self.files / row['file']).read_bytes()
        table = (self.files / row['certs'][0]).read_bytes()
        args = self.arguments(row, certs=False)
        for after, trailing in ((b'', None), (bytes(9), None),
                                (b'\0x', hex(len(raw + table) + 1))):
            self.write('file', raw + table + after)
            made = calc('evidence', '--json', *args, 'file')
            said = self.valid(made)
            self.assertEqual((made.status, said['verdict'], said['trailing']),
                             (0, 'good', trailing))
            text = calc('evidence', *args, 'file').text
            self.assertIn(f'{len(table + after)} bytes after it, which begin '
                          'with a table of certificates\n', text)
            self.assertNotIn('bytes of zeros', text)
            self.assertEqual(f'offset {trailing}, after' in text,
                             trailing is not None)

    def test_many_certificates(self):
        """The same certificate many times is one; too many are refused."""
        row = self.good('snp')
        certs = [(self.files / name).read_bytes() for name in row['certs']]
        self.assertEqual(certs[0][0], 0x30)  # DER
        args = self.arguments(row, certs=False)
        for cert in certs[1:]:
            self.write(f'ca-{cert[-1]}', cert)
            args += ['--vek', f'ca-{cert[-1]}']

        def pem(changes):
            """The VEK with other last bytes of its signature."""
            return ''.join(
                '-----BEGIN CERTIFICATE-----\n' + '\n'.join(textwrap.wrap(
                    containers.b64(certs[0][:-1] + bytes(
                        (certs[0][-1] ^ change,))), 64))
                + '\n-----END CERTIFICATE-----\n' for change in changes)
        for changes, status in (([0] * 65, 0), ([*range(60, -1, -1)], 0),
                                (range(1, 60), 1), (range(65), 3)):
            many = []
            for i in range(0, len(changes), 16):
                self.write(f'many-{i}', pem(changes[i:i + 16]).encode())
                many += ['--vek', f'many-{i}']
            made = calc('evidence', *args, *many,
                        str(self.files / row['file']))
            self.assertEqual(made.status, status, made)
        self.assertIn('more than 64 certificates [certificate]', made.lines[0])

    def test_many_authorities(self):
        """One that the root signed, and whose key signed the VEK, is found
        among others of its name, wherever it is; without it nothing is."""
        report, _ = snp_maker.make_report()
        parts = snp_maker.default_chain(snp_maker.FAMILIES['Milan'])
        other = x509.public_of(snp_maker.rsa('another ask'))
        self.write('report', report)
        self.write('ark', x509.certificate(**parts.ark))
        asks = {'right': {}, 'again': {'serial': 7},
                'key': {'public': other}, 'key-again': {'public': other,
                                                        'serial': 8},
                'root': {'key': snp_maker.rsa('another ark'), 'serial': 9}}
        for name, changes in asks.items():
            self.write(name, x509.certificate(**{**parts.ask, **changes}))
        for name, changes in (('vek', {}), ('bad', {
                'key': snp_maker.rsa('another ask'), 'serial': 5}),
                              ('spoilt', {'spoil': True})):
            self.write(name, x509.certificate(**{**parts.vek, **changes}))
        orders = [('right', 'again', 'key', 'root'),
                  ('root', 'key', 'key-again', 'again'),
                  ('key', 'root', 'right'), ('root', 'right', 'again'),
                  ('key', 'key-again', 'root'), ('root',)]
        for order in orders:
            for veks in ('spoilt', 'vek'), ('vek', 'spoilt'), ('spoilt',):
                given = [arg for name in (*veks, *order)
                         for arg in ('--vek', name)]
                made = calc('evidence', '--json', '--time', TIME, '--root',
                            'ark', *given, 'report')
                right = 'vek' in veks and {'right', 'again'} & set(order)
                self.assertEqual(self.valid(made)['verdict'],
                                 'good' if right else 'forged', given)
        # A VEK of another authority's, of the same name, is that one's.
        made = calc('evidence', '--json', '--time', TIME, '--root', 'ark',
                    *('--vek', 'bad', '--vek', 'right', '--vek', 'key'),
                    'report')
        self.assertEqual(self.valid(made)['verdict'], 'good')

    def test_two(self):
        """Two pieces that are signed: neither is verified in the other's
        place; the same one twice is one."""
        row = self.good('tdx')
        one = (self.files / row['file']).read_bytes()
        other = bytearray(one)
        other[60] ^= 1  # TEE_TCB_SVN: the MRTD is the same
        for second, status in (one, 0), (bytes(other), 3):
            self.write('file', json.dumps(
                {'a': {'quote': containers.b64(one)},
                 'b': {'quote': containers.b64(second)}}).encode())
            made = calc('evidence', *self.arguments(row), 'file')
            if status:
                self.refused(made, status)
                self.assertIn('[against-two]', made.lines[0])
            else:
                self.assertEqual(made.status, status, made)

    def test_other_files(self):
        for content, code in (
                (b'', 'against-empty'), (b'\0', 'evidence-kind'),
                (b'hello\n', 'evidence-kind'), (bytes(4096), 'evidence-kind'),
                (b'\xff' * 300000, 'evidence-kind'),
                (evidence.quote(bytes(48), tee=0), 'evidence-tee'),
                (evidence.quote(bytes(48))[:700], 'evidence-size'),
                (evidence.snp_report()[:1000], 'evidence-size')):
            self.write('file', content)
            made = calc('evidence', 'file')
            self.refused(made, 3)
            self.assertTrue(made.lines[0].endswith(f' [{code}]'), made)
        self.refused(calc('evidence', 'nothing'), 4)

    def test_truncated(self):
        """Cut off anywhere it is refused, or not verified."""
        for kind in 'tdx', 'snp':
            row = self.good(kind)
            raw = (self.files / row['file']).read_bytes()
            for size in self.part(range(0, len(raw), 97)):
                self.write('file', raw[:size])
                made = calc('evidence', *self.arguments(row), 'file')
                self.refused(made, 3)

    def verdicts(self, row, contents):
        """What the program says of each, as many as there are at once."""
        found = []
        for i in range(0, len(contents), 256):
            names = []
            for content in contents[i:i + 256]:
                names.append(f'x{len(names)}')
                pathlib.Path(names[-1]).write_bytes(content)
            made = calc('evidence', '--json', '--allow-debug',
                        *self.arguments(row), *names)
            said = {s['file']: s['verdict'] for s in map(
                json.loads, made.text.splitlines())}
            # What cannot be read has a line on standard error instead.
            refused = [line for line in made.lines
                       if line.split(':')[0] not in said]
            self.assertEqual(len(said) + len(refused), len(names), made)
            found += [said.get(name) for name in names]
        return found

    def test_each_bit(self):
        """With one bit of any byte changed, nothing is genuine; nor is any
        part from the start."""
        seen = set()
        for row in self.rows.values():
            raw = (self.files / row['file']).read_bytes()
            kind = row['kind'], raw[:1]  # and the version
            if (row['status'] != 'good' or row['notes'] or kind in seen
                    or row['kind'] not in ('tdx', 'snp')
                    or row['name'] in REFUSED):
                continue
            # Of each platform every byte, of further versions some.
            step = 1 if row['kind'] not in {k for k, _ in seen} else 5
            step *= 23 if support.SANITIZED else 1
            seen.add(kind)
            changed = [raw[:at] + bytes((raw[at] ^ 1 << self.chance.randrange(
                8),)) + raw[at + 1:] for at in range(0, len(raw), step)]
            self.assertEqual(self.verdicts(row, [raw]), ['good'])
            good = [i * step for i, v in enumerate(self.verdicts(row, changed))
                    if v == 'good']
            self.assertEqual(good, [], row['name'])
            cuts = [raw[:size] for size in range(1, len(raw), 7 * step)]
            self.assertNotIn('good', self.verdicts(row, cuts))
        self.assertEqual(len(seen), 6)

    def test_several(self):
        """The worst of all is the exit status, and each has its object."""
        good, bad = self.good('tdx'), self.rows_of('tdx', 'forged')
        args = (*self.arguments(good, certs=False),
                str(self.files / good['file']), str(self.files / bad['file']))
        made = calc('evidence', '--json', *args)
        self.assertEqual(made.status, 1)
        self.assertEqual([json.loads(line)['verdict']
                          for line in made.text.splitlines()],
                         ['good', 'forged'])
        self.write('none', b'')
        made = calc('evidence', *args, 'none')
        self.assertEqual(made.status, 3)
        self.assertEqual(made.text.count('GENUINE BY'), 1)

    def rows_of(self, kind, status):
        return next(row for row in self.rows.values()
                    if (row['kind'], row['status']) == (kind, status)
                    and row['root'] == self.good(kind)['root'])

    def test_certificates(self):
        """A folder as snpguest makes it, and a table; what cannot be read is
        refused."""
        row = self.good('snp')
        pathlib.Path('certs').mkdir()
        args = self.arguments(row, certs=False)
        file = str(self.files / row['file'])
        made = calc('evidence', *args, '--cert-dir', 'certs', file)
        self.refused(made, 3)
        self.assertIn('certs: the folder has none of', made.lines[0])
        self.refused(calc('evidence', *args, '--cert-dir', 'nowhere', file), 4,
                     'nowhere: cannot read: there is no such folder [read]')
        # The root is refused by its own name, once, and not the evidence.
        self.refused(calc('evidence', '--json', '--root',
                          self.files / row['certs'][0], file, file), 3)
        made = calc('evidence', '--root', self.files / row['certs'][0], file,
                    file)
        self.refused(made, 3)
        self.assertIn(f"{self.files / row['certs'][0]}: offset 0x0: the root "
                      'is not one certificate of a CA', made.lines[0])
        # Without what is between the VEK and the root, that is asked for.
        made = calc('evidence', '--json', *args, '--vek',
                    self.files / row['certs'][0], file)
        missing = {p['code'] for p in
                   self.valid(made)['signature']['not_checked']}
        self.assertIn('vek-chain', missing)
        self.assertNotIn('pck-chain', missing)
        for name, cert in zip(('vcek', 'ask', 'ark'), row['certs']):
            content = (self.files / cert).read_bytes()
            ending = 'pem' if content.startswith(b'-----') else 'der'
            pathlib.Path(f'certs/{name}.{ending}').write_bytes(content)
        made = calc('evidence', *args, '--cert-dir', 'certs', file)
        self.assertEqual((made.status, made.lines), (0, []), made)
        self.write('bad', b'hello')
        for option in '--vek', '--root', '--auxblob', '--pck-chain':
            made = calc('evidence', option, 'bad', file)
            self.refused(made, 3)
            self.assertTrue(made.lines[0].startswith('bad: '), made)
            self.assertTrue(made.lines[0].endswith(' [certificate]'), made)
            self.write('empty', b'')
            self.refused(calc('evidence', option, 'empty', file), 3,
                         'empty: it is empty, and should have certificates in '
                         'PEM, or one in DER [certificate]')
        made = calc('evidence', '--pck-chain', str(
            self.files / row['root']), file)
        self.assertTrue(made.lines[0].endswith(' [unused]'), made)

    def test_strangers(self):
        """Certificates of others than the VEK are named, where they are of the
        vendors' authorities."""
        report, (_, ask, ark) = snp_maker.make_report()
        self.write('report', report)
        self.write('intel', x509.pem(quote_maker.root_certificate()))
        self.write('ask', ask)
        self.write('ark', ark)
        self.write('mine', x509.certificate(
            x509.name(CN='chip 0123'), x509.name(CN='My Root'),
            x509.public_of(quote_maker.key('x')), quote_maker.key('x'),
            quote_maker.VALID, x509.end_entity()))
        for names, said in (
                (('intel',), 'Intel SGX Root CA'),
                (('ask', 'ark'), 'SEV-Milan, ARK-Milan'),
                (('mine',), 'others, of names that are not known here'),
                (('mine', 'ark'), 'ARK-Milan, others, of names that are not '
                                  'known here')):
            args = [arg for name in names for arg in ('--vek', name)]
            made = self.valid(calc('evidence', '--json', *args, 'report'))
            self.assertEqual(made['signature']['reason'], 'vek-missing')
            self.assertTrue(made['signature']['message'].endswith(
                'cannot be checked: they are ' + said), made)

    def test_root_of_another(self):
        """A foreign root is one, whosever it is and whatever the platform."""
        report, certs = snp_maker.make_report()
        self.write('report', report)
        self.write('quote', quote_maker.make_quote())
        self.write('intel', x509.pem(quote_maker.root_certificate()))
        for family in snp_maker.FAMILIES:
            self.write(family, snp_maker.root_certificate(family))
        for i, cert in enumerate(certs):
            self.write(f'cert{i}', cert)
        for file, root, count in (
                *(('report', 'intel', i) for i in (1, 2, 3)),
                ('report', 'Genoa', 2), ('quote', 'Milan', 0)):
            args = [arg for i in range(count) for arg in ('--vek', f'cert{i}')]
            made = calc('evidence', '--json', '--time', TIME, '--root', root,
                        *args, file)
            said = self.valid(made)
            self.assertEqual((made.status, said['verdict']), (1, 'forged'))
            if root != 'Genoa':
                self.assertEqual(said['signature']['reason'],
                                 'root-untrusted')
        # One of another name to which the VEK leads is not foreign, but
        # says nothing of how a TCB version is laid out.
        own = x509.name(CN='My Root')
        ark = {**snp_maker.default_chain(snp_maker.FAMILIES['Milan']).ark,
               'subject': own, 'issuer': own}
        _, (vek, ask, _) = snp_maker.make_report(
            lambda parts: parts.chain.ask.update(issuer=own))
        for name, data in (('own', snp_maker.certificate(**ark)),
                           ('vek', vek), ('ask', ask)):
            self.write(name, data)
        args = '--time', TIME, '--root', 'own', '--vek', 'vek'
        made = calc('evidence', *args, '--vek', 'ask', 'report')
        self.assertEqual(made.status, 3)
        self.assertIn('[vek-family]', made.text)
        made = calc('evidence', *args, 'report')
        self.assertEqual(made.status, 1)
        self.assertIn('[root-untrusted]', made.text)

    def test_table_after_the_report(self):
        """As go-sev-guest has it: in one file."""
        row = self.good('snp-table')
        raw = (self.files / row['file']).read_bytes()
        table = (self.files / row['certs'][0]).read_bytes()
        args = self.arguments(row, certs=False)
        self.write('file', raw + table)
        made = calc('evidence', *args, 'file')
        self.assertEqual((made.status, made.lines), (0, []), made)
        self.assertIn(': GENUINE BY', made.text)
        self.write('file', raw + table[:-1])
        self.refused(calc('evidence', *args, 'file'), 3)

    def test_usage(self):
        for args in (
                ('--require', 'good'), ('--report-data', ''),
                ('--report-data', '0'), ('--report-data', 'zz'),
                ('--report-data', '0x'), ('--report-data', '0x0'),
                ('--report-data', '0x0x00'), ('--min-tcb', '0xbl=1'),
                ('--min-tcb', '0x' + '00' * 15),
                ('--report-data', '00' * 65), ('--min-tcb', 'bl'),
                ('--min-tcb', 'bl=256'), ('--min-tcb', 'bl=1,bl=1'),
                ('--min-tcb', 'bl=1,'), ('--min-tcb', 'bl='),
                ('--min-tcb', 'bl=-1'), ('--min-tcb', 'bl=0x1'),
                ('--min-tcb', 'xx=1'), ('--min-tcb', '00' * 15),
                ('--min-tcb', '00' * 17), ('--time', 'now'), ('--vek', ''),
                ('--vek', '-'), ('--vek', 'a') * 17):
            made = calc('evidence', *args, '-')
            self.refused(made, 2)


class Fields(Case):
    def test_td(self):
        """All that a TDREPORT says, in JSON."""
        raw = evidence.tdreport(
            bytes(48), attributes=1 << 28 | 1 << 62, xfam=0x602e7,
            mrconfigid=b'\x01' * 48, mrowner=b'\x02' * 48,
            mrownerconfig=b'\x03' * 48, servtd=b'\x04' * 48)
        self.write('f', raw)
        said = json.loads(calc('evidence', '--json', 'f').text)
        self.assertEqual(said['tdx'], {
            'attributes': {'value': '0x4000000010000000',
                           'bits': ['SEPT_VE_DISABLE', 'TPA']},
            'xfam': {'value': '0x602e7', 'bits': [
                'x87', 'SSE', 'AVX', 'AVX-512 opmask', 'AVX-512 ZMM0-15',
                'AVX-512 ZMM16-31', 'PKRU', 'AMX configuration',
                'AMX tiles']},
            'mrconfigid': '01' * 48, 'mrowner': '02' * 48,
            'mrownerconfig': '03' * 48, 'mrservicetd': '04' * 48,
            'module': {'tee_tcb_svn': '77' * 16, 'tee_tcb_svn2': '77' * 16,
                       'mrseam': '77' * 48, 'mrsignerseam': '77' * 48,
                       'seamattributes': '0x7777777777777777'}})
        self.assertEqual(said['report_data'], '55' * 64)
        self.assertEqual([value['value'] for value in said['values'][1:]],
                         [evidence.digest(f'rtmr{i}').hex() for i in range(4)])
        self.write('f', raw[512:])
        said = json.loads(calc('evidence', '--json', 'f').text)
        self.assertEqual((said['tdx']['module'], said['report_data'],
                          said['signature']['reason']),
                         (None, None, 'no-signature'))

    def test_damaged_tdreport(self):
        raw = bytearray(evidence.tdreport(bytes(48)))
        raw[600] ^= 1
        self.write('f', raw)
        made = calc('evidence', '--json', 'f')
        said = json.loads(made.text)
        self.assertEqual((made.status, said['verdict'], said['denied']),
                         (1, 'forged', ['info-hash']))

    def test_report(self):
        """All that a report of version 5 says (AMD 56860, table 23)."""
        raw = evidence.snp_report(5, hashlib.sha384(b'm').digest(), patch=(
            (0x04, struct.pack('<I', 7)), (0x10, b'\x01' * 16),
            (0x20, b'\x02' * 16), (0x30, b'\x03'), (0x40, b'\x65'),
            (0x50, b'\x04' * 64), (0xc0, b'\x05' * 32), (0xe0, b'\x06' * 48),
            (0x110, b'\x07' * 48), (0x38, bytes(range(8))),
            (0x180, bytes(range(8, 16))), (0x188, b'\x1a\x02\x01'),
            (0x1e0, bytes(range(16, 24))), (0x1e8, b'\x41\x37\x01'),
            (0x1ec, b'\x40\x36\x01'), (0x1f0, bytes(range(24, 32))),
            (0x1f8, b'\x3f'), (0x200, b'\x1f')))
        self.write('f', raw)
        snp = json.loads(calc('evidence', '--json', 'f').text)['snp']
        self.assertEqual(snp, {
            'version': 5, 'guest_svn': 7,
            'policy': {'value': '0x30000', 'bits': ['SMT'], 'abi_major': 0,
                       'abi_minor': 0},
            'family_id': '01' * 16, 'image_id': '02' * 16, 'vmpl': 3,
            'platform_info': {'value': '0x65', 'bits': [
                'SMT_EN', 'ECC_EN', 'ALIAS_CHECK_COMPLETE', 'bit 6']},
            'host_data': '05' * 32, 'signing_key': 0,
            'id_key_digest': '06' * 48, 'author_key_digest': '07' * 48,
            'reported_tcb': self.turin(8), 'current_tcb': self.turin(0),
            'committed_tcb': self.turin(16), 'launch_tcb': self.turin(24),
            'current_firmware': {'major': 1, 'minor': 55, 'build': 65},
            'committed_firmware': {'major': 1, 'minor': 54, 'build': 64},
            'launch_mit_vector': '0x3f', 'current_mit_vector': '0x1f',
            'cpuid': {'family': 26, 'model': 2, 'stepping': 1},
            'chip_id': None, 'family': 'Turin'})

    @staticmethod
    def turin(first):
        value = int.from_bytes(bytes(range(first, first + 8)), 'little')
        return {'value': hex(value), 'parts': {
            'bl': first + 1, 'tee': first + 2, 'snp': first + 3,
            'ucode': first + 7, 'fmc': first}}
