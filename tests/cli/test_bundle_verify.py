# SPDX-License-Identifier: Apache-2.0
"""reference --verify --release: a document of several kernels and launches is
verified as a whole, by the manifest. Expected values are of tests/lib: boot.py,
mrtd.py, snp.py and initdata.py."""

import copy
import json
import os
import pathlib
import random

import boot
import images
import initdata
import sev
import snp
from support import TestCase, calc, mrtd
from test_reference_boot import expected

LINES = ('root=/dev/vda1', 'root=/dev/vda2 quiet')
REGISTERS = ('RTMR1', 'RTMR2')


def other(text, rng):
    """The same with another digit."""
    at = rng.randrange(len(text))
    return text[:at] + '%x' % (int(text[at], 16) ^ 1) + text[at + 1:]


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        image = images.image()
        self.write('tdx.fd', image)
        flat = sev.image().data
        self.write('snp.fd', flat)
        self.components = []
        self.values = []
        for i, line in enumerate(LINES):
            kernel = self.write(f'vmlinuz{i}', boot.bzimage(self.rng))
            data = self.write(f'initdata{i}',
                              initdata.document('sha384', (('a', f'{i}'),)))
            guest = {'kernel': f'vmlinuz{i}', 'append': line,
                     'initdata': f'initdata{i}'}
            self.components += [{
                'component': f'TDX {i}', 'file': 'tdx.fd', 'registers': ['all'],
                'artifact': f'tdx{i}.fd', 'formats': ['rvps'], **guest}, {
                    'component': f'SNP {i}', 'file': 'snp.fd', 'platform': 'snp',
                    'artifact': f'snp{i}.fd', 'vcpus': [1, 2],
                    'vcpu_type': ['EPYC-v4'], 'formats': ['rvps'], **guest}]
            fields = {name: initdata.field(data, name).hex()
                      for name in ('MRCONFIGID', 'HOST_DATA')}
            self.values += [
                {'MRTD': mrtd(image), **expected(kernel, line), **fields},
                {**{count: snp.launch_digest(
                    flat, vcpus=count, kernel=kernel, append=line).hex()
                    for count in (1, 2)}, **fields}]
        self.publish(self.components)

    def publish(self, components):
        self.write('m.json', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'formats': ['json'], 'components': components}).encode())
        result = calc('reference', '--release', 'm.json', '--out-dir', 'out')
        self.assertEqual(result.status, 0, result)
        self.index = json.loads(pathlib.Path('out/index.json').read_text())

    def verify(self, document, *args):
        if not isinstance(document, str):
            self.write('doc', json.dumps(document).encode())
            document = 'doc'
        return calc('reference', '--verify', document, '--release', 'm.json',
                    *args)

    def ok(self, platform):
        if platform == 'tdx':
            return ''.join(
                f'TDX {i}: OK (spec, cloud-hypervisor, qemu, migtd-qemu; RTMR1, '
                'RTMR2, kernel, cmdline, initdata)\n' for i in (0, 1))
        return ''.join(
            f'SNP {i}: OK (qemu,1,EPYC-v4,0x1, qemu,2,EPYC-v4,0x1; initdata)\n'
            for i in (0, 1))

    def fails(self, document, *args):
        result = self.verify(document, *args)
        self.assertEqual(result.status, 1, result)
        return result


class Good(Case):
    def test_values(self):
        """What the index says is the models'."""
        for component, values in zip(self.index['components'], self.values):
            if component['platform'] == 'tdx':
                made = component['boot']
                self.assertEqual(component['values'][0]['value'],
                                 values['MRTD'])
                self.assertEqual(
                    {**{v['register']: v['value'] for v in made['values']},
                     'kernel': made['kernel_digest'],
                     'cmdline': made['cmdline_digest']},
                    {name: values[name]
                     for name in (*REGISTERS, 'kernel', 'cmdline')})
            else:
                self.assertEqual(
                    {v['vcpus']: v['value'] for v in component['values']},
                    {count: values[count] for count in (1, 2)})
            field = component['initdata']
            self.assertEqual(field['value'], values[field['field']])

    def test_whole(self):
        """Strictly: nothing is left, of either platform."""
        for document, platform in (
                ('out/index.json', 'tdx'), ('out/index.json', 'snp'),
                ('out/demo.reference-value.json.json', 'tdx'),
                ('out/demo.snp.reference-value.json.json', 'snp')):
            self.check(self.verify(document, '--strict', '--platform',
                                   platform), 0, self.ok(platform))
        # Otherwise those of the platform of the first component.
        self.check(self.verify('out/index.json'), 0, self.ok('tdx'))

    def test_without_the_manifest(self):
        """No options say two kernels, and that is not passed over."""
        for i, line in enumerate(LINES):
            result = calc('reference', '--verify', 'out/index.json',
                          '--register', 'all', '--kernel', f'vmlinuz{i}',
                          '--append', line, 'tdx.fd')
            self.assertEqual(result.status, 1, result)
            self.assertIn('[reference-register]', result.lines[-1])

    def test_lists(self):
        """RVPS has one list of each register for all."""
        for component in self.components:
            component['registers'] = ['rtmr1', 'rtmr2']
        tdx = self.components[::2]
        self.write('m.json', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'components': tdx}).encode())
        values = self.values[::2]
        document = {'mr_td': [values[0]['MRTD']],
                    'rtmr_1': [v['RTMR1'] for v in values],
                    'rtmr_2': [v['RTMR2'] for v in values],
                    'init_data': [v[name] for v in values
                                  for name in ('MRCONFIGID', 'HOST_DATA')]}
        self.check(self.verify(document, '--strict'), 0, ''.join(
            f'TDX {i}: OK (spec, cloud-hypervisor, qemu, migtd-qemu; RTMR1, '
            'RTMR2, initdata)\n' for i in (0, 1)))
        for key in 'rtmr_1', 'rtmr_2', 'init_data':
            for at, value in enumerate(document[key]):
                wrong = copy.deepcopy(document)
                wrong[key][at] = other(value, self.rng)
                self.fails(wrong)
            self.fails({**document, key: document[key][1:]})
            self.fails({**document, key: document[key] + ['ab' * 48]})


class Bad(Case):
    def test_any_digit(self):
        """Whichever value is wrong."""
        for index, component in enumerate(self.index['components']):
            platform = component['platform']
            places = [(part, key) for part in ('values', 'boot')
                      for key in range(2)
                      if part == 'values' and key < len(component['values'])
                      or part == 'boot' and platform == 'tdx']
            for part, key in (*places, ('initdata', None)):
                root = copy.deepcopy(self.index)
                at = root['components'][index][part]
                item = (at['values'][key] if part == 'boot'
                        else at if key is None else at[key])
                item['value'] = other(item['value'], self.rng)
                self.fails(root, '--platform', platform)
        for name in 'kernel_digest', 'cmdline_digest':
            root = copy.deepcopy(self.index)
            made = root['components'][2]['boot']
            made[name] = other(made[name], self.rng)
            self.fails(root)

    def test_mixed(self):
        """Each value is one of the release's, but not beside that one."""
        for kind in (*REGISTERS, 'kernel_digest', 'cmdline_digest', 'initdata'):
            root = copy.deepcopy(self.index)
            first, second = root['components'][::2]
            if kind == 'initdata':
                first[kind], second[kind] = second[kind], first[kind]
            elif kind in REGISTERS:
                at = REGISTERS.index(kind)
                a, b = (part['boot']['values'] for part in (first, second))
                a[at], b[at] = b[at], a[at]
            else:
                a, b = first['boot'], second['boot']
                a[kind], b[kind] = b[kind], a[kind]
            result = self.fails(root)
            self.assertEqual(result.stdout, b'TDX 0: FAILED\nTDX 1: FAILED\n')
            self.assertEqual(result.lines[0],
                             'TDX 0: its registers are in the document, but '
                             'not beside each other: each is beside one of '
                             'another launch [reference-register]')

    def test_said_of_another(self):
        """Its \"boot\" says another command line."""
        root = copy.deepcopy(self.index)
        first, second = (part['boot'] for part in root['components'][::2])
        first['cmdline'], second['cmdline'] = (second['cmdline'],
                                               first['cmdline'])
        result = self.fails(root)
        self.assertIn('"cmdline" of its "boot"', result.lines[0])

    def test_missing(self):
        """A component that the document lacks, and one that it has besides."""
        for index, component in enumerate(self.index['components']):
            root = copy.deepcopy(self.index)
            del root['components'][index]
            self.fails(root, '--platform', component['platform'])
        for index, component in enumerate(self.components):
            less = self.components[:index] + self.components[index + 1:]
            self.write('m.json', json.dumps({
                'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
                'components': less}).encode())
            self.fails('out/index.json', '--platform',
                       component.get('platform', 'tdx'))

    def test_unread_files(self):
        os.unlink('vmlinuz1')
        result = self.verify('out/index.json')
        self.assertEqual(result.status, 4, result)
        self.assertNotIn(b'TDX 1: ', result.stdout)
        self.write('vmlinuz1', b'no kernel')
        result = self.verify('out/index.json')
        self.assertEqual(result.status, 3, result)
        self.assertIn(b'm.json: components[2], TDX 1, failed\n',
                      result.stderr)

    def test_usage(self):
        end = "; try 'mrtd-calc reference --help'"
        verify = ('reference', '--verify', 'out/index.json', '--release',
                  'm.json')
        both = ('--release needs --out-dir FOLDER, which it makes, or --verify '
                'DOCUMENT')
        alone = ('--key, --strict, --time, --vendor, --model, --class-id and '
                 '--platform are for --verify; of a release they are in the '
                 'manifest')
        out = ('reference', '--release', 'm.json', '--out-dir', 'x')
        for args, why in (
                ((*verify, '--out-dir', 'x'), both),
                (('reference', '--release', 'm.json'), both),
                ((*out, '--strict'), alone),
                ((*out, '--platform', 'snp'), alone),
                ((*out, '--time', '2026-01-01T00:00:00Z'), alone),
                ((*out, '--vendor', 'x'), alone),
                ((*verify, '--sign', 'vmlinuz0', '--signer', 'x'),
                 '--sign is for --out-dir'),
                ((*verify, '--platform', 'sev'),
                 '--platform sev: no component of the manifest is of it')):
            self.refused(calc(*args), 2, why + end)
        self.assertEqual(calc(*verify, 'tdx.fd').status, 2)
        self.assertEqual(calc(*verify, '--kernel', 'vmlinuz0').status, 2)
