# SPDX-License-Identifier: Apache-2.0
"""IGVM files in every command; tests/golden has what is measured."""

import hashlib
import json
import os
import pathlib
import re
import struct
import zlib

import igvm
import igvm_cases
import igvm_reader
import images
from igvm import Igvm
from support import SANITIZED, TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'docs'
                     / 'schemas/measurement.schema.json').read_text('utf-8'))
NOTE = ('td-shim-tee-info-hash and migtd-hash give another value (VMM '
        'td-shim-igvm): they do not measure 1 zero pages, leave out 3 pages '
        'of parameters, and take 2 pages of other platforms [igvm-td-shim]')


class IgvmCase(TestCase):
    def setUp(self):
        super().setUp()
        self.data = Igvm(igvm_cases.EVERYTHING).encode()
        self.write('fw', self.data)
        self.value = igvm_reader.mrtd(self.data)
        self.other = igvm_reader.mrtd(self.data, 'td-shim-igvm')
        self.assertNotEqual(self.value, self.other)


class Show(IgvmCase):
    def test_text(self):
        text = calc('show', 'fw').text
        for line in (
                '  locator        IGVM fixed header at 0x0',
                '  metadata       structures at 0x18, 12 sections',
                '  platforms      TDX, mask 0x1, shared memory from '
                '0x800000000000, policy 0x6 (no debug, SEPT_VE_DISABLE, '
                'migratable)',
                '                 SEV_SNP, mask 0x2, shared memory from '
                '0x8000000000, policy 0x30000',
                '  pages for TDX  7 measured, 1 measured zeros, 1 unmeasured, '
                '3 of parameters, 1 shared; 2 of other platforms',
                '  relocatable region 0x1000-0x2fff, mask 0x1, may go to '
                '0x0-0x100000',
                '  parameter area 0: 12 KiB', '  parameter area 7: 4 KiB',
                '  required memory 0x100000-0x10ffff, mask 0x1',
                '  SNP ID block   launch digest ' + bytes(range(48)).hex(),
                f'note: {NOTE}', f'MRTD {self.value}'):
            self.assertIn(line, text.splitlines())
        self.assertRegex(text, r'CoRIM document +8 bytes at 0x[0-9a-f]+, '
                         r'mask 0x1 \(--corim saves it\)')

    def test_debug_is_said(self):
        self.write('d', Igvm([igvm.platform(), igvm.policy(1),
                              igvm.page(0, b'x')]).encode())
        result = calc('show', 'd')
        self.assertIn('policy 0x1 (DEBUG)', result.text)
        self.assertIn('it ALLOWS DEBUGGING', result.text)
        self.assertIn('ALLOWS DEBUGGING', calc('d').lines[0])

    def test_json(self):
        document = json.loads(calc('show', '--json', 'fw').stdout)
        if jsonschema:
            jsonschema.validate(document, SCHEMA)
        self.assertEqual(document['mrtd'], self.value)
        self.assertEqual(document['locator']['kind'], 'igvm')
        found = document['igvm']
        self.assertEqual(found['pages'], {
            'measured': 7, 'measured_zeros': 1, 'unmeasured': 1,
            'parameters': 3, 'shared': 1, 'other': 2})
        self.assertEqual(int(found['checksum'], 16),
                         struct.unpack_from('<I', self.data, 20)[0])
        self.assertEqual([p['type'] for p in found['platforms']],
                         ['TDX', 'SEV_SNP'])
        self.assertEqual([r['kind'] for r in found['ranges']], [
            'relocatable-region', 'parameter-area', 'parameter-area',
            'required-memory'])
        self.assertEqual(found['snp_digest'], bytes(range(48)).hex())
        for entry, want in zip(found['corim'], (b'document', b'signature')):
            at = int(entry['offset'], 16)
            self.assertEqual(self.data[at:at + entry['size']], want)
        self.write('tdvf', images.image())
        document = json.loads(calc('--json', 'tdvf').stdout)
        self.assertIsNone(document['igvm'])

    def test_plan_and_trace(self):
        """The trace is what the independent reader hashes."""
        want = []
        for piece in igvm_reader.stream(self.data):
            for at in range(0, len(piece), 128 if piece[:3] == b'MEM' else
                            384):
                name = piece[at:at + 16].rstrip(b'\0').decode()
                gpa, = struct.unpack_from('<Q', piece, at + 16)
                want.append(f'{name} {gpa:#x}')
        got = [' '.join(line.split()[:2]) for line in
               calc('show', '--trace', 'fw').text.splitlines()]
        self.assertEqual(got, want)
        self.assertEqual(calc('show', '--plan', 'fw').status, 0)

    def test_drawings(self):
        self.assertEqual(calc('show', '--html', 'p', '--svg', 's',
                              'fw').status, 0)
        page = pathlib.Path('p').read_text('utf-8')
        for value in (self.value, self.other, 'IGVM fixed header'):
            self.assertIn(value, page)
        self.assertNotIn('migtd-qemu', page)

    def test_software(self):
        """VMMs that launch no IGVM files are not said to launch this one."""
        for args in (('show',), ('check', '--against', self.value),
                     ('show', '--svg', '-'), ('show', '--html', '-')):
            text = re.sub(r'\s+', ' ', re.sub('<[^>]*>', ' ',
                                             calc(*args, 'fw').text))
            self.assertIn('IGVM files as Hyper-V launches them', text)
            self.assertNotRegex(text, 'QEMU|Google|TD-Shim specification')
        self.write('tdvf', images.image())
        self.assertIn('QEMU', calc('show', 'tdvf').text)
        self.assertNotIn('Hyper-V', calc('show', 'tdvf').text)

    def test_many_runs(self):
        """More sections than a TDVF image can have: every output bears it."""
        self.write('many', Igvm([igvm.platform()] + [
            igvm.page(0x2000 * i, i.to_bytes(4, 'little'))
            for i in range(1500)]).encode())
        for args in (('show',), ('show', '--json'), ('show', '--plan'),
                     ('show', '--svg', '-'), ('show', '--html', '-'),
                     ('diff', 'fw'), ('check', '--against', self.value),
                     ('reference', '--format', 'json')):
            result = calc(*args, 'many')
            self.assertEqual(result.status, args[0] in ('diff', 'check'),
                             (args, result.lines))
            self.assertGreater(len(result.text), 100)

    def test_corim(self):
        self.assertEqual(calc('show', '--corim', 'doc', '--corim-signature',
                              'sig', 'fw').status, 0)
        self.assertEqual(pathlib.Path('doc').read_bytes(), b'document')
        self.assertEqual(pathlib.Path('sig').read_bytes(), b'signature')
        self.assertEqual(calc('show', '--corim', '-', 'fw').stdout,
                         b'document')
        self.write('none', Igvm([
            igvm.platform(), igvm.page(0xfffff000, b'one')]).encode())
        self.write('tdvf', images.image())
        for name in ('none', 'tdvf'):
            self.refused(calc('show', '--corim', 'x', name), 3,
                         f'{name}: it has no CoRIM document for TDX '
                         '[igvm-corim]')
            self.refused(calc('show', '--corim-signature', 'x', name), 3,
                         f'{name}: it has no CoRIM signature for TDX '
                         '[igvm-corim]')
        # Both or none.
        self.write('half', Igvm(
            igvm_cases.ONE[:1] + [igvm_cases.corim(b'document'),
                                  igvm.page(0xfffff000, b'one')]).encode())
        self.refused(calc('show', '--corim', 'x', '--corim-signature', 'y',
                          'half'), 3, 'half: it has no CoRIM signature for '
                     'TDX [igvm-corim]')
        self.refused(calc('show', '--corim', 'x', '--corim-signature', 'x',
                          'fw'), 2, 'two outputs would be the same file, x; '
                     "each needs its own; try 'mrtd-calc show --help'")
        self.assertFalse(os.path.exists('x'))
        for args in (('--corim', 'x', '--json'), ('--corim', 'fw')):
            self.refused(calc('show', *args, 'fw'), 2)
        self.refused(calc('show', '--corim', 'x', 'fw', 'fw'), 2)


class Commands(IgvmCase):
    def test_several(self):
        self.write('tdvf', images.image())
        result = calc('fw', 'tdvf')
        self.assertEqual(result.text.splitlines()[0], f'{self.value}  fw')
        self.write('list', f'{self.value}  fw\n'.encode())
        self.assertEqual(calc('-c', 'list').status, 0)
        # A line with a label is for that VMM alone.
        values = {'spec': self.value, 'td-shim-igvm': self.other}
        for vmm in values:
            for value in values.values():
                done = calc('-c', '-', stdin=(
                    f'MRTD[{vmm}] (fw) = {value}\n').encode())
                self.assertEqual(done.status, int(value != values[vmm]), done)

    def test_check(self):
        """Both rules are tried."""
        for value, profile in ((self.value, 'spec'),
                               (self.other, 'td-shim-igvm')):
            result = calc('check', '--json', 'fw', '--against', value)
            self.assertEqual(result.status, 0)
            tried = json.loads(result.stdout)['tried']
            self.assertEqual([t['vmm'] for t in tried if t['explains']],
                             [profile])
            self.assertEqual([t['vmm'] for t in tried],
                             ['spec', 'td-shim-igvm'])
        self.assertEqual(calc('check', 'fw', '--against', '0' * 96).status, 1)

    def test_explain(self):
        result = calc('check', 'fw', '--against', self.value, '--explain')
        script = result.text[result.text.index('#!/usr/bin'):]
        self.write('mrtd.py', script.encode())
        self.assertEqual(
            os.popen('/usr/bin/python3 mrtd.py fw').read().strip(), self.value)

    def test_diff(self):
        changed = bytearray(self.data)
        changed[-1] ^= 1
        self.write('b', bytes(changed))
        self.assertNotEqual(igvm_reader.mrtd(bytes(changed)), self.value)
        self.assertEqual(calc('diff', 'fw', 'b').status, 1)
        self.assertEqual(calc('diff', 'fw', 'fw').status, 0)
        self.write('saved', calc('show', '--json', 'fw').stdout)
        self.assertEqual(calc('diff', 'saved', 'b').status, 1)
        self.write('tdvf', images.image())
        result = calc('diff', '--json', 'fw', 'tdvf')
        self.assertEqual(result.status, 1)
        self.assertIn({'of': 'tdx', 'section': None, 'field': 'locator',
                       'a': 'igvm', 'b': 'guid-table', 'measured': False,
                       'measured_by': []},
                      json.loads(result.stdout)['metadata'])

    def test_reference(self):
        result = calc('reference', '--format', 'json', '--vmm', 'spec',
                      '--vmm', 'td-shim-igvm', 'fw')
        (firmware,) = json.loads(result.stdout)['firmware']
        self.assertEqual([v['value'] for v in firmware['values']],
                         [self.value, self.other])
        self.assertEqual(firmware['sha256'],
                         hashlib.sha256(self.data).hexdigest())
        self.write('doc', calc('reference', 'fw').stdout)
        self.check(calc('reference', '--verify', 'doc', 'fw'), 0,
                   'fw: OK (spec)\n')

    def test_pipe(self):
        with open('fw', 'rb') as file:
            self.assertEqual(calc('-', stdin=file.read()).text,
                             self.value + '\n')

    def test_sparse(self):
        """4 GiB less a page: only what is measured is read."""
        last = (1 << 32) - igvm.PAGE
        items = [igvm.platform(), igvm.page(0, b'first'),
                 igvm.page(0x1000, last - igvm.PAGE)]
        data = bytearray(Igvm(items, header={'total': last}).encode())
        struct.pack_into('<I', data, 20, 0)
        end = 24 + struct.unpack_from('<I', data, 12)[0]
        struct.pack_into('<I', data, 20, zlib.crc32(bytes(data[:end])))
        with open('big', 'wb') as file:
            file.write(data)
            file.truncate(last)
        small = Igvm([igvm.platform(), igvm.page(0, b'first'),
                      igvm.page(0x1000, b'\0')]).encode()
        self.assertEqual(calc('big').text, igvm_reader.mrtd(small) + '\n')


class Mutations(IgvmCase):
    def test_each_byte_of_the_headers(self):
        """A changed byte is noticed by the checksum."""
        end = 24 + struct.unpack_from('<I', self.data, 12)[0]
        for at in range(4, end, 20 if SANITIZED else 5):
            data = bytearray(self.data)
            data[at] ^= 1 << at % 8
            self.write('m', bytes(data))
            result = calc('m')
            self.assertEqual((result.status, result.stdout), (3, b''), at)
            self.assertRegex(result.lines[-1], r'\[igvm-(header|checksum)\]$')

    def test_each_cut(self):
        for size in self.part(range(4, 24 + 32 * 3, 3)):
            self.write('m', self.data[:size])
            self.refused(calc('m'), 3)

    def changed(self):
        """The file with each field of each structure in turn set to values
        that it should not, or may, have."""
        for k, item in enumerate(igvm_cases.EVERYTHING):
            for f, (form, old) in enumerate(item.body):
                if form[-1] == 's':
                    continue
                bits = 8 * struct.calcsize('<' + form)
                for value in {0, 1, 3, igvm.PAGE % (1 << bits),
                              1 << bits - 1, (1 << bits) - 1} - {old}:
                    body = list(item.body)
                    body[f] = (form, value)
                    items = list(igvm_cases.EVERYTHING)
                    items[k] = item._replace(body=tuple(body))
                    yield Igvm(items).encode()

    def test_fields_with_a_good_checksum(self):
        """Refused in a line, or measured as the independent reader does."""
        kinds, good = set(), 0
        for data in list(self.changed())[::7 if SANITIZED else 1]:
            self.write('m', data)
            result = calc('m')
            if result.status != 0:
                self.assertEqual((result.status, result.stdout), (3, b''))
                kind = re.search(r'\[[a-z-]+\]$', result.lines[-1])
                self.assertTrue(kind, result)
                kinds.add(kind.group())
                continue
            good += 1
            for vmm in ('spec', 'td-shim-igvm'):
                self.assertEqual(calc('--vmm', vmm, 'm').text,
                                 igvm_reader.mrtd(data, vmm) + '\n')
        self.assertGreater(good, 20)
        self.assertGreaterEqual(kinds, {
            f'[igvm-{kind}]' for kind in ('area', 'context', 'data', 'field',
                                          'overlap', 'platform')})
