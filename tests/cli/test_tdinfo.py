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
                     / 'tdinfo.schema.json').read_text(encoding='utf-8'))
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
    def answer(self, *args):
        result = calc('tdinfo', *args, '--json')
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
        self.same(['--attributes', '268435456'],
                  tdinfo(attributes=0x10000000))
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
            self.assertEqual((answer['mrtd'], answer['profile']),
                             (value, vmm))
            self.assertEqual(answer['tee_info_hash'], sha384(
                tdinfo(value=bytes.fromhex(value))))

    def test_text(self):
        """Each field on a line of its own."""
        lines = calc('tdinfo', '--mrtd', MRTD.hex(), '--attributes', '2',
                     '--servtd-attributes', '0').text.splitlines()
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
            result = calc('tdinfo', *args, '--servtd-attributes',
                          hex(1 << bit))
            self.assertEqual(result.text.splitlines()[-1],
                             'SERVTD_INFO_HASH ' + sha384(want), bit)
            allowed = bit == 0 or 32 <= bit <= 42
            self.assertEqual(len(result.lines), not allowed, bit)
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
        """RTMR1 of many real quotes: a separator of zeros, nothing else."""
        answer = self.answer('--mrtd', MRTD.hex(), '--separator', '0')
        self.assertEqual(
            answer['rtmrs'][1],
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
        self.write('m', b'{}')
        self.same(['--manifest', 'm'], tdinfo())

    def test_bad_manifests(self):
        digits = 'the member "xfam" is not a string of 16 hexadecimal digits'
        names = ('attributes, xfam, mrconfigid, mrowner and mrownerconfig '
                 '[manifest]')
        for text, line in (
                ('[]', 'not a JSON object with ' + names),
                ('{"xfam": "00"}', digits + ' [manifest]'),
                ('{"xfam": 3}', digits + ' [manifest]'),
                ('{"xfam": "' + 'g' * 16 + '"}', digits + ' [manifest]'),
                ('{"mrowner": "' + '0' * 95 + '"}', 'the member "mrowner" is '
                 'not a string of 96 hexadecimal digits [manifest]'),
                ('{"mrtd": "00"}', 'the member "mrtd" is none of ' + names),
                ('{"\\u001b[2J": 1}', 'the member "\\033[2J" is none of '
                 + names)):
            self.write('m', text.encode())
            self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest',
                              'm'), 3, 'm: ' + line)
        for data in (b'', b'{', b'{"xfam": "0", "xfam": "0"}', b'\xff'):
            self.write('m', data)
            result = calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest', 'm')
            self.refused(result, 3)
            self.assertTrue(result.lines[0].startswith(
                'm: not a JSON object with '))
        self.write('m', bytes(65537))
        self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest', 'm'),
                     3, 'm: more than 65536 bytes are no manifest [manifest]')
        self.refused(calc('tdinfo', '--mrtd', MRTD.hex(), '--manifest',
                          'missing'), 4)

    def test_output(self):
        args = ['tdinfo', '--mrtd', MRTD.hex()]
        result = calc(*args, '-o', 'hash', '--tdinfo-output', 'info')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.text, calc(*args).text)
        with open('hash', 'rb') as file:
            self.assertEqual(file.read(),
                             hashlib.sha384(tdinfo()).digest())
        with open('info', 'rb') as file:
            self.assertEqual(file.read(), tdinfo())
        # It can be checked at once.
        self.good()
        self.assertEqual(calc('check', 'fw', '--against', 'info').status, 1)

    def test_output_fails(self):
        """No half file, no lost file, nothing on standard output."""
        args = ['tdinfo', '--mrtd', MRTD.hex(), '-o']
        self.refused(calc(*args, '/dev/full'), 4, '/dev/full: cannot write: '
                     'No space left on device')
        self.refused(calc(*args, 'missing/hash'), 4, 'missing/hash: cannot '
                     'write: No such file or directory')
        self.refused(calc(*args, '.'), 4, '.: cannot write: Is a directory')
        self.write('old', b'old')
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
        def lines(*args):
            return calc('tdinfo', '--mrtd', MRTD.hex(), *args).lines
        self.assertEqual(lines('--attributes', '0x10000000', '--xfam',
                               '0x61ae7'), [])
        self.assertEqual(lines('--attributes', '0x1000000000'), [
            'warning: ATTRIBUTES 0x0000001000000000 has bits without a '
            'meaning, 0x0000000010000000 has not: are its bytes reversed? '
            '[swapped]'])
        self.assertEqual(len(lines('--xfam', '0xe71a060000000000')), 1)
        self.assertIn('a debug TD', lines('--attributes', '1')[0])

    def test_usage(self):
        self.good()
        hexa = MRTD.hex()
        for args in ([], ['fw', '--mrtd', hexa], ['fw', 'fw'],
                     ['fw', '--rtmr0', hexa[1:]], ['fw', '--mrowner', 'x'],
                     ['fw', '--attributes', ''], ['fw', '--xfam', '1x'],
                     ['fw', '--xfam', '-1'], ['fw', '--xfam', '0x1' + '0' * 16],
                     ['fw', '--separator', '0x100000000'],
                     ['fw', '--separator', '0', '--rtmr0', hexa],
                     ['fw', '--xfam', '1', '--xfam', '1'], ['fw', '-o']):
            self.refused(calc('tdinfo', *args), 2)
        for option in '--xfam', '--rtmr3', '-o', '--manifest':
            self.refused(calc('fw', option, '0'), 2)
        self.write('bad', b'x')
        self.refused(calc('tdinfo', 'bad'), 3)
