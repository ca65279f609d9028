# SPDX-License-Identifier: Apache-2.0
"""reference --release with a guest's disk image, initdata and command line in
a file, for TDX and SEV-SNP. Expected values are of tests/lib: test_image_line.py
(verity.py), initdata.py, boot.py and snp.py."""

import base64
import html
import json
import os
import re
import subprocess

import boot
import images
import initdata
import sev
import snp
from support import TestCase, calc, mrtd
from test_bundle import schema, sha256
from test_bundle_boot import folder
from test_image_line import FIRST, Case as Disks
from test_reference_boot import expected

try:
    import jsonschema
except ImportError:
    jsonschema = None


class Case(Disks):
    def setUp(self):
        super().setUp()
        self.fw = self.write('tdx.fd', images.image())
        self.snp = sev.image().data
        self.write('snp.fd', self.snp)
        self.kernel = self.write('vmlinuz', boot.bzimage(self.rng))
        self.initdata = initdata.document('sha256')
        self.write('initdata.toml', self.initdata)
        self.root = self.disk(False)
        self.line = self.table(self.root)
        self.write('line', self.line.encode() + b'\n')
        guest = {'kernel': 'vmlinuz', 'cmdline': 'line'}
        self.tdx = {'component': 'of TDX', 'file': 'tdx.fd', 'registers':
                    ['all'], 'formats': ['json'], **guest}
        self.amd = {'component': 'of SNP', 'file': 'snp.fd', 'platform': 'snp',
                    'vcpus': [1], 'vcpu_type': ['EPYC-v4'],
                    'formats': ['json'], **guest}

    def release(self, *components):
        manifest = {'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
                    'formats': ['rvps'], 'components': components}
        self.write('m.json', json.dumps(manifest).encode())
        return calc('reference', '--release', 'm.json', '--out-dir', 'out')

    def made(self, *components):
        result = self.release(*components)
        self.assertEqual(result.status, 0, result)
        index = json.loads(folder('index.json'))
        if jsonschema:
            jsonschema.validate(json.loads(open('m.json', 'rb').read()),
                                schema('manifest'))
            jsonschema.validate(index, schema('release-index'))
        return index['components']


class Good(Case):
    def test_line_in_a_file(self):
        """The end of the line is not of it, on either platform."""
        first, second = self.made(self.tdx, self.amd)
        values = expected(self.kernel, self.line)
        self.assertEqual(
            {v['register']: v['value'] for v in first['boot']['values']},
            {name: values[name] for name in ('RTMR1', 'RTMR2')})
        self.assertEqual(first['values'][0]['value'], mrtd(self.fw))
        self.assertEqual(
            second['values'][0]['value'],
            snp.launch_digest(self.snp, kernel=self.kernel,
                              append=self.line).hex())
        self.assertEqual(second['append'], self.line)
        for component in first, second:
            self.assertNotIn('image', component)
            self.assertNotIn('initdata', component)
        self.assertNotIn(b'id="inputs"', folder('tdx.fd.html'))
        self.check(calc('reference', '--verify',
                        'out/demo.snp.reference-value.rvps.json',
                        '--platform', 'snp', '--vcpus', '1', '--vcpu-type',
                        'EPYC-v4', '--kernel', 'vmlinuz', '--append',
                        self.line, 'snp.fd').without('kernel-hashes'), 0,
                   'snp.fd: OK (qemu,1,EPYC-v4,0x1)\n')

    def test_initdata(self):
        more = {'initdata': 'initdata.toml'}
        first, second = self.made({**self.tdx, **more}, {**self.amd, **more})
        for component, name, page in (
                (first, 'MRCONFIGID', 'tdx.fd.html'),
                (second, 'HOST_DATA', 'snp.fd.snp.html')):
            value = initdata.field(self.initdata, name).hex()
            self.assertEqual(component['initdata'], {
                'file': 'initdata.toml', 'algorithm': 'sha-256', 'digest':
                initdata.digest(self.initdata).hex(), 'field': name,
                'value': value})
            text = folder(page).decode('utf-8')
            section, = re.findall(r'<section id="inputs">.*?</section>', text,
                                  re.S)
            self.assertEqual(re.findall(r'<dt>(.*?)</dt><dd>(.*?)</dd>',
                                        section),
                             [('Initdata', 'initdata.toml'),
                              (name, f'<code class="hex">{value}</code>')])
        # One key for guests of both platforms, in both documents.
        fields = [initdata.field(self.initdata, name).hex()
                  for name in ('MRCONFIGID', 'HOST_DATA')]
        for part, values in ('', fields), ('.snp', fields[::-1]):
            root = json.loads(folder(f'demo{part}.reference-value.rvps.json'))
            self.assertEqual(
                json.loads(base64.b64decode(root['payload']))['init_data'],
                values)
        # The index is read back, with launches as they were.
        boots = ('--register', 'all', '--kernel', 'vmlinuz', '--cmdline',
                 'line', 'tdx.fd')
        for args, said in (
                (('--initdata', 'initdata.toml', '--strict'), ()),
                ((), ('out/index.json: warning: not compared: what initdata '
                      'makes; --initdata does that [reference-unchecked]',))):
            more = ', initdata' if args else ''
            self.check(calc('reference', '--verify', 'out/index.json', '--vmm',
                            'spec', *args, *boots), 0,
                       f'tdx.fd: OK (spec; RTMR1, RTMR2, kernel, cmdline{more})'
                       '\n', *said)
        self.write('initdata.toml', initdata.document('sha512'))
        self.assertEqual(calc('reference', '--verify', 'out/index.json',
                              '--initdata', 'initdata.toml', *boots).status, 1)

    def test_no_kernel(self):
        """Initdata needs none."""
        component, = self.made({
            'component': 'c', 'file': 'tdx.fd', 'formats': ['json'],
            'initdata': 'initdata.toml'})
        self.assertEqual(component['initdata']['field'], 'MRCONFIGID')

    def test_image(self):
        more = {'image': 'disk'}
        parts = self.made({**self.tdx, **more}, {**self.amd, **more})
        for component, page in zip(parts, ('tdx.fd.html', 'snp.fd.snp.html')):
            image = component['image']
            self.assertEqual((image['file'], image['not_compared']),
                             ('disk', []))
            root, = image['roots']
            self.assertEqual((root['root_hash'], root['partition']),
                             (self.root.hex(), 1))
            text = html.unescape(folder(page).decode('utf-8'))
            self.assertIn(f'<code class="hex">{self.root.hex()}</code>', text)
        self.assertEqual(self.release({**self.tdx, **more}).status, 4)


class Inputs(Case):
    """Which files the values are of beside the firmware."""

    def listed(self, component, *members):
        self.assertEqual(component['inputs'], [
            {'input': member, 'file': name, 'size': os.path.getsize(path),
             'sha256': sha256(path)}
            for member, name, path in (
                (member, os.path.basename(path), path)
                for member, path in members)])

    def summed(self, *paths):
        """A user who has them, and the folder, can check them all."""
        for path in paths:
            os.link(path, os.path.join('out', os.path.basename(path)))
        subprocess.run(['sha256sum', '-c', '--strict', '--quiet',
                        'SHA256SUMS'], cwd='out', check=True)
        self.assertEqual(
            sorted(line.split('  ')[1] for line in folder(
                'SHA256SUMS').decode().splitlines()),
            sorted(set(os.listdir('out')) - {'SHA256SUMS'}))

    def test_all(self):
        self.write('initrd', self.rng.randbytes(999))
        more = {'initrd': 'initrd', 'image': 'disk',
                'initdata': 'initdata.toml'}
        members = (('kernel', 'vmlinuz'), ('initrd', 'initrd'),
                   ('cmdline', 'line'), ('image', 'disk'),
                   ('initdata', 'initdata.toml'))
        for component in self.made({**self.tdx, **more},
                                   {**self.amd, **more}):
            self.listed(component, *members)
        # One file of both components is there once.
        self.summed('tdx.fd', 'snp.fd', *(path for _, path in members))

    def test_none(self):
        component, = self.made({'component': 'c', 'file': 'tdx.fd',
                                'formats': ['json']})
        self.assertEqual(component['inputs'], [])

    def test_beside_the_image(self):
        joined = images.joined()
        self.write('vars', joined.cut(end=images.VARS_SIZE))
        self.write('code', joined.cut(start=images.VARS_SIZE))
        self.write('with', images.more(images.PAYLOAD))
        self.write('payload', images.kernel())
        first, second = self.made(
            {'component': 'c', 'file': 'code', 'vars': 'vars',
             'formats': ['json']},
            {'component': 'd', 'file': 'with', 'payload': 'payload',
             'vmm': ['cloud-hypervisor'], 'formats': ['json']})
        self.listed(first, ('vars', 'vars'))
        self.listed(second, ('payload', 'payload'))
        self.summed('code', 'with', 'vars', 'payload')

    def test_same_name(self):
        """Of two files of one name a list could say one alone."""
        os.mkdir('b')
        self.write('b/vmlinuz', self.kernel)
        self.made(self.tdx, {**self.amd, 'kernel': 'b/vmlinuz'})
        subprocess.run(['rm', '-r', 'out'], check=True)
        self.write('b/vmlinuz', boot.bzimage(self.rng))
        self.write('b/index.json', b'x')
        line = 'components[1], of SNP, failed; nothing is written'
        for member, path in (('kernel', 'b/vmlinuz'),
                             ('initrd', 'b/vmlinuz')):
            result = self.release(self.tdx, {**self.amd, member: path})
            self.assertEqual((result.status, result.stdout, result.lines), (
                3, b'', ['m.json: two files of the release would be named '
                         f'vmlinuz, and "{member}" of components[1] is one; '
                         'rename it [document-name]', f'm.json: {line}']))
        self.assertEqual(self.release(
            {**self.amd, 'initrd': 'b/index.json'}).status, 3)
        self.assertFalse(os.path.exists('out'))


class Bad(Case):
    def test_another_image(self):
        """No release of a disk that the guest does not take."""
        with open('disk', 'r+b') as file:
            at = FIRST * 512 + self.rng.randrange(len(self.data))
            file.seek(at)
            byte, = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ 1]))
        for component in self.tdx, self.amd:
            result = self.release({**component, 'image': 'disk'})
            self.assertEqual((result.status, result.stdout), (1, b''), result)
            self.assertRegex(result.lines[-2],
                             r'^disk: the root hash of .*\[image-root\]$')
            self.assertFalse(os.path.exists('out'))

    def test_manifests(self):
        tdx = {'component': 'c', 'file': 'tdx.fd', 'formats': ['json']}
        amd = {key: value for key, value in self.amd.items()
               if key not in ('kernel', 'cmdline')}
        line = ('it is compared with the root hash in a command line, and '
                'there is neither "append" nor "cmdline"')
        none = 'without a "kernel" it is not measured'
        for component, key, why in (
                ({**tdx, 'image': 'disk'}, 'image', line),
                ({**amd, 'image': 'disk', 'kernel': 'vmlinuz'}, 'image', line),
                ({**amd, 'cmdline': 'line'}, 'cmdline', none),
                ({**self.amd, 'append': 'x'}, 'cmdline',
                 '"append" is there, too'),
                ({**self.tdx, 'append': ''}, 'cmdline',
                 '"append" is there, too'),
                ({**amd, 'platform': 'sev-es', 'initdata': 'initdata.toml'},
                 'initdata', 'a component of platform sev-es has none'),
                ({**tdx, 'initdata': 'initdata.toml', 'formats': ['rvps'],
                  'key': 'k'}, 'key',
                 'with "registers" or "initdata" it is mr_td, or a path that '
                 'ends with it or with it and :VERSION'),
                ({**amd, 'initdata': 'initdata.toml', 'formats': ['rvps'],
                  'key': 'mr_td'}, 'key',
                 'with "registers" or "initdata" it is snp_launch_measurement, '
                 'or a path that ends with it or with it and :VERSION'),
                ({**tdx, 'initdata': ''}, 'initdata',
                 'not a string, or an empty one')):
            with self.subTest(component=component):
                TestCase.refused(self, self.release(component), 3,
                             f'm.json: components[0]: "{key}": {why} '
                             '[manifest]')

    def test_files(self):
        self.write('initdata.toml', b'version = "0.1.0"\n')
        result = self.release({**self.tdx, 'initdata': 'initdata.toml'})
        self.assertEqual(result.status, 3)
        self.assertRegex(result.lines[0], r'^initdata.toml: .*\[initdata\]$')
        for component in self.tdx, self.amd:
            for key in 'image', 'initdata', 'cmdline':
                result = self.release({**component, key: 'gone'})
                self.assertEqual((result.status, result.stdout), (4, b''))
                self.assertIn('gone', result.lines[0])
        self.write('line', b'a\nb\n')
        self.assertEqual(self.release(self.amd).status, 3)
        self.assertFalse(os.path.exists('out'))
