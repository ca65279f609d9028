# SPDX-License-Identifier: Apache-2.0
"""lint --platform snp of IGVM files: what QEMU makes of them. What it says is
in docs/vmm.md, from its source; which files have a launch digest is known by
tests/lib/snp_igvm.py."""

import json
import pathlib
import re

try:
    import jsonschema
except ImportError:
    jsonschema = None

import igvm
import images
import sev
import snp
from support import TestCase, calc

SNP = ('lint', '--platform', 'snp')
FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((FOLDER / 'schemas/lint.schema.json').read_text(
    encoding='utf-8'))
DOCS = (FOLDER / 'vmm.md').read_text(encoding='ascii')
PAGE, CR0, FEATURES = 4096, 0x158, 0x3b0
FRONT = (igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(0x30000, 1))
UNKNOWN = 'IGVM: Unknown header type encountered when processing file: '
PLATFORM = 'IGVM file does not describe a compatible supported platform'
VMSA_GPA = 'check_vmsa_supported: The VMSA GPA must be FFFFFFFFF000 but is '
FIELDS = ('check_vmsa_supported: The VMSA contains fields that are not '
          'synchronized with KVM.')
ACTIVE = ('check_sev_features: SEV_SNP is enabled but is not enabled in VMSA '
          'sev_features')
BLOCKS = 'IGVM: Multiple ID blocks encountered in IGVM file.'
TWICE = 'SNP_LAUNCH_UPDATE ret='
PARSE = 'Unable to parse IGVM file'


def registers(*changes, cr0=0x31):
    page = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, 1))
    for at, value in ((CR0, cr0), *changes):
        page[at] = value
    return bytes(page)


def file(*items, front=FRONT, vmsa=None, gpa=0xfffffffff000):
    return igvm.Igvm([
        *front, igvm.page(0x9000, b'one'), igvm.page(0x5000), *items,
        igvm.context(1, data=registers() if vmsa is None else vmsa,
                     gpa=gpa)])


# Structures that QEMU has no handler for, and their names in the format.
TYPES = {0x102: 'RELOCATABLE_REGION', 0x308: 'SRAT', 0x30a: 'MMIO_RANGES',
         0x30d: 'ERROR_RANGE', 0x30e: 'COMMAND_LINE', 0x30f: 'SLIT',
         0x310: 'PPTT', 0x311: 'VBS_MEASUREMENT', 0x312: 'DEVICE_TREE'}
SIZES = {0x30d: 16, 0x311: 864}


def with_type(kind):
    if kind == 0x102:
        return file(front=(*FRONT, igvm.relocatable()))
    if kind in SIZES:
        return file(igvm.raw(kind, SIZES[kind]))
    return file(igvm.area(), igvm.parameter(0, kind))


# (name, file, verdict, ((effect, code, beginning of what it says, None:
# nothing), ...)).
CASES = (
    ('plain', file(), 'loads', ()),
    ('all it knows', file(
        igvm.area(2 * PAGE), igvm.required(), igvm.id_block(b'l' * 48, 1),
        *(igvm.parameter(0, kind) for kind in (0x307, 0x309, 0x30c, 0x313)),
        igvm.insert(0x20000)), 'loads', ()),
    ('no VMSA', igvm.known_snp(), 'loads', ()),
    *((name, with_type(kind), 'refuses', (
        ('refused', 'qemu-igvm-type', f'{UNKNOWN}(type 0x{kind:X})'),))
      for kind, name in TYPES.items()),
    ('a type twice', file(igvm.area(), igvm.parameter(0, 0x30e),
                          igvm.parameter(0, 0x308), igvm.parameter(0, 0x30e)),
     'refuses', (
         ('refused', 'qemu-igvm-type', f'{UNKNOWN}(type 0x30E)'),
         ('refused', 'qemu-igvm-type', f'{UNKNOWN}(type 0x308)'))),
    ('optional', file(igvm.raw(0x80000399, 8)), 'refuses', (
        ('refused', 'qemu-igvm-type', PARSE),)),
    ('VMSA elsewhere', file(gpa=0x7000), 'refuses', (
        ('refused', 'igvm-context',
         VMSA_GPA + 'specified as 7000'),)),
    ('no register', file(vmsa=registers((0x0a0, 1))), 'refuses', (
        ('refused', 'igvm-context', FIELDS),)),
    ('last field', file(vmsa=registers((0x66f, 1))), 'refuses', (
        ('refused', 'igvm-context', FIELDS),)),
    ('features', file(vmsa=registers((FEATURES, 0x20))), 'refuses', (
        ('refused', 'igvm-context', ACTIVE),)),
    ('other features', file(vmsa=registers((FEATURES, 0x21))), 'loads', ()),
    ('CR0', file(vmsa=registers(cr0=0x11)), 'loads', (
        ('note', 'igvm-vmsa', None),)),
    ('two ID blocks', file(igvm.id_block(b'l' * 48, 1),
                           igvm.id_block(b'm' * 48, 1)), 'refuses', (
        ('refused', 'igvm-structure', BLOCKS),)),
    ('page twice', file(igvm.page(0x9000, b'two')), 'refuses', (
        ('refused', 'igvm-overlap', TWICE),)),
    ('TDX only', igvm.known(), 'refuses', (
        ('refused', 'igvm-platform', PLATFORM),)),
    ('native only', igvm.Igvm([
        igvm.platform(igvm.NATIVE, 1, boundary=0), igvm.page(0x9000, b'x')]),
     'undefined', (('undefined', 'igvm-platform', None),)),
)


class Lint(TestCase):
    def lint(self, image, *more):
        self.write('fw', image.encode())
        result = calc(*SNP, '--json', *more, 'fw')
        report = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(report, SCHEMA)
        self.assertEqual([row['vmm'] for row in report['vmms']], ['qemu'])
        return result.status, report['vmms'][0]

    def test_cases(self):
        for name, image, verdict, findings in CASES:
            with self.subTest(name):
                status, row = self.lint(image)
                self.assertEqual(row['verdict'], verdict)
                self.assertEqual(status, int(verdict != 'loads'))
                self.assertEqual(
                    [(f['effect'], f['code']) for f in row['findings']],
                    [finding[:2] for finding in findings])
                for found, (_, _, says) in zip(row['findings'], findings):
                    self.assertTrue(says is None and found['says'] is None
                                    or found['says'].startswith(says), found)
                self.assertIsNone(row['unpredictable'])
                self.assertEqual(self.lint(image, '--vmm', 'qemu'),
                                 (status, row))

    def test_places(self):
        """A structure is named, and where it is."""
        for kind, name in TYPES.items():
            image = with_type(kind)
            _, row = self.lint(image)
            found, = row['findings']
            at = int(found['offset'], 16)
            self.assertEqual(image.encode()[at:at + 4],
                             kind.to_bytes(4, 'little'))
            self.assertEqual(found['message'], f'structure type {kind:#x} '
                             f'({name}): QEMU does not know it')

    def test_many_types(self):
        """Of a hostile file the first ones are named."""
        image = file(*(igvm.raw(0x80001000 + n, 8) for n in range(300)))
        _, row = self.lint(image)
        self.assertEqual(len(row['findings']), 32)

    def test_digest(self):
        """What it loads has a launch digest, and what it refuses for its
        VMSA has none."""
        for name, image, verdict, findings in CASES:
            self.write('fw', image.encode())
            features = (('--guest-features', '1') if name == 'no VMSA' else ())
            result = calc('--platform', 'snp', '--vmm', 'qemu', '--vcpus', '1',
                          '--vcpu-type', 'EPYC', *features, 'fw')
            codes = {code for _, code, _ in findings}
            with self.subTest(name):
                if verdict == 'loads' or codes == {'qemu-igvm-type'}:
                    self.assertEqual(result.status, 0, result)
                else:
                    self.assertEqual(result.status, 3, result)

    def test_notes(self):
        """What QEMU refuses and has a value is said beside the value."""
        for kind in TYPES:
            self.write('fw', with_type(kind).encode())
            args = ('--platform', 'snp', '--vmm', 'qemu', '--vcpus', '1')
            result = calc(*args, 'fw')
            self.assertEqual((result.status, len(result.lines)), (0, 1))
            self.assertRegex(result.lines[0], r'^fw: note: offset 0x\w+: .*; '
                             r'VMM qemu refuses it \[qemu-igvm-type\]$')
            result = calc('--platform', 'snp', 'fw')
            self.assertEqual((result.status, result.lines), (0, []))

    def test_not_predictable(self):
        """A byte that QEMU does not look at is in no register: KVM makes
        another VMSA."""
        _, row = self.lint(file(vmsa=registers((0x670, 1))))
        self.assertEqual((row['verdict'], row['findings']), ('loads', []))
        self.assertEqual(row['unpredictable']['code'], 'igvm-context')
        result = calc(*SNP, 'fw')
        self.assertIn('loads, its launch digest cannot be predicted\n',
                      result.text)

    def test_text(self):
        self.write('fw', with_type(0x30e).encode())
        result = calc(*SNP, 'fw')
        self.assertEqual((result.status, result.lines), (1, []))
        self.assertRegex(
            result.text, r'^fw\n  platform          snp\n'
            r'  qemu              refuses\n    refused: offset 0x\w+: structure'
            r' type 0x30e \(COMMAND_LINE\): QEMU does not know it '
            r'\[qemu-igvm-type\]\n      it says: IGVM: Unknown header type')

    def test_documented(self):
        part = DOCS.split('\n# SEV-SNP: IGVM files\n')[1]
        text = ' '.join(part.split())
        for says in (UNKNOWN + '(type 0x%X)', PLATFORM,
                     VMSA_GPA + 'specified as %lX', FIELDS, ACTIVE, BLOCKS,
                     TWICE, PARSE):
            self.assertIn(says, text)
        self.assertEqual(
            {code for *_, findings in CASES for _, code, _ in findings},
            set(re.findall(r'`((?:qemu-)?igvm-[a-z-]+)`', text)))

    def test_others(self):
        """A VMM of flat images has nothing to say; nor have files that are
        refused for themselves."""
        self.write('fw', file().encode())
        self.refused(calc(*SNP, '--vmm', 'gce', 'fw'), 3,
                     'fw: offset 0x0: this is an IGVM file; the rules of VMM '
                     'gce that are known here are those of flat images [igvm]')
        self.write('kernel', b'kernel')
        result = calc(*SNP, '--kernel', 'kernel', 'fw')
        self.assertIn('[igvm-request]', result.text)
        data = bytearray(file().encode())
        data[20] ^= 1
        self.write('fw', bytes(data))
        result = calc(*SNP, 'fw')
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'\[igvm-checksum\]$')
        # What also is a flat image is one for QEMU's -bios.
        flat = bytearray(sev.image().data)
        flat[:4] = b'IGVM'
        self.write('fw', bytes(flat))
        result = calc(*SNP, '--vmm', 'qemu', 'fw')
        self.assertEqual(result.status, 0, result)
        self.assertEqual(len(flat), images.SIZE)
