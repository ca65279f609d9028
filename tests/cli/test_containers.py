# SPDX-License-Identifier: Apache-2.0
"""Evidence and expected values in whatever people have them in."""

import base64
import copy
import json
import subprocess

import containers
import evidence
import images
import make_evidence_fixtures
import quote_maker
import snp_maker
import x509
from containers import b64, bundle, dsse, dstack, jwt
from evidence import quote, tdreport
from support import TestCase, calc, mrtd

OTHER = evidence.digest('another MRTD')
TIME = make_evidence_fixtures.rfc3339(quote_maker.TIME)
EXPIRES = '2199-01-01T00:00:00Z'


class Containers(TestCase):
    def setUp(self):
        super().setUp()
        self.value = mrtd(self.write('fw', images.image()))
        self.bytes = bytes.fromhex(self.value)

    def check(self, content, *args):
        self.write('x', content.encode() if isinstance(content, str)
                   else content)
        return calc('check', '--json', '--against', 'x', *args, 'fw')

    def matches(self, content, kind=None):
        result = self.check(content)
        self.assertEqual(result.status, 0, result)
        answer = json.loads(result.text)
        if kind is not None:
            self.assertEqual(answer['against']['kind'], kind)
        return answer

    def differs(self, content):
        result = self.check(content)
        self.assertEqual(result.status, 1, result)

    def refuse(self, content, line, *args):
        self.refused(self.check(content, *args), 3, 'x: ' + line)

    def verify(self, content, *args):
        self.write('x', content)
        return calc('reference', '--verify', 'x', *args, 'fw')

    def statement(self):
        return calc('reference', '--format', 'in-toto', 'fw').stdout


class Evidence(Containers):
    def test_every_wrapping(self):
        """Each way to write bytes down, around each kind of evidence; the
        same around that of another TD is no match."""
        kinds = {
            'quote 4': quote, 'quote 5': lambda v: quote(v, 5, 3),
            'TDREPORT': tdreport,
            'HCL': lambda v: evidence.hcl(tdreport(v), 4),
            'dstack': lambda v: dstack(quote(v)),
        }
        for name, make in kinds.items():
            for wrapping, wrap in self.part(containers.WRAPPINGS.items()):
                with self.subTest(kind=name, wrapping=wrapping):
                    self.matches(wrap(make(self.bytes)))
                    self.is_evidence()
                    self.differs(wrap(make(OTHER)))

    def is_evidence(self):
        """The other command reads the same of it."""
        made = calc('evidence', '--json', 'x')
        self.assertEqual(made.status, 0, made)
        self.assertEqual(json.loads(made.text)['values'][0]['value'],
                         self.bytes.hex())

    def test_kinds(self):
        whole = quote(self.bytes)
        self.matches(dstack(whole))
        self.is_evidence()
        name = 'TDX quote version 4'
        self.matches(containers.xxd(whole), f'{name} in a hexdump')
        self.matches(dstack(whole), f'{name} in an attestation of dstack')
        self.matches(evidence.hcl(tdreport(self.bytes), 4),
                     "TDREPORT of Azure's paravisor")
        self.matches(jwt({'quote': b64(whole)}),
                     f'{name} in JSON in a JSON Web Token, not verified')

    def test_cut(self):
        """What is cut off is no match, wherever it is cut."""
        whole = quote(self.bytes)
        for wrapping, wrap in containers.WRAPPINGS.items():
            text = wrap(whole)
            for part in self.part((7, 3, 2)):
                with self.subTest(wrapping=wrapping, part=part):
                    result = self.check(text[:len(text) * (part - 1) // part])
                    self.refused(result, 3)

    def test_two(self):
        """Evidence of two guests is refused, of one given twice is not."""
        one, two = b64(quote(self.bytes)), b64(quote(OTHER))
        self.matches(json.dumps({'a': one, 'b': one}))
        self.refuse(json.dumps({'a': one, 'b': two}),
                    'it has evidence of two guests, with different launch '
                    'digests or attributes: JSON member "a", and JSON member '
                    '"b"; give one of the two alone [against-two]')
        # Nor is it read as of the other platform then, whatever is beside it.
        for args in (), ('--vcpus', '1'), ('--platform', 'snp'):
            for text in (json.dumps([one, two]),
                         json.dumps({'a': one, 'b': two,
                                     'snp_launch_measurement': ['1' * 96]})):
                result = self.check(text, *args)
                self.refused(result, 3)
                self.assertIn('[against-two]', result.lines[0])
        # A value beside it is nobody's word: of the same guest it may be there.
        for name in 'mr_td', 'mrtd', 'tdx_mrtd':
            for value, other in (self.value, OTHER.hex()), (OTHER.hex(),
                                                            self.value):
                for text in (
                        json.dumps({'quote': b64(quote(bytes.fromhex(value))),
                                    name: other}),
                        json.dumps({name: [value, other], 'quote': b64(
                            quote(bytes.fromhex(value)))}),
                        json.dumps({name: other}) + json.dumps(
                            {'quote': b64(quote(bytes.fromhex(value)))})):
                    result = self.check(text)
                    self.refused(result, 3)
                    self.assertIn('[against-two]', result.lines[0])
            self.matches(json.dumps({'quote': one, name: self.value}))
        dumps = [containers.test_tdx_attest(data, f'{name}\n') for name, data
                 in (('TDX report data', bytes(range(64))),
                     ('TDX report', tdreport(self.bytes)),
                     ('TDX quote data', quote(self.bytes)),
                     ('another', quote(OTHER)))]
        self.matches(''.join(dumps[:3]))
        self.refuse(''.join(dumps),
                    'it has evidence of two guests, with different launch '
                    'digests or attributes: the hexdump that begins at line '
                    f'{self.line(dumps, 2)}, and the hexdump that begins at '
                    f'line {self.line(dumps, 3)}; give '
                    'one of the two alone [against-two]')

    @staticmethod
    def line(dumps, index):
        """Where a dump begins: after a title and an empty line."""
        return ''.join(dumps[:index]).count('\n') + 3

    def test_hexdumps(self):
        whole = containers.xxd(quote(self.bytes)).splitlines(keepends=True)
        self.refuse(''.join(whole[:5] + whole[6:]),
                    'line 6 of the hexdump does not begin where the one before '
                    'ends: a part is missing, or it is another text '
                    '[against-unknown]')
        self.refuse(containers.hexdump_c(bytes(4096))[:-9],
                    'line 3 of the hexdump does not say where a \'*\' ends: a '
                    'part is missing, or it is another text '
                    '[against-unknown]')
        self.refuse('00000000  00 00 00 00\n*\nffffffff\n',
                    'line 3 of the hexdump has an offset past the largest '
                    'dump, of 1 MiB: a part is missing, or it is another text '
                    '[against-unknown]')
        rows = containers.xxd(self.bytes).splitlines(keepends=True)
        for text, line in ((''.join(rows) + '\n00000030: 0000\n', 5),
                           (rows[0] + 'x\n' + ''.join(rows[1:]), 3),
                           (''.join(rows) + 'x\n' + ''.join(rows[1:]), 5)):
            self.refuse(text, f'line {line} of the hexdump does not begin '
                        'where the one before ends: a part is missing, or it '
                        'is another text [against-unknown]')
        for text in ('forbidden:\n' + ''.join(rows),
                     ''.join(rows) + 'is not the MRTD\n'):
            result = self.check(text)
            self.refused(result, 3)
            self.assertIn('other text', result.lines[0])
        self.matches('\n' + ''.join(rows) + '\n\n')
        # Rows that stand for many take no time, however many there are.
        self.refuse('0000 00\n*\nfffff\n' * 65,
                    'it has more than 64 hexdumps [against-limit]')
        # Digits in groups are no dump.
        groups = ' '.join(self.value[i:i + 4] for i in range(0, 96, 4))
        self.matches(groups, 'bare digest')

    def test_azure(self):
        report = evidence.hcl(tdreport(self.bytes), 4)
        for at, status in ((0x98, 3), (0xa0, 3), (600, 3),
                           (1100, 3), (1216, 3), (1224, 3), (1240, 3),
                           (2599, 3)):
            changed = bytearray(report)
            changed[at] ^= 1
            with self.subTest(at=at):
                self.refused(self.check(bytes(changed)), status)
        for size in (3, 31, 33, 1055, 1056, 1215, 1236, 1260):
            self.refused(self.check(report[:size]), 3)

    def test_dstack(self):
        whole = quote(self.bytes)
        for bad in (dstack(whole, version=1), dstack(whole, kind=1),
                    dstack(whole)[:len(whole)], dstack(b'x' * 1000)):
            self.refused(self.check(bad), 3)
        self.matches(json.dumps({'tcb_info': json.dumps(
            {'mrtd': self.value, 'rtmr0': OTHER.hex()})}))
        self.differs(json.dumps({'tcb_info': json.dumps(
            {'mrtd': OTHER.hex(), 'rtmr0': self.value})}))

    def test_depth(self):
        """Layers around one another, and JSON in JSON: bounded."""
        text = json.dumps({'quote': b64(quote(self.bytes))})
        deep = text
        for _ in range(4):
            deep = b64(deep.encode())
        self.matches(deep)
        self.refuse(b64(deep.encode()),
                    'it is wrapped more than 4 times, in tokens, envelopes or '
                    'encodings [against-limit]')
        for _ in range(12):
            text = json.dumps({'e': text}) if len(text) < 200000 else text
        self.matches(text)


class Structures(Containers):
    """Reports of SEV-SNP with a member for each field: Trustee's evidence."""

    def made(self, version=3, family='Milan', old=False):
        """The report, and the JSON with its certificates."""
        report, chain = snp_maker.make_report(version=version, family=family)
        self.write('ark', x509.pem(snp_maker.root_certificate(family)))
        form = (containers.old_structure(report) if old else
                containers.structure(report, family == 'Turin'))
        return report, {'attestation_report': form, 'cert_chain': [
            {'cert_type': name, 'data': list(data)}
            for name, data in zip(('VCEK', 'ASK'), chain)]}

    def ask(self, document):
        self.write('x', json.dumps(document).encode())
        return calc('evidence', '--json', 'x', '--root', 'ark', '--time', TIME)

    def test_good(self):
        """What is signed are the bytes of the report."""
        for version, family, old in (
                (2, 'Milan', True), (3, 'Milan', True), (3, 'Turin', True),
                (5, 'Genoa', True), (2, 'Milan', False), (3, 'Milan', False),
                (3, 'Genoa', False), (3, 'Turin', False), (5, 'Genoa', False),
                (5, 'Turin', False)):
            report, document = self.made(version, family, old)
            with self.subTest(version=version, family=family, old=old):
                made = self.ask(document)
                self.assertEqual(made.status, 0, made)
                answer = json.loads(made.text)
                self.assertEqual(
                    (answer['verdict'], answer['kind'], answer['form'],
                     answer['where'], answer['values'][0]['value']),
                    ('good', 'SEV-SNP report', 'SEV-SNP report in JSON',
                     'JSON member "attestation_report"',
                     report[0x90:0xc0].hex()))
                self.write('x', report)
                self.write('vcek', bytes(document['cert_chain'][0]['data']))
                self.write('ask', bytes(document['cert_chain'][1]['data']))
                direct = json.loads(calc(
                    'evidence', '--json', 'x', '--root', 'ark', '--time', TIME,
                    '--vek', 'vcek', '--vek', 'ask').text)
                for name in ('form', 'where'):
                    del answer[name], direct[name]
                self.assertEqual(answer, direct)
                document['cert_chain'] = None
                self.assertEqual(json.loads(self.ask(document).text)['verdict'],
                                 'not-checked')

    def test_other_entries(self):
        """Of cert_chain what is no certificate is left out, whatever its size,
        and what should be one is refused if it is not."""
        document = self.made()[1]
        for size in self.part((0, 1, 511, 512, 3000)):
            for kind in ('CRL', 'Empty', 'VCEK', 'VLEK', 'ASK', 'ARK',
                         {'OTHER': '00000000-0000-0000-0000-000000000001'}):
                made = self.ask({**document, 'cert_chain': [
                    *document['cert_chain'],
                    {'cert_type': kind, 'data': [1] * size}]})
                is_bad = kind in ('VCEK', 'VLEK', 'ASK', 'ARK') and size > 0
                with self.subTest(kind=kind, size=size):
                    self.assertEqual(made.status, 3 if is_bad else 0, made)

    def paths(self, node, path=()):
        """Each value that is no object."""
        if isinstance(node, dict):
            for name, item in node.items():
                yield from self.paths(item, (*path, name))
        elif isinstance(node, list):
            for i in self.some(range(len(node)), 2):
                yield (*path, i)
        else:
            yield path

    def test_changed(self):
        """Whatever is changed, it is not genuine: forged, or refused."""
        for old in False, True:
            document = self.made(2 if old else 3, old=old)[1]
            for path in self.part(list(self.paths(
                    document['attestation_report']))):
                changed = copy.deepcopy(document)
                at = changed['attestation_report']
                for name in path[:-1]:
                    at = at[name]
                at[path[-1]] = (at[path[-1]] or 0) ^ 1
                made = self.ask(changed)
                with self.subTest(path=path):
                    self.assertIn(made.status, (1, 3), made)

    def test_refused(self):
        """Members that are missing, unknown, of another type or size."""
        optional = ('cpuid_', 'launch_mit', 'current_mit', 'key_info',
                    'current', 'committed')
        document = self.made()[1]
        whole = document['attestation_report']
        for name in whole:
            for wrong in self.part((
                    [], {}, 'x', -1, 1 << 40, 0.5, True, [1 << 8] * 64,
                    [-1] * 64, ['x'] * 64, None, 'left out')):
                changed = {**whole, name: wrong}
                if wrong == 'left out':
                    del changed[name]
                if name.startswith(optional) and not name.endswith(
                        '_tcb') and wrong in (None, 'left out'):
                    continue
                if wrong == 1 << 40 and name in (
                        'policy', 'plat_info', 'launch_mit_vector',
                        'current_mit_vector'):
                    continue
                with self.subTest(name=name, wrong=wrong):
                    made = self.ask({**document, 'attestation_report':
                                     changed})
                    self.assertEqual((made.status, made.stdout), (3, b''),
                                     made)
        for more in ({'x': 1}, {'_reserved_9': 1}, {'_reserved_4': [0, 1]},
                     {'_reserved_2': 256}, {'_reserved_1': [1] * 24},
                     {'Version': 3}, {'_author_key_en': whole['key_info']},
                     {'committed_minor': whole['committed']['minor']}):
            made = self.ask({**document, 'attestation_report': {
                **whole, **more}})
            name, = more
            # Which of two is named that say the same, is the file's order.
            name = {'_author_key_en': 'key_info',
                    '_reserved_1': 'cpuid_fam_id',
                    'committed_minor': 'committed'}.get(name, name)
            self.refused(made, 3, 'x: JSON member "attestation_report": its '
                         f'member "{name}" is missing, or not what a report '
                         'of SEV-SNP has there [against-json]')


class Tokens(Containers):
    def test_claims(self):
        """Of Intel Trust Authority, version 1 and 2, and of Trustee."""
        body = {'quote': {'body': {'mr_td': self.value}}}
        for claims in (
                {'tdx_mrtd': self.value}, {'tdx': {'tdx_mrtd': self.value}},
                {'submods': {'cpu0': {
                    'ear.veraison.annotated-evidence': {'tdx': body}}}}):
            for exp in {}, {'exp': 1}:
                with self.subTest(claims=claims, exp=exp):
                    self.matches(jwt({**claims, **exp}))
                    self.matches(json.dumps({'token': jwt(claims)}))
            self.differs(jwt(json.loads(json.dumps(claims).replace(
                self.value, OTHER.hex()))))
        result = self.verify(jwt({'tdx_mrtd': self.value}).encode())
        self.refused(result, 3, 'x: the document is in a JSON Web Token, not '
                     'verified; check --against takes it [against-not-exact]')

    def test_none(self):
        good = jwt({'tdx_mrtd': self.value})
        for bad in (good.replace('.', '', 1), good + '.x.y', good[1:],
                    jwt({'tdx_mrtd': self.value}, {'typ': 'JWT'}),
                    jwt(b'[1]'), jwt(b'{"tdx_mrtd":1,"tdx_mrtd":2}')):
            self.refused(self.check(bad), 3)


class Envelopes(Containers):
    def test_statement(self):
        statement = self.statement()
        provenance = json.dumps({
            '_type': 'https://in-toto.io/Statement/v1', 'subject': [],
            'predicateType': 'https://slsa.dev/provenance/v1',
            'predicate': {}}).encode()
        lines = '\n'.join(json.dumps(bundle(s))
                          for s in (provenance, statement))
        for text in (json.dumps(dsse(statement)),
                     json.dumps(bundle(statement)), lines):
            self.matches(text, 'reference values in JSON in a signed envelope')
            result = self.verify(text.encode())
            self.assertEqual(result.status, 0, result)
            self.assertTrue(any('its signature is not verified' in line
                                for line in result.lines), result)

    def test_left_out(self):
        """What is not read is said, or refused, wherever it is."""
        statement = self.statement()
        other = json.dumps({'_type': 'https://in-toto.io/Statement/v1',
                            'subject': [], 'predicateType': 'https://x/v1',
                            'predicate': {'mr_td': OTHER.hex()}}).encode()
        twice = other[:-1] + b', "predicateType": "https://x/v2"}'
        for order in (other, statement), (statement, other):
            text = '\n'.join(json.dumps(dsse(s)) for s in order)
            result = self.verify(text.encode())
            self.assertEqual(result.status, 0, result)
            self.assertTrue(any('an envelope' in line
                                and 'something else' in line
                                for line in result.lines), result)
        for text in (json.dumps(dsse(twice)),
                     '\n'.join(json.dumps(dsse(s))
                               for s in (statement, twice)),
                     statement.decode() + json.dumps(dsse(other)),
                     statement.decode() + json.dumps(bundle(statement)),
                     json.dumps({'mr_td': self.value}) + json.dumps(
                         dsse(other))):
            for result in self.verify(text.encode()), self.check(text):
                self.refused(result, 3)
                self.assertIn('[against-envelope]', result.text
                              + ''.join(result.lines))

    def test_refused(self):
        statement = self.statement()
        good = dsse(statement)
        for bad in ({**good, 'more': 1}, {**good, 'signatures': []},
                    {**good, 'signatures': [{'sig': 1}]},
                    {**good, 'payloadType': 'text/plain'},
                    {**good, 'payload': '*'},
                    {**bundle(statement), 'messageSignature': {}},
                    dsse(b'[]')):
            with self.subTest(bad=bad):
                result = self.check(json.dumps(bad))
                self.refused(result, 3)
                self.assertIn('[against-envelope]', result.lines[0])
        self.refuse(json.dumps({'messageSignature': {}}),
                    'a bundle of Sigstore with the signature of a file, and '
                    'without a statement; give the file [against-envelope]')
        other = statement.replace(self.value.encode(), OTHER.hex().encode())
        self.assertEqual(self.verify(json.dumps(dsse(other)).encode()).status,
                         1)

    def key(self, name, *args):
        subprocess.run(['openssl', 'genpkey', *args, '-out', name],
                       check=True, capture_output=True)
        subprocess.run(['openssl', 'pkey', '-in', name, '-pubout', '-out',
                        name + '.pub'], check=True, capture_output=True)

    def sign(self, key, data, *digest):
        """By the openssl program."""
        self.write('data', data)
        args = (['dgst', *digest, '-sign', key, 'data'] if digest else
                ['pkeyutl', '-sign', '-rawin', '-inkey', key, '-in', 'data'])
        return b64(subprocess.run(['openssl', *args], check=True,
                                  capture_output=True).stdout)

    def test_signature(self):
        statement = self.statement()
        pae = containers.pae(statement)
        curve = ('-algorithm', 'EC', '-pkeyopt')
        self.key('k1', *curve, 'ec_paramgen_curve:P-256')
        self.key('k2', *curve, 'ec_paramgen_curve:P-384')
        self.key('k3', '-algorithm', 'ed25519')
        for key, digest in (('k1', ('-sha256',)), ('k2', ('-sha384',)),
                            ('k3', ())):
            signature = {'sig': self.sign(key, pae, *digest)}
            wrong = {'sig': self.sign(key, statement, *digest)}
            with self.subTest(key=key):
                for wrap in dsse, bundle:
                    text = json.dumps(wrap(statement, [wrong, signature]))
                    result = self.verify(text.encode(), '--key', key + '.pub')
                    self.assertEqual(result.status, 0, result)
                    self.assertIn('signature OK', result.text)
                    for others in [wrong], [{'sig': '!'}]:
                        text = json.dumps(wrap(statement, others))
                        result = self.verify(text.encode(), '--key',
                                             key + '.pub')
                        self.assertEqual(result.status, 1, result)
                        self.assertIn('signature FAILED', result.text)
                # Signed, and then changed.
                changed = statement.replace(b'"vmm"', b' "vmm"', 1)
                result = self.verify(
                    json.dumps(dsse(changed, [signature])).encode(), '--key',
                    key + '.pub')
                self.assertEqual(result.status, 1, result)


class Values(Containers):
    def test_lines(self):
        """Lines of names and values."""
        other = OTHER.hex()
        colons = ':'.join(self.value[i:i + 2] for i in range(0, 96, 2))
        for text in (f'MRTD: {self.value}\n', f'mrtd = "{self.value}"\n',
                     f'# x\n---\nMRTD: {self.value}\nRTMR0: {other}\r\n',
                     f'mr_td:\n  - {self.value}\n', f'mrtd: {colons} # x\n',
                     f"mrtd: 'sha384:{self.value}'\n"):
            with self.subTest(text=text):
                self.matches(text, 'lines of names and values')
                self.differs(text.replace(self.value, other)
                             .replace(colons, other))
                self.refused(self.verify(text.encode()), 3)
        self.refuse(f'mrtd: {self.value}\nmrtd: {other}\n',
                    'line 2 has the name "mrtd" again [against-lines]')
        for before, after in (('revoked:', ''), ('deny:\n---', ''),
                              ('', 'revoked:'), ('x:\n#', 'y:')):
            result = self.check(f'{before}\nmrtd: {self.value}\n{after}\n')
            self.refused(result, 3)
            self.assertIn('a name without a value [against-lines]',
                          result.lines[0])
        for value in b"'\xff'", b'"a\xc3"':
            for text in (b'note: ' + value, b'note:\n- ' + value):
                self.refuse(f'mrtd: {self.value}\n'.encode() + text,
                            f"line {2 + text.count(10)} has a value that is "
                            'not UTF-8 [against-lines]')
        self.refuse(f'- x\nmrtd: {self.value}\n',
                    'line 1 is an item "- VALUE", and no name is before it '
                    '[against-lines]')
        for text in (f'revoked_mrtd: {self.value}\n',
                     f'mrtd: {self.value}\nrevoked: true\n',
                     f'revoked:\n  mrtd: {self.value}\n',
                     f'mrtd: {self.value}\n!x\n'):
            self.refused(self.check(text), 3)

    def test_spellings(self):
        for text in ('sha384:' + self.value, 'SHA-384:' + self.value.upper(),
                     'sha384-' + base64.b64encode(self.bytes).decode(),
                     ':'.join(self.value[i:i + 2] for i in range(0, 96, 2)),
                     containers.go_slice(self.bytes)):
            self.matches(text, 'bare digest')
            self.matches(json.dumps({'mr_td': text.strip()}))
        for text in ('sha256:' + self.value, 'sha384:' + self.value[:64],
                     ':'.join(self.value[i:i + 4] for i in range(0, 96, 4))):
            self.refused(self.check(text), 3)

    def test_store(self):
        """A list of RVPS, and the policy of Trustee's quickstart."""
        entry = {'name': 'mr_td', 'expiration': EXPIRES, 'value': [self.value]}
        self.matches(json.dumps([entry]))
        self.assertEqual(self.verify(json.dumps([entry]).encode()).status, 0)
        old = json.dumps([{**entry, 'expiration': '2001-01-01T00:00:00Z'}])
        self.assertEqual(self.verify(old.encode()).status, 1)
        for term in ('== "%s"', 'in ["%s"]', 'in {"%s"}'):
            for name in ('input.tdx.quote.body.mr_td',
                         'input["tdx.quote.body.mr_td"]'):
                for value, status in (self.value, 0), (OTHER.hex(), 1):
                    text = ('package policy\nimport rego.v1\nexecutables := 3 '
                            f'if {{\n  {name} {term % value}\n}}\n')
                    self.assertEqual(self.verify(text.encode()).status, status,
                                     text)
