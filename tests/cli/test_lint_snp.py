# SPDX-License-Identifier: Apache-2.0
"""lint --platform snp: what QEMU and GCE make of images for SEV-SNP. What they
say is in docs/vmm.md, from their sources; why QEMU stops where there is a
launch digest all the same is launch_fails() of tests/lib/snp.py."""

import json
import os
import pathlib
import re

try:
    import jsonschema
except ImportError:
    jsonschema = None

import images
import sev
import snp
from sev import (CPUID, GOOD, KERNEL_HASHES, PAGE, SEC_MEM, SECRETS, TOP,
                 Section)
from support import TestCase, calc

SNP = ('lint', '--platform', 'snp')
FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'docs'
DOCS = FOLDER / 'vmm.md'
SCHEMA = json.loads((FOLDER / 'schemas/lint.schema.json').read_text(
    encoding='utf-8'))
# Images that both take: without the page that GCE does not know.
PLAIN = tuple(section for section in GOOD if section.type != KERNEL_HASHES)
HVA = 'snp_populate_metadata_pages: Failed to get HVA for GPA'
RESET = ('SEV information block/Firmware GUID Table block not found in pflash '
         'rom')
NO_TABLE = 'invalid firmware image without the GUIDed table.'
HEADER = 'sev_snp_launch_finish: Failed to locate SEV metadata header'
LENGTH = ('SNP_LAUNCH_UPDATE called with invalid address')
AREA = 'SEV: guest firmware hashes table area is invalid'
OFFSET = ("Assertion `(sev_snp->kernel_hashes_offset + "
          "sizeof(*sev_snp->kernel_hashes_data)) <= len' failed")
MULTIPLE = "has length that's not a positive multiple of a 4K page size: "


def instead(kind, **values):
    return [section._replace(**values) if section.type == kind else section
            for section in PLAIN]


def plain(sections=PLAIN, **fields):
    return sev.image(sections, **fields)


# Of each image: the VMM, its verdict, and (effect, code, beginning of what it
# says, None: nothing).
CASES = (
    ('plain', plain(), 'qemu', 'loads', ()),
    ('plain', plain(), 'gce', 'loads', ()),
    ('with hashes', sev.image(), 'qemu', 'loads', ()),
    ('with hashes', sev.image(), 'gce', 'refuses', (
        ('refused', 'gce-kernel-hashes',
         'unknown OVMF page section type: 16'),)),
    ('one page', sev.clean_example(), 'gce', 'loads', ()),
    ('half a page more', plain(size=images.SIZE + PAGE // 2), 'qemu',
     'refuses', (('refused', 'firmware-size',
                  'qemu: could not load PC BIOS'),)),
    ('half a page more', plain(size=images.SIZE + PAGE // 2), 'gce',
     'refuses', (('refused', 'firmware-size', 'guest data must be of aligned '
                  'on 0x1000 bytes. Got address 0xfffef800'),)),
    ('a page more', plain(size=images.SIZE + PAGE), 'qemu', 'refuses', (
        ('refused', 'qemu-size', 'qemu: could not load PC BIOS'),)),
    ('a page more', plain(size=images.SIZE + PAGE), 'gce', 'loads', ()),
    ('no metadata', plain(None, entries=[sev.reset_entry()]), 'qemu',
     'refuses', (('refused', 'no-sev-metadata', HEADER),)),
    ('no metadata', plain(None, entries=[sev.reset_entry()]), 'gce',
     'refuses', (('refused', 'no-sev-metadata',
                  'no matching block found for GUID: dc886566-'),)),
    ('no reset block', plain(entries=[sev.metadata_entry()]), 'qemu',
     'refuses', (('refused', 'no-reset-block', RESET),)),
    ('no reset block', plain(entries=[sev.metadata_entry()]), 'gce',
     'refuses', (('refused', 'no-reset-block',
                  'no matching block found for GUID: 00f771de-'),)),
    ('reset address 0', plain(entries=[sev.metadata_entry(),
                                       sev.reset_entry(0)]), 'qemu',
     'refuses', (('refused', 'no-reset-block',
                  'SEV-ES reset address is zero'),)),
    ('no sections', plain(()), 'qemu', 'does not run', (
        ('stops', 'sev-count', None), ('stops', 'sev-count', None))),
    ('no sections', plain(()), 'gce', 'refuses', (
        ('refused', 'sev-count', 'SEV OVMF metadata not found'),
        ('refused', 'sev-count', 'SEV OVMF metadata not found'),
        ('refused', 'gce-sev-memory', 'SEV OVMF metadata not found'))),
    ('no secrets', plain([s for s in PLAIN if s.type != SECRETS]), 'qemu',
     'does not run', (('stops', 'sev-count', None),)),
    ('no secrets', plain([s for s in PLAIN if s.type != SECRETS]), 'gce',
     'refuses', (('refused', 'sev-count', 'no secret page address found '
                  'from the SEV OVMF Metadata'),)),
    ('no CPUID', plain([s for s in PLAIN if s.type != CPUID]), 'gce',
     'refuses', (('refused', 'sev-count', 'no CPUID page address found in '
                  'the SEV OVMF Metadata'),)),
    ('two CPUID', plain([*PLAIN, Section(0x900000, PAGE, CPUID)]), 'qemu',
     'loads', (('note', 'sev-count', None),)),
    ('two CPUID', plain([*PLAIN, Section(0x900000, PAGE, CPUID)]), 'gce',
     'refuses', (('refused', 'sev-count', 'expected only 1 section of type '
                  'OVMF_SECTION_TYPE_CPUID.'),)),
    ('two secrets', plain([*PLAIN, Section(0x900000, PAGE, SECRETS)]), 'gce',
     'refuses', (('refused', 'sev-count', 'expected only 1 section of type '
                  'OVMF_SECTION_TYPE_SNP_SECRETS.'),)),
    ('no memory', plain([s for s in PLAIN if s.type != SEC_MEM]), 'qemu',
     'loads', ()),
    ('no memory', plain([s for s in PLAIN if s.type != SEC_MEM]), 'gce',
     'refuses', (('refused', 'gce-sev-memory', 'no proper pre-validated '
                  'addresses found in the SEV OVMF Metadata'),)),
    ('empty memory', plain([Section(0x900000, 0, SEC_MEM), *PLAIN]), 'qemu',
     'refuses', (('refused', 'sev-empty', LENGTH),)),
    ('empty memory', plain([Section(0x900000, 0, SEC_MEM), *PLAIN]), 'gce',
     'refuses', (('refused', 'sev-empty', 'section '
                  'OVMF_SECTION_TYPE_SNP_SEC_MEM ' + MULTIPLE + '0x0'),)),
    ('empty CPUID', plain(instead(CPUID, size=0)), 'qemu', 'refuses', (
        ('refused', 'sev-empty',
         "Assertion `sizeof(snp_cpuid_info) <= cpuid_len' failed"),)),
    ('secrets of two pages', plain([s for s in PLAIN if s.type != SECRETS]
                                   + [Section(0x900000, 2 * PAGE, SECRETS)]),
     'qemu', 'loads', (('note', 'sev-page', None),)),
    ('secrets of two pages', plain([s for s in PLAIN if s.type != SECRETS]
                                   + [Section(0x900000, 2 * PAGE, SECRETS)]),
     'gce', 'loads', (('note', 'sev-page', None),)),
    ('unknown type', plain([*PLAIN, Section(0x900000, PAGE, 5)]), 'qemu',
     'loads', (('note', 'sev-type', None),)),
    ('unknown type', plain([*PLAIN, Section(0x900000, PAGE, 5)]), 'gce',
     'refuses', (('refused', 'sev-type',
                  'unknown OVMF page section type: 5'),)),
    ('overlap', plain(instead(SECRETS, gpa=0x808000)), 'qemu', 'refuses', (
        ('refused', 'sev-overlap', 'SNP_LAUNCH_UPDATE ret='),)),
    ('overlap', plain(instead(SECRETS, gpa=0x808000)), 'gce', 'refuses', (
        ('refused', 'sev-overlap', 'SEV section OVMF_SECTION_TYPE_SNP_SEC_MEM: '
         '[0x800000-0x809000] overlaps with '
         'OVMF_SECTION_TYPE_SNP_SECRETS'),)),
    ('in the firmware', plain(instead(SECRETS, gpa=TOP - PAGE)), 'qemu',
     'refuses', (('refused', 'sev-overlap', 'SNP_LAUNCH_UPDATE ret='),)),
    ('in the firmware', plain(instead(SECRETS, gpa=TOP - PAGE)), 'gce',
     'undefined', (('undefined', 'sev-overlap', None),)),
    ('last RAM', plain(instead(SECRETS, gpa=0xb0000000 - PAGE)), 'qemu',
     'loads', ()),
    ('no RAM', plain(instead(SECRETS, gpa=0xb0000000)), 'qemu', 'refuses', (
        ('refused', 'not-ram', HVA + ' 0xb0000000 sz 0x1000'),)),
    ('no RAM', plain(instead(SECRETS, gpa=0xb0000000)), 'gce', 'loads', ()),
    ('past 4 GiB', plain([*PLAIN, Section(TOP - PAGE, 2 * PAGE, SEC_MEM)]),
     'qemu', 'refuses', (
         ('refused', 'sev-section', HVA + ' 0xfffff000 sz 0x2000'),
         ('refused', 'sev-overlap', 'SNP_LAUNCH_UPDATE ret='))),
    ('past 4 GiB', plain([*PLAIN, Section(TOP - PAGE, 2 * PAGE, SEC_MEM)]),
     'gce', 'undefined', (('undefined', 'sev-section', None),
                          ('undefined', 'sev-overlap', None))),
    ('GPA', plain(instead(SECRETS, gpa=0x900010)), 'qemu', 'refuses', (
        ('refused', 'sev-section',
         'SEV-SNP: failed to configure initial'),)),
    ('GPA', plain(instead(SECRETS, gpa=0x900010)), 'gce', 'refuses', (
        ('refused', 'sev-section', 'guest data must be of aligned on 0x1000 '
         'bytes. Got address 0x900010'),)),
    ('size', plain([*PLAIN, Section(0x900000, 0x1010, SEC_MEM)]), 'gce',
     'refuses', (('refused', 'sev-section', 'section '
                  'OVMF_SECTION_TYPE_SNP_SEC_MEM ' + MULTIPLE + '0x1010'),)),
    ('longer', plain(length=16 + 12 * len(PLAIN) + 4), 'qemu', 'loads', ()),
    ('longer', plain(length=16 + 12 * len(PLAIN) + 4), 'gce', 'refuses', (
        ('refused', 'gce-sev-length', 'mismatch between SEV memory offset '
         f'length: {16 + 12 * len(PLAIN) + 4} and SEV metadata offset '
         f'sections count: {len(PLAIN)}'),)),
    ('as long as what is before', plain(
        from_end=images.SIZE - 16 - 12 * len(PLAIN), entries=[
            sev.metadata_entry(images.SIZE - 16 - 12 * len(PLAIN)),
            sev.reset_entry()]), 'qemu', 'loads', ()),
    ('longer than what is before', plain(
        from_end=images.SIZE - 15 - 12 * len(PLAIN), entries=[
            sev.metadata_entry(images.SIZE - 15 - 12 * len(PLAIN)),
            sev.reset_entry()]), 'qemu', 'refuses', (
                ('refused', 'qemu-sev-place', HEADER),)),
    ('another GUID twice', plain(entries=[
        *sev.ENTRIES, *[images.entry(images.OTHER)] * 2]), 'qemu', 'loads',
     ()),
    ('another GUID twice', plain(entries=[
        *sev.ENTRIES, *[images.entry(images.OTHER)] * 2]), 'gce', 'refuses', (
            ('refused', 'gce-duplicate',
             'duplicate GUIDs in the table, repeated GUID: '),)),
    # Of these no value is computed, whatever is allowed.
    ('table length', plain(table_length=17), 'qemu', 'refuses', (
        ('refused', 'table-length', 'OVMF table has invalid size -1'),)),
    ('table length', plain(table_length=17), 'gce', 'refuses', (
        ('refused', 'table-length', 'invalid GUIDed table size: found size 17 '
         f'fw_size: {images.SIZE}'),)),
    ('table entry', plain(entries=[
        sev.metadata_entry(), images.entry(images.OTHER, b'', 99)]), 'qemu',
     'refuses', (('refused', 'table-entry', RESET),)),
    ('table entry', plain(entries=[
        sev.reset_entry(), images.entry(images.OTHER, b'', 99)]), 'qemu',
     'refuses', (('refused', 'table-entry', HEADER),)),
    ('table entry', plain(entries=[
        images.entry(images.OTHER, b'', 99), *sev.ENTRIES]), 'gce', 'refuses',
     (('refused', 'table-entry', 'could not get GUID table from firmware: '
       'GUIDed table'),)),
    ('two reset blocks', plain(entries=[*sev.ENTRIES, sev.reset_entry(1)]),
     'gce', 'refuses', (('refused', 'sev-entry', 'duplicate GUIDs in the '
                         'table, repeated GUID: 00f771de-'),)),
    ('a short reset block', plain(entries=[
        sev.metadata_entry(), images.entry(images.SEV_ES, bytes(3))]), 'gce',
     'refuses', (('refused', 'sev-entry', 'mismatch with GUID block size'),)),
    ('metadata out of the file', plain(entries=[
        sev.metadata_entry(images.SIZE + 1), sev.reset_entry()]), 'qemu',
     'undefined', (('undefined', 'sev-entry', None),)),
    ('signature', plain(signature=b'TDVF'), 'qemu', 'refuses', (
        ('refused', 'sev-metadata', HEADER),)),
    ('signature', plain(signature=b'TDVF'), 'gce', 'refuses', (
        ('refused', 'sev-metadata', 'the signature of the SEV memory offset '
         'is incorrect'),)),
    ('Length 15', plain(length=15), 'qemu', 'refuses', (
        ('refused', 'sev-metadata', HEADER),)),
    ('Length too small', plain(length=16), 'qemu', 'undefined', (
        ('undefined', 'sev-metadata', None),)),
    ('Length too small', plain(length=16), 'gce', 'refuses', (
        ('refused', 'sev-metadata', 'mismatch between SEV memory offset '
         f'length: 16 and SEV metadata offset sections count: {len(PLAIN)}'),
    )),
    ('Length past the end', plain(length=sev.FROM_END + 1), 'qemu',
     'undefined', (('undefined', 'sev-metadata', None),)),
    ('Length past the end', plain(length=16 + 12 * 300, count=300), 'gce',
     'refuses', (('refused', 'sev-metadata', 'SEV OVMF Metadata Offset is not '
                  'large enough to contain the metadata'),)),
    ('no table', images.td_shim([images.BFV]), 'qemu', 'refuses', (
        ('refused', 'no-reset-block', RESET),
        ('refused', 'no-sev-metadata', HEADER))),
    ('no table', images.td_shim([images.BFV]), 'gce', 'refuses', (
        ('refused', 'no-reset-block', NO_TABLE),
        ('refused', 'no-sev-metadata', NO_TABLE))),
)

# What is said of each code: a pattern for the whole of it.
OF_SECTION = r'SEV section \d+ \((?:SNP_[A-Z_]+|CPUID|unknown type)\): '
OF_TABLE = 'GUIDed table: '
MESSAGES = {
    'firmware-size': r"the firmware's \d+ bytes are not whole pages of 4096, "
                     'which SEV-SNP measures',
    'qemu-size': 'QEMU refuses a firmware file whose size is not a multiple '
                 'of 65536 bytes',
    'no-reset-block': 'there is no GUIDed table with an SEV-ES reset block, '
                      'which says where other processors than the first start|'
                      'the SEV-ES reset block has address 0',
    'no-sev-metadata': 'there is no GUIDed table with an SEV metadata entry: '
                       'the firmware was not built for SEV-SNP',
    'gce-duplicate': r'the GUIDed table has [-0-9a-f]{36} twice',
    'gce-sev-length': r'SEV metadata: Length \d+ is not the \d+ of \d+ '
                      'sections',
    'qemu-sev-place': r'SEV metadata: Length \d+ is more than the 0x\w+ bytes '
                      'before the metadata, and QEMU then takes it for none',
    'sev-count': r'\d sections of type (?:SNP_SECRETS|CPUID), not one',
    'gce-sev-memory': 'no section of type SNP_SEC_MEM',
    'gce-kernel-hashes': OF_SECTION + 'GCE knows types 1 to 4 only',
    'sev-empty': OF_SECTION + 'size 0',
    'not-ram': OF_SECTION + r'GPAs 0x\w+-0x\w+: the machine q35 has no RAM '
               'from 0xb0000000 to 4 GiB, where the firmware is',
    'sev-type': OF_SECTION + r'type \d+ is not 1 to 4 or 16; QEMU takes it for '
                'zero pages, calculators refuse it',
    'sev-page': OF_SECTION + r'size 0x\w+ is not 0x1000; calculators take one '
                'page, QEMU takes the size',
    'sev-section': OF_SECTION + r'(?:(?:GPA|size) 0x\w+ is not a multiple of '
                   r'0x1000|GPA 0x\w+ and size 0x\w+ reach past 4 GiB)',
    'sev-overlap': OF_SECTION + r'(?:GPA 0x\w+ is also in section \d+; a page '
                   'is launched once|it reaches into the firmware, which '
                   r'begins at GPA 0x\w+)',
    'sev-entry': OF_TABLE + r"the SEV(?:-ES reset block entry's length \d+ is "
                 r'not \d+|-ES reset block entry is there twice; VMMs take the '
                 'one nearest the end of the file, calculators the other| '
                 r'metadata would be 0x\w+ bytes before the end of a file of '
                 r'0x\w+)',
    'sev-metadata': r'SEV metadata: (?:Length \d+ is less than the \d+ of \d+ '
                    r'sections|its \d+ bytes reach past the end of the file|'
                    'the signature is not "ASEV")',
    'table-length': OF_TABLE + r'total length \d+ is not between 18 and the '
                    r'\d+ bytes before its end',
    'table-entry': OF_TABLE + r'(?:\d+ bytes are left over, too few for an '
                   r'entry \(at least 18\)|entry length \d+ is not between 18 '
                   r'and the \d+ bytes left in the table)',
}

# Where the field is that a finding is about: in the metadata, or in a section.
IN_METADATA = {'sev-count': 12, 'gce-sev-memory': 12, 'gce-sev-length': 4}
IN_SECTION = {'not-ram': 0, 'sev-overlap': 0, 'sev-empty': 4, 'sev-page': 4,
              'sev-type': 8, 'gce-kernel-hashes': 8}


def offset_of(code, message, image):
    """Of a finding about SEV metadata; None: it is about something else."""
    start = getattr(image, 'data', image).find(b'ASEV')
    if code in IN_METADATA:
        return start + IN_METADATA[code]
    if code in IN_SECTION:
        index = int(re.match(r'SEV section (\d+)', message)[1])
        return start + 16 + 12 * index + IN_SECTION[code]
    return None


# (image, verdict and findings of QEMU with a kernel)
WITH_KERNEL = {
    ('no-hash-table', 'no entry'): ('refuses', 'SEV: kernel specified but '
                                    'guest firmware has no hashes table GUID'),
    ('no-hash-table', 'GPA 0'): ('refuses', AREA + ' (base=0x0 size=0x0)'),
    ('hash-table-size', '175 bytes'): ('refuses',
                                       AREA + ' (base=0x810c00 size=0xaf)'),
    ('no-hash-page', 'no section'): ('does not run', None),
    ('no-hash-page', 'no metadata'): ('refuses', HEADER),
    ('hash-page-size', 'none'): ('refuses', LENGTH),
    ('hash-table-place', 'the page before'): ('refuses', OFFSET),
    ('hash-table-place', 'another page'): ('does not run', None),
    ('hash-table-place', 'across the end'): ('refuses', OFFSET),
}


class Lint(TestCase):
    def lint(self, image, vmm, *more):
        """Exit status, and what the VMM makes of it."""
        self.write('fw', image)
        result = calc(*SNP, '--json', '--vmm', vmm, *more, 'fw')
        report = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(report, SCHEMA)
        return result.status, report


class Rules(Lint):
    def test_cases(self):
        for name, image, vmm, verdict, findings in CASES:
            with self.subTest(name, vmm=vmm):
                status, report = self.lint(image, vmm)
                row, = report['vmms']
                self.assertEqual(row['verdict'], verdict)
                self.assertIsNone(row['unpredictable'])
                self.assertEqual(status, int(verdict != 'loads'))
                self.assertEqual(
                    [(f['effect'], f['code']) for f in row['findings']],
                    [finding[:2] for finding in findings])
                for finding, (_, code, says) in zip(row['findings'], findings):
                    self.assertRegex(finding['message'],
                                     f'^(?:{MESSAGES[code]})$')
                    offset = offset_of(code, finding['message'], image)
                    if offset is not None:
                        self.assertEqual(finding['offset'], hex(offset))
                    if says is None:
                        self.assertIsNone(finding['says'])
                    else:
                        self.assertTrue(finding['says'].startswith(says),
                                        finding['says'])

    def test_documented(self):
        """Each text is in docs/vmm.md, but for values, and of each that is
        there a case is above."""
        docs = ' '.join(DOCS.read_text(encoding='ascii').split())
        holes = re.compile(r'0x%x|%(?:s|d|v|p|zx|x)|[0-9a-f]{8}-[-0-9a-f]*|'
                           r'OVMF_SECTION_TYPE_\w+|0x[0-9a-f]+|-?\d+')
        texts = {holes.sub('%', line)
                 for line in re.findall('`+(.+?)`+ ?[|(]', docs)}
        texts |= {holes.sub('%', line)
                  for line in re.findall('``(.+?)``', docs)}
        said = [says for *_, findings in CASES for *_, says in findings
                if says]
        said += [says for _, says in WITH_KERNEL.values() if says]
        for says in said:
            text = holes.sub('%', says).rstrip('% .')
            self.assertTrue(
                any(text in line for line in texts), says)
        said = [holes.sub('%', says).rstrip('% .') for says in said]
        _, part = DOCS.read_text(encoding='ascii').split('\n# SEV-SNP\n')
        part, _ = part.split('\n# SEV-SNP: IGVM files\n')
        rows = re.findall(r'^\| [^|]* \| [^|]* \| (`+)(.+?)\1', part, re.M)
        self.assertTrue(rows)
        for _, row in rows:
            # Such a file is no image: tests/unit/test_accept_snp.c.
            if not row.startswith('firmware is too small'):
                text = holes.sub('%', row)
                self.assertTrue(any(says in text for says in said), row)

    def test_launch_fails(self):
        """QEMU refuses each image of which the model says so, and loads, or at
        least starts, each other one that has a launch digest."""
        reasons = {'no-metadata': 'no-sev-metadata',
                   'section-empty': 'sev-empty'}
        for image in (plain(), sev.image(),
                      plain(None, entries=[sev.reset_entry()]),
                      plain([*PLAIN, Section(0x900000, 0, SEC_MEM)])):
            fails = snp.launch_fails(image.data)
            status, report = self.lint(image, 'qemu')
            codes = {f['code'] for f in report['vmms'][0]['findings']}
            self.assertEqual(status, int(bool(fails)), fails)
            self.assertEqual(codes, {reasons[fail] for fail in fails})

    def test_refused_by_the_model(self):
        """Whatever has no launch digest is refused, but for types of which QEMU
        makes zero pages, and a note says so."""
        for code, name, image in sev.bad():
            self.write('fw', image)
            result = calc(*SNP, '--vmm', 'qemu', 'fw')
            with self.subTest(code, name=name):
                if code == 'section-type':
                    self.assertEqual(result.status, 0)
                    self.assertIn('    note: ', result.text)
                else:
                    self.assertIn(result.status, (1, 3))

    def test_gce(self):
        for _, name, image in sev.bad_for_gce():
            self.assertEqual(self.lint(image, 'gce')[0], 1, name)


class Notes(Lint):
    """A launch that would be refused has a value, and notes of that."""

    def test_as_lint(self):
        shown = 0
        for name, image, vmm, _, findings in CASES:
            self.write('fw', image)
            args = ['--platform', 'snp', '--permissive', '--vmm', vmm,
                    '--vcpus', '1']
            args += ['--vcpu-type', 'EPYC'] if vmm == 'qemu' else []
            result = calc(*args, 'fw')
            if result.status:
                self.assertEqual(result.status, 3)
                continue
            document = json.loads(calc(*args, '--json', 'fw').text)
            wanted = [code for effect, code, _ in findings
                      if effect != 'note']
            with self.subTest(name, vmm=vmm):
                notes = [line for line in result.lines if ': note: ' in line]
                warned = [line[line.rindex('['):] for line in result.lines
                          if line not in notes]
                wanted = [code for code in wanted if f'[{code}]' not in warned]
                self.assertEqual([line[line.rindex('['):] for line in notes],
                                 [f'[{code}]' for code in wanted])
                self.assertEqual([note['code'] for note in document['notes']
                                  if note['severity'] == 'note'], wanted)
                for line in notes:
                    self.assertRegex(line, f'; VMM {vmm} (refuses it|starts '
                                     'it, but the guest does not run|does '
                                     r'something undefined with it) \[')
                shown += len(notes)
        self.assertGreater(shown, 10)

    def test_others(self):
        """Nothing is said of VMMs whose rules are not known, of a digest that
        is not a guest's, nor by an exit status."""
        self.write('fw', plain(size=images.SIZE + PAGE))
        qemu = ('--platform', 'snp', '--vcpus', '1', '--vcpu-type', 'EPYC')
        self.assertIn('[qemu-size]', calc(*qemu, 'fw').lines[0])
        for args in (('--platform', 'snp', '--vmm', 'ec2', '--vcpus', '1'),
                     ('--platform', 'snp', '--ovmf-hash'),
                     ('--platform', 'sev')):
            result = calc(*args, 'fw')
            self.assertEqual((result.status, result.lines), (0, []))


class Kernel(Lint):
    def test_without_a_place(self):
        self.write('kernel', b'a kernel')
        self.assertEqual({case[:2] for case in sev.bad_for_kernel()},
                         set(WITH_KERNEL))
        for code, name, image in sev.bad_for_kernel():
            with self.subTest(name):
                status, report = self.lint(image, 'qemu', '--kernel', 'kernel')
                row, = report['vmms']
                verdict, says = WITH_KERNEL[code, name]
                self.assertEqual((status, row['verdict']), (1, verdict))
                texts = [f['says'] for f in row['findings']]
                self.assertIn(says, [text[:len(says)] if text and says
                                     else text for text in texts])

    def test_alone(self):
        """Without a kernel none of it matters."""
        for code, name, image in sev.bad_for_kernel():
            if code != 'hash-page-size' and name != 'no metadata':
                self.assertEqual(self.lint(image, 'qemu')[0], 0, name)

    def test_no_page(self):
        """QEMU asks whether a page has room for the table only where there is
        such a page."""
        self.write('kernel', b'a kernel')
        image = plain(entries=[*sev.ENTRIES[:2], sev.hashes_entry(0x810f80)])
        status, report = self.lint(image, 'qemu', '--kernel', 'kernel')
        finding, = report['vmms'][0]['findings']
        self.assertEqual((status, finding['effect'], finding['says']),
                         (1, 'stops', None))

    def test_gce(self):
        """Nothing is known of GCE and kernels."""
        self.write('kernel', b'a kernel')
        status, report = self.lint(plain(), 'gce', '--kernel', 'kernel')
        self.assertEqual((status, report['vmms'][0]['verdict']),
                         (1, 'undefined'))
        status, report = self.lint(plain(), 'gce')
        self.assertEqual((status, report['vmms'][0]['verdict']), (0, 'loads'))


class Output(Lint):
    def test_text(self):
        self.write('fw', plain())
        self.check(calc(*SNP, 'fw'), 0, '\n'.join([
            'fw', '  platform          snp', '  qemu              loads',
            '  gce               loads', '']))
        self.write('fw', plain(entries=[sev.metadata_entry()]))
        self.check(calc(*SNP, '--vmm', 'qemu', 'fw'), 1, '\n'.join([
            'fw', '  platform          snp', '  qemu              refuses',
            '    refused: there is no GUIDed table with an SEV-ES reset block, '
            'which says where other processors than the first start '
            '[no-reset-block]', '      it says: ' + RESET, '']))

    def test_unpredictable(self):
        """It loads, and yet no digest can be computed: that is said."""
        self.write('fw', plain(entries=[sev.metadata_entry(),
                                        sev.reset_entry(0)]))
        result = calc(*SNP, '--vmm', 'gce', 'fw')
        self.assertEqual(result.status, 0)
        self.assertIn('  gce               loads, its launch digest cannot be '
                      'predicted\n    unknown: offset ', result.text)
        self.assertIn('[no-reset-block]', result.text)

    def test_json(self):
        status, report = self.lint(plain(), 'qemu,gce')
        self.assertEqual(status, 0)
        self.assertEqual(
            {name: report[name] for name in (
                'platform', 'verdict', 'values', 'mrtd', 'refused')},
            {'platform': 'snp', 'verdict': 'loads', 'values': [],
             'mrtd': None, 'refused': None})
        self.assertEqual([(row['vmm'], row['plan'], row['unpredictable'])
                          for row in report['vmms']],
                         [('qemu', None, None), ('gce', None, None)])

    def test_both_platforms(self):
        """One image, two sets of rules."""
        self.write('fw', sev.image(PLAIN, tdx=images.SPLIT_SECTIONS))
        self.assertEqual(calc('lint', '--vmm', 'qemu,gce', 'fw').status, 0)
        self.assertEqual(calc(*SNP, '--vmm', 'qemu,gce', 'fw').status, 0)
        self.write('fw', images.joined())
        self.assertEqual(calc('lint', '--vmm', 'qemu', 'fw').status, 0)
        self.assertEqual(calc(*SNP, '--vmm', 'qemu', 'fw').status, 1)


class Refusals(TestCase):
    def test_ec2(self):
        self.write('fw', plain())
        self.refused(calc(*SNP, '--vmm', 'ec2', 'fw'), 2,
                     '--vmm ec2: its rules of acceptance are not known here; '
                     "those of these are: qemu, gce; try 'mrtd-calc lint "
                     "--help'")

    def test_other_platforms(self):
        self.write('fw', plain())
        for platform in ('sev', 'sev-es'):
            self.refused(calc('lint', '--platform', platform, 'fw'), 2,
                         'lint knows rules of --platform tdx and snp only; '
                         "try 'mrtd-calc lint --help'")

    def test_options(self):
        self.write('fw', plain())
        self.assertEqual(calc('lint', '--kernel', 'fw', 'fw').status, 2)
        self.assertEqual(calc(*SNP, '--vars', 'fw', 'fw').status, 2)
        self.assertEqual(calc(*SNP, '--initrd', 'fw', 'fw').status, 2)
        self.assertEqual(calc(*SNP, '--kernel', 'none', 'fw').status, 4)
        os.mkdir('folder')
        self.assertEqual(calc(*SNP, '--kernel', 'folder', 'fw').status, 4)

    def test_unknown(self):
        """Of QEMU it is not known what it does with it."""
        self.write('fw', plain(version=2))
        for vmm in ('qemu', 'gce'):
            result = calc(*SNP, '--vmm', vmm, 'fw')
            self.assertEqual((result.status, result.text), (3, ''))
            self.assertIn('[sev-metadata]', result.lines[0])

    def test_no_image(self):
        self.write('fw', b'text' * 99)
        self.refused(calc(*SNP, 'fw'), 3,
                     'fw: no GUIDed table ends 0x20 bytes before the end of '
                     'the file; not a firmware image for SEV [no-table]')

