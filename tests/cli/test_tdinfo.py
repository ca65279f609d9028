# SPDX-License-Identifier: Apache-2.0
"""tdinfo: TDINFO and its hashes, against hashlib and the published layout."""

import hashlib
import json
import os
import pathlib
import struct

import evidence
from support import TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'docs'
                     / 'schemas/tdinfo.schema.json').read_text(encoding='utf-8'))
DIGESTS = ('mrconfigid', 'mrowner', 'mrownerconfig', 'rtmr0', 'rtmr1',
           'rtmr2', 'rtmr3', 'servtd-hash')
MRTD = evidence.digest('mrtd')


def tdinfo(attributes=0, xfam=0, value=MRTD, **digests):
    """The 512 bytes, fields by their name as an option."""
    out = struct.pack('<QQ', attributes, xfam) + value
    for name in DIGESTS:
        out += digests.get(name, bytes(48))
    return out + bytes(64)


def sha384(data):
    return hashlib.sha384(data).hexdigest()


class TdInfo(TestCase):
    def filled(self, args):
        """The arguments, with the two fields that must be given."""
        if '--manifest' in args:
            return args
        return (*args, *(word for name in ('--attributes', '--xfam')
                         if name not in args for word in (name, '0')))

    def answer(self, *args):
        result = calc('tdinfo', *self.filled(args), '--json')
        self.assertEqual(result.status, 0, result)
        answer = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(answer, SCHEMA)
        return answer

    def same(self, args, want):
        """The structure and its hash."""
        answer = self.answer('--mrtd', MRTD.hex(), *args)
        self.assertEqual(answer['tdinfo'], want.hex())
        self.assertEqual(answer['tee_info_hash'], sha384(want))
        return answer

    def test_each_field_in_its_place(self):
        self.same([], tdinfo())
        self.same(['--attributes', '0x123456789abcdef0'],
                  tdinfo(attributes=0x123456789abcdef0))
        # Always hexadecimal, always a number.
        for text in '10000000', '0000000010000000', '0X10000000':
            self.same(['--attributes', text], tdinfo(attributes=0x10000000))
        self.same(['--xfam', '0x602e7'], tdinfo(xfam=0x602e7))
        for name in DIGESTS:
            value = evidence.digest(name)
            answer = self.same([f'--{name}', value.hex()],
                               tdinfo(**{name: value}))
            for text in '0x' + value.hex(), value.hex().upper():
                self.assertEqual(
                    self.answer('--mrtd', MRTD.hex(), f'--{name}', text),
                    answer)

    def test_all_fields(self):
        """As the independent builder of TDREPORTs has them."""
        fields = {name: evidence.digest(name) for name in DIGESTS}
        args = [word for name, value in fields.items()
                for word in (f'--{name}', value.hex())]
        want = evidence.tdinfo(
            MRTD, attributes=0x40000001, xfam=0x61ae7,
            mrconfigid=fields['mrconfigid'], mrowner=fields['mrowner'],
            mrownerconfig=fields['mrownerconfig'],
            rtmrs=[fields[f'rtmr{i}'] for i in range(4)],
            servtd=fields['servtd-hash'])
        answer = self.same([*args, '--attributes', '0x40000001', '--xfam',
                            '0x61ae7'], want)
        for key, name in (('servtd_hash', 'servtd-hash'),
                          ('mrowner', 'mrowner')):
            self.assertEqual(answer[key], fields[name].hex())

    def test_firmware(self):
        image = self.good()
        for vmm in 'spec', 'kvm-v19':
            answer = self.answer('fw', '--vmm', vmm)
            value = mrtd(image, vmm)
            self.assertEqual((answer['mrtd'], answer['vmm']),
                             (value, vmm))
            self.assertEqual(answer['tee_info_hash'], sha384(
                tdinfo(value=bytes.fromhex(value))))

    def test_text(self):
        """Each field on a line of its own."""
        lines = calc('tdinfo', '--mrtd', MRTD.hex(), '--attributes', '2',
                     '--xfam', '0', '--servtd-attributes',
                     '0').text.splitlines()
        self.assertEqual(lines[0], 'ATTRIBUTES       0x0000000000000002')
        self.assertEqual(lines[2], 'MRTD             ' + MRTD.hex())
        self.assertEqual([line.split()[0] for line in lines], [
            'ATTRIBUTES', 'XFAM', 'MRTD', 'MRCONFIGID', 'MROWNER',
            'MROWNERCONFIG', 'RTMR0', 'RTMR1', 'RTMR2', 'RTMR3',
            'SERVTD_HASH', 'TEE_INFO_HASH', 'SERVTD_INFO_HASH'])
        want = sha384(tdinfo(attributes=2))
        self.assertEqual(lines[11], 'TEE_INFO_HASH    ' + want)
        self.assertEqual(lines[12], 'SERVTD_INFO_HASH ' + want)

    def test_servtd_info_hash(self):
        """Each bit leaves out one field; others do not matter."""
        fields = {name: evidence.digest(name) for name in DIGESTS}
        args = ['--mrtd', MRTD.hex(), '--attributes', '0x10000000', '--xfam',
                '0x602e7', *(word for name, value in fields.items()
                             for word in (f'--{name}', value.hex()))]
        whole = tdinfo(0x10000000, 0x602e7, **fields)
        places = [(0, 8), (8, 8), *((16 + 48 * i, 48) for i in range(9))]
        for bit in range(64):
            want = bytearray(whole)
            if 32 <= bit < 32 + len(places):
                offset, size = places[bit - 32]
                want[offset:offset + size] = bytes(size)
            allowed = bit == 0 or 32 <= bit <= 42
            result = calc('tdinfo', *args, '--servtd-attributes',
                          hex(1 << bit))
            if not allowed:
                self.refused(result, 2)
                continue
            self.assertEqual(result.text.splitlines()[-1],
                             'SERVTD_INFO_HASH ' + sha384(want), bit)
            self.assertEqual(result.lines, [])
        answer = self.answer(*args, '--servtd-attributes', '0x7ff00000000')
        self.assertEqual(answer['servtd_info_hash'], sha384(bytes(512)))
        self.assertEqual(answer['servtd_attributes'], '0x7ff00000000')
        self.assertIsNone(self.answer(*args)['servtd_info_hash'])

    def test_separator(self):
        for number in 0, 1, 0x12345678, 0xffffffff:
            value = hashlib.sha384(bytes(48) + hashlib.sha384(
                struct.pack('<I', number)).digest()).digest()
            self.same(['--separator', str(number)],
                      tdinfo(rtmr0=value, rtmr1=value))

    def test_known_separator(self):
        """Published: RTMR0 in MigTD's servtd_collateral.json."""
        answer = self.answer('--mrtd', MRTD.hex(), '--separator', '0')
        self.assertEqual(
            answer['rtmrs'][0],
            '518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d'
            '50529d96fe4d1afdafb65e7f95bf23c4')

    def test_manifest(self):
        """td-shim's: bytes in the order of the structure."""
        fields = {name: evidence.digest(name)
                  for name in ('mrconfigid', 'mrowner', 'mrownerconfig')}
        manifest = {'attributes': '0000ffff0000ffff',
                    'xfam': 'e71a060000000000',
                    **{name: value.hex() for name, value in fields.items()}}
        self.write('m', json.dumps(manifest).encode())
        want = bytearray(tdinfo(**fields))
        want[:16] = bytes.fromhex('0000ffff0000ffffe71a060000000000')
        self.same(['--manifest', 'm'], bytes(want))
        # Options go before the manifest, wherever they stand.
        want[8:16] = struct.pack('<Q', 3)
        self.same(['--xfam', '3', '--manifest', 'm'], bytes(want))
        self.write('m', b'{"attributes": "0000001000000000"}')
        self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest', 'm'),
                     2, 'tdinfo needs --attributes and --xfam, or a manifest '
                     "with them; try 'mrtd-calc tdinfo --help'")
        self.same(['--manifest', 'm', '--xfam', '3'],
                  tdinfo(attributes=0x10000000, xfam=3))

    def test_bad_manifests(self):
        digits = 'the member "xfam" is not a string of 16 hexadecimal digits'
        names = ('attributes, xfam, mrconfigid, mrowner and mrownerconfig '
                 '[manifest]')
        for text, line in (
                ('[]', 'not a JSON object [manifest]'),
                ('{"xfam": "00"}', digits + ' [manifest]'),
                ('{"xfam": 3}', digits + ' [manifest]'),
                ('{"xfam": "' + 'g' * 16 + '"}', digits + ' [manifest]'),
                ('{"xfam": "' + '\\u0010' * 16 + '"}', digits
                 + ' [manifest]'),
                ('{"mrowner": "' + '0' * 95 + '"}', 'the member "mrowner" is '
                 'not a string of 96 hexadecimal digits [manifest]'),
                ('{"mrtd": "00"}', 'the member "mrtd" is not one of ' + names),
                ('{"\\u001b[2J": 1}', 'the member "\\033[2J" is not one of '
                 + names)):
            self.write('m', text.encode())
            self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest',
                              'm'), 3, 'm: ' + line)
        for data in (b'', b'{', b'{"xfam": "0", "xfam": "0"}', b'\xff'):
            self.write('m', data)
            result = calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest', 'm')
            self.refused(result, 3)
            self.assertRegex(result.lines[0],
                             r'^m: line \d+: not a JSON object: ')
        self.write('m', bytes((1 << 20) + 1))
        self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest', 'm'),
                     3, 'm: more than 1048576 bytes are no manifest '
                     '[manifest]')
        self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest',
                          'missing'), 4)

    def test_output(self):
        args = ['tdinfo', '--mrtd', MRTD.hex(), '--attributes', '0',
                '--xfam', '3']
        result = calc(*args, '-o', 'hash', '--tdinfo-output', 'info')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.text, calc(*args).text)
        with open('hash', 'rb') as file:
            self.assertEqual(file.read(),
                             hashlib.sha384(tdinfo(xfam=3)).digest())
        with open('info', 'rb') as file:
            self.assertEqual(file.read(), tdinfo(xfam=3))
        # It can be checked at once.
        self.good()
        self.assertEqual(calc('check', 'fw', '--against', 'info').status, 1)

    def test_output_fails(self):
        """No half file, no lost file, nothing on standard output."""
        args = ['tdinfo', '--mrtd', MRTD.hex(), '--attributes', '0',
                '--xfam', '3', '-o']
        self.refused(calc(*args, '/dev/full'), 4, '/dev/full: cannot write: '
                     'No space left on device')
        self.refused(calc(*args, 'missing/hash'), 4, 'missing/hash: cannot '
                     'write: No such file or directory')
        self.refused(calc(*args, '.'), 4, '.: cannot write: Is a directory')
        self.write('old', b'o' * 48)
        self.refused(calc(*args, 'old', '--tdinfo-output', '/dev/full'), 4)
        self.write('target', b'')
        os.symlink('target', 'link')
        self.assertEqual(calc(*args, 'link').status, 0)
        self.assertTrue(os.path.islink('link'))
        self.assertEqual(os.path.getsize('target'), 48)
        os.chmod('old', 0o640)
        self.assertEqual(calc(*args, 'old').status, 0)
        self.assertEqual(os.stat('old').st_mode & 0o777, 0o640)
        self.assertEqual(calc(*args, '/dev/null').status, 0)
        self.assertEqual(sorted(os.listdir('.')), ['link', 'old', 'target'])

    def test_warnings(self):
        def lines(attributes, xfam):
            return calc('tdinfo', '--mrtd', MRTD.hex(), '--attributes',
                        attributes, '--xfam', xfam).lines
        # What real quotes have.
        for good in '10000000', '40000000', '0', 'c0000000f8010070':
            for xfam in '602e7', '61ae7', '642e7', '6dbe7', '3':
                self.assertEqual(lines(good, xfam), [], (good, xfam))
        self.assertEqual(lines('1000000000', '3'), [
            'warning: ATTRIBUTES 0x0000001000000000 is that of no TD, but '
            '0x0000000010000000 may be: are its bytes reversed? '
            '[byte-order]'])
        self.assertEqual(lines('0', 'e71a060000000000'), [
            'warning: XFAM 0xe71a060000000000 is that of no TD, but '
            '0x0000000000061ae7 may be: are its bytes reversed? '
            '[byte-order]'])
        self.assertEqual(lines('0', '1b'), [
            'warning: XFAM 0x000000000000001b has bits that no known TDX '
            'module allows: 0x0000000000000018 [reserved-bits]'])
        self.assertEqual(lines('0', '2e4'), [
            'warning: XFAM 0x00000000000002e4 lacks bits that are 1 in each '
            'TD: 0x0000000000000003 [fixed-bits]'])
        self.assertEqual(len(lines('1', '3')), 1)
        self.assertIn('a debug TD', lines('1', '3')[0])

    def test_example(self):
        """What --help shows is a TD that there may be."""
        self.good('migtd.bin')
        example = next(line.split() for line in calc(
            'tdinfo', '--help').text.splitlines()
            if line.startswith('  mrtd-calc tdinfo --attributes'))
        self.assertEqual(calc(*example[1:]).status, 0)
        self.assertEqual([line for line in calc(*example[1:]).lines
                          if 'migtd.bin: ' not in line], [])

    def test_usage(self):
        self.good()
        hexa = MRTD.hex()
        good = ('--attributes', '0', '--xfam', '3')
        self.assertEqual(calc('tdinfo', 'fw', *good).status, 0)
        for args in (['--mrtd', hexa], ['fw', 'fw'],
                     ['--rtmr0', hexa[1:]], ['--mrowner', 'x'],
                     ['--separator', '0x100000000'], ['--separator', '1x'],
                     ['--separator', '0', '--rtmr0', hexa],
                     ['--xfam', '3'], ['-o']):
            self.refused(calc('tdinfo', 'fw', *good, *args), 2)
        for value in '', '1x', '-1', '1' + '0' * 16, '0x', ' 1':
            self.refused(calc('tdinfo', 'fw', '--attributes', '0', '--xfam',
                              value), 2)
        for args in (['--vmm', 'spec'], ['--limit', '1G'], ['--vars', 'fw'],
                     ['--permissive']):
            self.refused(calc('tdinfo', '--mrtd', hexa, *good, *args), 2)
        for args in [], ['fw'], ['fw', *good[:2]], ['fw', *good[2:]], [*good]:
            self.refused(calc('tdinfo', *args), 2)
        for option in '--xfam', '--rtmr3', '-o', '--manifest':
            self.refused(calc('fw', option, '0'), 2)
        self.write('bad', b'x')
        self.refused(calc('tdinfo', 'bad', *good), 3)
