# SPDX-License-Identifier: Apache-2.0
"""initdata: what a guest's MRCONFIGID or HOST_DATA is by its initdata. What a
file says is said by tests/lib/initdata.py, which asks Python's tomllib."""

import base64
import gzip
import hashlib
import json
import pathlib
import random

import evidence
import initdata
import sev
import snp
from support import SANITIZED, TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / 'docs/schemas'
NAMES = {'sha256': 'sha-256', 'sha384': 'sha-384', 'sha512': 'sha-512'}
HEAD = 'version = "0.1.0"\nalgorithm = "sha256"\n'


def ask(command, *args, status=0, **more):
    result = calc(command, '--json', *args, **more)
    assert (result.status, result.lines) == (status, []), result
    made = json.loads(result.text)
    if jsonschema:
        jsonschema.validate(made, json.loads(
            (SCHEMAS / f'{command}.schema.json').read_text('utf-8')))
    return made


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())

    def is_right(self, raw):
        made = ask('initdata', 'file')
        self.assertEqual(
            (made['algorithm'], made['digest'], made['mrconfigid'],
             made['host_data'], made['verdict'], made['against']),
            (NAMES[initdata.algorithm(raw)], initdata.digest(raw).hex(),
             initdata.field(raw, 'MRCONFIGID').hex(),
             initdata.field(raw, 'HOST_DATA').hex(), None, None))

    def bad(self, raw, line):
        self.write('file', raw)
        self.refused(calc('initdata', 'file'), 3, f'file: {line} [initdata]')


class Reading(Case):
    def test_known(self):
        """Digests by sha256sum, sha384sum and sha512sum."""
        for name, want in (
                ('sha256', 'SHA256'), ('sha384', 'SHA384'),
                ('sha512', 'SHA512')):
            raw = initdata.document(name)
            self.write('file', raw)
            digest = hashlib.new(want, raw).hexdigest()
            self.check(calc('initdata', 'file'), 0, (
                f'MRCONFIGID (file) = {digest[:96]:0<96}\n'
                f'HOST_DATA (file) = {digest[:64]}\n'))
            self.is_right(raw)
        # A fixed one, whose digest was made by sha384sum of coreutils.
        raw = b'algorithm = "sha384"\nversion = "0.1.0"\n\n[data]\n'
        self.write('file', raw)
        self.assertEqual(ask('initdata', 'file')['mrconfigid'], KNOWN)
        self.assertEqual(ask('initdata', '-', stdin=raw)['mrconfigid'], KNOWN)

    def test_good(self):
        """However TOML allows to write it down."""
        for turn in self.part(range(300)):
            raw = initdata.good(self.rng)
            self.write('file', raw)
            with self.subTest(turn=turn, raw=raw):
                self.is_right(raw)

    def test_mutated(self):
        """What is taken is TOML of that kind, and its algorithm is right."""
        taken = 0
        for turn in self.part(range(1200)):
            raw = initdata.mutated(self.rng)
            self.write('file', raw)
            result = calc('initdata', 'file')
            with self.subTest(turn=turn, raw=raw):
                if result.status == 0:
                    taken += 1
                    self.assertIn(initdata.field(raw, 'MRCONFIGID').hex(),
                                  result.text)
                    self.is_right(raw)
                else:
                    self.refused(result, 3)
                    self.assertTrue(result.lines[0].endswith(' [initdata]') or
                                    result.lines[0].endswith(' [empty]'),
                                    result)
        self.assertGreater(taken, 0 if SANITIZED else 10)

    def test_ends(self):
        """Cut off anywhere."""
        raw = initdata.document() + b'"b" = "c\\u00e4"\nd = """e"""\n'
        for size in self.part(range(1, len(raw))):
            self.write('file', raw[:size])
            result = calc('initdata', 'file')
            try:
                initdata.algorithm(raw[:size])
            except initdata.Bad:
                self.refused(result, 3)
            else:
                self.assertEqual(result.status, 0, size)

    def test_bad(self):
        """Keys in a place where TOML gives them another meaning, and others:
        the line, and why."""
        top = 'before [data] initdata has version and algorithm, each once'
        for text, line in (
                (HEAD, 'no table [data] in it; initdata has version, '
                       'algorithm and [data]'),
                ('[data]\n' + HEAD, 'no version in it; initdata has version, '
                                    'algorithm and [data]'),
                ('version = "0.1.0"\n[data]\nalgorithm = "sha256"\n',
                 'no algorithm in it; initdata has version, algorithm and '
                 '[data]'),
                (HEAD + 'algorithm = "sha512"\n[data]\n',
                 f"offset 0x33: line 3: key 'algorithm' again; {top}"),
                (HEAD + '"algorithm" = "sha512"\n[data]\n',
                 f"offset 0x35: line 3: key 'algorithm' again; {top}"),
                (HEAD + 'key = "x"\n[data]\n',
                 f"offset 0x2d: line 3: key 'key'; {top}"),
                (HEAD + 'data = {}\n',
                 f"offset 0x2e: line 3: key 'data'; {top}"),
                (HEAD + 'data.a = "b"\n',
                 "offset 0x2b: line 3: key 'data' with a dot after it, which "
                 'begins a table; a name with a dot goes in quotes'),
                ('version = "0.1.0"\n"algor\\u0069thm" = "sha256"\n[data]\n',
                 'offset 0x12: line 2: an escape in a key, or in a value '
                 "before [data]; write the character itself, in '...'"),
                ('version = "0.1.0"\nalgorithm = "sh\\u0061256"\n[data]\n',
                 'offset 0x1e: line 2: an escape in a key, or in a value '
                 "before [data]; write the character itself, in '...'"),
                ('version = "0.1.0"\nalgorithm = """sha256"""\n[data]\n',
                 'offset 0x1e: line 2: algorithm is not a text in quotes of '
                 'one line'),
                ('version = 0.1\nalgorithm = "sha256"\n[data]\n',
                 'offset 0xa: line 1: version is not a text in quotes of one '
                 'line'),
                ('version = "0.2.0"\n', 'offset 0x11: line 1: version is '
                 "'0.2.0', and only 0.1.0 is known"),
                ('algorithm = "sha-256"\n', 'offset 0x15: line 1: algorithm '
                 "is 'sha-256', and not sha256, sha384 or sha512"),
                ('algorithm = "SHA256"\n', 'offset 0x14: line 1: algorithm '
                 "is 'SHA256', and not sha256, sha384 or sha512"),
                (HEAD + '[data]\n[data]\n', 'offset 0x33: line 4: another '
                 'table than [data], or that once more'),
                (HEAD + '[x]\n', 'offset 0x29: line 3: another table than '
                                 '[data], or that once more'),
                (HEAD + '[data.x]\n', 'offset 0x2c: line 3: another table '
                                      'than [data], or that once more'),
                (HEAD + '[[data]]\n', 'offset 0x28: line 3: a list of tables; '
                                      'initdata has the table [data] alone'),
                (HEAD + '[data]\na = 1\n', 'offset 0x32: line 4: a value that '
                                           'is not a text in quotes'),
                (HEAD + '[data]\na = "1"\n"a" = ""\n',
                 "offset 0x3c: line 5: key 'a' again"),
                (HEAD + '[data]\na = "1" b\n', 'offset 0x36: line 4: '
                 'something after the end of what the line says'),
                (HEAD + '[data]\na = "1\n"\n', 'offset 0x34: line 4: a text '
                                               'in quotes that does not end'),
                (HEAD + "[data]\na = '''1\n\n", 'offset 0x38: line 4: a text '
                                                'in quotes that does not end'),
                (HEAD + '[data]\na = "\\x41"\n', 'offset 0x34: line 4: a '
                 'backslash before what is no escape'),
                (HEAD + '[data]\na = "\\ud800"\n', 'offset 0x39: line 4: an '
                 'escape that is no character'),
                (HEAD + '[data]\na = "\\u00g0"\n', 'offset 0x37: line 4: an '
                 'escape that is not of 4 digits'),
                ('{"algorithm": "sha384"}', 'offset 0x0: line 1: neither a '
                                            'key nor a table nor a comment'),
                ('\ufeff' + HEAD, 'offset 0x0: line 1: neither a key nor a '
                                  'table nor a comment'),
                ('# \x00\n', 'offset 0x2: line 1: byte 0x00, which TOML '
                             'allows nowhere'),
                ('#\n#\r', 'offset 0x3: line 2: byte 0x0d, which TOML allows '
                           'nowhere'),
                ('"a', 'offset 0x0: line 1: a text in quotes that the line '
                       'does not end'),
                ('version "0.1.0"', "offset 0x8: line 1: no '=' after key "
                                    "'version'")):
            with self.subTest(text):
                self.bad(text.encode(), line)
        self.bad(b'#\n\xc3(', 'offset 0x2: line 2: not UTF-8')
        self.bad(b'#\xed\xa0\x80', 'offset 0x1: line 1: not UTF-8')

    def test_forms(self):
        """The digest of what is compressed is no guest's."""
        raw = initdata.document()
        small = gzip.compress(raw)
        start = ('offset 0x0: line 1: the digest is that of the TOML file, and '
                 'this is ')
        self.bad(small, start + 'compressed by gzip; give what gzip -d makes '
                                'of it')
        self.bad(base64.b64encode(small), start + 'the form of Kata\'s '
                 'annotation cc_init_data; give what base64 -d and gzip -d '
                 'make of it')
        self.bad(b'initdata' + len(small).to_bytes(8, 'little') + small,
                 start + "Kata's image for a block device; give what tail -c "
                         '+17 and gzip -d make of it')

    def test_limits(self):
        keys = ''.join(f'k{i} = ""\n' for i in range(1024))
        raw = (HEAD + '[data]\n' + keys).encode()
        self.write('file', raw)
        self.is_right(raw)
        self.bad(raw + b'k = ""\n', f'offset {hex(len(raw) + 4)}: line 1028: '
                                    'more than 1024 keys')
        raw = (HEAD + '[data]\n').encode()
        raw += b'#' * ((4 << 20) - len(raw))
        self.write('file', raw)
        self.is_right(raw)
        self.bad(raw + b'#', 'more than 4194304 bytes are no initdata')
        self.write('file', b'')
        self.refused(calc('initdata', 'file'), 3)


KNOWN = ('fbc7001483d5457110a2e37e6d1b44845466383778c598ae'
         'edb64ab213f64eacf3eabaac16b9ecd8eaefefbe66c0604c')


UNVERIFIED = ('  not verified: --no-verify was given; whoever made the file may '
              'have written anything into it\n')


class Against(Case):
    def kinds(self, raw, mrtd_value=b'\5' * 48, wrong=None):
        """(name of the field, what a guest reports with it)."""
        td = initdata.field(raw, 'MRCONFIGID')
        snp = initdata.field(raw, 'HOST_DATA')
        if wrong is not None:
            td = bytes((td[0] ^ wrong,)) + td[1:]
            snp = snp[:-1] + bytes((snp[-1] ^ wrong,))
        for version, body in ((4, 2), (5, 2), (5, 3)):
            yield 'MRCONFIGID', td, evidence.quote(
                mrtd_value, version, body, mrconfigid=td)
        yield 'MRCONFIGID', td, evidence.tdreport(mrtd_value, mrconfigid=td)
        yield 'MRCONFIGID', td, evidence.tdinfo(mrtd_value, mrconfigid=td)
        yield 'HOST_DATA', snp, evidence.snp_report(
            3, mrtd_value, patch=((0xc0, snp),))

    def test_kinds(self):
        for name in initdata.ALGORITHMS:
            raw = initdata.document(name)
            self.write('file', raw)
            for wrong in (None, 1, 0x80):
                for field, value, made in self.kinds(raw, wrong=wrong):
                    self.write('x', made)
                    status = 0 if wrong is None else 1
                    got = ask('initdata', '--against', 'x', 'file',
                              status=status)
                    self.assertEqual(
                        (got['verdict'], got['against']['field'],
                         got['against']['reported'], got['against']['same']),
                        ('differs' if status else 'match', field, value.hex(),
                         not status))
                    self.check(calc('initdata', '--no-verify', '--against',
                                    'x', 'file'), status, ''.join((
                                   f'{n} (file) = '
                                   f'{initdata.field(raw, n).hex()}\n')
                                   for n in initdata.SIZES)
                               + f'{field} (x) = {value.hex()}\n'
                               + UNVERIFIED
                               + 'NO MATCH\n'[0 if status else 3:])

    def test_none(self):
        """A guest that was launched without any."""
        self.write('file', initdata.document())
        for made in (evidence.quote(b'\5' * 48),
                     evidence.snp_report(2, b'\5' * 48)):
            self.write('x', made)
            self.assertEqual(calc('initdata', '--against', 'x',
                                  'file').status, 1)

    def test_debug(self):
        raw = initdata.document()
        self.write('file', raw)
        td = initdata.field(raw, 'MRCONFIGID')
        host = initdata.field(raw, 'HOST_DATA')
        for attributes, policy, is_debug in ((0x10000001, 0xb0000, True),
                                             (0x10000000, 0x30000, False)):
            for made in (evidence.quote(b'\5' * 48, mrconfigid=td,
                                        attributes=attributes),
                         evidence.snp_report(policy=policy, measurement=(
                             b'\5' * 48), patch=((0xc0, host),))):
                self.write('x', made)
                text = calc('initdata', '--no-verify', '--against', 'x',
                            'file').text
                self.assertEqual(text.endswith(
                    'MATCH\nwarning: a debug guest: its host can read and '
                    'change it\n'), is_debug)
                made = calc('initdata', '--against', 'x', 'file')
                self.assertEqual(made.status, int(is_debug))
                self.assertEqual('  NOT ACCEPTED  a debug guest' in made.text,
                                 is_debug)
                self.assertEqual(ask('initdata', '--allow-debug', '--against',
                                     'x', 'file')['against']['debug'], is_debug)

    def test_refused(self):
        """What has no such field, or two."""
        self.write('file', initdata.document())
        self.write('value', b'\5' * 48)
        self.write('json', json.dumps({'mr_td': ['05' * 48]}).encode())
        self.refused(calc('initdata', '--against', 'json', 'file'), 3)
        self.assertIn('which has neither MRCONFIGID nor HOST_DATA; give a ',
                      calc('initdata', '--against', 'json', 'file').lines[0])
        self.write('two', json.dumps({
            'quote': base64.b64encode(evidence.quote(b'\5' * 48)).decode(),
            'mr_td': '05' * 48}).encode())
        result = calc('initdata', '--against', 'two', 'file')
        self.refused(result, 3)
        self.assertIn('in which there are 2 values; give one quote or report '
                      'alone [initdata-against]', result.lines[0])
        self.assertEqual(calc('initdata', '--against', '-', '-').status, 2)


class Check(Against):
    """check --initdata: a part of the verdict."""

    def setUp(self):
        super().setUp()
        self.image = self.good()
        self.raw = initdata.document()
        self.write('file', self.raw)

    def test_kinds(self):
        value = bytes.fromhex(mrtd(self.image))
        for wrong in (None, 4):
            for other in (False, True):
                mr = bytes(48) if other else value
                for field, reported, made in self.kinds(self.raw, mr, wrong):
                    if field == 'HOST_DATA':
                        continue
                    self.write('x', made)
                    right = wrong is None and not other
                    args = ('fw', '--initdata', 'file', '--against', 'x')
                    got = ask('check', *args, status=0 if right else 1)
                    self.assertEqual(got['verdict'],
                                     'match' if right else 'differs')
                    self.assertEqual(got['initdata'], {
                        'file': 'file', 'field': field, 'expected':
                        initdata.field(self.raw, field).hex(),
                        'reported': reported.hex(), 'same': wrong is None})
                    codes = [reason['code'] for reason in got['reasons']]
                    self.assertEqual('initdata' in codes, wrong is not None)
                    if not other:
                        self.assertEqual(codes, ['initdata'] * (not right))
                    result = calc('check', *args)
                    self.assertEqual(result.status, 0 if right else 1)
                    self.assertTrue(result.text.startswith(
                        'fw: MATCH\n' if right else 'fw: NO MATCH\n'))
                    self.assertIn(
                        f'  initdata      file: {field} '
                        f'{initdata.field(self.raw, field).hex()}  '
                        + ('same' if wrong is None else 'DIFFERS'),
                        result.text)
                    if wrong is not None:
                        self.assertIn(
                            f'{field} is {reported.hex()}, and by the '
                            'initdata that was given it would be '
                            f'{initdata.field(self.raw, field).hex()} '
                            '[initdata]\n', result.text)
                    # Without it nothing changes.
                    plain = ask('check', 'fw', '--against', 'x',
                                status=1 if other else 0)
                    self.assertIsNone(plain['initdata'])

    def test_snp(self):
        """A guest of SEV-SNP; the launch is searched for."""
        image = sev.image()
        self.write('sev', image.data)
        value = snp.launch_digest(image.data, vmm='qemu', vcpus=1,
                                  signature=0x800f12, features=1)
        for wrong in (None, 1):
            for digest in (value, b'\7' * 48):
                right = wrong is None and digest == value
                *_, (field, reported, made) = self.kinds(self.raw, digest,
                                                         wrong)
                self.write('x', made)
                got = ask('check', 'sev', '--initdata', 'file', '--against',
                          'x', status=0 if right else 1)
                self.assertEqual(
                    (field, got['verdict'], got['initdata']['same'],
                     got['initdata']['reported'],
                     'initdata' in [r['code'] for r in got['reasons']],
                     got['search']['found'] is not None),
                    ('HOST_DATA', 'match' if right else 'differs',
                     wrong is None, reported.hex(), wrong is not None,
                     digest == value))

    def test_several(self):
        """Of several files each is no match."""
        value = bytes.fromhex(mrtd(self.image))
        self.write('fw2', self.image.data)
        for reported, status in ((bytes(48), 1),
                                 (initdata.field(self.raw, 'MRCONFIGID'), 0)):
            self.write('x', evidence.quote(value, mrconfigid=reported))
            result = calc('check', 'fw', 'fw2', '--initdata', 'file',
                          '--against', 'x')
            self.assertEqual(result.status, status)
            self.assertEqual(result.text.count(': NO MATCH'), 2 * status)
            self.assertEqual(result.text.count(' (with other initdata)\n'),
                             2 * status)

    def test_no_field(self):
        """A value alone has none: what was asked for cannot be answered."""
        result = calc('check', 'fw', '--initdata', 'file', '--against',
                      mrtd(self.image))
        self.refused(result, 3)
        self.assertTrue(result.lines[0].endswith(' [initdata-against]'))

    def test_none(self):
        self.write('x', evidence.quote(bytes.fromhex(mrtd(self.image))))
        result = calc('check', 'fw', '--initdata', 'file', '--against', 'x')
        self.assertEqual(result.status, 1)
        self.assertIn(f'MRCONFIGID is {"0" * 96}, and by', result.text)

    def test_bad_file(self):
        self.write('x', evidence.quote(bytes.fromhex(mrtd(self.image))))
        self.write('file', b'nothing')
        self.refused(calc('check', 'fw', '--initdata', 'file', '--against',
                          'x'), 3)


class Tdinfo(Case):
    def test_field(self):
        self.good()
        raw = initdata.document('sha256')
        self.write('file', raw)
        args = ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3')
        value = initdata.field(raw, 'MRCONFIGID').hex()
        self.assertEqual(calc(*args, '--initdata', 'file'),
                         calc(*args, '--mrconfigid', value))
        self.assertIn(f'MRCONFIGID       {value}\n',
                      calc(*args, '--initdata', 'file').text)
        result = calc(*args, '--initdata', 'file', '--mrconfigid', value)
        self.assertEqual(result.status, 2)
