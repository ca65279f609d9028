# SPDX-License-Identifier: Apache-2.0
"""SEV-SNP, SEV-ES and SEV: values of flat images, and what is refused.

Values are of tests/lib/snp.py, or known elsewhere; offsets are computed from
where tests/lib/sev.py puts things.
"""

import hashlib

import debian
import images
import sev
import snp
import snp_igvm_cases
from case import Case, REFUSED
from sev import (CPUID, ENTRIES, FROM_END, GOOD, KERNEL_HASHES, PAGE, SEC_MEM,
                 SECRETS, SVSM_CAA, Section)

SIZE = images.SIZE
FIRMWARE = (1 << 32) - SIZE  # the GPA of an image of this size
METADATA = SIZE - FROM_END
TYPE = ('--vcpu-type', 'EPYC-v4')
ONE = ('--platform', 'snp', '--vcpus', '1', *TYPE)
ES = ('--platform', 'sev-es', '--vcpus', '1', *TYPE)
SEV = ('--platform', 'sev')
KERNEL, INITRD, APPEND = b'a kernel' * 99, b'an initrd', 'console=ttyS0'
WITH_KERNEL = ('--kernel', 'kernel')
SVSM = ('--svsm', 'svsm', '--vars-size', '0x2000')
# How a line begins that is about its file, not about the firmware's.
OF_SVSM = '!mrtd-calc: svsm: '


def refused(name, image, line, *args, **files):
    """For SEV-SNP, unless the arguments say which platform."""
    args = args if '--platform' in args else (*ONE, *args)
    return Case(f'SNP: {name}', image, (line,), args, REFUSED,
                tuple(files.items()))


def found(name, image, value, *lines, args=ONE, **files):
    return Case(f'SNP: {name}', image, lines, tuple(args), 0,
                tuple(files.items()), value=value.hex())


def field(index, at, start=METADATA):
    """The offset of a field of a section."""
    return start + 16 + 12 * index + at


BASE, LENGTH, KIND = 0, 4, 8
NAMES = {SEC_MEM: 'SNP_SEC_MEM', SECRETS: 'SNP_SECRETS', CPUID: 'CPUID',
         SVSM_CAA: 'SVSM_CAA', KERNEL_HASHES: 'SNP_KERNEL_HASHES'}


def entry(index, entries=ENTRIES, size=SIZE):
    """The offset of an entry's data; the first is nearest the end."""
    end = size - images.POINTER_FROM_END - len(images.entry(images.FOOTER))
    return end - sum(len(value) for value in entries[:index + 1])


def length(index, entries):
    """The offset of an entry's own length."""
    return entry(index, entries) + len(entries[index]) - 18


def index_of(kind):
    return [section.type for section in GOOD].index(kind)


def instead(index, **values):
    """GOOD, with a section changed."""
    sections = list(GOOD)
    sections[index] = sections[index]._replace(**values)
    return sections


def launched(image, *pages, digest=None):
    """The digest of these pages after the firmware's, and of one VMSA."""
    digest = snp.chain(pages, digest or snp.firmware_digest(image))
    return snp.extend(digest, snp.VMSA, snp.VMSA_GPA, snp.vmsa())


# --- Values ------------------------------------------------------------------

IMAGE = sev.image()
DATA = IMAGE.data
SVSM_FILE = sev.svsm().data
CLEAN = images.Image(sev.clean_example())
# gce-tcb-verifier 74582c0, testing/fakeovmf: Milan, one virtual CPU.
CLEAN_VALUE = bytes.fromhex(
    '301a56e0014065ed60a3c848ea0d3d0b2aa46f4bfea9ddeadbc602146d4c0878'
    '51ab2c15d573f8b2a42ecc82d74c9db8')
NO_METADATA = (
    'warning: the image has no SEV metadata: no secrets page and no CPUID page '
    'are measured, and a guest of SEV-SNP does not start [no-sev-metadata]')


BY_QEMU = ('note: QEMU refuses a firmware file whose size is not a multiple of '
           '65536 bytes; VMM qemu refuses it [qemu-size]')


def notes(vmm, kernel):
    """Of the image: GCE's verifier does not know the page of hashes, and who
    starts a kernel is known of QEMU only."""
    if kernel and vmm != 'qemu':
        yield (f'note: a kernel is given, but it is not known that VMM {vmm} '
               'can be given one: if it cannot, no guest has this value, '
               'which sev-snp-measure computes, too [kernel-vmm]')
    if vmm == 'gce':
        index = index_of(KERNEL_HASHES)
        yield (f'note: offset {field(index, KIND):#x}: SEV section {index} '
               '(SNP_KERNEL_HASHES): GCE knows types 1 to 4 only; VMM gce '
               'refuses it [gce-kernel-hashes]')


def launches():
    """Each VMM, with and without a kernel."""
    boot = {'kernel': KERNEL, 'initrd': INITRD}
    for vmm in ('qemu', 'ec2', 'gce'):
        args = ('--platform', 'snp', '--vmm', vmm, '--vcpus', '3',
                *(TYPE if vmm == 'qemu' else ()))
        yield found(vmm, IMAGE, snp.launch_digest(DATA, vmm=vmm, vcpus=3),
                    *notes(vmm, False), args=args)
        yield found(f'{vmm}, a kernel', IMAGE, snp.launch_digest(
            DATA, vmm=vmm, vcpus=3, append=APPEND, **boot),
            *notes(vmm, True), args=(
                *args, *WITH_KERNEL, '--initrd', 'initrd', '--append',
                APPEND), **boot)


VALUES = [
    *launches(),
    found('SEV-ES', IMAGE, snp.sev_es_digest(DATA), args=ES),
    found('SEV-ES, a kernel', IMAGE, snp.sev_es_digest(DATA, kernel=KERNEL),
          args=(*ES, *WITH_KERNEL), kernel=KERNEL),
    found('SEV', IMAGE, snp.sev_digest(DATA), args=SEV),
    found('SEV, a kernel', IMAGE, snp.sev_digest(DATA, kernel=KERNEL),
          args=(*SEV, *WITH_KERNEL), kernel=KERNEL),
    found('the firmware alone', IMAGE, snp.firmware_digest(DATA),
          args=('--platform', 'snp', '--ovmf-hash')),
    found('an SVSM', IMAGE, snp.svsm_digest(DATA, SVSM_FILE, vars_size=0x2000),
          args=(*ONE, *SVSM), svsm=SVSM_FILE),
    found("Google's example", CLEAN, CLEAN_VALUE, args=(
        '--platform', 'snp', '--vmm', 'gce', '--vcpus', '1')),
    found('no metadata', sev.image(None, entries=[sev.reset_entry()]),
          snp.launch_digest(sev.image(
              None, entries=[sev.reset_entry()]).data), NO_METADATA),
]


def of_debian(name, file, value, *lines, args=ONE):
    """What sev-snp-measure gives for a file of the package."""
    return Case(f'SNP: {name}', (file,), lines, args, value=value)


PACKAGE = [
    of_debian('OVMF.fd', debian.OVMF,
              '11570979c77a0adb515761a702527c8b9e11554e730552621d950988613a3a75'
              'c6ff1703f540bd22a9beede8fe7a97e3'),
    of_debian("OVMF.fd's pages", debian.OVMF,
              'ba2c811512ef868474f239a21f7d7057d65a20de87a003c4f116e4fb1573183b'
              'fbcd75c3e99b2f558575a5d0094f73c6',
              args=('--platform', 'snp', '--ovmf-hash')),
    of_debian('OVMF_CODE_4M.fd', debian.FOLDER + 'OVMF_CODE_4M.fd',
              '68d8e64d29b9823e790b0a4c94d8b6cba4bf4322df2197c09eb0942ed07fe8a0'
              'f922ed49fe9fbfb33150e2bd858c8a70', NO_METADATA, BY_QEMU),
]

# --- The GUIDed table --------------------------------------------------------

ENTRY_NAMES = ('SEV metadata', 'SEV-ES reset block', 'SEV hash table',
               'SVSM info')
ALL = (sev.metadata_entry(), sev.reset_entry(), sev.hashes_entry(),
       sev.svsm_entry(0x100))


def entries():
    """Each entry: there twice, one byte too short, one too long."""
    for index, name in enumerate(ENTRY_NAMES):
        twice = [*ALL, ALL[index]]
        yield refused(
            f'two entries, {name}', sev.image(entries=twice),
            f'offset {entry(len(ALL), twice):#x}: GUIDed table: the {name} '
            'entry is there twice; VMMs take the one nearest the end of the '
            'file, calculators the other [sev-entry]')
        size = len(ALL[index])
        data = size - 18
        for wrong in data - 1, data + 1:
            changed = list(ALL)
            changed[index] = images.entry(ALL[index][-16:], bytes(wrong))
            yield refused(
                f'{name} of {wrong} bytes', sev.image(entries=changed),
                f'offset {length(index, changed):#x}: GUIDed table: the '
                f"{name} entry's length {wrong + 18} is not {size} "
                '[sev-entry]')
    for from_end in (0, 15, SIZE + 1):
        yield refused(
            f'metadata at {from_end} bytes from the end', sev.image(
                entries=[sev.metadata_entry(from_end), sev.reset_entry()]),
            f'offset {entry(0):#x}: GUIDed table: the SEV metadata would be '
            f'{from_end:#x} bytes before the end of a file of {SIZE:#x} '
            '[sev-entry]')


NO_BLOCK = ('there is no GUIDed table with an SEV-ES reset block, which says '
            'where other processors than the first start; the firmware was not '
            'built for SEV-ES [no-reset-block]')
NO_ADDRESS = (f'offset {entry(1):#x}: the SEV-ES reset block has address 0, '
              'which QEMU refuses [no-reset-block]')
WITHOUT = sev.image(entries=[sev.metadata_entry(), sev.hashes_entry()])
ADDRESS_0 = sev.image(entries=[sev.metadata_entry(), sev.reset_entry(0)])
RESET = [
    refused('no reset block', WITHOUT, NO_BLOCK),
    refused('no table', images.Image(bytes(PAGE)), NO_BLOCK),
    refused('no reset block, SEV-ES', WITHOUT, NO_BLOCK, *ES),
    refused('reset address 0', ADDRESS_0, NO_ADDRESS),
    refused('reset address 0, SEV-ES', ADDRESS_0, NO_ADDRESS, *ES),
    found('no reset block, SEV', WITHOUT, snp.sev_digest(WITHOUT.data),
          args=SEV),
]

# --- The metadata ------------------------------------------------------------

LEAST = 16 + 12 * len(GOOD)
MAXIMUM = 1024  # MRTD_MAX_SEV_SECTIONS


def bad_metadata(name, at, line, sections=GOOD, **fields):
    return refused(f'metadata, {name}', sev.image(sections, **fields),
                   f'offset {METADATA + at:#x}: SEV metadata: {line} '
                   '[sev-metadata]')


DESCRIPTOR = [
    bad_metadata('signature', 0, 'the signature is not "ASEV"',
                 signature=b'TDVF'),
    bad_metadata('version 0', 8, 'Version 0 is not 1', version=0),
    bad_metadata('version 2', 8, 'Version 2 is not 1', version=2),
    bad_metadata('one section too many', 12, f'{MAXIMUM + 1} sections are '
                 f'more than {MAXIMUM}', count=MAXIMUM + 1),
    bad_metadata('a count of all ones', 12, '4294967295 sections are more '
                 f'than {MAXIMUM}', count=0xffffffff),
    bad_metadata('one byte short', 4, f'Length {LEAST - 1} is less than the '
                 f'{LEAST} of {len(GOOD)} sections', length=LEAST - 1),
    bad_metadata('past the end', 4, f'its {FROM_END + 1} bytes reach past the '
                 'end of the file', length=FROM_END + 1),
]


# Of what --permissive lets pass.
PASSES = "; --permissive computes the VMM's formula"


def bad_section(code, index, at, line, **values):
    """A section of GOOD that is changed is refused for a field of it."""
    kind = instead(index, **values)[index].type
    rest = '' if code == 'sev-section' else PASSES
    return refused(
        f'{code}, section {index}: {values}', sev.image(
            instead(index, **values)),
        f'offset {field(index, at):#x}: SEV section {index} '
        f'({NAMES.get(kind, "unknown type")}): {line}{rest} [{code}]')


def unknown_type(kind):
    return (f'type {kind} is not 1 to 4 or 16; QEMU takes it for zero pages, '
            'calculators refuse it')


def not_a_page(size):
    return (f'size {size:#x} is not 0x1000; calculators take one page, QEMU '
            'takes the size')


def into_firmware(size=SIZE):
    return ('it reaches into the firmware, which begins at GPA '
            f'{(1 << 32) - size:#x}')


def also_in(gpa, other):
    return (f'GPA {gpa:#x} is also in section {other}; a page is launched '
            'once')


CAA = index_of(SVSM_CAA)
SECTIONS = [
    bad_section('sev-section', 1, BASE, 'GPA 0x80a800 is not a multiple of '
                '0x1000', gpa=0x80a800),
    bad_section('sev-section', 0, LENGTH, 'size 0x8800 is not a multiple of '
                '0x1000', size=0x8800),
    bad_section('sev-section', 5, LENGTH, 'GPA 0xfffff000 and size 0x2000 '
                'reach past 4 GiB', gpa=0xfffff000, size=0x2000),
    *(bad_section('sev-type', CAA, KIND, unknown_type(kind), type=kind)
      for kind in (0, 5, 15, 17, 0xffffffff)),
    *(bad_section('sev-page', index_of(kind), LENGTH, not_a_page(size),
                  size=size)
      for kind in (SECRETS, CPUID, KERNEL_HASHES) for size in (0, 0x2000)),
    bad_section('sev-overlap', index_of(SECRETS), BASE, also_in(0x808000, 0),
                gpa=0x808000),
    bad_section('sev-overlap', CAA, BASE, into_firmware(), gpa=FIRMWARE),
    bad_section('sev-overlap', CAA, BASE, into_firmware(), size=0x2000,
                gpa=FIRMWARE - PAGE),
]


def permissive(code, sections, index, at, line, *pages):
    """Computed as QEMU launches it; pages are what is after the firmware's."""
    image = sev.image(sections)
    name = NAMES.get(sections[index].type, 'unknown type')
    return found(
        f'permissive, {code}', image, launched(image.data, *pages),
        f'warning: offset {field(index, at):#x}: SEV section {index} ({name}): '
        f'{line} [{code}]', args=(*ONE, '--permissive'))


LAST = len(GOOD)
PAIR = Section(0x900000, 0x2000, SECRETS)
PERMISSIVE = [
    permissive('sev-type', [*GOOD, PAIR._replace(type=0x77)], LAST, KIND,
               unknown_type(0x77), *snp.metadata_pages(GOOD),
               *snp.filled(snp.ZERO, 0x900000, 0x2000)),
    permissive('sev-page', [*GOOD, PAIR], LAST, LENGTH, not_a_page(0x2000),
               *snp.metadata_pages(GOOD),
               *snp.filled(snp.SECRETS_PAGE, 0x900000, 0x2000)),
    permissive('sev-overlap', [*GOOD, Section(0x808000, PAGE, SEC_MEM)], LAST,
               BASE, also_in(0x808000, 0), *snp.metadata_pages(GOOD),
               (snp.ZERO, 0x808000)),
    # What no VMM can launch stays refused.
    refused('permissive, sev-section', sev.image(instead(1, gpa=0x80a800)),
            f'offset {field(1, BASE):#x}: SEV section 1 (SNP_SEC_MEM): GPA '
            '0x80a800 is not a multiple of 0x1000 [sev-section]',
            '--permissive'),
]

# --- Sizes -------------------------------------------------------------------

ODD = sev.image(size=SIZE + 0x800)
SIZES = [
    refused('half a page too many', ODD,
            f"the firmware's {SIZE + 0x800} bytes are not whole pages of 4096, "
            'which SEV-SNP measures; give the image as it was built '
            '[firmware-size]'),
    refused('half a page too many, an SVSM', IMAGE,
            f"{OF_SVSM}the SVSM's {0x8000 - 0x800} bytes are not whole pages of 4096, "
            'which SEV-SNP measures; give the image as it was built '
            '[firmware-size]', *SVSM, svsm=sev.svsm(size=0x7800).data),
    refused('4 GiB', images.Image(b'', size=1 << 32), 'a firmware of 4 GiB '
            'leaves a guest of SEV no memory below 4 GiB [firmware-size]'),
    found('half a page too many, SEV', ODD, hashlib.sha256(
        ODD.data).digest(), args=SEV),
]

# --- A kernel ----------------------------------------------------------------

BOOT = ('the firmware does not check a kernel\'s hash; use one built for '
        "direct kernel boot (OVMF's AmdSevX64)")


def bad_for_kernel(name, image, line, *args):
    args = args if '--platform' in args else (*ONE, *args)
    return refused(f'a kernel, {name}', image, f'{line} [no-hash-table]',
                   *args, *WITH_KERNEL, kernel=KERNEL)


def hashes(gpa=sev.HASHES[0], size=sev.HASHES[1]):
    return sev.image(entries=[sev.metadata_entry(), sev.reset_entry(),
                              sev.hashes_entry(gpa, size)])


def kernels():
    for args in ONE, ES, SEV:
        yield bad_for_kernel(
            f'no entry, {args[1]}', sev.image(entries=ENTRIES[:2]), 'a kernel '
            f'is given, but the GUIDed table has no SEV hash table entry: '
            f'{BOOT}', *args)
        yield bad_for_kernel(
            f'GPA 0, {args[1]}', hashes(0), f'offset {entry(2):#x}: a kernel '
            f"is given, but the SEV hash table's GPA is 0: {BOOT}", *args)
        yield bad_for_kernel(
            f'175 bytes, {args[1]}', hashes(size=175),
            f"offset {entry(2):#x}: the SEV hash table's size 0xaf is less "
            'than the 176 bytes that QEMU writes there', *args)
    page = GOOD[index_of(KERNEL_HASHES)]
    without = [section for section in GOOD if section != page]
    yield bad_for_kernel(
        'no section', sev.image(without), f'offset {METADATA:#x}: a kernel is '
        'given, but the SEV metadata have no SNP_KERNEL_HASHES section: '
        f'{BOOT}')
    yield bad_for_kernel(
        'no metadata', sev.image(None, entries=ENTRIES[1:]), 'a kernel is '
        'given, but the SEV metadata have no SNP_KERNEL_HASHES section: '
        f'{BOOT}')
    for gpa in (page.gpa - 1, page.gpa + PAGE):
        yield bad_for_kernel(
            f'hashes at {gpa:#x}', hashes(gpa), f'offset {entry(2):#x}: the '
            f"SEV hash table's GPA {gpa:#x} is in no SNP_KERNEL_HASHES "
            'section: the firmware would not find the hashes that the VMM '
            'writes')
    late = page.gpa + PAGE - snp.HASH_TABLE_SIZE + 1
    yield bad_for_kernel(
        'across the end', hashes(late), f'offset {entry(2):#x}: the SEV hash '
        f"table's GPA {late:#x} leaves no room in its page for the table's "
        '176 bytes')


# --- An SVSM -----------------------------------------------------------------

def bad_svsm(name, line, *args, svsm=SVSM_FILE, **files):
    return refused(f'an SVSM, {name}', IMAGE, f'{OF_SVSM}{line} [svsm]',
                   *(args or SVSM), svsm=svsm, **files)


def start_of(svsm_size=0x8000):
    """The offset of the SVSM's entry in its own file."""
    return entry(1, [sev.metadata_entry(), sev.svsm_entry(0)], svsm_size)


TOO_MANY = FIRMWARE - 0x8000 + PAGE
SVSMS = [
    bad_svsm('not one', "the SVSM's GUIDed table does not say where it starts; "
             'it is not an SVSM', svsm=DATA),
    bad_svsm('a start past its end',
             f'offset {start_of():#x}: the SVSM starts at offset 0x8000, past '
             'the end of its 0x8000 bytes', svsm=sev.svsm(offset=0x8000).data),
    bad_svsm('no room', f"the SVSM's {0x8000} bytes and the VARS' {TOO_MANY} "
             f'do not fit below the firmware at GPA {FIRMWARE:#x}',
             '--svsm', 'svsm', '--vars-size', str(TOO_MANY)),
    bad_svsm('odd VARS', "the VARS' 5 bytes are not whole pages of 4096",
             '--svsm', 'svsm', '--vars-size', '5'),
    bad_svsm('a kernel', 'with an SVSM no kernel, initrd, command line or '
             'digest of the firmware can be given', *SVSM, *WITH_KERNEL,
             kernel=KERNEL),
    bad_svsm('features', 'with an SVSM the guest features are 0x1, not 0x21',
             *SVSM, '--guest-features', '0x21'),
    *(bad_svsm(vmm, f'VMM {vmm} starts no SVSM that is a file of its own',
               '--vmm', vmm, *SVSM) for vmm in ('ec2', 'gce')),
]

FORMATS = [
    refused(f'a flat image, {vmm}', IMAGE,
            f'VMM {vmm} does not launch a flat image; those that do: qemu, '
            'ec2, gce [vmm-format]', '--vmm', vmm)
    for vmm in ('spec', 'cloud-hypervisor-mshv', 'vanadium', 'igvmmeasure')
]

CASES = [*VALUES, *PACKAGE, *entries(), *RESET, *DESCRIPTOR, *SECTIONS,
         *PERMISSIVE, *SIZES, *kernels(), *SVSMS, *FORMATS,
         *snp_igvm_cases.CASES]
