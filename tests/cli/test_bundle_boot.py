# SPDX-License-Identifier: Apache-2.0
"""reference --release with a kernel: registers of TDX beside MRTDs, and launch
digests of SEV-SNP, of one kernel and one command line. Expected values are of
tests/lib/boot.py and snp.py."""

import copy
import html
import json
import os
import pathlib
import random
import re

import boot
import images
import sev
import snp
from support import TestCase, calc, mrtd
from test_bundle import schema
from test_reference_boot import (LINE, NAMES, PLACES, READERS, expected,
                                 read_map)

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ['rvps', 'rvps-map', 'json', 'go-tdx-guest', 'ita', 'in-toto',
           'contrast-patch', 'dcap-policy']


def folder(name):
    return pathlib.Path('out', name).read_bytes()


class Case(TestCase):
    def setUp(self):
        super().setUp()
        rng = random.Random(self.id())
        os.mkdir('in')
        self.tdx = self.write('in/tdx.fd', images.image())
        self.snp = sev.image().data
        self.write('in/snp.fd', self.snp)
        self.kernel = boot.bzimage(rng)
        self.initrd = rng.randbytes(777)
        self.write('in/vmlinuz', self.kernel)
        self.write('in/initrd', self.initrd)
        guest = {'kernel': 'vmlinuz', 'initrd': 'initrd', 'append': LINE}
        self.component = {'component': 'of TDX', 'file': 'tdx.fd',
                          'registers': ['all'], 'formats': FORMATS, **guest}
        self.manifest = {
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'formats': ['rvps', 'json', 'go-tdx-guest', 'ita'],
            'components': [self.component, {
                'component': 'of SNP', 'file': 'snp.fd', 'platform': 'snp',
                'vcpus': [1], 'vcpu_type': ['EPYC-v4'],
                'formats': ['rvps', 'json'], **guest}]}
        self.values = {'MRTD': mrtd(self.tdx),
                       **expected(self.kernel, LINE, self.initrd)}
        self.args = ('--kernel', 'in/vmlinuz', '--initrd', 'in/initrd',
                     '--append', LINE)

    def run_it(self, *args, **changes):
        self.write('in/m.json', json.dumps(
            {**self.manifest, **changes}).encode())
        return calc('reference', '--release', 'in/m.json', '--out-dir', 'out',
                    *args)

    def made(self, **changes):
        if jsonschema:
            jsonschema.validate({**self.manifest, **changes},
                                schema('manifest'))
        result = self.run_it(**changes)
        self.assertEqual(result.status, 0, result)
        return result

    def wanted(self, form):
        return {name: [self.values[name]] for name in ('MRTD', *PLACES[form])}


class Good(Case):
    def test_documents(self):
        self.made()
        for form in FORMATS:
            name, = (name for name in os.listdir('out') if name.startswith(
                f'tdx.fd.reference-value.{form}.'))
            self.assertEqual(READERS[form](folder(name)), self.wanted(form))
        for form in self.manifest['formats']:
            name, = (name for name in os.listdir('out') if name.startswith(
                f'demo.reference-value.{form}.'))
            self.assertEqual(READERS[form](folder(name)), self.wanted(form))

    def test_manual(self):
        """The manifest of the manual is one."""
        text = (ROOT / 'docs/mrtd-calc.1').read_text('utf-8')
        begin = text.index('{"schema": "mrtd-calc/manifest/1"')
        self.manifest = json.loads(text[begin:text.index('.Ed', begin)])
        tdx_part, snp_part = self.manifest['components']
        self.assertEqual([tdx_part.pop('file'), snp_part.pop('file')],
                         ['OVMF.fd'] * 2)
        tdx_part['file'], snp_part['file'] = 'tdx.fd', 'snp.fd'
        self.made()
        wanted = expected(self.kernel, tdx_part['append'])
        sums = folder('RTMRSUMS').decode()
        for name in 'RTMR2', 'cmdline':
            self.assertIn(f'{name} (tdx.fd) = {wanted[name]}', sums)
        for count in snp_part['vcpus']:
            self.assertIn(snp.launch_digest(self.snp, vcpus=count).hex(),
                          folder('SNPSUMS').decode())

    def test_both_platforms(self):
        """One command, of one kernel and line, for TDX and SEV-SNP."""
        self.made()
        digest = snp.launch_digest(self.snp, kernel=self.kernel,
                                   initrd=self.initrd, append=LINE).hex()
        root = json.loads(folder('demo.snp.reference-value.json.json'))
        value, = root['firmware'][0]['values']
        self.assertEqual(value['value'], digest)
        self.assertNotIn('boot', root['firmware'][0])
        index = json.loads(folder('index.json'))
        if jsonschema:
            jsonschema.validate(index, schema('release-index'))
        first, second = index['components']
        self.assertNotIn('boot', second)
        self.assertEqual(second['values'][0]['value'], digest)
        self.assertEqual(
            {**{item['register']: item['value']
                for item in first['values'] + first['boot']['values']},
             'kernel': first['boot']['kernel_digest'],
             'cmdline': first['boot']['cmdline_digest']}, self.values)
        self.assertEqual([first['boot'][key] for key in (
            'kernel', 'kernel_version', 'initrd', 'cmdline')],
                         ['vmlinuz', '6.12.3-test', 'initrd', LINE])
        self.assertEqual([first[key] for key in ('kernel', 'initrd',
                                                 'append')],
                         [second[key] for key in ('kernel', 'initrd',
                                                  'append')])

    def test_strict(self):
        """Of a document of both platforms each is compared by a call of its
        own, which counts nothing of the other: none could pass otherwise."""
        self.made()
        root = json.loads(folder('index.json'))
        calls = (('--strict', '--register', 'all', *self.args, 'in/tdx.fd'),
                 ('--strict', '--platform', 'snp', '--vcpus', '1',
                  '--vcpu-type', 'EPYC-v4', *self.args, 'in/snp.fd'))
        for wrong in (), (0,), (1,), (0, 1):
            changed = copy.deepcopy(root)
            for index in wrong:
                for value in changed['components'][index]['values']:
                    value['value'] = 'ab' * 48
            self.write('index', json.dumps(changed).encode())
            self.assertEqual(
                [calc('reference', '--verify', 'index', *args).status
                 for args in calls], [int(i in wrong) for i in (0, 1)])

    def test_list(self):
        """RTMRSUMS: as --register prints it; MRTDSUMS is for -c."""
        self.made()
        self.assertEqual(folder('RTMRSUMS').decode(), ''.join(
            f'{name} (tdx.fd) = {self.values[name]}\n' for name in NAMES[1:]))
        os.link('in/tdx.fd', 'out/tdx.fd')
        self.assertIn('  RTMRSUMS\n', folder('SHA256SUMS').decode())
        os.chdir('out')
        self.check(calc('-c', 'MRTDSUMS'), 0, 'tdx.fd: OK\n')

    def test_page(self):
        self.made()
        text = folder('tdx.fd.html').decode('utf-8')
        section, = re.findall(r'<section id="boot">.*?</section>', text, re.S)
        items = dict(re.findall(r'<dt>(.*?)</dt><dd>(.*?)</dd>', section))
        shown = {name: f'<code class="hex">{value}</code>'
                 for name, value in self.values.items() if name != 'MRTD'}
        for name in 'kernel', 'cmdline':
            shown[f'Digest of the event of the {name}'] = shown.pop(name)
        self.assertEqual(items, {
            **shown, 'Kernel': 'vmlinuz', 'Its version': '6.12.3-test',
            'Initrd': 'initrd', 'Command line': LINE,
            'QEMU': 'gives the kernel as it is in its file',
            'Separator': 'in RTMR1, as edk2 since edk2-stable202411 has it',
            'initrd=initrd': 'is put before the command line by edk2'})
        # Nothing else of the page is of the kernel.
        plain = calc('show', '--html', '-', 'in/tdx.fd').text
        self.assertEqual(text.replace(section, '').replace('\n\n', '\n'),
                         plain.replace('\n\n', '\n'))
        self.assertNotIn('id="boot"', folder('snp.fd.snp.html').decode())

    def test_page_of_hostile_text(self):
        line = 'a="<b>" & \'x\' \u202e'
        self.component['append'] = line
        self.made(components=[self.component])
        section, = re.findall(r'<section id="boot">.*?</section>',
                              folder('tdx.fd.html').decode('utf-8'), re.S)
        shown, = re.findall(r'<dt>Command line</dt><dd>(.*?)</dd>', section)
        self.assertNotIn('<', shown)
        self.assertNotIn('\u202e', html.unescape(shown))

    def test_rules(self):
        """Those of the options, and the command line in a file."""
        del self.component['append']
        self.write('in/line', LINE.encode() + b'\n')
        self.component.update(
            cmdline='line', qemu='9.2', edk2='edk2-stable202408',
            kernel_measures=True, ram=2 << 30, formats=['json'])
        self.made(formats=['rvps-map'], components=[self.component])
        self.values.update(expected(
            self.kernel, LINE, self.initrd, patched_kernel=True,
            initrd_last=True, separator_rtmr0=True, ram=2 << 30))
        self.assertEqual(
            read_map(json.loads(folder('demo.reference-value.rvps-map.json'))),
            self.wanted('rvps-map'))
        index, = json.loads(folder('index.json'))['components']
        self.assertEqual(index['boot']['rules'], {
            'kernel_is_patched': True, 'initrd_argument': 'last',
            'separator_register': 'RTMR0', 'kernel_measures': True})
        text = folder('tdx.fd.html').decode('utf-8')
        for rule in ('writes into the kernel&#39;s setup header',
                     'in RTMR0, as edk2 before edk2-stable202411 has it',
                     'is put after the command line by edk2'):
            self.assertIn(rule.replace('&#39;', "'"), html.unescape(text))

    def test_some(self):
        self.component.update(registers=['rtmr2', 'MRTD'], formats=['ita'])
        for key in 'kernel', 'initrd':
            del self.component[key]
        self.made(formats=['rvps-map'], components=[self.component])
        self.values.update(expected(self.kernel, LINE))
        self.assertEqual(
            read_map(json.loads(folder('demo.reference-value.rvps-map.json'))),
            {name: [self.values[name]] for name in ('MRTD', 'RTMR2')})

    def test_verify(self):
        self.made()
        self.check(calc('reference', '--verify',
                        'out/demo.reference-value.rvps.json', '--vmm', 'spec',
                        '--register', 'all', *self.args, 'in/tdx.fd'), 0,
                   'in/tdx.fd: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n')
        verify = ('reference', '--verify', 'out/index.json', '--vmm', 'spec')
        self.check(calc(*verify, '--register', 'all', *self.args, 'in/tdx.fd'),
                   0, 'in/tdx.fd: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n')
        result = calc(*verify, 'in/tdx.fd')
        self.assertEqual((result.status, result.text),
                         (0, 'in/tdx.fd: OK (spec)\n'))
        self.assertIn('[reference-unchecked]', result.lines[0])
        # The MRTD does not depend on the kernel.
        self.assertEqual(calc('check', 'in/tdx.fd', '--against',
                              'out/index.json').status, 0)


class Bad(Case):
    def test_several_kernels(self):
        """What has a place for one is refused, and the rest has both."""
        other = copy.deepcopy(self.component)
        other.update(append=LINE + ' quiet', artifact='other.fd',
                     component='other')
        first, second = self.values, expected(self.kernel, LINE + ' quiet',
                                              self.initrd)
        components = [self.component, other]
        for form, name, what in (('rvps', 'rvps', 'cmdline'),
                                 ('go-tdx-guest', 'go-tdx-guest', 'RTMR2')):
            result = self.run_it(formats=[form], components=components)
            self.assertEqual((result.status, result.lines[-1].partition(
                ': ')[2]), (3, f'{name} has a place for one value of {what}, '
                            'and what is in it has several; publish them in '
                            'documents of their own [document-single]'))
            self.assertFalse(os.path.exists('out'))
        result = self.run_it(formats=['json', 'ita'], components=components)
        self.assertEqual(result.status, 0, result)
        for form in 'json', 'ita':
            name, = (name for name in os.listdir('out')
                     if name.startswith(f'demo.reference-value.{form}.'))
            self.assertEqual(READERS[form](folder(name))['RTMR2'],
                             [first['RTMR2'], second['RTMR2']])

    def test_manifests(self):
        none = 'without "registers" beside the MRTD it changes nothing'
        tdx = {'component': 'c', 'file': 'tdx.fd', 'formats': ['json']}
        whole = {**tdx, 'registers': ['all'], 'kernel': 'vmlinuz',
                 'append': LINE}
        ram = ('it is for a kernel that QEMU before 10.2 changes, with an '
               '"initrd", and needed there')
        registers = 'not one of mrtd, rtmr1, rtmr2, kernel, cmdline or all: '

        def less(key):
            return {name: value for name, value in whole.items()
                    if name != key}
        for component, key, text, is_schema in (
                *(({**tdx, key: value}, key, none, True) for key, value in (
                    ('kernel', 'vmlinuz'), ('initrd', 'initrd'),
                    ('append', ''), ('cmdline', 'line'), ('qemu', '9.2'),
                    ('edk2', '202411'), ('kernel_measures', False),
                    ('ram', 1))),
                ({**tdx, 'registers': ['mrtd'], 'append': ''}, 'append', none,
                 False),
                ({**whole, 'registers': []}, 'registers',
                 'not a list, or an empty one', True),
                ({**whole, 'registers': 'all'}, 'registers',
                 'not a list, or an empty one', True),
                ({**whole, 'registers': [1]}, 'registers',
                 'an item that is not a string', True),
                ({**whole, 'registers': ['rtmr0']}, 'registers',
                 registers + "'rtmr0'", True),
                ({**whole, 'registers': ['rtmr1,rtmr2']}, 'registers',
                 registers + "'rtmr1,rtmr2'", True),
                ({**whole, 'qemu': '7.2'}, 'qemu',
                 'not a version of QEMU from 8.0 on, as "10.2"', False),
                ({**whole, 'qemu': 10.2}, 'qemu',
                 'not a version of QEMU from 8.0 on, as "10.2"', True),
                ({**whole, 'edk2': '202412'}, 'edk2',
                 'not a release of edk2, as "202511"', True),
                ({**whole, 'kernel_measures': 'yes'}, 'kernel_measures',
                 'neither true nor false', True),
                ({**whole, 'ram': 0}, 'ram', 'not a number of bytes above 0',
                 True),
                ({**whole, 'ram': '2G'}, 'ram',
                 'not a number of bytes above 0', True),
                ({**whole, 'cmdline': 'line'}, 'cmdline',
                 '"append" is there, too', True),
                ({**whole, 'qemu': '9.2', 'initrd': 'initrd'}, 'ram', ram,
                 False),
                ({**whole, 'ram': 5}, 'ram', ram, False),
                ({**less('kernel'), 'registers': ['rtmr2'],
                  'initrd': 'initrd'}, 'initrd',
                 'without a "kernel" it is not measured', False),
                ({**whole, 'registers': ['rtmr1'], 'kernel_measures': True},
                 'kernel_measures', 'it is for rtmr2 and cmdline', False),
                ({**whole, 'formats': ['coswid']}, 'registers',
                 'format coswid has no place for rtmr1', False),
                ({**whole, 'registers': ['all', 'kernel'],
                  'formats': ['ita']}, 'registers',
                 'format ita has no place for kernel', False),
                ({**whole, 'formats': ['rvps'], 'key': 'k'}, 'key',
                 'with "registers" or "initdata" it is mr_td, or a path that '
                 'ends with it or with it and :VERSION', False)):
            with self.subTest(component=component):
                manifest = {'formats': ['json'], 'components': [component]}
                self.refused(self.run_it(**manifest), 3,
                             f'in/m.json: components[0]: "{key}": {text} '
                             '[manifest]')
                if jsonschema and is_schema:
                    self.assertRaises(
                        jsonschema.ValidationError, jsonschema.validate,
                        {**self.manifest, **manifest}, schema('manifest'))
        result = self.run_it(formats=['ita'], components=[
            {**whole, 'registers': ['cmdline', 'all']}])
        self.refused(result, 3, 'in/m.json: components[0]: "registers": '
                     'format ita has no place for cmdline [manifest]')

    def test_what_the_image_needs(self):
        """It is known once the image is read."""
        whole = {'component': 'c', 'file': 'tdx.fd', 'formats': ['json'],
                 'registers': ['all'], 'kernel': 'vmlinuz', 'append': LINE}
        for change, text in (
                ({'kernel': None}, 'missing --kernel FILE: --register rtmr1 '
                 'and kernel are made of it'),
                ({'append': None}, 'missing --append TEXT or --cmdline FILE: '
                 '--register rtmr2 and cmdline are made of the command line'),
                ({'append': None, 'registers': ['rtmr1'], 'qemu': '9.2'},
                 'missing --append TEXT or --cmdline FILE: QEMU before 10.2 '
                 'changes the kernel by it'),
                ({'vmm': ['spec', 'cloud-hypervisor']}, '--register is of a '
                 'kernel that QEMU gives to OVMF, which this image is: --vmm '
                 'spec, qemu or kvm-v19')):
            component = {key: value for key, value in
                         {**whole, **change}.items() if value}
            result = self.run_it(formats=['json'], components=[component])
            self.assertEqual((result.status, result.stdout), (3, b''), result)
            self.assertEqual(result.lines, [
                f'in/m.json: components[0]: {text}; members of the manifest '
                'are named as these options [manifest]',
                'in/m.json: components[0], c, failed; nothing is written'])
            self.assertFalse(os.path.exists('out'))

    def test_kernel_that_is_refused(self):
        """The message names the file, and the component."""
        self.write('in/vmlinuz', b'MZ' + bytes(100))
        result = self.run_it()
        self.assertEqual(result.status, 3)
        self.assertIn('in/vmlinuz: ', result.lines[0])
        self.assertIn('in/m.json: components[0], of TDX, failed; nothing is '
                      'written', result.lines)
        self.assertFalse(os.path.exists('out'))
