# SPDX-License-Identifier: Apache-2.0
"""Notes: what is worth knowing where a value does not match."""

from case import found, refused
from images import (BFV, CFV, DESCRIPTOR, GOOD, PARAM, PAYLOAD, PERM_MEM, SEV,
                    SIZE, SPLIT_SECTIONS, TD_HOB, TD_INFO, TD_PARAMS,
                    TEMP_MEM, VARS_SIZE, changed, entry, image, joined, kernel,
                    more, pattern, td_shim, tdx_entry)
from warned import QEMU_SIZE, apart, reset_code, several

TABLE_3 = '(TD-Shim spec 0.7, table 1.1-3)'
RULES = '(TD-Shim spec 0.7, rules for the TDVF_SECTION)'
FREE = TEMP_MEM._replace(address=0x900000)
TWO_PASS = ['--vmm', 'kvm-v19']
CH = ['--vmm', 'cloud-hypervisor']
WITH_KERNEL = CH + ['--payload', 'kernel']


def qemu_type(offset, section):
    return (f'note: offset 0x{offset:x}: section {section}: mainline QEMU '
            'loads types 0 to 3 only, and refuses this image [qemu-type]')


QEMU_LOCATOR = ('note: mainline QEMU finds the metadata by the GUIDed table '
                'only, and refuses this image [qemu-locator]')
QEMU_COUNT = ('note: mainline QEMU refuses an image with fewer than 2 '
              'sections [qemu-count]')
QEMU_NO_HOB = ('note: mainline QEMU refuses an image without a TD_HOB section '
               '[qemu-no-hob]')
NO_HOB = ('warning: there is neither a TD_HOB nor a PermMem section '
          f'{RULES} [no-hob]')

QEMU = [
    found('nothing to be said', image()),
    found('nothing to be said, KVM v19', image(), args=TWO_PASS),
    found('nothing to be said, Cloud Hypervisor', image(), args=CH),
    found('128 KiB', image(size=2 * SIZE)),
    found('a page more than 64 KiB', image(size=SIZE + 0x1000), QEMU_SIZE),
    found('a page more than 64 KiB, KVM v19', image(size=SIZE + 0x1000),
          QEMU_SIZE, args=TWO_PASS),
    found('of no matter to Cloud Hypervisor', image(size=SIZE + 0x1000), args=CH),
    found('a single section', image([BFV]), NO_HOB, QEMU_COUNT, QEMU_NO_HOB),
    found('two sections', image([BFV, TD_HOB])),
    found('what only lint says', image([
        BFV, CFV._replace(offset=0x3800, raw=0x800), TD_HOB,
        TEMP_MEM._replace(address=0xff000000)])),
    found('a PermMem in place of a TD_HOB', image([BFV, CFV, PERM_MEM]),
          qemu_type(0xe078, '2 (PermMem)'), QEMU_NO_HOB),
    found('32-bit offset, Cloud Hypervisor', td_shim(), args=CH),
    found('all that QEMU refuses for the whole image',
          td_shim([BFV], size=SIZE + 0x1000), NO_HOB, QEMU_LOCATOR,
          QEMU_COUNT, QEMU_NO_HOB, QEMU_SIZE),
    found('a single section on Cloud Hypervisor', image([TD_HOB]),
          'warning: there is no BFV: no boot code is measured '
          f'{RULES} [no-bfv]', args=CH),
    found('types 4 to 8', more(PERM_MEM, PAYLOAD, PARAM, TD_INFO, TD_PARAMS),
          *(qemu_type(0xe020 + 32 * i + 24, f'{i} ({name})')
            for i, name in enumerate(
                ['PermMem', 'Payload', 'PayloadParam', 'TD_INFO',
                 'TD_PARAMS'], 4))),
    found('types 4 to 6, KVM v19', more(PERM_MEM, PAYLOAD, PARAM),
          qemu_type(0xe0b8, '4 (PermMem)'), qemu_type(0xe0d8, '5 (Payload)'),
          qemu_type(0xe0f8, '6 (PayloadParam)'), args=TWO_PASS),
    found('of a measured Payload the VMM reads nothing but the file',
          more(PAYLOAD), qemu_type(0xe0b8, '4 (Payload)')),
]


def zero_fill(offset, section, size, start):
    return (f'note: offset 0x{offset:x}: section {section}: 0x{size:x} bytes '
            'after its data are measured as zeros; QEMU and older '
            'calculators take the file\'s bytes from '
            f'0x{start:x} [zero-fill]')


NO_MEMORY = ('MemoryDataSize is 0: nothing to add here, but KVM refuses to '
             'add no pages and the launch fails [no-memory]')
GPAW = ('it reaches past 2^47, which a TD with GPAW 0 cannot map [gpaw]')


def filled(**fields):
    """A BFV of one page of data in two pages of memory."""
    return image((BFV._replace(raw=0x1000),) + GOOD[1:], **fields)


def zeros_after(count):
    """The same, with zeros in the file after the data."""
    return image((BFV._replace(offset=0xd000, raw=0x1000),) + GOOD[1:],
                 at=0xd010, patch=[(0xe000, bytes(count))])


NO_CODE = reset_code('zeros')

MEMORY = [
    found('zero fill', filled(), NO_CODE,
          zero_fill(0xe030, '0 (BFV)', 0x1000, 0xf000)),
    found('zero fill, KVM v19', filled(), NO_CODE,
          zero_fill(0xe030, '0 (BFV)', 0x1000, 0xf000), args=TWO_PASS),
    found('zero fill within a page', changed(0, raw=0x1801), NO_CODE,
          zero_fill(0xe030, '0 (BFV)', 0x7ff, 0xf801)),
    found('zero fill where the file has zeros',
          zeros_after(0x1000), NO_CODE),
    found('zero fill where the last byte of the file\'s is not zero',
          zeros_after(0xfff), NO_CODE,
          zero_fill(0xd030, '0 (BFV)', 0x1000, 0xe000)),
    found('zero fill beyond the end of the file',
          changed(0, offset=0xf000, raw=0x1000), NO_CODE, apart(0xe010, True)),
    found('zero fill that is not measured', changed(1, raw=0x800)),
    found('no memory', changed(3, memory=0),
          f'note: offset 0xe090: section 3 (TempMem): {NO_MEMORY}'),
    found('no memory on Cloud Hypervisor', changed(3, memory=0),
          f'note: offset 0xe090: section 3 (TempMem): {NO_MEMORY}', args=CH),
    found('a measured section without memory',
          more(FREE._replace(memory=0, attributes=1)),
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes 0x1 is not '
          f'0, as for this type {TABLE_3} [attributes]',
          f'note: offset 0xe0b0: section 4 (TempMem): {NO_MEMORY}'),
    found('past 2^47', more(FREE._replace(address=1 << 47)),
          f'note: offset 0xe0a8: section 4 (TempMem): {GPAW}'),
    found('across 2^47', more(FREE._replace(address=(1 << 47) - 0x1000,
                                            memory=0x2000)),
          f'note: offset 0xe0a8: section 4 (TempMem): {GPAW}'),
    found('past 2^47 on Cloud Hypervisor', more(FREE._replace(address=1 << 47)),
          f'note: offset 0xe0a8: section 4 (TempMem): {GPAW}', args=CH),
    found('up to 2^47', more(FREE._replace(address=(1 << 47) - 0x1000))),
    found('up to 2^51', more(FREE._replace(address=(1 << 51) - 0x1000)),
          f'note: offset 0xe0a8: section 4 (TempMem): {GPAW}'),
]

CH_NO_HOB = ('note: Cloud Hypervisor stops on an image without a TD_HOB '
             'section [ch-no-hob]')
CH_PERM_MEM = ('Cloud Hypervisor does not know PAGE.AUG and adds these '
               'pages; its MRTD is not the specification\'s [ch-perm-mem]')
CH_TYPE = ('Cloud Hypervisor does not know this type; what it does then is '
           'undefined [ch-type]')
CH_PAYLOAD = ('note: the payload is not a bzImage, the only kind that Cloud '
              'Hypervisor loads [ch-payload]')


def ch_attributes(offset, section, value):
    return (f'note: offset 0x{offset:x}: section {section}: Cloud Hypervisor '
            'extends only if Attributes is exactly 1, not for '
            f'0x{value:x} [ch-attributes]')


CLOUD_HYPERVISOR = [
    found('PermMem', more(PERM_MEM),
          f'note: offset 0xe0bc: section 4 (PermMem): {CH_PERM_MEM}',
          args=CH),
    found('no TD_HOB', image([BFV, CFV, PERM_MEM]),
          f'note: offset 0xe07c: section 2 (PermMem): {CH_PERM_MEM}',
          CH_NO_HOB, args=CH),
    found('types 7 and 8', more(TD_INFO, TD_PARAMS),
          f'note: offset 0xe0b8: section 4 (TD_INFO): {CH_TYPE}',
          f'note: offset 0xe0d8: section 5 (TD_PARAMS): {CH_TYPE}', args=CH),
    found('a reserved attribute', more(FREE._replace(attributes=5)),
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes 0x5 has '
          f'reserved bits 0x4 {TABLE_3} [attr-reserved]',
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes 0x5 is not '
          f'0, as for this type {TABLE_3} [attributes]',
          ch_attributes(0xe0bc, '4 (TempMem)', 5), args=CH + ['--permissive']),
    found('AUG and EXTEND', more(PERM_MEM._replace(attributes=3)),
          'warning: offset 0xe0bc: section 4 (PermMem): Attributes 0x3 asks '
          'for both PAGE.AUG and MR.EXTEND, which the TDX module cannot do '
          '(TDX module, tdh_mr_extend.c) [attr-aug-extend]',
          'warning: offset 0xe0bc: section 4 (PermMem): Attributes 0x3 is not '
          f'0x2, as for this type {TABLE_3} [attributes]',
          f'note: offset 0xe0bc: section 4 (PermMem): {CH_PERM_MEM}',
          ch_attributes(0xe0bc, '4 (PermMem)', 3),
          args=CH + ['--permissive']),
    found('a Payload that is not measured needs no kernel',
          more(PAYLOAD._replace(attributes=0)), args=CH),
    found('a kernel', more(PAYLOAD), args=WITH_KERNEL, kernel=kernel()),
    found('a kernel as large as its section', more(PAYLOAD),
          args=WITH_KERNEL, kernel=kernel(0x4000)),
    found('a kernel in a section that is not measured',
          more(PAYLOAD._replace(attributes=0)), args=WITH_KERNEL,
          kernel=kernel()),
    found('a payload that is no kernel', more(PAYLOAD), CH_PAYLOAD,
          args=WITH_KERNEL, kernel=pattern(0x300)),
    found('a payload with all of the magic but its last letter',
          more(PAYLOAD), CH_PAYLOAD, args=WITH_KERNEL,
          kernel=pattern(0x202) + b'Hdrs' + pattern(0x10)),
    found('a payload of 1 byte', more(PAYLOAD), CH_PAYLOAD,
          args=WITH_KERNEL, kernel=b'\1'),
    # Its data in the image are not loaded: nothing to say about what follows
    # them there.
    found('a kernel in a Payload that has data in the image, too',
          more(PAYLOAD._replace(raw=0x1000)), args=WITH_KERNEL,
          kernel=kernel(0x4000)),
    found('data of a measured TempMem are not loaded',
          changed(3, offset=0x5000, raw=0x800, attributes=1),
          'warning: offset 0xe09c: section 3 (TempMem): Attributes 0x1 is not '
          f'0, as for this type {TABLE_3} [attributes]',
          'warning: offset 0xe084: section 3 (TempMem): RawDataSize 0x800 is '
          f'not 0; this type has no data in the file {RULES} [raw-nonzero]',
          args=CH),
]

LETTER = ['--vmm', 'qemu']
MIGTD = ['--vmm', 'migtd-qemu']
QEMU_AUG = ('does not look at PAGE.AUG and adds these pages; its MRTD is not '
            'the specification\'s [qemu-aug]')
AUG = FREE._replace(attributes=2)
AUG_WARNING = ('warning: offset 0xe0bc: section 4 (TempMem): Attributes 0x2 '
               f'is not 0, as for this type {TABLE_3} [attributes]')
GCE = ['--vmm', 'gce']
MIGTD_WHO = 'Intel\'s QEMU for MigTD'


def migtd_sections(perm=PERM_MEM):
    """As MigTD has them: no TD_HOB."""
    return image([BFV, CFV, PAYLOAD, TEMP_MEM, perm])


QEMUS = [
    found('as specified, QEMU to the letter', image(), args=LETTER),
    found('as specified, MigTD\'s QEMU', image(), args=MIGTD),
    found('PAGE.AUG is added, QEMU to the letter', more(AUG), AUG_WARNING,
          f'note: offset 0xe0bc: section 4 (TempMem): mainline QEMU {QEMU_AUG}',
          args=LETTER),
    found('PAGE.AUG is added, MigTD\'s QEMU', more(AUG), AUG_WARNING,
          f'note: offset 0xe0bc: section 4 (TempMem): {MIGTD_WHO} {QEMU_AUG}',
          args=MIGTD),
    found('what follows is measured, QEMU to the letter', filled(),
          args=LETTER),
    found('what follows is measured, within a page', changed(0, raw=0x1801),
          args=LETTER),
    found('what follows is measured, to the end of the file',
          changed(0, offset=0xe000, raw=0x1000), args=LETTER),
    refused('nothing follows to be measured',
            changed(0, offset=0xf000, raw=0x1000),
            'offset 0xe030: section 0 (BFV): MemoryDataSize 0x2000 is '
            'measured, qemu takes what follows its data, and the file ends '
            'before; the MRTD cannot be predicted; --vmm spec computes the '
            'specification\'s formula [vmm-content]', *LETTER),
    refused('nothing follows a byte', changed(0, offset=0xf000, raw=1),
            'offset 0xe030: section 0 (BFV): MemoryDataSize 0x2000 is '
            'measured, qemu takes what follows its data, and the file ends '
            'before; the MRTD cannot be predicted; --vmm spec computes the '
            'specification\'s formula [vmm-content]', *LETTER),
    found('all that MigTD\'s QEMU refuses for the whole image',
          td_shim([BFV], size=SIZE + 0x1000), NO_HOB,
          *(note.replace('mainline QEMU', MIGTD_WHO)
            for note in (QEMU_LOCATOR, QEMU_COUNT, QEMU_SIZE)), args=MIGTD),
    found('a MigTD', migtd_sections(), args=MIGTD),
    found('a PermMem that is to be added is not, MigTD\'s QEMU',
          migtd_sections(PERM_MEM._replace(attributes=0)),
          'warning: offset 0xe0bc: section 4 (PermMem): Attributes 0x0 of a '
          'PermMem is without PAGE.AUG (td-shim before June 2023): it is '
          f'added here, some VMMs skip it {TABLE_3} [perm-mem-added]',
          f'note: offset 0xe0bc: section 4 (PermMem): {MIGTD_WHO} skips '
          'it whatever Attributes 0x0 says; its MRTD is not the '
          'specification\'s [perm-skipped]', args=MIGTD),
    found('types 6 to 8, MigTD\'s QEMU', more(PAYLOAD, PARAM, TD_INFO),
          *(f'note: offset 0x{0xe0d8 + 32 * i:x}: section {name}: {MIGTD_WHO} '
            'loads types 0 to 5 only, and refuses this image [qemu-type]'
            for i, name in enumerate(['5 (PayloadParam)', '6 (TD_INFO)'])),
          args=MIGTD),
]

GCE_LOCATOR = ('note: GCE finds the metadata by the GUIDed table only, and '
               'refuses this image [gce-locator]')


def gce_hob(count):
    return ('note: GCE needs exactly one TD_HOB section, not '
            f'{count} [gce-hob]')


def gce_total(volumes, file):
    return (f'note: the volumes are 0x{volumes:x} bytes, the file is '
            f'0x{file:x}; GCE refuses what is not all volumes [gce-total]')


def ovmf(*sections, **fields):
    """As GCE wants it, all volumes; further sections begin with index 4."""
    return image(SPLIT_SECTIONS + sections, **fields)


# All that lint says of it but gce-hob-bug, which is said of every image; and
# nothing of QEMU, as which it launches.
OF_GCE = [
    found('nothing to be said, GCE', ovmf(), args=GCE),
    found('all that GCE refuses for the whole image',
          td_shim([BFV], size=SIZE + 0x1000), NO_HOB, GCE_LOCATOR, gce_hob(0),
          gce_total(0x2000, SIZE + 0x1000), args=GCE),
    found('two TD_HOBs, GCE',
          ovmf(TD_HOB._replace(address=0xa00000)),
          several(0xe0b8, '4 (TD_HOB)'), gce_hob(2), args=GCE),
    found('a GUID twice, GCE',
          ovmf(entries=[entry(SEV), tdx_entry(SIZE - DESCRIPTOR),
                        entry(SEV)]),
          # Below the footer: an entry of 18 bytes, TDX's of 22, the second.
          f'note: offset 0x{0xffe0 - 18 - 18 - 22 - 18:x}: GCE refuses a '
          'GUIDed table with dc886566-984a-4798-a75e-5585a7bf67cc twice '
          '[gce-duplicate]', args=GCE),
    found('type 4, GCE', ovmf(PERM_MEM),
          'note: offset 0xe0b8: section 4 (PermMem): GCE loads types 0 to 3 '
          'only, and refuses this image [gce-type]', args=GCE),
    found('PAGE.AUG is added, GCE', ovmf(AUG), AUG_WARNING,
          'note: offset 0xe0bc: section 4 (TempMem): GCE does not look at '
          'PAGE.AUG and adds these pages; its MRTD is not the '
          'specification\'s [gce-aug]', args=GCE),
    found('a measured TempMem, GCE', ovmf(FREE._replace(attributes=1)),
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes 0x1 is not '
          f'0, as for this type {TABLE_3} [attributes]',
          'note: offset 0xe0bc: section 4 (TempMem): GCE has no data of a '
          'TempMem that could be measured [gce-measured]', args=GCE),
    found('a volume with more memory than data, GCE',
          ovmf(CFV._replace(offset=0, raw=0x1000, memory=0x2000,
                            address=0x900000)),
          'note: offset 0xe0a4: section 4 (CFV): RawDataSize 0x1000 is not '
          'MemoryDataSize 0x2000, or 0, which GCE refuses for a volume '
          '[gce-volume]', gce_total(SIZE + 0x1000, SIZE), args=GCE),
    found('what follows is measured, GCE', filled(),
          'note: offset 0xe024: section 0 (BFV): RawDataSize 0x1000 is not '
          'MemoryDataSize 0x2000, or 0, which GCE refuses for a volume '
          '[gce-volume]', gce_total(0x2000, SIZE), args=GCE),
    found('past 2^47 on GCE', ovmf(FREE._replace(address=1 << 47)),
          f'note: offset 0xe0a8: section 4 (TempMem): {GPAW}', args=GCE),
]

SPLIT = [
    found('the whole image', joined()),
    found('VARS and CODE', joined().cut(start=VARS_SIZE),
          args=['--vars', 'vars'], vars=joined().data[:VARS_SIZE]),
    found('the content of VARS is of no matter',
          joined().cut(start=VARS_SIZE), args=['--vars', 'vars'],
          vars=bytes(VARS_SIZE)),
]

CASES = QEMU + MEMORY + CLOUD_HYPERVISOR + QEMUS + OF_GCE + SPLIT
