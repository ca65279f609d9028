# SPDX-License-Identifier: Apache-2.0
"""What a file is, said wherever it is given in place of another: each kind as
firmware, as evidence, as a document to verify, and as a list."""

import base64
import gzip
import hashlib
import json
import random
import struct
from typing import NamedTuple

import evidence
import igvm_cases
import images
import support
from evidence import corim, quote, sign1, snp_report, tdinfo, tdreport
from support import TestCase, calc, mrtd

VALUE = mrtd(support.good())
BYTES = bytes.fromhex(VALUE)
REPORT = tdreport(BYTES)
# Something is read from it, or it is refused, or only where it is evidence; or
# it is of another platform than the firmware, which has no launch for it.
READ, REFUSED, OTHER = 'read', 'refused', 'other'


class Kind(NamedTuple):
    content: bytes
    name: str      # in the line about it
    use: str
    command: str = 'mrtd-calc check FIRMWARE --against x'


def damaged(report, at):
    out = bytearray(report)
    out[at] ^= 1
    return bytes(out)


def driver_answer(report):
    """What Linux's SNP driver hands out: the report from byte 32."""
    return (struct.pack('<II', 0, len(report)) + bytes(24) + report).ljust(
        4000, b'\0')


def refused(content, name):
    return Kind(content, name, REFUSED, '')


def encoded(content):
    """In hexadecimal with line ends, as xxd -p; and base64."""
    text = content.hex()
    lines = '\n'.join(text[i:i + 60] for i in range(0, len(text), 60)) + '\n'
    return lines.encode(), base64.b64encode(content)


SNP = 'an AMD SEV-SNP report'
HASH = 'its TEE_INFO_HASH is not the SHA-384 of its TDINFO'
CERTIFICATE = 'a certificate, key or other file of PEM or DER'
TEXTPROTO = (b'header_policy: {}\ntd_quote_body_policy: { any_mr_td: "'
             + b''.join(b'\\x%02x' % byte for byte in BYTES) + b'" }\n')
REGO = b'matches { input.tdx.tdx_mrtd == "' + VALUE.encode() + b'" }\n'
IN_JSON = {name: json.dumps(content).encode() for name, content in {
    'map': {'mr_td': [VALUE]},
    'list': [{'mr_td': [VALUE]}],
    'quote': {'quote': base64.b64encode(quote(BYTES)).decode()},
}.items()}

KINDS = {
    'quote 4': Kind(quote(BYTES), 'a TDX quote version 4', READ),
    'quote 5, 1.0': Kind(quote(BYTES, 5), 'a TDX quote version 5', READ),
    'quote 5, 1.5': Kind(quote(BYTES, 5, 3), 'a TDX quote version 5', READ),
    'report': Kind(REPORT, 'a TDREPORT', READ),
    'report in an HCL field': Kind(REPORT.ljust(1184, b'\0'), 'a TDREPORT',
                                   READ),
    'info': Kind(tdinfo(BYTES), 'a TDINFO', READ),
    **{f'text {i} of a quote': Kind(text, 'a TDX quote version 4 (in hexadecimal '
                                'or base64)', READ)
       for i, text in enumerate(encoded(quote(BYTES)))},
    'digits': Kind(VALUE.encode() + b'\n', 'an MRTD in hexadecimal or base64',
                   READ),
    'base64': Kind(base64.b64encode(BYTES), 'an MRTD in hexadecimal or base64',
                   READ),
    **{f'JSON, {name}': Kind(text, 'JSON', READ)
       for name, text in IN_JSON.items()},
    'JSON, spaces': Kind(b' \n { \t' + IN_JSON['map'][1:], 'JSON', READ),
    'RVPS': Kind(evidence.envelope({'mr_td': [VALUE]}).encode(), 'JSON',
                 READ),
    'CoRIM': Kind(corim({0: 83, 1: {2: [[7, BYTES]]}}), 'a CoRIM', READ),
    'signed CoRIM': Kind(sign1(corim({0: 83, 1: {2: [[7, BYTES]]}})),
                         'a signed CoRIM', READ),
    'CoSWID': Kind(evidence.cbor(evidence.Tag(1398229316, {6: {17: {
        7: [7, hashlib.sha384(support.good().data).digest()]},
        19: {'mr_td': VALUE}}})), 'a CoSWID', READ),
    'textproto': Kind(TEXTPROTO, 'a policy or other text that names MRTDs',
                      READ),
    'Rego': Kind(REGO, 'a policy or other text that names MRTDs', READ),

    'report, TDINFO changed': refused(damaged(REPORT, 600), HASH),
    'report, hash changed': refused(damaged(REPORT, 90), HASH),
    'report, longer and changed': refused(damaged(REPORT, 1023) + b'1', HASH),
    'report, cut': refused(REPORT[:900], 'TDREPORT'),
    **{f'quote without {n} bytes': refused(
        quote(BYTES)[n:], f'a TDX quote without its first {n} bytes')
       for n in (1, 2, 3, 4)},
    **{f'quote without {n} bytes': refused(
        quote(BYTES, 5, 3)[n:], f'a quote without its first {n} bytes')
       for n in (5, 6, 8, 11, 12)},
    **{f'quote after {n} bytes': refused(
        bytes(range(1, n + 1)) + quote(BYTES, 4 + n % 2),
        f'a TDX quote with {n} bytes before it') for n in (1, 4, 6, 28, 100)},
    'SGX quote 3': refused(quote(BYTES, 3, tee=0), 'the quote of an SGX '
                           'enclave'),
    'SGX quote 4': refused(quote(BYTES, 4, tee=0), 'the quote of an SGX '
                           'enclave'),
    'SGX quote 5': refused(quote(BYTES, 5, tee=0), 'the quote of an SGX '
                           'enclave'),
    **{f'SNP {version}': Kind(snp_report(version, BYTES), SNP, OTHER)
       for version in (2, 3, 4, 5)},
    # All zeros but for the version; and with other bytes after.
    **{f'SNP {version}, zeros': Kind(
        bytes((version,)).ljust(1184, b'\0'), SNP, OTHER)
       for version in (2, 3, 5)},
    **{f'SNP {version}, more': Kind(
        snp_report(version, BYTES) + bytes(range(256)), SNP, OTHER)
       for version in (2, 3, 5)},
    # With the number of TDX where a quote has its TEE_TYPE: GUEST_SVN.
    **{f'SNP {version}, SVN 129': Kind(
        snp_report(version, BYTES, patch=((4, b'\x81'),)), SNP, OTHER)
       for version in (4, 5)},
    'SNP, of the driver': Kind(driver_answer(snp_report(3, BYTES)), SNP, OTHER),
    **{f'SNP, text {i}': Kind(text, SNP, OTHER)
       for i, text in enumerate(encoded(snp_report(5, BYTES)))},
    'SNP certificates': refused(bytes.fromhex(
        '63da758de6644564adc5f4b93be8accd') + bytes(500),
                                'a certificate table of AMD SEV-SNP'),
    'event log': refused(evidence.event_log(), 'an event log'),
    'event log, MRTD first': refused(evidence.event_log(1), 'an event log'),
    'event log, zeros': refused(evidence.event_log().ljust(65536, b'\0'),
                                'an event log'),
    'CCEL table': refused(b'CCEL' + struct.pack('<IBB', 56, 1, 0) + bytes(46),
                          'an event log'),
    'HCL, TDX': Kind(evidence.hcl(REPORT, 4),
                     'an Azure HCL report with a TDREPORT in it', READ),
    'HCL, TDX, changed': refused(evidence.hcl(damaged(REPORT, 700), 4),
                                 "TEE_INFO_HASH not"),
    'HCL, SNP': Kind(evidence.hcl(snp_report(2, BYTES), 2),
                     'an Azure HCL report with an AMD SEV-SNP report in it',
                     OTHER),
    'HCL, neither': refused(evidence.hcl(bytes(1184), 2),
                            'an Azure HCL report without a TDREPORT'),
    'CoMID': refused(evidence.cbor(evidence.Tag(506, {1: {0: 'x'}})),
                     'a CoMID'),
    'DER': refused(bytes.fromhex('3082031730820219') + bytes(1000),
                   CERTIFICATE),
    'PEM': refused(b'-----BEGIN CERTIFICATE-----\nMIID\n', CERTIFICATE),
}


class ToldApart(TestCase):
    def setUp(self):
        super().setUp()
        self.good()
        joined = images.joined()
        self.write('code', joined.cut(start=images.VARS_SIZE))

    def told(self, args, name, tag, command=''):
        """Refused with one line of that name, tag and command."""
        result = calc(*args)
        self.refused(result, 3)
        self.assertIn(name, result.lines[0], args)
        self.assertTrue(result.lines[0].endswith(f'[{tag}]'), result)
        self.assertIn(command, result.lines[0])

    def test_as_firmware(self):
        for which, kind in KINDS.items():
            with self.subTest(kind=which):
                self.write('x', kind.content)
                for args in self.part((
                        ('x',), ('show', 'x'), ('show', '--json', 'x'),
                        ('--tag', 'x'), ('lint', 'x'), ('reference', 'x'),
                        ('--vars', 'x', 'code'),
                        ('check', 'x', '--against', VALUE))):
                    self.told(args, kind.name, 'not-firmware', kind.command)
                    self.assertTrue(calc(*args).lines[0].startswith(
                        'x: this is '))
                if not which.startswith(('JSON', 'RVPS')):
                    self.told(('diff', 'fw', 'x'), kind.name, 'not-firmware')

    def test_as_evidence(self):
        for which, kind in KINDS.items():
            with self.subTest(kind=which):
                self.write('x', kind.content)
                result = calc('check', 'fw', '--against', 'x')
                if kind.use == READ:
                    self.assertEqual(result.status, 0, result)
                    continue
                self.refused(result, 3)
                if kind.use == OTHER:
                    self.assertRegex(
                        result.lines[0],
                        r'SEV-SNP report.* \[evidence-\w+\]\Z'
                        r'|\Afw: .* \[no-reset-block\]\Z')
                    self.refused(calc('reference', '--verify', 'x', 'fw'), 3)
                    continue
                self.assertIn(kind.name, result.lines[0])
                self.assertRegex(result.lines[0],
                                 r' \[(against-unknown|evidence-\w+)\]\Z')
                for args in self.part((
                        ('reference', '--verify', 'x', 'fw'),
                        ('check', '--json', 'fw', '--against', 'x'))):
                    self.refused(calc(*args), 3, result.lines[0])

    def test_as_list(self):
        for which, kind in self.part(KINDS.items()):
            with self.subTest(kind=which):
                self.write('x', kind.content)
                result = calc('-c', 'x')
                self.assertEqual((result.status, result.stdout), (3, b''))
                if kind.use == READ and (which in ('digits', 'base64', 'Rego',
                                                   'textproto')):
                    # Lines of a list have such text in them.
                    self.assertNotIn('[not-list]', result.lines[0])
                else:
                    self.told(('-c', 'x'), kind.name, 'not-list',
                              kind.command)

    def test_in_json(self):
        """As the bytes of a member that is there for a quote."""
        for which, kind in KINDS.items():
            if kind.use == READ or kind.content[:1].isalnum() \
                    or not 450 < len(kind.content) < 5000:
                continue
            with self.subTest(kind=which):
                self.write('x', json.dumps({'evidence': base64.b64encode(
                    kind.content).decode()}).encode())
                result = calc('check', 'fw', '--against', 'x')
                self.refused(result, 3)
                if kind.use != OTHER:
                    self.assertIn(kind.name, result.lines[0])

    def test_empty_quote(self):
        for document in ({'quote': ''}, {'a': {'td_quote': ''}},
                         [{'tdQuote': '', 'other': 'x'}]):
            self.write('x', json.dumps(document).encode())
            self.told(('check', 'fw', '--against', 'x'), 'is an empty quote',
                      'against-json')
        # Beside a value it is no reason to refuse that.
        self.write('x', json.dumps({'quote': '', 'mr_td': VALUE}).encode())
        self.assertEqual(calc('check', 'fw', '--against', 'x').status, 0)

    def test_marks_of_cbor(self):
        """A firmware may begin with the bytes of a tag: a document is told by
        what the tag is on."""
        rng = random.Random(5)
        embedded = evidence.cbor({1: {0: 'x'}})
        documents = {
            'a signed CoRIM': [KINDS['signed CoRIM'].content] + [
                evidence.cbor(evidence.Tag(18, [
                    header, unprotected, b'x', b'y']))
                for header in (b'', evidence.cbor({}), evidence.cbor({1: -7}))
                for unprotected in ({}, {4: b'k'}, {'x': 1})],
            'a CoRIM': [KINDS['CoRIM'].content] + [
                evidence.cbor(evidence.Tag(501, item))
                for item in ({}, {0: 'x'}, {'x': 0}, {-1: 0}, dict.fromkeys(
                    range(30), 0))],
            'a CoSWID': [KINDS['CoSWID'].content, evidence.cbor(evidence.Tag(
                1398229316, dict.fromkeys(range(300), 0)))],
            'a CoMID': [evidence.cbor(evidence.Tag(506, item))
                        for item in ({1: {}}, embedded)],
        }
        for name, contents in documents.items():
            for content in contents:
                with self.subTest(content=content):
                    self.write('x', content)
                    self.told(('x',), 'x: this is ' + name, 'not-firmware')
        no_map = [byte for byte in range(256) if byte >> 5 != 5]
        no_string = [byte for byte in range(256) if byte >> 5 != 2]
        wrapped = evidence.cbor(evidence.cbor({1: -35}))
        for mark, others in (
                (b'\xd2\x84', no_string), (b'\xd2\x84' + wrapped, no_map),
                (b'\xd2\x84\x40', no_map), (b'\xd9\x01\xf5', no_map),
                (b'\xd2\x84\x58\x30', no_map), (b'\xd2\x84\x43', no_map),
                (b'\xda\x53\x57\x49\x44', no_map),
                (b'\xd9\x01\xfa', sorted(set(no_map) & set(no_string))),
                (b'\xd9\x01\xfa\x58\x30', no_map),
                # A map whose first key can be none.
                *((mark + b'\xa2', [byte for byte in range(256)
                                    if byte >> 5 in (2, 4, 5, 6, 7)])
                  for mark in (b'\xd9\x01\xf5', b'\xd2\x84\x40',
                               b'\xda\x53\x57\x49\x44'))):
            for _ in self.part(range(40)):
                self.write('x', mark + bytes((rng.choice(others),))
                           + rng.randbytes(rng.choice((0, 1, 3, 40, 5000))))
                with self.subTest(mark=mark):
                    self.assertNotIn('not-firmware', calc('x').lines[0])

    def test_lists(self):
        for text in (f'{VALUE}  fw\n', f'MRTD (fw) = {VALUE}\n'):
            self.write('x', text.encode())
            self.told(('x',), 'x: a list of values', 'not-firmware',
                      'mrtd-calc -c x')
            for args in (('check', 'fw', '--against', 'x'),
                         ('reference', '--verify', 'x', 'fw')):
                self.told(args, 'x: a list of values: -c checks it',
                          'against-unknown')

    def test_firmware(self):
        """Good, refused, and too large to be anything else."""
        good = support.good()
        for data in (good.data, support.bad().data, images.image(
                size=8 << 20, at=(8 << 20) - 0x1000).data,
                     igvm_cases.Igvm(igvm_cases.EVERYTHING).encode()):
            self.write('x', data)
            self.told(('-c', 'x'), 'x: a firmware image, not a list',
                      'not-list', 'mrtd-calc x')
            for args in (('check', 'fw', '--against', 'x'),
                         ('reference', '--verify', 'x', 'fw')):
                self.told(args, 'x: a firmware image, which is not what',
                          'against-unknown')

    def test_containers(self):
        """Evidence that is still packed."""
        self.write('x', gzip.compress(quote(BYTES)))
        self.told(('check', 'fw', '--against', 'x'),
                  'this is gzip data; decompress it first', 'against-unknown')
        self.told(('x',), 'this is gzip data; decompress it first',
                  'other-format')
        self.told(('-c', 'x'), 'this is gzip data; decompress it first',
                  'not-list')

    def test_cut_and_extended(self):
        """Whatever is left of each, and whatever comes after it: no value of
        what has none, and never one where a part of it is missing."""
        for which, kind in KINDS.items():
            content = kind.content
            whole = len(content)
            sizes = {*range(0, whole, max(1, whole // 23)), 1, 15, 16, 48,
                     183, 511, 512, 513, 584, 648, 1023, 1024, 1025, 1184,
                     whole - 1}
            for part in self.part((
                    *(content[:n] for n in sorted(sizes) if n < whole),
                    content + b'\0', content + b'\1',
                    content + bytes(512), content + b'\xff' * 1000)):
                with self.subTest(kind=which, size=len(part)):
                    self.write('x', part)
                    result = calc('x')
                    self.refused(result, 3)
                    if kind.use == READ and len(part) > whole:
                        continue
                    result = calc('check', 'fw', '--against', 'x')
                    # What is cut off of these are zeros after all of it.
                    needed = {'report in an HCL field': 1024,
                              'HCL, TDX': len(content.rstrip(b'\0'))}
                    if which in needed and len(part) >= needed[which]:
                        self.assertEqual(result.status, 0)
                    elif len(part) == 0 or kind.use != READ:
                        self.refused(result, 3)
                    elif len(part) < whole - 8 or which[:5] == 'quote':
                        # Text may go without its last blanks or brackets.
                        self.assertNotEqual(result.status, 0, part)

    def test_changed_reports(self):
        """A changed byte of what the hash covers, or of the hash."""
        for at in self.part((*range(80, 128, 5), *range(512, 1024, 5))):
            self.write('x', damaged(REPORT, at))
            self.told(('check', 'fw', '--against', 'x'), HASH,
                      'evidence-hash')
            self.told(('check', 'fw', '--against', 'x', '--kind', 'tdreport'),
                      HASH, 'evidence-hash')
        # What begins so is not one for that.
        for rest in (b'', BYTES * 30, bytes(REPORT[16:1020])):
            for start in b'\x81\0', b'\x81\0\0\0', b'\x81\0\1\0' + bytes(12):
                self.write('x', start + rest)
                self.refused(calc('check', 'fw', '--against', 'x'), 3)

    def test_kinds_of_the_release(self):
        """What this program writes, given where firmware goes."""
        formats = ('rvps', 'rvps-map', 'corim', 'coswid', 'in-toto', 'json')
        for name in formats:
            document = calc('reference', '--format', name, 'fw').stdout
            self.write('x', document)
            self.told(('x',), 'x: this is ', 'not-firmware',
                      'mrtd-calc check FIRMWARE --against x')
        self.write('x', calc('--json', 'fw').stdout)
        self.told(('x',), "JSON of 'mrtd-calc --json'", 'not-firmware')
        self.write('x', calc('fw').stdout)
        self.told(('x',), 'an MRTD in hexadecimal', 'not-firmware')
        for args in ('fw', 'fw'), ('--tag', 'fw'):
            self.write('x', calc(*args).stdout)
            self.told(('x',), 'a list of values', 'not-firmware')
