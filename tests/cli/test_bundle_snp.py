# SPDX-License-Identifier: Apache-2.0
"""reference --release with components of AMD's platforms: values by
tests/lib/snp.py, and one folder for all platforms."""

import base64
import copy
import itertools
import json
import os
import pathlib
import re
import subprocess
import unittest

import images
import sev
import snp
from support import TestCase, calc, mrtd
from test_bundle import DOCS, schema, sha256

try:
    import jsonschema
except ImportError:
    jsonschema = None

TYPES = {'EPYC-v4': 0x800f12, 'EPYC-Milan': 0xa00f11}
BOTH = {'component': 'of SNP', 'file': 'fw.fd', 'platform': 'snp',
        'vcpus': [1, '3-4'], 'vcpu_type': [*TYPES],
        'formats': ['rvps', 'corim', 'json', 'go-sev-guest']}


class Case(TestCase):
    def setUp(self):
        super().setUp()
        os.mkdir('in')
        self.data = sev.image().data
        self.write('in/snp.fd', self.data)
        self.tdx = self.write('in/tdx.fd', images.image())
        self.manifest = {
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'formats': ['rvps', 'json', 'go-tdx-guest'],
            'components': [
                {'component': 'of TDX', 'file': 'tdx.fd',
                 'formats': ['rvps', 'json']},
                {**BOTH, 'file': 'snp.fd'}]}

    def run_it(self, *args, manifest=None):
        self.write('in/m.json', json.dumps(manifest or self.manifest).encode())
        return calc('reference', '--release', 'in/m.json', '--out-dir', 'out',
                    *args)

    def made(self, manifest=None):
        result = self.run_it(manifest=manifest)
        self.assertEqual(result.status, 0, result)
        self.assertEqual(sorted(result.text.splitlines()),
                         sorted(f'out/{name}' for name in os.listdir('out')))
        return result

    def index(self):
        index = json.loads(pathlib.Path('out/index.json').read_text('utf-8'))
        if jsonschema:
            jsonschema.validate(index, schema('release-index'))
        return index

    def launches(self):
        """What BOTH asks for, in its order."""
        return [(f'qemu,{count},{name},0x1',
                 snp.launch_digest(self.data, vcpus=count,
                                   signature=signature).hex())
                for (name, signature), count in itertools.product(
                    TYPES.items(), (1, 3, 4))]


class Good(Case):
    def test_folder(self):
        self.made()
        launches = [label.replace(',', '-') for label, _ in self.launches()]
        self.assertEqual(sorted(os.listdir('out')), sorted(
            ['tdx.fd.reference-value.rvps.json',
             'tdx.fd.reference-value.json.json', 'tdx.fd.html',
             'snp.fd.snp.reference-value.rvps.json',
             'snp.fd.snp.reference-value.json.json', 'snp.fd.snp.html',
             *(f'snp.fd.snp.{launch}.reference-value.corim.corim'
               for launch in launches),
             *(f'snp.fd.snp.{launch}.reference-value.go-sev-guest.textproto'
               for launch in launches),
             'demo.reference-value.rvps.json',
             'demo.reference-value.json.json',
             'demo.reference-value.go-tdx-guest.textproto',
             'demo.snp.reference-value.rvps.json',
             'demo.snp.reference-value.json.json',
             'MRTDSUMS', 'SNPSUMS', 'index.json', 'SHA256SUMS']))

    def test_values(self):
        """Two documents of the release, one for each platform."""
        self.made()
        for name, key, want in (
                ('demo', 'mr_td', [mrtd(self.tdx)]),
                ('demo.snp', 'snp_launch_measurement',
                 [value for _, value in self.launches()])):
            document = json.loads(pathlib.Path(
                f'out/{name}.reference-value.rvps.json').read_text('utf-8'))
            self.assertEqual(json.loads(base64.b64decode(document['payload'])),
                             {key: want})
        document = json.loads(pathlib.Path(
            'out/demo.snp.reference-value.json.json').read_text('utf-8'))
        if jsonschema:
            jsonschema.validate(document, schema('reference'))
        self.assertEqual([value['value'] for value in
                          document['firmware'][0]['values']],
                         [value for _, value in self.launches()])

    def test_lists(self):
        self.made()
        self.assertEqual(
            pathlib.Path('out/SNPSUMS').read_text('utf-8'),
            ''.join(f'SNP[{label}] (snp.fd) = {value}\n'
                    for label, value in self.launches()))
        for name in ('snp.fd', 'tdx.fd'):
            os.link(f'in/{name}', f'out/{name}')
        os.chdir('out')
        self.check(calc('-c', 'MRTDSUMS', 'SNPSUMS'), 0,
                   'tdx.fd: OK\n' + 6 * 'snp.fd: OK\n')
        subprocess.run(['sha256sum', '-c', '--strict', '--quiet',
                        'SHA256SUMS'], check=True)
        self.assertEqual(
            sorted(line.split('  ')[1] for line in pathlib.Path(
                'SHA256SUMS').read_text('utf-8').splitlines()),
            sorted(set(os.listdir('.')) - {'SHA256SUMS'}))

    def test_index(self):
        """What it says of each is right, and is read of either platform."""
        self.made()
        first, second = self.index()['components']
        self.assertEqual((first['platform'], second['platform']),
                         ('tdx', 'snp'))
        self.assertEqual(second['values'], [
            {'register': 'SNP', 'algorithm': 'sha-384', 'value': value,
             'vmm': ['qemu'], 'vcpus': int(label.split(',')[1]),
             'vcpu_type': label.split(',')[2], 'guest_features': '0x1'}
            for label, value in self.launches()])
        verify = ('reference', '--verify', 'out/index.json')
        guest = ('--platform', 'snp', '--vcpus', '1,3-4', '--vcpu-type',
                 ','.join(TYPES))
        self.assertEqual(calc(*verify, 'in/tdx.fd').status, 0)
        self.assertEqual(calc(*verify, *guest, 'in/snp.fd').status, 0)
        self.write('in/other.fd', sev.image(size=0x3000).data)
        self.assertEqual(calc(*verify, *guest, 'in/other.fd').status, 1)
        self.assertEqual(calc(*verify, 'in/snp.fd').status, 3)

    def test_one_file(self):
        """A component for each platform may be of one file, which the lists
        name once."""
        del self.manifest['components'][0]
        for platform in ('sev-es', 'sev'):
            vcpus = {} if platform == 'sev' else {
                'vcpus': [2], 'vcpu_type': ['EPYC-v4']}
            self.manifest['components'].append(
                {'component': platform, 'file': 'snp.fd',
                 'platform': platform, 'formats': ['json'], **vcpus})
        self.manifest['formats'] = ['json']
        result = self.run_it()
        self.assertEqual(result.status, 0, result)
        sums = pathlib.Path('out/SHA256SUMS').read_text('utf-8')
        self.assertEqual(sums.count('  snp.fd\n'), 1)
        self.assertIn(f'{sha256("in/snp.fd")}  snp.fd\n', sums)
        self.assertEqual(
            pathlib.Path('out/SEV-ESSUMS').read_text('utf-8'),
            'SEV-ES[qemu,2,EPYC-v4,0x0] (snp.fd) = '
            f'{snp.sev_es_digest(self.data, vcpus=2).hex()}\n')
        self.assertEqual(
            pathlib.Path('out/SEVSUMS').read_text('utf-8'),
            f'SEV[qemu] (snp.fd) = {snp.sev_digest(self.data).hex()}\n')
        self.assertEqual([part['platform'] for part in
                          self.index()['components']],
                         ['snp', 'sev-es', 'sev'])
        os.chdir('out')
        os.link('../in/snp.fd', 'snp.fd')
        self.check(calc('-c', 'SNPSUMS', 'SEV-ESSUMS', 'SEVSUMS'), 0,
                   8 * 'snp.fd: OK\n')

    def test_kernel(self):
        """It is in the value and in the index, and no list can name it."""
        files = {'kernel': b'K' * 5000, 'initrd': b'I' * 77}
        for name, data in files.items():
            self.write(f'in/{name}', data)
        self.manifest['components'] = [
            {**BOTH, 'file': 'snp.fd', 'vcpus': [1], 'vcpu_type': ['EPYC-v4'],
             'formats': ['json'], 'kernel': 'kernel', 'initrd': 'initrd',
             'append': 'console=ttyS0'}]
        self.manifest['formats'] = ['rvps']
        self.made()
        self.assertNotIn('SNPSUMS', os.listdir('out'))
        part, = self.index()['components']
        self.assertEqual([part[key] for key in (*files, 'append')],
                         ['kernel', 'initrd', 'console=ttyS0'])
        self.assertEqual(part['values'][0]['value'], snp.launch_digest(
            self.data, **files, append='console=ttyS0').hex())
        verify = ('reference', '--verify', 'out/index.json', '--platform',
                  'snp', '--vcpus', '1', '--vcpu-type', 'EPYC-v4')
        whole = ('--kernel', 'in/kernel', '--initrd', 'in/initrd', '--append',
                 'console=ttyS0')
        self.assertEqual(calc(*verify, *whole, 'in/snp.fd').status, 0)
        self.assertEqual(calc(*verify, *whole[:-2], 'in/snp.fd').status, 1)
        self.assertEqual(calc(*verify, 'in/snp.fd').status, 1)

    def test_file_with_a_dash(self):
        """Of the manifest's folder, and not standard input."""
        os.chdir('in')
        self.write('-', self.data)
        self.manifest['components'] = [
            {**BOTH, 'file': '-', 'vcpus': [1], 'vcpu_type': ['EPYC-v4'],
             'formats': ['json']}]
        self.manifest['formats'] = ['json']
        self.write('m.json', json.dumps(self.manifest).encode())
        result = calc('reference', '--release', 'm.json', '--out-dir', 'out')
        self.assertEqual(result.status, 0, result)
        self.assertIn(snp.launch_digest(self.data).hex(),
                      pathlib.Path('out/SNPSUMS').read_text('utf-8'))

    def test_kinds(self):
        """Signatures, features, and VMMs that ignore the kind."""
        self.manifest['components'] = [
            {**BOTH, 'file': 'snp.fd', 'vcpus': [2],
             'vcpu_type': ['EPYC-v4'], 'vcpu_signature': ['0x123'],
             'guest_features': '0x21', 'vmm': ['ec2', 'qemu'],
             'formats': ['json']}]
        self.manifest['formats'] = ['json']
        self.made()
        self.assertEqual(
            pathlib.Path('out/SNPSUMS').read_text('utf-8'),
            ''.join(f'SNP[{label}] (snp.fd) = ' + snp.launch_digest(
                self.data, vcpus=2, features=0x21, **launch).hex() + '\n'
                for label, launch in (
                    ('ec2,2,0x21', {'vmm': 'ec2'}),
                    ('qemu,2,EPYC-v4,0x21', {}),
                    ('qemu,2,0x123,0x21', {'signature': 0x123}))))

    def test_settings(self):
        """The release speaks of TDX's CoRIMs; a key is one platform's."""
        self.manifest.update(vendor='V', model='M', corim_form='set',
                             class_id='00000000-0000-0000-0000-000000000001',
                             entity='E', version='1')
        self.manifest['components'][1]['key'] = 'k'
        result = self.run_it()
        self.assertEqual(result.status, 0, result)
        guest = ('--platform', 'snp', '--vcpus', '1,3-4', '--vcpu-type',
                 ','.join(TYPES), '--entity', 'E', '--version', '1',
                 '--rvps-key', 'k')
        done = calc('reference', '--format', 'corim,rvps,json,go-sev-guest',
                    *guest, '--out-dir', 'one', 'in/snp.fd')
        self.assertEqual(done.status, 0, done)
        self.assertEqual(len(os.listdir('one')), 2 + 2 * 6)
        for name in os.listdir('one'):
            self.assertEqual(pathlib.Path('one', name).read_bytes(),
                             pathlib.Path('out', name).read_bytes(), name)


    def test_guide(self):
        """The manifest of docs/release-guide.md for both platforms."""
        guide = (DOCS / 'release-guide.md').read_text('utf-8')
        manifest, = (made for made in map(json.loads, re.findall(
            r'```json\n(.*?)```', guide, re.DOTALL))
            if made['release'] == 'edk2-stable')
        if jsonschema:
            jsonschema.validate(manifest, schema('manifest'))
        self.write('in/OVMF.fd', self.data)
        manifest['components'][0]['file'] = 'tdx.fd'
        self.made(manifest)
        for name in ('edk2-stable.reference-value.rvps.json',
                     'edk2-stable.snp.reference-value.rvps.json',
                     'MRTDSUMS', 'SNPSUMS'):
            self.assertIn(name, os.listdir('out'))
            self.assertIn(name, guide)


class Bad(Case):
    def test_manifests(self):
        def component(**members):
            made = copy.deepcopy(self.manifest)
            made['components'][1].update(members)
            return made

        def at(key, text):
            return f'components[1]: "{key}": {text}'

        none = 'a component of platform {} has none'
        digits = 'not a number in lower-case hexadecimal, as "0x1"'
        range_ = ('an item that is neither a number from 1 to 4096 nor a '
                  'range of them, as "1-8"')
        cases = [
            *((component(**{key: 'x'}), at(key, none.format('snp')))
              for key in ('vars', 'payload', 'vendor', 'model', 'class_id',
                          'corim_form')),
            *(({**component(platform='tdx', formats=['json']),
                'components': [{**self.manifest['components'][0], key: 1}]},
               f'components[0]: "{key}": ' + none.format('tdx'))
              for key in ('vcpus', 'vcpu_type', 'vcpu_signature',
                          'guest_features')),
            *((component(**{key: 'x'}), at(key, none.format('snp')))
              for key in ('registers', 'qemu', 'edk2',
                          'kernel_measures', 'ram')),
            (component(vmm=['spec-x']), at('vmm', 'platform snp has no VMM '
             "'spec-x'; 'mrtd-calc --vmm help' lists them")),
            (component(vmm=['kvm-v19']), at('vmm', 'platform snp has no VMM '
             "'kvm-v19'; 'mrtd-calc --vmm help' lists them")),
            *((component(vcpus=[item]), at('vcpus', range_))
              for item in (0, -1, 4097, 1.5, '1', '0-1', '2-1', '1-4097',
                           '1-2-3', '1-', '-1', ' 1-2', '1 -2', '01-2', '+1-2',
                           '0x1-2', None, [1], '99999999999999999999-1',
                           '1-18446744073709551617')),
            (component(vcpus=3), at('vcpus', 'not a list, or an empty one')),
            (component(vcpus=[]), at('vcpus', 'not a list, or an empty one')),
            (component(vcpus=[*range(1, 34)]), at(
                'vcpus', 'more than 32 numbers and ranges')),
            *((component(vcpus=items), at('vcpus', f'{twice} is there twice'))
              for twice, items in ((1, [1, 1]), (4, [1, '4-9', '2-4']),
                                   (5, ['5-5', '3-9']))),
            (component(vcpu_type=['x']), at('vcpu_type', "there is no type 'x' "
             'of virtual CPUs; others have a "vcpu_signature"')),
            (component(vcpu_type=[1]), at('vcpu_type', 'an item that is not a '
                                          'string')),
            (component(vcpu_type=['EPYC', 'EPYC']), at(
                'vcpu_type', 'an item is there twice')),
            *((component(vcpu_signature=[item]), at(
                'vcpu_signature', 'an item that is not CPUID\'s signature, as '
                '"0x800f12"')) for item in ('', '1', '0x', '0X1', '0xA',
                                            '0x01', '0x100000000', '0x1 ')),
            *((component(guest_features=item), at('guest_features', digits))
              for item in ('', '1', 1, '0x', '0xA', '0x01', None,
                           '0x10000000000000000')),
            (component(initrd='x'), at('initrd', 'without a "kernel" it is '
                                       'not measured')),
            (component(append=''), at('append', 'without a "kernel" it is '
                                      'not measured')),
            (component(append=1), at('append', 'not a string')),
            (component(formats=['coswid']), at('formats', 'coswid holds no '
                                               'value of platform snp')),
            (component(platform='sev', vcpus=[1]), at(
                'vcpus', none.format('sev'))),
            ({**self.manifest, 'formats': ['ita'], 'components':
              [self.manifest['components'][1]]},
             '"formats": ita holds no value of any of the components'),
            ({**self.manifest, 'formats': ['go-sev-guest']},
             '"formats": go-sev-guest does not hold the values of several '
             'files; ask for it in components'),
            ({**self.manifest, 'key': 'k'}, '"key": components are of several '
             'platforms, whose values have a key each; give it in '
             'components')]
        # What only the program knows: names, ranges, and other components.
        unknown = ('has no VMM', 'no type', '"formats": ita', '"key"',
                   'is there twice')
        rules = schema('manifest')
        for manifest, line in cases:
            with self.subTest(line=line, manifest=manifest['components'][-1]):
                self.refused(self.run_it(manifest=manifest), 3,
                             f'in/m.json: {line} [manifest]')
                vcpus = manifest['components'][-1].get('vcpus')
                if jsonschema and not any(text in line for text in unknown) \
                        and vcpus not in (['2-1'], ['1-4097'],
                                          ['99999999999999999999-1'],
                                          ['1-18446744073709551617']):
                    self.assertFalse(jsonschema.Draft202012Validator(
                        rules).is_valid(manifest))
        self.assertFalse(os.path.exists('out'))

    def test_schema_takes(self):
        """What the program takes, the schema takes."""
        if jsonschema:
            jsonschema.validate(self.manifest, schema('manifest'))

    def test_what_a_launch_lacks(self):
        for key, line in (
                ('vcpus', '"vcpus" is missing: platform snp measures a VMSA '
                 'for each virtual CPU'),
                ('vcpu_type', '"vcpu_type" (or "vcpu_signature") is missing: '
                 "VMM qemu puts the virtual CPUs' signature into their "
                 'VMSAs')):
            manifest = copy.deepcopy(self.manifest)
            del manifest['components'][1][key]
            with self.subTest(key=key):
                result = self.run_it(manifest=manifest)
                self.assertEqual((result.status, result.stdout), (3, b''))
                self.assertEqual(result.lines[0], 'in/m.json: components[1]: '
                                 f'{line} [manifest]')
                self.assertEqual(result.lines[1], 'in/m.json: components[1], '
                                 'of SNP, failed; nothing is written')
                self.assertFalse(os.path.exists('out'))

    def test_same_names(self):
        """Of one platform, one file is one component; files of one name are
        one file."""
        manifest = copy.deepcopy(self.manifest)
        manifest['components'].append(copy.deepcopy(
            manifest['components'][1]))
        self.refused_names(manifest, 'snp.fd', 2)
        manifest['components'][2].update(file='tdx.fd', platform='sev',
                                         artifact='snp.fd', formats=['json'])
        for key in ('vcpus', 'vcpu_type'):
            del manifest['components'][2][key]
        self.write('in/tdx.fd', sev.image(size=0x3000).data)
        del manifest['components'][0]
        manifest['formats'] = ['json']
        self.refused_names(manifest, 'snp.fd', 1)

    def refused_names(self, manifest, name, index):
        result = self.run_it(manifest=manifest)
        self.assertEqual((result.status, result.stdout), (3, b''))
        self.assertEqual(
            [line for line in result.lines if 'note: ' not in line],
            [f'in/m.json: two files of the release would be named {name}; '
             'give one of the components an "artifact" [document-name]',
             f'in/m.json: components[{index}], of SNP, failed; nothing is '
             'written'])
        self.assertFalse(os.path.exists('out'))


if __name__ == '__main__':
    unittest.main()
