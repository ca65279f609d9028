# SPDX-License-Identifier: Apache-2.0
"""reference and its releases with registers of td-shim's images: with spec and
with Cloud Hypervisor. Expected values are of tests/lib/shim.py."""

import html
import json
import pathlib
import re
import shutil

import boot
import evidence
import images
import shim
from support import calc, mrtd
from test_shim import LINE, MEASURED, ROOM, Case

VMMS = 'spec,cloud-hypervisor'
ALL = ('--register', 'all', '--kernel', 'kernel', '--append', LINE)


class Images(Case):
    def registers(self, image, kernel=None, line=None):
        events = shim.events(image, kernel, line and line.encode())
        return {name: boot.replay(events, name).hex()
                for name in ('RTMR1', 'RTMR2')}

    def release(self, **component):
        self.write('m.json', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'formats': ['rvps-map'], 'components': [{
                'component': 'c', 'file': 'fw', 'registers': ['all'],
                'formats': ['json'], **component}]}).encode())
        return calc('reference', '--release', 'm.json', '--out-dir', 'out')

    def refused_release(self, words, **component):
        result = self.release(**component)
        self.assertEqual((result.status, result.stdout), (3, b''), result)
        self.assertEqual(result.lines[-2:], [
            f'm.json: components[0]: {words}; members of the manifest are '
            'named as these options [manifest]',
            'm.json: components[0], c, failed; nothing is written'])
        self.assertFalse(pathlib.Path('out').exists())

    def page(self):
        """What the section about the boot says: its sentence, its terms."""
        text = pathlib.Path('out/fw.html').read_text('utf-8')
        section, = re.findall(r'<section id="boot">.*?</section>', text, re.S)
        sentence, = re.findall(r'<p>(.*?)</p>', section, re.S)
        return (html.unescape(re.sub('<.*?>', '', sentence)),
                re.findall('<dt>(.*?)</dt>', section))

    def test_release(self):
        image = self.usual()
        kernel = pathlib.Path('kernel').read_bytes()
        wanted = self.registers(image, kernel, LINE)
        result = self.release(kernel='kernel', append=LINE,
                              vmm=VMMS.split(','))
        self.assertEqual(result.status, 0, result)
        component, = json.loads(
            pathlib.Path('out/index.json').read_bytes())['components']
        self.assertEqual(
            {v['register']: v['value'] for v in component['boot']['values']},
            wanted)
        self.assertEqual(component['boot']['firmware'], 'td-shim')
        self.assertEqual(
            {vmm: v['value'] for v in component['values'] for vmm in v['vmm']},
            {vmm: mrtd(image, vmm, kernel) for vmm in VMMS.split(',')})
        self.assertEqual(
            json.loads(pathlib.Path(
                'out/demo.reference-value.rvps-map.json').read_bytes())
            ['rtmr_1'], [wanted['RTMR1']])
        # Nothing of it is of OVMF.
        sentence, terms = self.page()
        self.assertIn('the kernel below, which td-shim, this firmware, starts',
                      sentence)
        self.assertNotIn('QEMU', sentence)
        self.assertEqual(terms, ['RTMR1', 'RTMR2', 'Kernel', 'Its version',
                                 'Command line'])
        self.assertEqual(
            calc('reference', '--verify', 'out/index.json', '--vmm', VMMS,
                 *ALL, 'fw')[:2],
            (0, b'fw: OK (spec, cloud-hypervisor; RTMR1, RTMR2)\n'))

    def test_payload_of_its_own(self):
        """It needs no kernel, and takes none."""
        image = self.usual(images.PAYLOAD)
        result = self.release()
        self.assertEqual(result.status, 0, result)
        component, = json.loads(
            pathlib.Path('out/index.json').read_bytes())['components']
        self.assertEqual(
            {v['register']: v['value'] for v in component['boot']['values']},
            self.registers(image))
        sentence, terms = self.page()
        self.assertIn('the payload that is in this image', sentence)
        self.assertEqual(terms, ['RTMR1', 'RTMR2'])
        self.assertEqual(
            calc('reference', '--verify', 'out/index.json', '--register',
                 'all', '--vmm', 'spec', 'fw')[:2],
            (0, b'fw: OK (spec; RTMR1, RTMR2)\n'))
        shutil.rmtree('out')
        result = self.release(kernel='kernel', append=LINE)
        self.assertEqual(result.status, 3, result)
        self.assertIn('a td-shim that starts a payload of its own',
                      result.lines[-2])

    def test_kernel_in_the_mrtd(self):
        """Each VMM must load it, or the MRTD is not of this kernel."""
        image = self.usual(MEASURED, images.PARAM)
        kernel = pathlib.Path('kernel').read_bytes()
        words = ('the kernel of this image is measured into the MRTD, and into '
                 'no other register: ask for mrtd, too, with --vmm '
                 'cloud-hypervisor, or leave --kernel out')
        for vmm in ['spec'], VMMS.split(','), VMMS.split(',')[::-1]:
            self.refused_release(words, kernel='kernel', append=LINE, vmm=vmm)
        result = self.release(kernel='kernel', append=LINE,
                              vmm='cloud-hypervisor')
        self.assertEqual(result.status, 3, result)  # not a list
        result = self.release(kernel='kernel', append=LINE,
                              vmm=['cloud-hypervisor'])
        self.assertEqual(result.status, 0, result)
        component, = json.loads(
            pathlib.Path('out/index.json').read_bytes())['components']
        self.assertEqual(component['values'][0]['value'],
                         mrtd(image, 'cloud-hypervisor', kernel))
        self.assertEqual(
            {v['register']: v['value'] for v in component['boot']['values']},
            self.registers(image, None, LINE))

    def test_other_vmms(self):
        """Refused for what is true of the image."""
        self.usual()
        self.refused_release(
            'a kernel that td-shim starts, which this image is, is of --vmm '
            'spec or cloud-hypervisor', kernel='kernel', append=LINE,
            vmm=['spec', 'kvm-v19'])
        self.refused_release(
            "missing --kernel FILE: RTMR1 of td-shim and the kernel's event "
            'are made of it', append=LINE)
        self.refused_release(
            '--qemu is of a kernel that QEMU gives to OVMF, and the image is '
            "td-shim's, which measures no such thing", kernel='kernel',
            append=LINE, qemu='10.2')
        self.write('fw', images.image())
        self.refused_release(
            '--register is of a kernel that QEMU gives to OVMF, which this '
            'image is: --vmm spec, qemu or kvm-v19', kernel='kernel',
            append=LINE, vmm=VMMS.split(','))
        result = calc('reference', *ALL, '--vmm', VMMS, 'fw')
        self.assertEqual((result.status, result.stdout, result.lines[-1]), (
            2, b'', '--register is of a kernel that QEMU gives to '
            'OVMF, which this image is: --vmm spec, qemu or kvm-v19'), result)

    def test_kernel_is_the_payload(self):
        """check says so, too."""
        for room in MEASURED, ROOM:
            self.usual(room, images.PARAM)
            made = self.answer('--kernel', 'kernel', '--append', LINE)
            self.assertEqual(made['payload'], 'kernel')
        self.assertEqual(self.answer('--payload', 'kernel')['payload'],
                         'kernel')
        self.write('fw', images.image())
        made = self.answer('--kernel', 'kernel', '--append', LINE)
        self.assertEqual(made['payload'], None)

    def answer(self, *args):
        """The answer about a quote of nobody's TD."""
        self.write('quote', evidence.quote(bytes(48)))
        return json.loads(calc('check', '--json', '--against', 'quote', *args,
                               'fw').stdout)
