# SPDX-License-Identifier: Apache-2.0
"""--platform snp, sev-es and sev: values, lists, and what is refused. Expected
values are of tests/lib/snp.py, which is written from the documents."""

import base64
import itertools
import json
import os
import random

import images
import sev
import snp
from support import TestCase, calc

# Codes of the program for the reasons of the model.
CODES = {
    'no-table': 'no-reset-block', 'table-length': 'table-length',
    'table-entry': 'table-entry', 'table-duplicate': 'sev-entry',
    'entry-length': 'sev-entry', 'no-reset-block': 'no-reset-block',
    'reset-address': 'no-reset-block', 'metadata-offset': 'sev-entry',
    'metadata-signature': 'sev-metadata', 'metadata-version': 'sev-metadata',
    'metadata-length': 'sev-metadata', 'section-type': 'sev-type',
    'section-align': 'sev-section', 'section-range': 'sev-section',
    'section-size': 'sev-page', 'overlap': 'sev-overlap',
    'no-hash-table': 'no-hash-table', 'hash-table-size': 'no-hash-table',
    'no-hash-page': 'no-hash-table', 'hash-table-place': 'no-hash-table',
    'hash-page-size': 'sev-page'}
# A count that the program names before the length.
OTHER = {'a count that wraps': 'sev-metadata',
         'a count of all ones': 'sev-metadata'}
KERNEL, INITRD = b'a kernel' * 99, b'an initrd'
ONE = ('--platform', 'snp', '--vcpus', '1', '--vcpu-type', 'EPYC-v4')


def notes(image, vmm, kernel=None):
    """What is said of an image with all sections, which has a value: whether
    the VMM takes it is in docs/vmm.md."""
    return [code for code, applies in (
        ('kernel-vmm', kernel and vmm != 'qemu'),
        ('qemu-size', vmm == 'qemu' and len(image) % 65536),
        ('gce-kernel-hashes', vmm == 'gce')) if applies]


class Snp(TestCase):
    def value(self, expected, *args, notes=()):
        """The value, and of the notes the codes."""
        result = calc(*args)
        self.assertEqual((result.status, result.text),
                         (0, expected.hex() + '\n'))
        self.assertEqual([line[line.rindex('['):] for line in result.lines],
                         [f'[{code}]' for code in notes])
        for line in result.lines:
            self.assertTrue(line.startswith('fw: note: '), line)

    def image(self, **options):
        return self.write('fw', sev.image(**options)).data


class Values(Snp):
    def test_random(self):
        """Every option, drawn at random."""
        rng = random.Random(19)
        self.write('kernel', KERNEL)
        self.write('initrd', INITRD)
        types = sorted(snp.VCPU_TYPES)
        for _ in range(120):
            image = self.image(size=rng.choice((4096, 12288, 0x8000)) if
                               rng.random() < .5 else images.SIZE)
            vmm = rng.choice(('qemu', 'ec2', 'gce'))
            vcpus = rng.choice((1, 2, 3, 16, 255, 4096))
            kind = rng.choice(types)
            features = rng.choice((0, 1, 0x21, 1 << rng.randrange(64)))
            args = ['--platform', 'snp', '--vmm', vmm, '--vcpus', str(vcpus),
                    '--guest-features', hex(features)]
            args += rng.choice((
                ['--vcpu-type', kind],
                ['--vcpu-sig', hex(snp.VCPU_TYPES[kind])])) \
                if vmm == 'qemu' or rng.random() < .5 else []
            boot = {}
            if rng.random() < .5:
                boot['kernel'] = KERNEL
                args += ['--kernel', 'kernel']
                if rng.random() < .5:
                    boot['initrd'] = INITRD
                    args += ['--initrd', 'initrd']
                if rng.random() < .7:
                    text = rng.choice(('', 'console=ttyS0', 'x' * 5000))
                    boot['append'] = text
                    args += ['--append', text]
            self.value(snp.launch_digest(
                image, vmm=vmm, vcpus=vcpus,
                signature=snp.VCPU_TYPES[kind], features=features, **boot),
                *args, 'fw', notes=notes(image, vmm, boot))

    def test_firmware_digest(self):
        """--ovmf-hash, and to go on from it whatever the firmware's bytes."""
        image = self.image()
        digest = snp.firmware_digest(image)
        self.value(digest, '--platform', 'snp', '--ovmf-hash', 'fw')
        self.write('other', bytes(4096) + image[4096:])
        self.value(snp.launch_digest(image), *ONE, '--snp-ovmf-hash',
                   digest.hex(), 'other')

    def test_sev(self):
        image = self.image()
        self.write('kernel', KERNEL)
        boot = ('--kernel', 'kernel', '--append', 'a b')
        more = {'kernel': KERNEL, 'append': 'a b'}
        self.value(snp.sev_digest(image), '--platform', 'sev', 'fw')
        self.value(snp.sev_digest(image, **more), '--platform', 'sev', *boot,
                   'fw')
        for vcpus in 1, 5:
            args = ('--platform', 'sev-es', '--vcpus', str(vcpus),
                    '--vcpu-type', 'EPYC-Milan', 'fw')
            self.value(snp.sev_es_digest(
                image, vcpus=vcpus, signature=snp.VCPU_TYPES['EPYC-Milan']),
                *args)
            self.value(snp.sev_es_digest(
                image, vcpus=vcpus, signature=snp.VCPU_TYPES['EPYC-Milan'],
                **more), *boot, *args)

    def test_sev_of_any_file(self):
        """SEV needs nothing of the firmware's own."""
        data = images.pattern(8192)
        self.write('fw', data)
        self.value(snp.sev_digest(data), '--platform', 'sev', 'fw')

    def test_svsm(self):
        image = self.image()
        svsm = self.write('svsm', sev.svsm()).data
        self.write('vars', bytes(8192))
        wanted = snp.svsm_digest(image, svsm, vcpus=3, vars_size=8192)
        for size in ('--vars-size', '8192'), ('--vars-file', 'vars'):
            self.value(wanted, '--platform', 'snp', '--vcpus', '3',
                       '--vcpu-type', 'EPYC-v4', '--svsm', 'svsm', *size, 'fw')
        self.value(wanted, '--mode', 'snp:svsm', '--vcpus=3', '--vcpu-type',
                   'EPYC-v4', '--svsm=svsm', '--vars-file=vars', '--ovmf=fw')

    def test_signature(self):
        """Family, model and stepping, as CPUID makes a signature of them."""
        image = self.image()
        for family, model, stepping in ((23, 1, 2), (25, 17, 0), (6, 15, 15),
                                        (0, 0, 0), (270, 255, 15)):
            signature = snp.cpuid_signature(family, model, stepping)
            wanted = snp.launch_digest(image, signature=signature)
            self.value(wanted, '--platform', 'snp', '--vcpus', '1',
                       '--vcpu-family', str(family), '--vcpu-model',
                       str(model), '--vcpu-stepping', str(stepping), 'fw')
            self.value(wanted, '--platform', 'snp', '--vcpus', '1',
                       '--vcpu-sig', str(signature), 'fw')

    def test_for_tdx_too(self):
        """One file has a value for each platform, and each its own."""
        image = sev.image(tdx=images.image().sections)
        self.write('fw', image)
        self.assertEqual(calc('fw').status, 0)
        self.value(snp.launch_digest(image.data), *ONE, 'fw')

    def test_permissive(self):
        """An unknown type is zero pages, as QEMU takes it."""
        sections = [*sev.GOOD, sev.Section(0x900000, 0x2000, 0x77)]
        image = self.image(sections=sections)
        zeros = [*sev.GOOD, sev.Section(0x900000, 0x2000, sev.SEC_MEM)]
        result = calc(*ONE, '--permissive', 'fw')
        plain = sev.image(sections=zeros).data
        digest = snp.chain(
            snp.metadata_pages(zeros), snp.firmware_digest(image))
        digest = snp.extend(digest, snp.VMSA, snp.VMSA_GPA, snp.vmsa())
        self.assertNotEqual(plain, image)
        self.assertEqual((result.status, result.text),
                         (0, digest.hex() + '\n'))
        self.assertIn('[sev-type]', result.lines[0])

    def test_base64(self):
        image = self.image()
        for args, value in ((ONE, snp.launch_digest(image)),
                            (('--platform', 'sev'), snp.sev_digest(image))):
            self.check(calc(*args, '--base64', 'fw'), 0,
                       base64.b64encode(value).decode() + '\n')


class Lists(Snp):
    def test_several(self):
        """A line for each launch, which -c reads; changed ones differ."""
        image = self.image()
        self.write('kernel', KERNEL)
        lines = ''.join(
            f'SNP[qemu,{vcpus},{kind},0x1] (fw) = ' + snp.launch_digest(
                image, vcpus=vcpus, signature=snp.VCPU_TYPES[kind]).hex()
            + '\n' for kind in ('EPYC-v4', 'EPYC-Milan') for vcpus in
            (1, 4, 5, 6)) + ''.join(
            f'SNP[gce,{vcpus},0x1] (fw) = ' + snp.launch_digest(
                image, vmm='gce', vcpus=vcpus).hex() + '\n'
            for _ in range(2) for vcpus in (1, 4, 5, 6))
        result = calc('--platform', 'snp', '--vmm', 'qemu,gce', '--vcpus',
                      '1,4-6', '--vcpu-type', 'EPYC-v4,EPYC-Milan', 'fw')
        self.assertEqual((result.status, result.text), (0, lines))
        self.assertEqual(len(result.lines), 1)
        self.assertRegex(result.lines[0],
                         r'^fw: note: .* \[gce-kernel-hashes\]$')
        self.write('list', lines.encode())
        self.check(calc('-c', 'list'), 0, 'fw: OK\n' * 16)
        for old, new in ((',4,', ',5,'), ('EPYC-v4', 'EPYC-Rome'),
                         ('0x1]', '0x21]'), ('[qemu', '[ec2')):
            changed = lines.splitlines()[1].replace(old, new)
            if new == '[ec2':
                changed = changed.replace(',EPYC-v4', '')
            self.write('list', f'{changed}\n'.encode())
            self.assertEqual(calc('-c', 'list').status, 1, changed)

    def test_faults_once(self):
        """What is wrong with a file is said once, not for each launch, and
        other files have their values."""
        self.image()
        self.write('bad', bytes(sev.PAGE))
        launches = (*ONE[:3], '1-3,9', '--vcpu-type', 'EPYC-v4,EPYC-Rome')
        for command in (), ('show',):
            for json_ in (), ('--json',):
                result = calc(*command, *json_, *launches, './missing', 'fw',
                              'bad', *['other'] * 40)
                self.assertEqual(result.status, 4, result)
                self.assertEqual([line.split(':')[0] for line in result.lines
                                  if ': note: ' not in line],
                                 ['./missing', 'bad', 'other'])
                self.assertEqual(result.text.count(
                    'mrtd-calc/measurement/1' if json_ else '\nSNP '
                    if command else 'SNP['), 8)

    def test_kernel(self):
        """A list's values are with the kernel that -c is given."""
        image = self.image()
        self.write('kernel', KERNEL)
        value = snp.launch_digest(image, kernel=KERNEL)
        self.write('list', f'SNP[qemu,1,EPYC-v4,0x1] (fw) = {value.hex()}\n'
                   .encode())
        self.check(calc('-c', '--kernel', 'kernel', 'list'), 0, 'fw: OK\n')
        self.assertEqual(calc('-c', 'list').status, 1)
        self.assertEqual(calc('-c', '--vmm', 'qemu', 'list').status, 3)
        self.assertEqual(calc('-c', '--initrd', 'kernel', 'list').status, 2)

    def test_other_platforms(self):
        image = self.image()
        lines = (f'SEV[qemu] (fw) = {snp.sev_digest(image).hex()}\n'
                 'SEV-ES[qemu,2,0x800f12,0x0] (fw) = '
                 + snp.sev_es_digest(image, vcpus=2).hex() + '\n')
        self.write('list', lines.encode())
        self.check(calc('-c', 'list'), 0, 'fw: OK\n' * 2)
        self.check(calc('--platform', 'sev', '--tag', 'fw'), 0,
                   lines.splitlines()[0] + '\n')
        self.check(calc('--platform', 'sev-es', '--vcpus', '2', '--vcpu-sig',
                        '0x800f12', '--tag', 'fw'), 0,
                   lines.splitlines()[1] + '\n')

    def test_several_files(self):
        """Without a label nothing would say of what a value is."""
        image = self.image()
        self.write('b', image)
        value = snp.launch_digest(image).hex()
        self.check(calc(*ONE, 'fw', 'b'), 0, ''.join(
            f'SNP[qemu,1,EPYC-v4,0x1] ({name}) = {value}\n'
            for name in ('fw', 'b')))

    def test_labels(self):
        """What does not say the whole launch is refused, not compared."""
        image = self.image()
        value = snp.launch_digest(image).hex()
        for label in ('', '[]', '[qemu]x', '[1,qemu,EPYC-v4,0x1]', '[xen]',
                      '[qemu,0,EPYC-v4,0x1]', '[qemu,1,EPYC-v9,0x1]',
                      '[qemu,1,EPYC-v4]', '[qemu,1,0x1]', '[qemu,1]',
                      '[qemu,1,EPYC-v4,1]', '[qemu,4097,EPYC-v4,0x1]',
                      '[qemu,1,EPYC-v4,0x1,]', '[ec2,1,EPYC-v4,0x1]',
                      '[qemu,01x,EPYC-v4,0x1]', '[qemu,1,EPYC-v4,0x1,a,b]',
                      '[spec]', '[kvm-v19]', '[qemu,1,0x100800f12,0x1]',
                      # Not as they are written.
                      '[qemu,01,EPYC-v4,0x1]', '[qemu,1,EPYC-v4,0x01]',
                      '[qemu,1,0x0800f12,0x1]', '[qemu,1,EPYC-v4,0X1]',
                      '[qemu,1,EPYC-v4,0x1,tdvf,tdvf]', '[qemu,1,]',
                      '[' + 'q' * 500 + ']', '[qemu,1,EPYC-v4,0x'
                      + '1' * 300 + ']'):
            self.write('list', f'SNP{label} (fw) = {value}\n'.encode())
            result = calc('-c', 'list')
            self.assertEqual(result.status, 3, label)
            self.assertNotIn('OK', result.text)
        # Of virtual CPUs nothing is in the digest of a guest of SEV.
        value_of_sev = snp.sev_digest(image).hex()
        for label in '[qemu,1,0x1]', '[qemu,1,EPYC-v4,0x1]', '[qemu,1]':
            self.write('list', f'SEV{label} (fw) = {value_of_sev}\n'.encode())
            self.assertEqual(calc('-c', 'list').status, 3, label)
        # An MRTD's line is not one of SNP, whatever the digits.
        for line in f'MRTD (fw) = {value}', f'{value}  fw':
            self.write('list', f'{line}\n'.encode())
            self.assertNotEqual(calc('-c', 'list').status, 0)


class SevSnpMeasure(Snp):
    """Its command lines, in any order."""

    def test_orders(self):
        image = self.image()
        self.write('kernel', KERNEL)
        wanted = snp.launch_digest(image, vcpus=2, kernel=KERNEL,
                                   append='').hex() + '\n'
        options = (('--mode', 'snp'), ('--vcpus=2',),
                   ('--vcpu-type', 'EPYC-v4'), ('--ovmf', 'fw'),
                   ('--kernel=kernel', '--append='))
        for order in itertools.permutations(options):
            args = itertools.chain.from_iterable(order)
            self.check(calc(*args), 0, wanted)

    def test_modes(self):
        image = self.image()
        both = ('--vcpus', '1', '--vcpu-type', 'EPYC-v4', '--ovmf', 'fw')
        for mode, title, value in (
                ('sev', 'SEV', snp.sev_digest(image)),
                ('seves', 'SEV_ES', snp.sev_es_digest(image)),
                ('snp', 'SEV_SNP', snp.launch_digest(image))):
            args = ('--ovmf', 'fw') if mode == 'sev' else both
            self.value(value, '--mode', mode, *args)
            self.check(calc('--mode', mode, '-v', *args), 0, 'Calculated '
                       f'{title} guest measurement: {value.hex()}\n')
            self.check(calc('--mode', mode, '--output-format=base64', *args),
                       0, base64.b64encode(value).decode() + '\n')
        rome = snp.VCPU_TYPES['EPYC-Rome']
        milan = ('--vcpu-family', '25', '--vcpu-model', '1', '--vcpu-stepping',
                 '1')
        for args, signature in (
                (('--vcpu-sig', hex(rome)), rome),
                ((*milan,), snp.VCPU_TYPES['EPYC-Milan']),
                (('--vcpu-sig', hex(rome), *milan),
                 snp.VCPU_TYPES['EPYC-Milan'])):
            self.value(snp.launch_digest(image, signature=signature), '--mode',
                       'snp', *args, *both)
        self.value(snp.sev_es_digest(image), '--mode', 'seves',
                   '--guest-features', '0x21', *both)
        self.write('kernel', KERNEL)
        for more in ((), both[:4], ('--vcpus', '2', '--kernel', 'kernel',
                                    '--append', ''), milan,
                     ('--guest-features', '0x21')):
            self.value(snp.firmware_digest(image), '--mode', 'snp:ovmf-hash',
                       *more, '--ovmf', 'fw')
        # It takes virtual CPUs for a guest of SEV, which has none of them.
        for more in (both[:4], ('--guest-features', '0x21'), milan,
                     ('--vcpus', '2', '--vcpu-sig', hex(rome))):
            args = ('--mode', 'sev', *more, '--ovmf', 'fw')
            self.value(snp.sev_digest(image), *args)
            launch = json.loads(calc(*args, '--json').text)['launch']
            self.assertIsNone(launch['vcpus'])
        for vmm, ours in (('QEMU', 'qemu'), ('ec2', 'ec2'), ('gce', 'gce')):
            self.value(snp.launch_digest(image, vmm=ours), '--mode', 'snp',
                       '--vmm-type', vmm, *both, notes=notes(image, ours))


class Refusals(Snp):
    def refusal(self, code, *args):
        result = calc(*args)
        self.refused(result, 3)
        self.assertTrue(result.lines[0].endswith(f'[{code}]') or
                        f'[{code}]' in result.lines[0], result.lines)

    def test_images(self):
        """What the model refuses, the program does, and names why."""
        for reason, name, image in sev.bad():
            with self.subTest(reason=reason, name=name):
                self.write('fw', image)
                if reason == 'size':
                    self.refused(calc(*ONE, 'fw'), 3)
                else:
                    self.refusal(OTHER.get(name, CODES[reason]), *ONE, 'fw')

    def test_kernel(self):
        self.write('kernel', KERNEL)
        for reason, name, image in sev.bad_for_kernel():
            with self.subTest(reason=reason, name=name):
                self.write('fw', image)
                self.refusal(CODES[reason], *ONE, '--kernel', 'kernel', 'fw')

    def usage(self, *args):
        result = calc(*args)
        self.refused(result, 2)
        return result.lines[0]

    def test_usage(self):
        self.image()
        self.write('kernel', KERNEL)
        snp_ = ('--platform', 'snp')
        for words, args in (
                ('missing --vcpus', snp_),
                ('missing --vcpus', ('--platform', 'sev-es')),
                ('missing --vcpus', ('--mode', 'snp')),
                ('missing --vcpu-type', (*snp_, '--vcpus', '1')),
                ('missing --vcpu-type', ('--mode', 'seves', '--vcpus', '1')),
                ('--vcpus is for', ('--vcpus', '1')),
                ('--kernel is for', ('--kernel', 'kernel')),
                ('--append is for', ('--append', '')),
                ('--guest-features is for', ('--guest-features', '1')),
                ('--initrd is for a --kernel', (*ONE, '--initrd', 'kernel')),
                ('--append is for a --kernel', (*ONE, '--append', '')),
                ('--vcpus needs', (*snp_, '--vcpus', '0')),
                ('--vcpus needs', (*snp_, '--vcpus', '4097')),
                ('--vcpus needs', (*snp_, '--vcpus', '2-1')),
                ('--vcpus needs', (*snp_, '--vcpus', '1,')),
                ('--vcpus needs', (*snp_, '--vcpus', '-1')),
                *((f'--vcpus names {number} twice', (*snp_, '--vcpus', value))
                  for number, value in ((2, '2,2'), (3, '1-3,3-4'),
                                        (5, '5,1-9'), (7, '1-9,7-8'))),
                ('--vcpus names 4 twice', (*snp_, '--vcpus', '4',
                                           '--vcpus', '2-6')),
                ('there is no type', (*snp_, '--vcpu-type', 'EPYC-v44')),
                ('twice', (*snp_, '--vcpu-type', 'EPYC,EPYC')),
                ('together', (*snp_, '--vcpus', '1', '--vcpu-family', '23')),
                ('--platform needs', ('--platform', 'sgx')),
                ('do not agree', ('--platform', 'sev', '--mode', 'snp')),
                ('VMM kvm-v19 is of --platform tdx, not of snp',
                 (*ONE, '--vmm', 'kvm-v19')),
                ('VMM ec2 is of --platform snp, not of tdx',
                 ('--vmm', 'ec2')),
                ("there is no VMM 'xen' of platform snp",
                 (*ONE, '--vmm', 'xen')),
                ('--vars is of TDX', (*ONE, '--vars', 'kernel')),
                ('--payload', (*ONE, '--payload', 'kernel')),
                ('--svsm needs', (*ONE, '--svsm', 'kernel')),
                ('are for --svsm', (*ONE, '--vars-size', '4096')),
                ('of --platform snp', ('--platform', 'sev', '--ovmf-hash')),
                *(('measures no virtual CPU', ('--platform', 'sev', *args))
                  for args in (('--vcpus', '1'), ('--vcpu-type', 'EPYC'),
                               ('--vcpu-sig', '1'), ('--vcpu-family', '25',
                                '--vcpu-model', '1', '--vcpu-stepping', '1'),
                               ('--guest-features', '0'))),
                *(('--ovmf-hash is', ('--platform', 'snp', '--ovmf-hash',
                                      *args))
                  for args in (('--vcpus', '1'), ('--vcpu-type', 'EPYC'),
                               ('--guest-features', '1'), ('--tag',),
                               ('--kernel', 'kernel'), ('fw',),
                               ('--vmm', 'qemu,ec2'))),
                *(('no list says them', (*ONE, *source, *args))
                  for source in (('--snp-ovmf-hash', '0' * 96),
                                 ('--svsm', 'kernel', '--vars-size', '4096'))
                  for args in (('--tag',), ('fw',), ('--vmm', 'qemu,ec2'))),
                ('only one can be given', ('--mode', 'sev', '--base64',
                                        '--output-format', 'hex')),
                ('only one can be given', ('--mode', 'sev', '--json',
                                        '--output-format', 'hex')),
                ('-n is for', (*snp_, '--vcpus', '1-2', '--vcpu-type', 'EPYC',
                               '-n')),
                ('needs --svsm', ('--mode', 'snp:svsm', '--vcpus', '1',
                                  '--vcpu-type', 'EPYC'))):
            with self.subTest(args=args):
                line = self.usage(*args, 'fw')
                self.assertIn(words, line)

    def test_files(self):
        """Other files than a firmware: one line, and no value."""
        self.write('empty', b'')
        os.mkdir('folder')
        self.image()
        for name, status in ('empty', 3), ('folder', 4), ('missing', 4):
            self.refused(calc(*ONE, name), status)
            self.refused(calc(*ONE, '--kernel', name, 'fw'),
                         status) if name != 'empty' else self.assertEqual(
                calc(*ONE, '--kernel', name, 'fw').status, 0)

    def test_other_kinds(self):
        """What a file is that is no firmware, with and without whole pages,
        as for TDX."""
        image = self.image()
        for name, data, code in (
                ('elf', b'\x7fELF', 'other-format'),
                ('gzip', b'\x1f\x8b\x08', 'other-format'),
                ('list', b'%s  fw\n' % (b'0' * 96), 'not-firmware'),
                ('key', b'-----BEGIN CERTIFICATE-----\n', 'not-firmware')):
            for size in 4096, 5000:
                if name in ('list', 'key'):
                    data = data * (1 if size == 5000 else 4096 // len(data))
                self.write(name, data if name in ('list', 'key')
                           else data + bytes(size - len(data)))
                want = calc(f'./{name}').lines
                self.assertTrue(want[0].endswith(f'[{code}]'), want)
                for command in (), ('lint', '--platform', 'snp'):
                    self.refused(calc(*(command or ONE), f'./{name}'), 3,
                                 want[0])
        # A firmware that is cut stays one.
        self.write('cut', image[:-100])
        self.refused(calc(*ONE, 'cut'), 3)
        self.assertIn('[firmware-size]', calc(*ONE, 'cut').lines[0])

    def test_which_file(self):
        """With an SVSM, a line names the file that it is about."""
        self.image()
        half = sev.PAGE // 2
        self.write('odd', sev.image(size=images.SIZE + half).data)
        self.write('vars', bytes(8192))
        self.write('half', bytes(half))
        twice = [sev.Section(0x808000, sev.PAGE, sev.CPUID)] * 2
        for name, svsm, code in (
                ('none', sev.image(), 'svsm'),
                ('half', sev.svsm(size=0x8000 - half), 'firmware-size'),
                ('twice', sev.svsm(twice), 'sev-overlap'),
                ('type', sev.svsm([sev.Section(0x808000, sev.PAGE, 99)]),
                 'sev-type'),
                ('place', sev.svsm([sev.Section(0x808001, sev.PAGE,
                                                sev.CPUID)]), 'sev-section'),
                ('pages', sev.svsm([sev.Section(0x808000, 2 * sev.PAGE,
                                                sev.CPUID)]), 'sev-page')):
            with self.subTest(name=name):
                self.write('its.bin', svsm.data)
                for more in (), ('--permissive',):
                    result = calc(*ONE, *more, '--svsm', 'its.bin',
                                  '--vars-file', 'vars', 'fw')
                    self.refused(result, 3)
                    line = result.lines[0]
                    self.assertTrue(line.startswith('its.bin: '),
                                    line)
                    self.assertTrue(line.endswith(f' [{code}]'), line)
                    self.assertNotIn('--permissive', line)
        self.write('its.bin', sev.svsm().data)
        for vars_, image, name in (('half', 'fw', 'half'),
                                   ('vars', 'odd', 'odd')):
            result = calc(*ONE, '--svsm', 'its.bin', '--vars-file', vars_,
                          image)
            self.refused(result, 3)
            self.assertTrue(result.lines[0].startswith(f'{name}: '),
                            result.lines)

    def test_tdx_stays(self):
        """An image for SEV alone is refused for TDX as any other."""
        self.image()
        self.refusal('no-tdx-entry', 'fw')
