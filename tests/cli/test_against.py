# SPDX-License-Identifier: Apache-2.0
"""check --against: whose MRTD it is, and if nobody's, why."""

import base64
import collections
import hashlib
import itertools
import json
import pathlib
import re
import struct
import subprocess
import sys

import evidence
import formula
import igvm_cases
import images
import notes
import support
import warned
from evidence import Tag, cbor, corim, envelope, quote, sign1, tdinfo, tdreport
from images import BFV, CFV, PERM_MEM, TD_HOB, TEMP_MEM
from support import PLAIN, TestCase, calc, mrtd, value_of

try:
    import jsonschema
except ImportError:
    jsonschema = None

OTHER = evidence.digest('another MRTD')
UNVERIFIED = '  not verified: the quote has certification data of type 1, and no '
SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'docs'
                     / 'schemas/check.schema.json').read_text(encoding='utf-8'))


def with_sections(image, sections):
    """The formula over other sections than the image has."""
    return formula.mrtd(image.data, sections)


class Against(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.good()
        self.hex = mrtd(self.image)
        self.bytes = bytes.fromhex(self.hex)

    def answer(self, against, *args, stdin=b''):
        """The JSON that check prints against a file of these bytes."""
        if isinstance(against, str):
            against = against.encode()
        self.write('x', against)
        result = calc('check', 'fw', '--against', 'x', '--json', *args,
                      stdin=stdin)
        self.assertEqual(result.lines, [], result)
        answer = json.loads(result.text)
        self.assertEqual(answer['verdict'],
                         {0: 'match', 1: 'differs'}[result.status])
        self.assertEqual(
            {vmm: value['value'] for value in answer['values']
             for vmm in value['vmm']},
            {t['vmm']: t['mrtd'] for t in answer['tried']
             if not t['deviations'] and t['mrtd']})
        if jsonschema:
            jsonschema.validate(answer, SCHEMA)
        return answer

    def matches(self, against, kind, *args):
        """It matches, as that kind, and does so for this MRTD only."""
        answer = self.answer(against, *args)
        self.assertEqual(answer['verdict'], 'match', answer)
        self.assertEqual(answer['against']['kind'], kind)
        self.assertEqual({t['vmm'] for t in answer['tried']
                          if t['explains']}, set(PLAIN))
        return answer

    def differs(self, against, *args):
        answer = self.answer(against, *args)
        self.assertEqual(answer['verdict'], 'differs', answer)
        return {reason['code']: reason['text']
                for reason in answer['reasons']}

    UNKNOWN = ('neither 96 hexadecimal digits or their base64, nor a TDX '
               'quote, TDREPORT, TDINFO, SEV-SNP report, CoRIM, CoSWID, policy, '
               'nor JSON with one of these or with reference values; --kind '
               'of check says what it is [against-unknown]')

    def refuse(self, against, line, *args, status=3):
        if isinstance(against, str):
            against = against.encode()
        self.write('x', against)
        self.refused(calc('check', 'fw', '--against', 'x', *args), status,
                     'x: ' + line)


class Values(Against):
    def test_argument(self):
        """Hexadecimal of either case, with 0x, and base64."""
        base = base64.b64encode(self.bytes).decode()
        for text in (self.hex, self.hex.upper(), '0x' + self.hex,
                     '0X' + self.hex.upper(), base,
                     base64.urlsafe_b64encode(self.bytes).decode()):
            result = calc('check', 'fw', '--against', text)
            self.assertEqual(result.status, 0, text)
            self.assertTrue(result.text.startswith('fw: MATCH\n'), text)
            self.assertIn('spec: the TD-Shim specification', result.text)
        other = OTHER.hex()
        result = calc('check', 'fw', '--against', other)
        self.assertEqual(result.status, 1)
        self.assertTrue(result.text.startswith('fw: NO MATCH\n'))
        self.assertIn(other, result.text)
        self.assertIn(self.hex, result.text)

    def test_wrong_digits(self):
        for text in self.hex[:-1], self.hex + '0', '0' * 64:
            self.refused(
                calc('check', 'fw', '--against', text), 2,
                f'--against: {len(text)} hexadecimal digits; an MRTD has 96')
            self.refused(
                calc('reference', '--verify', text, 'fw'), 2,
                f'--verify: {len(text)} hexadecimal digits; an MRTD has 96')

        for text, at in ((self.hex[:-1] + 'x', 96),
                         ('0X' + self.hex[:50] + 'g' + self.hex[50:], 51)):
            self.refused(
                calc('check', 'fw', '--against', text), 2,
                f'--against: digit {at} is not hexadecimal, and there is no '
                'such file; an MRTD has 96 digits')
        self.refused(
            calc('check', 'fw', '--against', '0x' + self.hex[1:]), 2,
            '--against: 95 hexadecimal digits; an MRTD has 96')

    def test_digits_of_another_kind(self):
        """What cannot be digits has to be a file."""
        for kind in ('quote', 'tdreport', 'tdinfo', 'json', 'corim', 'coswid',
                     'policy'):
            for text in self.hex, self.hex[:-1], '0x' + self.hex:
                self.refused(
                    calc('check', '--kind', kind, 'fw', '--against', text), 2,
                    '--against: with this --kind it is the name of a file, '
                    'and there is no such file; an MRTD is --kind hex')
            self.refused(
                calc('check', '--kind', kind, 'fw', '--against', 'gone'), 4,
                'gone: cannot open: No such file or directory')
        self.assertEqual(calc('check', '--kind', 'hex', 'fw', '--against',
                              self.hex).status, 0)

    def test_a_file_of_that_name(self):
        """Base64 that names a file is the file."""
        name = base64.urlsafe_b64encode(self.bytes).decode()
        self.write(name, OTHER.hex().encode())
        self.assertEqual(calc('check', 'fw', '--against', name).status, 1)

    def test_text_files(self):
        base = base64.b64encode(self.bytes)
        for text in (self.hex.encode(), self.hex.encode() + b'\n', base,
                     b' 0x' + self.hex.upper().encode() + b'\r\n',
                     base[:30] + b'\n' + base[30:] + b'\n'):
            self.matches(text, 'bare digest')

    def test_standard_input(self):
        self.write('empty', b'')
        result = calc('check', 'fw', '--against', '-',
                      stdin=quote(self.bytes))
        self.assertEqual(result.status, 0, result)
        result = calc('check', '-', '--against', self.hex,
                      stdin=self.image.data)
        self.assertEqual(result.status, 0, result)
        self.refused(calc('check', '-', '--against', '-'), 2)


class Evidence(Against):
    KINDS = (
        (lambda m, **f: quote(m, 4, **f), 'TDX quote version 4', 184),
        (lambda m, **f: quote(m, 5, 2, **f), 'TDX quote version 5', 190),
        (lambda m, **f: quote(m, 5, 3, **f), 'TDX quote version 5', 190),
        (lambda m, **f: quote(m, 4, **f) + bytes(3000),
         'TDX quote version 4', 184),
        (tdreport, 'TDREPORT', 528),
        (tdinfo, 'TDINFO', 16),
    )

    def test_kinds(self):
        for make, kind, offset in self.KINDS:
            with self.subTest(kind=kind):
                data = make(self.bytes, attributes=0x10000001, xfam=0x61ae7,
                            mrconfigid=evidence.digest('a'),
                            mrowner=evidence.digest('b'),
                            mrownerconfig=evidence.digest('c'))
                answer = self.matches(data, kind, '--allow-debug')
                (expected,) = answer['expected']
                seen = expected['evidence']
                self.assertEqual(expected, {
                    **expected, **value_of(self.hex)})
                self.assertEqual(data[offset:offset + 48], self.bytes)
                self.assertEqual(seen['mrtd_offset'], offset)
                self.assertEqual(seen['attributes'], '0x10000001')
                self.assertEqual(seen['xfam'], '0x61ae7')
                self.assertEqual(
                    [seen[x] for x in ('mrconfigid', 'mrowner',
                                       'mrownerconfig')],
                    [evidence.digest(x).hex() for x in 'abc'])
                self.assertEqual(seen['rtmrs'],
                                 [evidence.digest(f'rtmr{i}').hex()
                                  for i in range(4)])
                self.assertEqual(
                    (seen['debug'], seen['consistent'],
                     seen['signature_verified']), (True, True, False))
                self.assertEqual(self.differs(make(OTHER)).keys()
                                 & {'another-build'}, {'another-build'})

    def test_service_td(self):
        servtd = evidence.digest('servtd')
        for data, seen in ((quote(self.bytes, 5, 3, servtd=servtd), servtd),
                           (quote(self.bytes, 5, 2, servtd=servtd),
                            evidence.ZERO),
                           (quote(self.bytes, 4, servtd=servtd),
                            evidence.ZERO),
                           (tdreport(self.bytes, servtd=servtd), servtd)):
            (expected,) = self.answer(data)['expected']
            self.assertEqual(expected['evidence']['servtd_hash'], seen.hex())

    def test_encoded(self):
        for make, kind, _ in self.KINDS[:5]:
            data = make(self.bytes)
            for text in (data.hex(), base64.b64encode(data),
                         base64.encodebytes(data)):
                self.matches(text, kind + ' in hexadecimal or base64')

    def test_in_json(self):
        text = base64.b64encode(quote(self.bytes)).decode()
        for document in ({'quote': text}, [{'a': {'b': [1, text]}}],
                         {'cc_eventlog': 'QUJD' * 1000, 'quote': text},
                         {'evidence': quote(self.bytes).hex()},
                         {'quote': text.rstrip('=').replace('+', '-')
                          .replace('/', '_')}):
            self.matches(json.dumps(document), 'TDX quote version 4 in JSON')

    def test_what_is_said(self):
        """The signature is not verified; debug TDs and host's fields."""
        def printed(**fields):
            self.write('x', quote(self.bytes, **fields))
            return calc('check', 'fw', '--against', 'x',
                        '--allow-debug').text
        plain = printed()
        self.assertIn(UNVERIFIED, plain)
        for word in 'debug', 'MRCONFIGID', 'MROWNER', 'set by':
            self.assertNotIn(word, plain)
        self.assertIn('a debug guest', printed(attributes=1))
        for field, word in (('mrconfigid', 'MRCONFIGID'),
                            ('mrowner', 'MROWNER'),
                            ('mrownerconfig', 'MROWNERCONFIG')):
            value = evidence.digest(field)
            self.assertIn(f'  {word:14}{value.hex()}  (set by the host)',
                          printed(**{field: value}))
        self.write('x', quote(OTHER))
        self.assertIn(UNVERIFIED, calc('check', 'fw', '--against', 'x').text)

    def test_forced(self):
        self.matches(quote(self.bytes, 5), 'TDX quote version 5', '--kind',
                     'quote')
        self.matches(tdreport(self.bytes), 'TDREPORT', '--kind', 'tdreport')
        self.matches(tdinfo(self.bytes), 'TDINFO', '--kind', 'tdinfo')
        self.matches(self.hex, 'bare digest', '--kind', 'hex')
        self.refuse(quote(self.bytes), 'offset 0x0: not a TDREPORT of TDX: '
                    'its type and subtype are not 0x81 and 0 '
                    '[evidence-kind]', '--kind', 'tdreport')
        self.refuse(tdreport(self.bytes), 'offset 0x4: not a TDX quote: '
                    'TEE_TYPE is 0x0, not 0x81 [evidence-kind]', '--kind',
                    'quote')
        self.refuse(quote(self.bytes), 'offset 0x1c0: not a TDINFO: its '
                    'reserved bytes are not zero [evidence-reserved]',
                    '--kind', 'tdinfo')
        self.refuse(quote(self.bytes), 'not 96 hexadecimal digits, nor 64 '
                    'characters of base64 [against-unknown]', '--kind', 'hex')
        self.refused(calc('check', 'fw', '--against', 'x', '--kind', 'pdf'),
                     2, '--kind needs hex, base64, quote, tdreport, tdinfo, '
                     "snp-report, json, corim, coswid or policy, not 'pdf'; "
                     "try 'mrtd-calc check --help'")


class Hostile(Against):
    def test_truncated(self):
        """Whatever is cut off is told with its size; nothing crashes."""
        for make, kind, _ in Evidence.KINDS[:3]:
            whole = make(self.bytes)
            for size in self.part((
                    8, 47, 48, 53, 54, 183, 200, 631, 632, 635, 636, 702, 705,
                    706, len(whole) - 1)):
                self.write('x', whole[:size])
                result = calc('check', 'fw', '--against', 'x')
                self.refused(result, 3)
                self.assertIn(f'the {kind} is cut off: it has {size} bytes, '
                              'and needs ', result.lines[0])
                self.assertIn('[evidence-size]', result.lines[0])
        self.refuse(tdreport(self.bytes)[:1023], 'offset 0x3ff: the TDREPORT '
                    'is cut off: it has 1023 bytes, and needs 1024 '
                    '[evidence-size]')
        self.refuse(tdinfo(self.bytes)[:511], 'offset 0x1ff: the TDINFO is '
                    'cut off: it has 511 bytes, and needs 512 '
                    '[evidence-size]', '--kind', 'tdinfo')
        self.refuse(b'ab', 'offset 0x2: the TDX quote is cut off: it has 2 '
                    'bytes, and needs 48 [evidence-size]', '--kind', 'quote')

    def test_fields(self):
        good = quote(self.bytes)
        self.refuse(good[:632] + b'\xff' * 4 + good[636:],
                    f'offset 0x{len(good):x}: the TDX quote version 4 is cut '
                    f'off: it has {len(good)} bytes, and needs '
                    f'{636 + 0xffffffff} [evidence-size]')
        self.refuse(quote(self.bytes, 6), 'offset 0x0: the quote\'s version '
                    'is 6; versions 4 and 5 are known [evidence-version]')
        self.refuse(quote(self.bytes, 5, 1), 'offset 0x30: the quote\'s body '
                    'type is 1, not 2 (TDX 1.0) or 3 (TDX 1.5) '
                    '[evidence-version]')
        self.refuse(quote(self.bytes, 5, 3, size=584), 'offset 0x32: the '
                    'quote\'s body size is 584, but a body of type 3 has 648 '
                    'bytes [evidence-size]')
        self.refuse(quote(self.bytes, 4, tee=0), 'offset 0x4: this is the '
                    'quote of an SGX enclave, which has no MRTD '
                    '[evidence-tee]', '--kind', 'quote')
        # It is known as that without a word; its version 3, too.
        for version, key in ((3, 2), (4, 2), (5, 3)):
            self.refuse(struct.pack('<HHI', version, key, 0)
                        + good[8:], 'offset 0x4: this is the quote of an SGX '
                        'enclave, which has no MRTD [evidence-tee]')
        for start in (struct.pack('<HHI', 2, 2, 0),
                      struct.pack('<HHI', 6, 2, 0),
                      struct.pack('<HHI', 3, 2, 1)):
            self.refuse(start + good[8:], self.UNKNOWN)

    def test_swapped(self):
        """A firmware image, or a list, where neither is wanted."""
        line = ('a firmware image, which is not what a firmware is compared '
                'with here; are the two swapped? diff compares two of them '
                '[against-unknown]')
        code = split()[1]
        igvm = igvm_cases.Igvm(igvm_cases.EVERYTHING).encode()
        for data in self.image.data, code, igvm:
            self.refuse(data, line)
        self.refuse(self.image.data[:-1], self.UNKNOWN)
        line = 'a list of values: -c checks it; give one of its values ' \
            '[against-unknown]'
        for text in (f'{self.hex}  fw\n', f'{self.hex} *f\n',
                     f'MRTD (fw) = {self.hex}\n{self.hex[1:]}\n',
                     f'\\{self.hex}  a\\nb'):
            self.refuse(text, line)
        self.refuse(f'{self.hex} fw\n', self.UNKNOWN)

    def test_unknown(self):
        for data in (b'\0' * 100, b'hello world!\n', bytes(511), bytes(513),
                     b'\xff' * 512):
            self.refuse(data, self.UNKNOWN)
        self.refuse(b'', 'it is empty [against-empty]')
        self.refuse(bytes((4 << 20) + 1), 'it has 4194305 bytes, more than '
                    'the 4194304 of any quote or reference value '
                    '[against-limit]')

    def test_files(self):
        self.refused(calc('check', 'fw', '--against', 'missing'), 4,
                     'missing: cannot open: No such file or directory')
        self.refused(calc('check', 'fw', '--against', '.'), 4,
                     '.: cannot read: Is a directory')

    def test_json(self):
        name = 'JSON member "mr_td"'
        for text, line in (
                ('{', 'not well-formed JSON: line 1: '),
                ('{"mr_td": "\x01"}', 'neither 96 hexadecimal'),
                ('{"a": 1, "a": 2}', 'not well-formed JSON: line 1: '
                 'duplicate object key'),
                ('{"rtmr_1": "' + self.hex + '"}', 'JSON without an MRTD'),
                ('[]', 'JSON without an MRTD'),
                ('{"mr_td": "00"}', name + ' has 2 characters that are not '
                 'an MRTD'),
                ('{"mr_td": ["' + self.hex + '", "00"]}', name + ' has 2 '
                 'characters'),
                ('[' * 40 + ']' * 40, 'the JSON is nested deeper than 32'),
                ('[' * 100000, 'not well-formed JSON'),
                (envelope({}, 'swid'), 'the RVPS message is of another type '
                 'than "sample" and "corim" [against-json]'),
                (envelope(b'\n{'), 'x: the payload of the RVPS message is not '
                 'well-formed JSON: line 2: '),
                ('{"type": "sample", "payload": "###"}',
                 'the payload of the RVPS message is not base64'),
                ('{"schema": "mrtd-calc/measurement/1"}',
                 'it says to be JSON of mrtd-calc, but its "platform" is not '
                 '"tdx"'),
                ('{"schema": "mrtd-calc/measurement/1", "platform": "tdx"}',
                 'it says to be JSON of mrtd-calc, but its member "mrtd" is '
                 'not an MRTD')):
            self.write('x', text.encode())
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            self.assertIn(line, result.lines[0])

    def test_json_after_json(self):
        """Where what is no JSON is, is said by its place in the file."""
        for count in range(1, 5):
            good = ''.join(
                json.dumps({'mr_td': self.hex}, indent=indent) + '\n\n'
                for indent in range(count))
            self.write('x', (good + ' }').encode())
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            line = good.count('\n') + 1
            self.assertRegex(
                result.lines[0], f'^x: offset {len(good) + 2:#x}: not '
                f'well-formed JSON: line {line}: ')

    def test_json_without_end(self):
        """More MRTDs than anybody has, and lines of rubbish behind."""
        many = json.dumps({'mr_td': [self.hex] * 4097})
        self.refuse(many, 'it holds more than 4096 values [against-limit]')
        line = json.dumps({'mr_td': self.hex})
        self.write('x', f'{line}\n{line}\nrubbish'.encode())
        self.refused(calc('check', 'fw', '--against', 'x'), 3)

    def test_corim(self):
        good = {0: 83, 1: {2: [[7, self.bytes]]}}
        none = ('the CoRIM holds no MRTD: no SHA-384 digest under mkey 83 or '
                'measurement value -83 [against-corim]')
        for data, offset, why in (
                (corim(good)[:-1], None, 'a string that is longer than what '
                 'is left'),
                (corim(good) + b'\0', None, 'there are bytes after its end'),
                (b'\xd9\x01\xf5', 3, 'it ends before its last item does'),
                (b'\xd9\x01\xf5\x9b' + b'\xff' * 8, 3, 'an array or map of '
                 'more items than there are bytes left'),
                (b'\xd9\x01\xf5\xbb\x00\x00\x00\x01\x7f\xff\xff\xff', 3,
                 'an array or map of more items than there are bytes left'),
                (b'\xd9\x01\xf5' + b'\x81' * 5000 + b'\0', 66,
                 'it is nested deeper than 64 levels')):
            self.write('x', data)
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            self.assertTrue(result.lines[0].endswith(
                ': not a CoRIM in CBOR that can be read in one way only: '
                f'{why} [against-corim]'), result)
            if offset is not None:
                self.assertIn(f'x: offset {offset:#x}: ', result.lines[0])
        for data, line in (
                (b'\xd9\x01\xf5\x00', 'not a CoRIM: a corim-map is not a '
                 'map [against-corim]'), (cbor(Tag(501, {})), none),
                (corim({0: 84, 1: {2: [[7, self.bytes]]}}), none),
                (corim({0: 83, 1: {2: [[1, bytes(32)]]}}), none),
                (corim({0: 83, 1: {2: [[7, bytes(47)]]}}),
                 'not a CoRIM: a SHA-384 digest does not have 48 bytes '
                 '[against-corim]'),
                (cbor(Tag(501, {1: [Tag(506, b'\x81')]})),
                 'not a CoRIM: a CoMID in it is not CBOR that can be read in '
                 'one way only: at its byte 0: an array or map of more items '
                 'than there are bytes left [against-corim]'),
                (cbor(Tag(501, {1: [Tag(506, {})]})),
                 'not a CoRIM: a CoMID in it is not a byte string '
                 '[against-corim]'),
                (cbor(Tag(18, [b'', {}, Tag(22, 1), b''])),
                 'not a CoRIM that is read here: the '
                 'payload of the COSE_Sign1 is detached, or not a byte string '
                 '[against-corim]'),
                (sign1(b'\0'), 'not a CoRIM: no tag 501 [against-corim]')):
            self.refuse(data, line)

    def test_changed(self):
        """No byte of evidence, however changed, does more than differ."""
        for make, _, _ in Evidence.KINDS:
            data = bytearray(make(self.bytes))
            for offset in self.part((*range(0, 60), *range(625, 645),
                                     *range(700, 712))):
                if offset >= len(data):
                    continue
                changed = data[:]
                changed[offset] ^= 0xff
                self.write('x', changed)
                result = calc('check', 'fw', '--against', 'x')
                self.assertIn(result.status, (0, 1, 3))
                self.assertEqual(len(result.lines), result.status == 3)


class References(Against):
    def test_json(self):
        other = OTHER.hex()
        for document in (
                {'mr_td': [self.hex]}, {'mr_td': self.hex.upper()},
                {'mr_td': [other, self.hex]}, {'MRTD': self.hex},
                {'rtmr_1': [other], 'mr_td': [self.hex]},
                {'rvps:///github.com/o/tdx/mr_td:0.21.0': self.hex},
                {'Intel/TDX/claim83/digests': [self.hex]},
                {'policy_array': [{
                    'environment': {
                        'class_id': 'a1e4ee9c-a12e-48ac-bed0-e3f89297f687'},
                    'reference': {'tdx_mrtd': self.hex}}]},
                {'mrtd': {'single_pass': self.hex, 'two_pass': other,
                          'note': 'text'}},
                {'MrTd': base64.b64encode(self.bytes).decode()}):
            self.matches(json.dumps(document), 'reference values in JSON')
        answer = self.answer(json.dumps({'mr_td': [other, self.hex],
                                         'x/mr_td:1': other}))
        self.assertEqual([(e['value'], e['where'])
                          for e in answer['expected']],
                         [(other, 'JSON member "mr_td"'),
                          (self.hex, 'JSON member "mr_td"'),
                          (other, 'JSON member "x/mr_td:1"')])
        self.differs(json.dumps({'mr_td': [other]}))

    def test_hostile_names(self):
        """A key is shown without its control characters."""
        text = json.dumps({'mr_td\033[2J\n\u20ac' + 'x' * 500: OTHER.hex()})
        self.write('x', text.encode())
        result = calc('check', 'fw', '--against', 'x')
        self.refused(result, 3)
        self.assertNotIn(b'\033', result.stderr)
        self.assertIn('$.mr_td?[2J????x', result.lines[0])

    def test_rvps(self):
        self.matches(envelope({'mr_td': [self.hex]}), 'RVPS message')
        self.matches(envelope({'a/mr_td:1': self.hex}), 'RVPS message')
        self.differs(envelope({'mr_td': [OTHER.hex()]}))
        self.write('x', envelope(corim({0: 83, 1: {2: [[7, self.bytes]]}}),
                                 'corim').encode())
        self.assertEqual(calc('check', 'fw', '--against', 'x').status, 0)

    def test_ours(self):
        """What --json printed, of one image or of several."""
        self.good('a')
        text = calc('--json', 'a').text
        answer = self.matches(text, 'JSON of mrtd-calc')
        self.assertEqual(answer['expected'][0]['where'], 'a, VMM spec')
        self.write('b', images.more(images.TEMP_MEM._replace(
            address=0x2000000)))
        self.matches(calc('--json', 'b', 'a').text, 'JSON of mrtd-calc')
        self.differs(calc('--json', 'b').text)

    def test_corim(self):
        for measurement in (
                {0: 83, 1: {2: [[7, self.bytes]]}},
                {0: 83, 1: {2: [[1, bytes(32)], ['sha-384', self.bytes]]}},
                {1: {-83: [[7, self.bytes]]}}, {1: {-83: [7, self.bytes]}},
                {1: {-83: Tag(60020, [6, [[7, OTHER], [7, self.bytes]]])}},
                {0: 'mr_td', 1: {2: [[7, self.bytes]]}},
                {1: {11: 'mr_td', 2: [[7, self.bytes]]}}):
            self.matches(corim(measurement), 'CoRIM')
            self.matches(corim({0: 84, 1: {2: [[7, OTHER]]}}, measurement),
                         'CoRIM')
            self.matches(sign1(corim(measurement)),
                         'signed CoRIM (signature not verified)')
        self.differs(corim({0: 83, 1: {2: [[7, OTHER]]}}))
        self.matches(base64.b64encode(corim(
            {0: 83, 1: {2: [[7, self.bytes]]}})), 'CoRIM')


class Launches(Against):
    def found(self, value, sections, name='fw'):
        """The VMMs and deviations that give the value."""
        self.write(name, images.image(sections))
        result = calc('check', name, '--against', value, '--json')
        answer = json.loads(result.text)
        self.assertEqual(answer['verdict'],
                         {0: 'match', 1: 'differs'}[result.status])
        for tried in answer['tried']:
            self.assertEqual(tried['explains'], tried['mrtd'] == value and (
                not tried['deviations'] or not any(
                    t['mrtd'] == value for t in answer['tried']
                    if not t['deviations'])))
        return [(t['vmm'], *t['deviations']) for t in answer['tried']
                if t['explains']]

    def test_profiles(self):
        for vmm, names in (('spec', PLAIN),
                           ('kvm-v19', ('kvm-v19',))):
            value = mrtd(self.image, vmm)
            self.assertEqual(self.found(value, images.GOOD),
                             [(name,) for name in names])

    def test_aug_added(self):
        sections = (*images.GOOD, PERM_MEM)
        image = images.image(sections)
        added = (*images.GOOD, PERM_MEM._replace(attributes=0))
        value = formula.mrtd(image.data, added, 'kvm-v19')
        self.assertEqual(self.found(value, sections),
                         [('kvm-v19', 'aug-added')])
        # Cloud Hypervisor and QEMU do so always.
        value = formula.mrtd(image.data, added)
        self.assertEqual(self.found(value, sections),
                         [('cloud-hypervisor',), ('qemu',)])

    def test_following_bytes(self):
        short = BFV._replace(raw=0x1234)
        sections = (short, CFV, TD_HOB, TEMP_MEM)
        image = images.image(sections)
        whole = (short._replace(raw=short.memory), CFV, TD_HOB, TEMP_MEM)
        value = formula.mrtd(image.data, whole)
        self.assertNotEqual(value, formula.mrtd(image.data, sections))
        self.assertEqual(self.found(value, sections),
                         [('qemu',), ('migtd-qemu',)])
        value = formula.mrtd(image.data, whole, 'kvm-v19')
        self.assertEqual(self.found(value, sections),
                         [('kvm-v19', 'following-bytes')])

    def test_following_bytes_end_with_the_file(self):
        """Nobody can tell what follows behind the end of the file."""
        sections = (*images.GOOD, images.PAYLOAD._replace(
            offset=0xf800, raw=0x100, memory=0x2000))
        self.write('fw', images.image(sections))
        answer = json.loads(calc('check', 'fw', '--against', OTHER.hex(),
                                 '--json').text)
        self.assertEqual({t['vmm']: t['refused']
                          for t in answer['tried']}['qemu'], 'vmm-content')
        self.assertNotIn('following-bytes',
                         [d for t in answer['tried'] for d in t['deviations']])

    def test_all_measured(self):
        measured = [s._replace(attributes=1) for s in images.GOOD]
        value = with_sections(self.image, measured)
        self.assertEqual(self.found(value, images.GOOD),
                         [('spec', 'all-measured')])

    def test_combined(self):
        sections = (BFV._replace(raw=0x1800), CFV, TD_HOB, TEMP_MEM, PERM_MEM)
        image = images.image(sections)
        changed = (BFV, CFV, TD_HOB, TEMP_MEM, PERM_MEM._replace(attributes=0))
        value = formula.mrtd(image.data, changed, 'kvm-v19')
        self.assertEqual(self.found(value, sections),
                         [('kvm-v19', 'following-bytes', 'aug-added')])

    def test_two_pass(self):
        """MigTD's QEMU on a host that adds all pages first."""
        sections = (BFV._replace(raw=0x1800), CFV, TD_HOB, TEMP_MEM, PERM_MEM,
                    PERM_MEM._replace(address=0x2000000, attributes=0))
        image = images.image(sections)
        # It passes over PermMem, and knows no end of a section's data.
        value = formula.mrtd(image.data, (BFV, CFV, TD_HOB, TEMP_MEM),
                             'kvm-v19')
        self.assertEqual(self.found(value, sections),
                         [('migtd-qemu', 'two-pass')])
        # Nobody else is tried so: the VMM kvm-v19 is QEMU's.
        answer = self.answer(OTHER.hex())
        self.assertEqual(sum('two-pass' in t['deviations']
                             for t in answer['tried']), 1)
        text = calc('check', 'fw', '--against', value).text
        self.assertIn('migtd-qemu with two-pass: ', text)
        # Where no PermMem is passed over, it is kvm-v19's value, or one that
        # a deviation of it gives.
        self.write('fw', images.image())
        self.assertFalse([t for t in self.answer(OTHER.hex())['tried']
                          if 'two-pass' in t['deviations']])

    def test_payload(self):
        payload = b'kernel' * 1000
        section = images.PAYLOAD._replace(offset=0, raw=0)
        image = self.write('fw', images.image((*images.GOOD, section)))
        self.write('kernel', payload)
        value = mrtd(image, 'cloud-hypervisor', payload)
        result = calc('check', 'fw', '--against', value, '--payload',
                      'kernel', '--json')
        self.assertEqual(
            [t['vmm'] for t in json.loads(result.text)['tried']
             if t['explains']], ['cloud-hypervisor'])
        # An image that has no place for it: what is left out is said.
        plain = self.write('plain', images.image())
        result = calc('check', 'plain', '--against', mrtd(plain), '--payload',
                      'kernel')
        self.assertEqual(result.status, 0, result)
        self.assertIn('  refused       (cloud-hypervisor: ', result.text)
        result = calc('check', 'plain', '--against', mrtd(plain))
        self.assertNotIn('refused', result.text)
        result = calc('check', 'fw', '--against', value, '--json')
        answer = json.loads(result.text)
        self.assertEqual(answer['verdict'], 'differs')
        self.assertIn('payload-content',
                      [r['code'] for r in answer['reasons']])
        self.assertIn(('cloud-hypervisor', 'payload-needed'),
                      [(t['vmm'], t['refused'])
                       for t in answer['tried']])
        self.write('other', payload[:-1])
        result = calc('check', 'fw', '--against', value, '--payload', 'other')
        self.assertEqual(result.status, 1)
        self.assertIn('was it another than that of --payload? '
                      '[payload-content]', result.text)

    def test_split_image(self):
        """The CODE part alone has the joined image's MRTD."""
        variables, code, sections = split()
        self.write('vars', variables)
        self.write('code', code)
        value = formula.mrtd(variables + code, sections)
        result = calc('check', 'code', '--against', value)
        self.assertEqual(result.status, 0, result)
        self.assertIn('the CODE part of a split image', result.text)
        self.assertEqual(result.text.split('\n')[0],
                         'code: MATCH (CODE only; VARS not given)')
        result = calc('check', 'code', '--vars', 'vars', '--against', value)
        self.assertEqual(result.status, 0, result)
        self.assertNotIn('split image', result.text)
        self.assertEqual(result.text.split('\n')[0], 'code: MATCH')
        self.write('whole', variables + code)
        # In a line beside others, and in JSON, it is said as well.
        result = calc('check', 'code', 'whole', '--against', value)
        for line in (f'code: MATCH (CODE only; VARS not given), {PLAIN[0]}',
                     f'whole: MATCH, {PLAIN[0]}'):
            self.assertIn(f'\n{line}', '\n' + result.text)
        for name in 'code', 'whole':
            for against, verdict in ((value, 'match'), (OTHER.hex(), 'differs')):
                found = json.loads(calc('check', '--json', name, '--against',
                                        against).text)
                self.assertEqual((found['code_only'], found['verdict']),
                                 (name == 'code', verdict))
        found = json.loads(calc('check', '--json', 'code', '--vars', 'vars',
                                '--against', value).text)
        self.assertFalse(found['code_only'])
        result = calc('check', 'code', 'code', '--against', OTHER.hex())
        self.assertEqual(result.status, 1)
        self.assertEqual(
            result.text.count('code: NO MATCH (CODE only; VARS not given)\n'),
            2)
        # VARS are not measured: another build is likelier than their lack.
        result = calc('check', 'code', '--against', OTHER.hex(), '--json')
        self.assertEqual(result.status, 1)
        codes = [r['code'] for r in json.loads(result.text)['reasons']]
        self.assertLess(codes.index('another-build'),
                        codes.index('split-image'))
        self.refused(calc('code'), 3)
        (line,) = calc('--vars', 'code', 'vars').lines
        self.assertIn('; --vars FILE goes in front, are VARS and CODE '
                      'swapped? [no-table]', line)

    def test_several(self):
        """Find my firmware: which of the files is it?"""
        self.write('other', images.more(TEMP_MEM._replace(address=0x2000000)))
        self.write('no', b'\xff' * 4096)
        self.write('x', quote(self.bytes))
        result = calc('check', '--against', 'x', 'other', 'fw', 'no')
        self.assertEqual(result.status, 0)
        self.assertIn('\nother: NO MATCH\nfw: MATCH, '
                      + ', '.join(PLAIN) + '\n', result.text)
        self.assertIn(UNVERIFIED, result.text)
        self.assertEqual(len(result.lines), 1)
        self.assertTrue(result.lines[0].startswith('no: '))
        self.assertEqual(
            len(calc('check', '--json', '--against', 'x', 'other',
                     'fw').text.splitlines()), 2)

    def test_status_of_several(self):
        """The manual, EXIT STATUS: the largest, but one that matches is
        enough unless another cannot be read."""
        self.write('differs', images.more(TEMP_MEM._replace(address=0x2000000)))
        self.write('refused', b'\xff' * 4096)
        self.write('x', quote(self.bytes))
        statuses = {'fw': 0, 'differs': 1, 'refused': 3, 'unreadable': 4}
        for count in 1, 2, 3:
            for names in self.part(itertools.product(statuses,
                                                     repeat=count)):
                largest = max(map(statuses.get, names))
                wanted = (0 if 'fw' in names and 'unreadable' not in names
                          else largest)
                for more in (), ('--json',):
                    with self.subTest(names=names, more=more):
                        self.assertEqual(
                            calc('check', '--against', 'x', *more,
                                 *names).status, wanted)


def split():
    """VARS and CODE of an image as OVMF is split, and its sections."""
    size, vars_size = images.SIZE, 0x4000
    bfv = images.Section(vars_size, size - vars_size,
                         (1 << 32) - (size - vars_size), size - vars_size,
                         0, 1)
    cfv = images.Section(0, vars_size, bfv.address - vars_size, vars_size,
                         1, 0)
    sections = (bfv, cfv, TD_HOB, TEMP_MEM)
    whole = images.image(sections)
    return whole.data[:vars_size], whole.data[vars_size:], sections


class Warnings(Against):
    """A match is not bare where other commands warn of the image."""

    def plain(self, args):
        """The warnings and the value of the plain form."""
        result = calc(*args, 'fw')
        self.assertEqual(result.status, 0, result)
        return ([line for line in result.lines if ': warning: ' in line],
                result.text.strip())

    def verified(self, args, value):
        """reference --verify, without --vmm: the same as of the default."""
        if '--payload' in args:
            return
        self.write('doc', value.encode())
        result = calc('reference', '--verify', 'doc', *args, 'fw')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.lines, self.plain(args)[0])

    def test_each(self):
        """Of every case of tests/golden that has one."""
        codes = collections.Counter()
        for case in self.part(warned.CASES + notes.CASES
                              + igvm_cases.CASES):
            if case.status or not isinstance(case.image, images.Image):
                continue
            self.write('fw', case.image.data)
            for name, data in case.files:
                self.write(name, data)
            wanted, value = self.plain(case.args)
            args = list(case.args)
            while '--vmm' in args:
                del args[args.index('--vmm'):args.index('--vmm') + 2]
            with self.subTest(case=case.name):
                result = calc('check', *args, 'fw', '--against', value)
                self.assertEqual(result.status, 0, result)
                match = re.search(r'launched by +([a-z0-9-]+):', result.text)
                # Equal values may be ascribed to a VMM before it.
                if match[1] != case.vmm:
                    plain = [arg for arg in args
                             if arg not in ('--payload', 'kernel')]
                    wanted, _ = self.plain([*plain, '--vmm', match[1]])
                self.assertEqual(result.lines, wanted)
                answer = json.loads(calc('check', '--json', *args, 'fw',
                                         '--against', value).stdout)
                self.assertEqual(
                    [f"[{each['code']}]" for each in answer['warnings']],
                    [line.split(' ')[-1] for line in wanted])
                if jsonschema:
                    jsonschema.validate(answer, SCHEMA)
                self.verified(args, value)
                two = calc('check', *args, 'fw', 'fw', '--against', value)
                if not case.files:
                    self.assertEqual(two.lines, 2 * wanted)
                codes.update(line.split(' ')[-1] for line in wanted)
        self.assertGreater(len(codes), 20 // support.PART, codes)

    def test_doubled(self):
        """An image twice in one file has its value, and is not it."""
        data = images.image().data
        self.write('fw', 2 * data)
        wanted, value = self.plain([])
        self.assertTrue(any('[metadata-apart]' in line or '[reset-code]' in
                            line for line in wanted), wanted)
        result = calc('check', 'fw', '--against', value)
        self.assertEqual((result.status, result.lines), (0, wanted))

    def test_no_match(self):
        """Of one image they are printed, too; not of several."""
        self.write('fw', support.warned().data)
        wanted, _ = self.plain([])
        result = calc('check', 'fw', '--against', OTHER.hex())
        self.assertEqual((result.status, result.lines), (1, wanted))
        result = calc('check', 'fw', 'fw', '--against', OTHER.hex())
        self.assertEqual((result.status, result.lines), (1, []))


class Reasons(Against):
    def test_file_digest(self):
        digest = hashlib.sha384(self.image.data).hexdigest()
        self.assertIn('the SHA-384 of the firmware file itself',
                      self.differs(digest)['file-digest'])

    def test_constants(self):
        self.assertIn('all zeros', self.differs('0' * 96)['constant-value'])
        nothing = hashlib.sha384().hexdigest()
        self.assertIn('SHA-384 of nothing',
                      self.differs(nothing)['constant-value'])

    def test_known(self):
        azure = ('12bdbc1609ef066db7a9ec7b26d7509346f4ca46e846274096cb25939b'
                 '1e711944061ca19a30c6743f1e599148eee451')
        self.assertIn("Azure's", self.differs(azure)['known-value'])

    def test_reversed(self):
        self.assertIn('the VMM spec with its 48 bytes', self.differs(
            self.bytes[::-1].hex())['reversed-bytes'])
        kvm = bytes.fromhex(mrtd(self.image, 'kvm-v19'))
        for word in 2, 4, 8:
            value = b''.join(kvm[i:i + word][::-1]
                             for i in range(0, 48, word))
            self.assertIn(f'the VMM kvm-v19 with the bytes of each {word}-byte'
                          ' number', self.differs(value.hex())[
                              'reversed-bytes'])
        for word in 3, 5, 16:
            value = b''.join(kvm[i:i + word][::-1]
                             for i in range(0, 48, word))
            self.assertNotIn('reversed-bytes', self.differs(value.hex()))

    def test_shifted(self):
        """By whatever number of bytes, as long as eight are left."""
        for vmm in 'spec', 'kvm-v19':
            value = bytes.fromhex(mrtd(self.image, vmm))
            for n in self.part(range(1, 48)):
                plural = 's' if n > 1 else ''
                for where, shifted in (('early', OTHER[:n] + value[:-n]),
                                       ('late', value[n:] + OTHER[:n])):
                    found = self.differs(shifted.hex()).get('shifted-value')
                    if n > 40:
                        self.assertIsNone(found, (n, where))
                    else:
                        self.assertIn(f'the VMM {vmm}, read {n} byte{plural} '
                                      f'{where}: ', found)

    def test_shifted_evidence(self):
        """What the table in docs/mismatch.md says of whom."""
        quotes = {4: quote(self.bytes), 5: quote(self.bytes, 5, 3)}
        for data, offset, said in (
                (quotes[5], 184, '6 bytes early'),
                (quotes[4], 190, '6 bytes late'),
                (tdreport(self.bytes), 520, '8 bytes early'),
                (quotes[4][4:], 184, '4 bytes late')):
            value = data[offset:offset + 48]
            self.assertIn(said, self.differs(value.hex())['shifted-value'])
            # It is no match in any form, and no reason for another file.
            self.assertIn(said, self.differs(json.dumps(
                {'mr_td': value.hex()}))['shifted-value'])
        self.assertNotIn('shifted-value', self.differs(OTHER.hex()))

    def test_paravisor(self):
        """Azure's TDs, known by what its quotes have in common."""
        for make in quote, tdreport, tdinfo:
            found = self.differs(make(OTHER, attributes=0))
            self.assertIn("Microsoft's paravisor", found['azure-paravisor'])
            self.assertNotIn('azure-paravisor', self.differs(make(OTHER)))
        self.assertNotIn('azure-paravisor', self.differs(OTHER.hex()))

    def test_elsewhere(self):
        reasons = self.differs(quote(OTHER, rtmrs=[
            evidence.ZERO, self.bytes, evidence.ZERO, evidence.ZERO]))
        self.assertIn('register RTMR1', reasons['elsewhere'])
        reasons = self.differs(quote(OTHER) + self.bytes)
        self.assertIn(f'at offset {len(quote(OTHER))} of the input',
                      reasons['elsewhere'])
        # A quote of version 5 read as what it is not.
        self.assertNotIn('elsewhere', self.differs(quote(OTHER)))

    def test_always(self):
        reasons = self.differs(OTHER.hex())
        self.assertIn(hashlib.sha256(self.image.data).hexdigest(),
                      reasons['another-build'])
        self.assertIn('section 2', reasons['gce-td-hob'])
        self.assertEqual(set(reasons), {'another-build', 'gce-td-hob'})

    def test_refused_by_qemu(self):
        self.write('fw', images.more(images.PERM_MEM))
        self.assertIn('[qemu-type]',
                      self.differs(OTHER.hex())['refused-by-qemu'])

    def test_locators_differ(self):
        self.write('fw', images.image(pointer=0x1000, patch=(
            (0x1000, images.metadata(images.GOOD)[16:]),)))
        self.assertIn('two metadata tables',
                      self.differs(OTHER.hex(), '--image-format', 'tdvf')
                      ['locators-differ'])

    def test_text(self):
        """All of it is in the text, too, numbered."""
        text = calc('check', 'fw', '--against', OTHER.hex()).text
        self.assertIn('  1. the TD was launched from another file', text)
        self.assertIn('[another-build]\n  2. ', text)
        self.assertIn('Not a reason: the number of vCPUs', text)
        for vmm in 'spec', 'kvm-v19':
            self.assertIn(mrtd(self.image, vmm), text)


class Explain(Against):
    def run_script(self, text, *files):
        start = text.index('#!/usr/bin/env python3\n')
        self.write('mrtd.py', text[start:].encode())
        done = subprocess.run([sys.executable, 'mrtd.py', *files], check=True,
                              capture_output=True)
        return done.stdout.decode().strip()

    def usage(self, wanted, *files):
        """What the script last run says of too few or too many files."""
        done = subprocess.run([sys.executable, 'mrtd.py', *files],
                              capture_output=True, check=False)
        self.assertEqual(
            (done.returncode, done.stdout, done.stderr.decode()),
            (2, b'', f'usage: python3 mrtd.py {wanted}\n'))

    def test_script(self):
        """The script computes the value that matched."""
        self.write('fw', images.more(
            images.PAYLOAD._replace(offset=0x4321, raw=0x1234)))
        image = images.more(images.PAYLOAD._replace(offset=0x4321,
                                                    raw=0x1234))
        for vmm in 'spec', 'kvm-v19':
            value = mrtd(image, vmm)
            result = calc('check', 'fw', '--against', value, '--explain')
            self.assertEqual(result.status, 0)
            self.assertEqual(self.run_script(result.text, 'fw'), value)
        payload = b'kernel' * 1000
        self.write('kernel', payload)
        value = mrtd(image, 'cloud-hypervisor', payload)
        result = calc('check', 'fw', '--against', value, '--explain',
                      '--payload', 'kernel')
        self.assertEqual(self.run_script(result.text, 'fw', 'kernel'), value)
        # Without the kernel it would compute another value.
        self.usage('FIRMWARE PAYLOAD', 'fw')

    def test_without_match(self):
        """It shows the specification's value."""
        result = calc('check', 'fw', '--against', OTHER.hex(), '--explain')
        self.assertEqual(result.status, 1)
        self.assertEqual(self.run_script(result.text, 'fw'), self.hex)
        self.usage('FIRMWARE')
        self.usage('FIRMWARE', 'fw', 'kernel')
        # Of a file that is cut off it would be the value of nothing.
        end = BFV.offset + BFV.raw
        self.write('cut', self.image.data[:end - 1])
        for name, line in (
                ('cut', f'image: it ends before {end:#x}'),
                ('gone', "[Errno 2] No such file or directory: 'gone'")):
            done = subprocess.run([sys.executable, 'mrtd.py', name],
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (1, b'', f'mrtd.py: {line}\n'.encode()))

    def test_length(self):
        text = calc('check', 'fw', '--against', self.hex, '--explain').text
        script = text[text.index('#!'):].splitlines()
        code = [line for line in script
                if line and not line.lstrip().startswith('#')]
        self.assertLessEqual(len(code), 40)
        self.assertTrue(all(len(line) <= 80 for line in code))


class Usage(TestCase):
    def test_usage(self):
        self.good()
        self.refused(calc('check', 'fw'), 2)
        self.refused(calc('check', '--against', 'x'), 2,
                     "no file is given ('-' is standard input); try "
                     "'mrtd-calc check --help'")
        for option in (['--explain', '--json'], ['--vmm', 'spec'], ['--tag'],
                       ['--against', 'y']):
            self.refused(calc('check', 'fw', '--against', 'x', *option), 2)
        self.refused(calc('check', 'fw', 'fw', '--against', 'x',
                          '--explain'), 2)
        for option in (['--against', 'x'], ['--kind', 'hex'], ['--explain']):
            self.refused(calc('fw', *option), 2)
