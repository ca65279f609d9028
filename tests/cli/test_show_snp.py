# SPDX-License-Identifier: Apache-2.0
"""show and --json of SEV-SNP, SEV-ES and SEV: what is listed is what is
hashed, by the model of tests/lib/snp.py."""

import hashlib
import json
import os
import pathlib
import re
import struct

import drawings
import igvm
import images
import sev
import snp
import support
from support import TestCase, calc, environment

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
TYPES = {'NORMAL': snp.NORMAL, 'VMSA': snp.VMSA, 'ZERO': snp.ZERO,
         'UNMEASURED': snp.UNMEASURED, 'SECRETS': snp.SECRETS_PAGE,
         'CPUID': snp.CPUID_PAGE}
MILAN = ('--vcpu-type', 'EPYC-Milan')


def launch(platform, *more, vcpus=1):
    """Options, for a number of virtual CPUs of Milan."""
    return ['--platform', platform, '--vcpus', str(vcpus), *MILAN, *more]


def sized(count):
    return {'vcpus': count, 'signature': snp.VCPU_TYPES['EPYC-Milan']}


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.image = sev.image()
        self.write('fw', self.image)
        self.kernel = self.write('kernel', bytes(range(256)) * 33 + b'odd')
        self.initrd = self.write('initrd', b'initrd')

    boot = ['--kernel', 'kernel', '--initrd', 'initrd', '--append', 'a b=c']

    def booted(self):
        return {'kernel': self.kernel, 'initrd': self.initrd,
                'append': 'a b=c'}

    def document(self, *args):
        """The one document, from both commands."""
        shown = calc('show', '--json', *args)
        self.assertEqual((shown.status, shown.stderr), (0, b''))
        self.assertEqual(calc('--json', *args), shown)
        return json.loads(shown.text)

    def hash_page(self):
        """The page of the kernel's hashes of the image."""
        fw = snp.firmware(self.image.data)
        hashes = snp.kernel_hashes(fw, self.kernel, self.initrd, 'a b=c')
        return snp.hash_page(sev.Section(0x810000, sev.PAGE,
                                         sev.KERNEL_HASHES), hashes)[2]

    def vmsa(self, number, vmm='qemu', features=1):
        return snp.vmsa(vmm, sev.RESET_EIP if number else snp.BSP_EIP,
                        snp.VCPU_TYPES['EPYC-Milan'], features)


def expected_pages(case, fw, **more):
    """All pages of a launch of SEV-SNP by the model."""
    vmm, count = more.get('vmm', 'qemu'), more.get('vcpus', 1)
    hashes = snp.kernel_hashes(fw, more.get('kernel'), more.get('initrd'),
                               more.get('append'))
    yield from snp.normal(fw.gpa, fw.data)
    yield from snp.metadata_pages(fw.sections, vmm, hashes)
    for number in range(count):
        yield snp.VMSA, snp.VMSA_GPA, case.vmsa(number, vmm)


def pages_of(case, trace, vmm='qemu'):
    """The pages that --trace lists, and checks of the digests in it."""
    digest = snp.NONE
    for line in trace.splitlines():
        word, *rest = line.split()
        if word == 'digest':
            case.assertEqual(rest, [digest.hex()])
            continue
        gpa, *content = rest
        data = ()
        if content:
            data = {'image': lambda offset, size: case.image.data[
                        int(offset, 16):int(offset, 16) + int(size)],
                    'hashes': case.hash_page,
                    'vmsa': lambda n: case.vmsa(int(n), vmm)}[content[0]](
                        *content[1:]),
        page = (TYPES[word], int(gpa, 16), *data)
        digest = snp.extend(digest, *page)
        yield page


class Trace(Case):
    def test_pages(self):
        """Each page, in order, with the digest after each run."""
        fw = snp.firmware(self.image.data)
        for vmm in 'qemu', 'ec2', 'gce':
            for count, more, boot in ((1, [], {}), (3, self.boot,
                                                    self.booted())):
                with self.subTest(vmm=vmm, count=count):
                    args = launch('snp', '--vmm', vmm, *more, vcpus=count)
                    trace = calc('show', '--trace', *args, 'fw')
                    self.assertEqual(trace.status, 0)
                    wanted = list(expected_pages(self, fw, vmm=vmm,
                                                 vcpus=count, **boot))
                    self.assertEqual(list(pages_of(self, trace.text, vmm)),
                                     wanted)
                    digest = snp.launch_digest(self.image.data, vmm=vmm,
                                               **sized(count), **boot).hex()
                    self.assertTrue(trace.text.endswith(
                        f'\ndigest {digest}\n'))
                    self.assertEqual(calc(*args, 'fw').text, digest + '\n')

    def test_bytes(self):
        """Of SEV and SEV-ES bytes are hashed in a row."""
        size = len(self.image.data)
        firmware = f'LAUNCH_UPDATE_DATA {sev.TOP - size:#x} image 0x0 {size}\n'
        table = 'LAUNCH_UPDATE_DATA 0x810c00 hashes\n'
        vmsas = 'LAUNCH_UPDATE_VMSA vmsa 0\nLAUNCH_UPDATE_VMSA vmsa 1\n'
        for args, wanted in (
                (['--platform', 'sev'], firmware),
                (['--platform', 'sev', *self.boot], firmware + table),
                (launch('sev-es', vcpus=2), firmware + vmsas),
                (launch('sev-es', *self.boot, vcpus=2),
                 firmware + table + vmsas)):
            self.assertEqual(calc('show', '--trace', *args, 'fw').text, wanted)


class Plan(Case):
    def test_plan(self):
        """The rows say the same as the pages listed one by one."""
        for vmm in 'qemu', 'ec2', 'gce':
            args = launch('snp', '--vmm', vmm, *self.boot, vcpus=3)
            trace = calc('show', '--trace', *args, 'fw').text
            *rows, total = calc('show', '--plan', *args,
                                'fw').text.splitlines()
            pages = [line.split()[0] for line in trace.splitlines()
                     if not line.startswith('digest')]
            listed = []
            for number, row in enumerate(rows[1:]):
                found = re.fullmatch(
                    r' *(\d+) (.{21}) (0x[0-9a-f]+)-0x[0-9a-f]+ +(\d+) (\w+) '
                    r'+(\d+) .*', row)
                self.assertEqual(int(found[1]), number)
                each = 4480 if found[5] in ('NORMAL', 'VMSA') else 256
                self.assertEqual(int(found[6]), each * int(found[4]))
                listed += [found[5]] * int(found[4])
            self.assertEqual(listed, pages)
            hashed = sum(4480 if kind in ('NORMAL', 'VMSA') else 256
                         for kind in pages)
            self.assertEqual(total, f'{vmm}: {len(pages)} pages, {hashed} '
                                    'bytes hashed')

    def test_order(self):
        """EC2 has the CPUID page last, GCE does not measure memory."""
        subjects = {vmm: [line[5:26].rstrip() + ' ' + line.split()[-3]
                          for line in calc(
                              'show', '--plan', *launch('snp', '--vmm', vmm),
                              'fw').text.splitlines()[1:-1]]
                    for vmm in ('qemu', 'ec2', 'gce')}
        self.assertEqual(subjects['qemu'][4:6], ['4 CPUID CPUID',
                                                 '5 SVSM_CAA ZERO'])
        self.assertEqual(subjects['ec2'][-2:], ['4 CPUID CPUID',
                                                'VMSA 0 VMSA'])
        self.assertEqual(subjects['gce'][1], '1 SNP_SEC_MEM UNMEASURED')


class Json(Case):
    def test_value(self):
        """Registers, algorithms and values of all three platforms."""
        data = self.image.data
        several = sized(2)
        for platform, args, register, algorithm, value in (
                ('snp', launch('snp', *self.boot, vcpus=2), 'SNP', 'sha-384',
                 snp.launch_digest(data, **several, **self.booted())),
                ('sev-es', launch('sev-es', *self.boot, vcpus=2), 'SEV-ES',
                 'sha-256', snp.sev_es_digest(data, **several,
                                              **self.booted())),
                ('sev', ['--platform', 'sev'], 'SEV', 'sha-256',
                 snp.sev_digest(data))):
            found = self.document(*args, 'fw')
            self.assertEqual(found['platform'], platform)
            self.assertNotIn('mrtd', found)
            self.assertEqual(found['values'], [
                {'register': register, 'algorithm': algorithm,
                 'value': value.hex()}])

    def test_runs(self):
        """Each with the digest after it, which are the model's."""
        found = self.document(*launch('snp', *self.boot, vcpus=3), 'fw')
        fw = snp.firmware(self.image.data)
        pages = expected_pages(self, fw, vcpus=3, **self.booted())
        digest = snp.NONE
        for run in found['runs']:
            hashed = 0
            for number in range(int(run['size'], 16) // sev.PAGE):
                page = next(pages)
                digest = snp.extend(digest, *page)
                self.assertEqual(
                    (TYPES[run['page_type']], int(run['gpa'], 16) + number
                     * sev.PAGE), page[:2])
                hashed += 4480 if page[0] in snp.HASHED else 256
            self.assertEqual((run['running'], run['hashed_bytes']),
                             (digest.hex(), hashed))
        self.assertEqual(list(pages), [])
        self.assertEqual(found['values'][0]['value'], digest.hex())
        self.assertEqual([run['vcpu'] for run in found['runs']][-4:],
                         [None, 0, 1, 2])
        totals = found['totals']
        self.assertEqual(totals['hashed_bytes'],
                         sum(run['hashed_bytes'] for run in found['runs']))
        self.assertEqual(totals['updated_pages'],
                         sum(int(run['size'], 16) for run in found['runs'])
                         // sev.PAGE)

    def test_sections(self):
        """The firmware, and the sections of the metadata."""
        found = self.document(*launch('snp'), 'fw')
        size = len(self.image.data)
        names = {sev.SEC_MEM: 'SNP_SEC_MEM', sev.SECRETS: 'SNP_SECRETS',
                 sev.CPUID: 'CPUID', sev.SVSM_CAA: 'SVSM_CAA',
                 sev.KERNEL_HASHES: 'SNP_KERNEL_HASHES'}
        first, *rest = found['sections']
        self.assertEqual(first, {
            'index': 0, 'type': None, 'type_name': 'firmware',
            'data_offset': '0x0', 'data_size': hex(size),
            'gpa': hex(sev.TOP - size), 'size': hex(size)})
        self.assertEqual(
            [(s['type_name'], s['type'], s['gpa'], s['size']) for s in rest],
            [(names[s.type], s.type, hex(s.gpa), hex(s.size))
             for s in self.image.sections])
        # Of SEV-ES only the firmware counts.
        self.assertEqual(self.document(*launch('sev-es'), 'fw')['sections'],
                         [first])

    def test_image(self):
        """What the GUIDed table leads to."""
        data = self.image.data
        found = self.document(*launch('snp'), 'fw')['sev']

        def at(guid):
            end = data.index(guid) - 2
            return end + 18 - struct.unpack_from('<H', data, end)[0]
        self.assertEqual(found, {
            'metadata_offset': hex(len(data) - sev.FROM_END),
            'reset_block': {'offset': hex(at(images.SEV_ES)),
                            'address': hex(sev.RESET_EIP)},
            'hash_table': {'offset': hex(at(images.SEV_HASHES)),
                           'gpa': hex(sev.HASHES[0]),
                           'size': hex(sev.HASHES[1])},
            'svsm': None})
        self.write('bare', sev.image(None, entries=[sev.reset_entry()]))
        found = self.document(*launch('snp'), 'bare')
        self.assertEqual((found['sev']['metadata_offset'],
                          found['sev']['hash_table'],
                          [note['code'] for note in found['notes']]),
                         (None, None, ['no-sev-metadata']))
        self.write('nothing', bytes(0x2000))
        found = self.document('--platform', 'sev', 'nothing')
        self.assertEqual(len(found['sections']), 1)

    def test_launch(self):
        """What was given is recorded, with the hashes of the files."""
        def sha256(data):
            return hashlib.sha256(data).hexdigest()
        found = self.document(*launch('snp', '--guest-features',
                                      '0x8000000000000021', *self.boot), 'fw')
        self.assertEqual(found['launch'], {
            'vcpus': {'count': 1, 'type': 'EPYC-Milan',
                      'signature': '0xa00f11', 'features': {
                          'value': '0x8000000000000021',
                          'bits': ['SNPActive', 'DebugSwap', 'bit 63']}},
            'kernel': {'file': 'kernel', 'sha256': sha256(self.kernel)},
            'initrd': {'file': 'initrd', 'sha256': sha256(self.initrd)},
            'append': {'text': 'a b=c', 'sha256': sha256(b'a b=c\0')},
            'svsm': None, 'firmware_digest': None})
        found = self.document(*launch('snp', '--kernel', 'kernel'), 'fw')
        self.assertEqual((found['launch']['initrd'],
                          found['launch']['append']),
                         ({'file': None, 'sha256': sha256(b'')},
                          {'text': None, 'sha256': sha256(b'\0')}))
        found = self.document('--platform', 'snp', '--vcpus', '1',
                              '--vcpu-sig', '0x800f12', 'fw')['launch']
        self.assertEqual((found['vcpus']['type'], found['vcpus']['signature'],
                          found['kernel']), (None, '0x800f12', None))
        # A VMM that does not set it has none.
        found = self.document(*launch('snp', '--vmm', 'ec2'), 'fw')['launch']
        self.assertEqual((found['vcpus']['type'],
                          found['vcpus']['signature']), (None, None))
        found = self.document('--platform', 'sev', 'fw')['launch']
        self.assertEqual(found['vcpus'], None)

    def test_features_documented(self):
        """Both manuals have the bits of SEV_FEATURES that have a name, and no
        others."""
        document = self.document(*launch('snp', '--guest-features',
                                         hex(2**64 - 1)), 'fw')
        found = document['launch']['vcpus']['features']['bits']
        named = [(str(bit), name) for bit, name in enumerate(found)
                 if name != f'bit {bit}']
        self.assertEqual(len(found), 64)
        manual = (DOCS / 'mrtd-calc.1').read_text(encoding='ascii')
        text, = re.findall(r'Bits of SEV_FEATURES that have names: ([^.]+)\.',
                           manual)
        self.assertEqual(re.findall(r'(\d+)\s(\w+)', text), named)
        page = (DOCS / 'man3/mrtd_vcpu_type_at.3').read_text(encoding='ascii')
        self.assertEqual(re.findall(r'^\.It (\d+)\n(\w+)', page, re.M), named)

    def test_goes_on(self):
        """From the firmware's digest: its pages are no run."""
        digest = snp.firmware_digest(self.image.data)
        found = self.document(*launch('snp', '--snp-ovmf-hash', digest.hex()),
                              'fw')
        self.assertEqual(found['launch']['firmware_digest'], digest.hex())
        self.assertEqual(found['runs'][0]['section'], 1)
        self.assertEqual(found['values'][0]['value'], snp.launch_digest(
            self.image.data, **sized(1)).hex())

    def test_svsm(self):
        """The SVSM's pages and sections are not the firmware's."""
        self.write('svsm', sev.svsm())
        vars_size = 0x2000
        found = self.document(*launch('snp', '--svsm', 'svsm', '--vars-size',
                                      str(vars_size), vcpus=2), 'fw')
        self.assertEqual(found['values'][0]['value'], snp.svsm_digest(
            self.image.data, sev.svsm().data, vars_size=vars_size,
            **sized(2)).hex())
        self.assertEqual(found['launch']['svsm'], {
            'file': 'svsm', 'vars_size': vars_size,
            'sha256': hashlib.sha256(sev.svsm().data).hexdigest()})
        self.assertEqual(
            [(run['section'], run['vcpu'], run['content'])
             for run in found['runs']],
            [(0, None, 'image'), (None, None, 'svsm'),
             (None, None, 'not-hashed'), (None, None, 'not-hashed'),
             (None, 0, 'vmsa'), (None, 1, 'vmsa')])
        subjects = [line[5:26].rstrip() for line in calc(
            'show', '--plan', *launch('snp', '--svsm', 'svsm', '--vars-size',
                                      '8192'), 'fw').text.splitlines()[1:-1]]
        self.assertEqual(subjects, ['0 firmware', 'SVSM', 'of the SVSM',
                                    'of the SVSM', 'VMSA 0'])

    def test_igvm(self):
        """An IGVM file has its own sections, and its own VMM."""
        file = igvm.known_snp().encode()
        self.write('igvm', file)
        found = self.document('--platform', 'snp', 'igvm')
        self.assertEqual((found['vmm'], found['sev'],
                          found['launch']['vcpus']), ('spec', None, None))
        self.assertEqual(found['igvm']['pages'], {
            'measured': 2, 'measured_zeros': 4, 'unmeasured': 5,
            'parameters': 0, 'shared': 1, 'other': 0})
        digest, gpa = snp.NONE, 0
        for run in found['runs']:
            for _ in range(int(run['size'], 16) // sev.PAGE):
                data = snp.ZERO_PAGE
                if run['content'] == 'image':
                    data = file[int(run['data_offset'], 16):][:sev.PAGE]
                digest = snp.extend(digest, TYPES[run['page_type']],
                                    gpa * sev.PAGE, data)
                gpa += 1
            self.assertEqual(run['running'], digest.hex())
        self.assertEqual((found['values'][0]['value'], gpa),
                         (digest.hex(), 11))
        text = calc('show', '--platform', 'snp', 'igvm').text
        self.assertIn('\n  VMM            spec (', text)
        self.assertIn('pages for SNP  2 measured, 4 measured zeros,', text)

    def test_unknown(self):
        """A type without a name."""
        self.write('odd', sev.image([sev.Section(0x800000, sev.PAGE, 0x33)]))
        args = launch('snp', '--permissive')
        found = self.document(*args, 'odd')
        self.assertEqual(
            (found['sections'][1]['type'], found['sections'][1]['type_name']),
            (0x33, 'unknown'))
        for form in [], ['--plan'], ['--trace']:
            self.assertEqual(calc('show', *form, *args, 'odd').status, 0)

    def test_several(self):
        """A document for each launch, in the order of the lists."""
        args = ['--platform', 'snp', '--vcpus', '1-2', '--vcpu-type',
                'EPYC-Milan,EPYC-v4', 'fw']
        shown = calc('show', '--json', *args)
        self.assertEqual(calc('--json', *args), shown)
        documents = [json.loads(line) for line in shown.text.splitlines()]
        listed = calc(*args).text.splitlines()
        self.assertEqual(
            [f'SNP[{d["vmm"]},{d["launch"]["vcpus"]["count"]},'
             f'{d["launch"]["vcpus"]["type"]},0x1] (fw) = '
             + d['values'][0]['value'] for d in documents], listed)
        self.assertEqual(len(documents), 4)


class Text(Case):
    def test_text(self):
        """For people: what a JSON reader gets, too."""
        args = launch('snp', *self.boot, '--guest-features', '0x21', vcpus=3)
        shown = calc('show', *args, 'fw')
        self.assertEqual((shown.status, shown.stderr), (0, b''))
        text = shown.text
        found = self.document(*args, 'fw')
        self.assertTrue(text.endswith(
            f'\nSNP {found["values"][0]["value"]}\n'))
        for section in found['sections']:
            self.assertIn(section['type_name'], text)
        # All but the first virtual CPU start alike: one row.
        for run in found['runs']:
            self.assertEqual(run['running'] in text, run['index'] != 9)
        self.assertRegex(text, r' 9 VMSA 1-2 .* VMSA +hashed +2 +8960\n')
        for hashed in 'kernel', 'initrd', 'append':
            self.assertIn(found['launch'][hashed]['sha256'], text)
        self.assertIn('0x21 (SNPActive, DebugSwap)\n', text)
        self.assertIn('3 of type EPYC-Milan, signature 0xa00f11\n', text)
        for line in text.split('\n\n')[0].splitlines()[1:]:
            self.assertRegex(line, r'\A.{15}  [^ ]', line)

    def test_features(self):
        """All bits have room."""
        text = calc('show', *launch('snp', '--guest-features',
                                    '0xffffffffffffffff'), 'fw').text
        line = re.search(r'features +(.*)', text)[1]
        self.assertEqual(line.count(', '), 63)
        self.assertTrue(line.endswith(', bit 62, bit 63)'))

    def test_notes(self):
        self.write('bare', sev.image(None, entries=[sev.reset_entry(),
                                                    sev.hashes_entry(0, 0)]))
        text = calc('show', *launch('snp'), 'bare').text
        self.assertIn('SEV metadata   none\n', text)
        self.assertIn('GPA 0, the firmware does not check a kernel\n', text)
        self.assertIn('[no-sev-metadata]\n', text)

    def test_names(self):
        """Names and texts that a terminal must not get as they are."""
        name = b'fw\x1b[2J\xff'
        with open(name, 'wb') as file:
            file.write(self.image.data)
        os.link('kernel', b'k\x1b')
        args = launch('snp', '--kernel', b'k\x1b', '--append', b'\x1b[1m\xfe')
        for form in [], ['--plan'], ['--trace'], ['--json']:
            shown = calc('show', *form, *args, name)
            self.assertEqual(shown.status, 0)
            self.assertNotIn(b'\x1b', shown.stdout + shown.stderr)
        found = json.loads(calc('--json', *args, name).stdout)
        self.assertEqual(found['launch']['append']['text'], '\\033[1m\\376')

    def test_closed(self):
        """Standard output that is closed or full is an error."""
        for form in [], ['--plan'], ['--trace'], ['--json']:
            args = ['show', *form, *launch('snp'), 'fw']
            self.assertEqual(calc(*args, closed=[1]).status, 4)
            with open('/dev/full', 'wb') as full:
                self.assertEqual(calc(*args, stdout=full).status, 4)

    def test_memory(self):
        """Neither large images nor many virtual CPUs take memory."""
        if not support.shim():
            self.skipTest('sanitizers take memory of their own')
        self.write('large', sev.image(size=64 << 20))
        env = environment(LD_PRELOAD=support.shim(),
                          SHIM_PEAK=os.path.abspath('peak'))
        for form in [], ['--plan'], ['--trace'], ['--json']:
            args = launch('snp', vcpus=4096)
            self.assertEqual(calc('show', *form, *args, 'large',
                                  env=env).status, 0)
            with open('peak', encoding='ascii') as status:
                peak = re.search(r'VmHWM:\s*(\d+) kB', status.read())[1]
            self.assertLess(int(peak), 8192, form)


class Picture(Case):
    KINDS = {'NORMAL': 'measured', 'ZERO': 'added', 'SECRETS': 'added',
             'CPUID': 'added', 'UNMEASURED': 'added'}

    def draw(self, *args):
        made = calc('show', '--svg', '-', *args, 'fw')
        self.assertEqual(made.status, 0)
        for line in made.lines:  # GCE does not know the page of hashes
            self.assertRegex(line, r'\[gce-kernel-hashes\]$')
        return drawings.Picture(made.text)

    def test_bands(self):
        """In memory each section is a band, treated as in the JSON."""
        for more in [], self.boot, ['--vmm', 'gce']:
            args = launch('snp', *more)
            found = self.document(*args, 'fw')
            kinds = {run['section']: self.KINDS[run['page_type']]
                     for run in found['runs'] if run['section'] is not None}
            words = {'measured': 'measured', 'added': 'given'}
            wanted = []
            for s in found['sections']:
                start, size = int(s['gpa'], 16), int(s['size'], 16)
                kind = kinds[s['index']]
                wanted.append((start, kind, (
                    f'{s["index"]} {s["type_name"]}',
                    f'{words[kind]}, {drawings.size(size)}', s['gpa'],
                    f'{start + size - 1:#x}')))
            picture = self.draw(*args)
            self.assertEqual(
                [(band.kind, band.lines) for band in picture.column('memory')
                 if band.kind != 'gap'],
                [band[1:] for band in sorted(wanted)])
            self.assertEqual(
                [(band.kind, band.lines[0])
                 for band in picture.column('file')],
                [('measured', '0 firmware')])
            texts = ' '.join(picture.texts)
            for value in (found['sha256'], found['sha384'],
                          found['values'][0]['value'],
                          f'SNP with the VMM {found["vmm"]}',
                          '1 virtual CPUs, features 0x1'):
                self.assertIn(value, texts)

    def test_platforms(self):
        """SEV-ES and SEV; an IGVM file; a section without a name."""
        for args in launch('sev-es', *self.boot), ['--platform', 'sev']:
            value = self.document(*args, 'fw')['values'][0]
            picture = self.draw(*args)
            self.assertEqual([band.lines[0]
                              for band in picture.column('memory')
                              if band.kind != 'gap'], ['0 firmware'])
            self.assertIn(value['value'], picture.texts)
            self.assertIn(f'{value["register"]} with the VMM qemu',
                          picture.texts)
        self.write('fw', igvm.known_snp().encode())
        picture = self.draw('--platform', 'snp')
        self.assertIn('SNP with the VMM spec', picture.texts)
        self.write('fw', sev.image([sev.Section(0x800000, sev.PAGE, 0x33)]))
        made = calc('show', '--svg', '-', *launch('snp', '--permissive'), 'fw')
        self.assertEqual(made.status, 0)
        self.assertIn('1 unknown', drawings.Picture(made.text).texts)


class Refused(Case):
    def test_options(self):
        for args, what in (
                (['show', '--svg', 'x', '--platform', 'snp', '--vcpus', '1,2',
                  *MILAN, 'fw'], '--svg is for a single launch'),
                (['show', '--html', 'x', '--platform', 'snp', '--vcpus',
                  '1-1025', *MILAN, 'fw'],
                 '--html is for 1024 launches at most'),
                (['show', '--corim', 'x', *launch('snp'), 'fw'],
                 '--corim and --corim-signature save what is for TDX'),
                (['--json', '--platform', 'snp', '--ovmf-hash', 'fw'],
                 '--ovmf-hash prints a digest on the way to the value, and '
                 '--json a measurement'),
                (['show', '--mode', 'snp', 'fw'],
                 '--mode is for printing MRTDs, not for show')):
            result = calc(*args)
            self.assertEqual(result.status, 2, args)
            self.assertIn(what, (result.stderr + result.stdout).decode())

    def test_missing(self):
        self.refused(calc('show', '--platform', 'snp', 'fw'), 2,
                     'missing --vcpus N: platform snp measures a VMSA for '
                     'each virtual CPU')

    def test_saved(self):
        """Saved, it is not taken for a measurement of TDX."""
        self.write('saved', calc('show', '--json', *launch('snp'),
                                 'fw').stdout)
        self.good('tdx')
        for sides in ('saved', 'tdx'), ('tdx', 'saved'), ('saved', 'saved'):
            self.refused(calc('diff', *sides), 3,
                         'saved: a measurement of platform snp; those that '
                         'can be compared are of tdx [saved]')
        self.refused(calc('check', 'tdx', '--against', 'saved'), 3,
                     'saved: JSON of mrtd-calc whose "platform" is snp, and tdx '
                     'is asked for [against-json]')
