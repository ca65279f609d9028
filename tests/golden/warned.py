# SPDX-License-Identifier: Apache-2.0
"""Warnings: what the specification forbids. The MRTD is computed."""

from case import found
from images import (BFV, CFV, DESCRIPTOR, GOOD, METADATA_SWAPPED, OTHER,
                    PARAM, PAYLOAD, PERM_MEM, SIZE, TD_HOB, TD_INFO, TD_PARAMS,
                    TEMP_MEM, changed, entry, image, more, td_shim,
                    tdx_entry)

TABLE_2 = '(TD-Shim spec 0.7, table 1.1-2)'
TABLE_3 = '(TD-Shim spec 0.7, table 1.1-3)'
RULES = '(TD-Shim spec 0.7, rules for the TDVF_SECTION)'
ADD = '(TDX module, tdh_mem_page_add.c)'
EXTEND = '(TDX module, tdh_mr_extend.c)'

PERMISSIVE = ['--permissive']
FREE = TEMP_MEM._replace(address=0x900000)
TDX_ENTRY = tdx_entry(SIZE - DESCRIPTOR)

NO_GUID = ('the metadata GUID e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae is not '
           'before the TDVF_DESCRIPTOR; some VMMs refuse the image '
           '[metadata-guid]')
SWAPPED = ('the metadata GUID before the TDVF_DESCRIPTOR is byte-swapped, as '
           'td-shim wrote it before March 2023 [metadata-guid-swapped]')
REST = ('the GUIDed table is malformed beyond its TDX entry, where VMMs do '
        'not look [table-rest]')

LOCATOR = ('note: mainline QEMU finds the metadata by the GUIDed table only, '
           'and refuses this image [qemu-locator]')
QEMU_NO_HOB = ('note: mainline QEMU refuses an image without a TD_HOB section '
               '[qemu-no-hob]')
QEMU_SIZE = ('note: mainline QEMU refuses a firmware file whose size is not '
             'a multiple of 65536 bytes [qemu-size]')


def reset_code(got):
    """got: the bytes at the reset vector."""
    return ('warning: GPA 0xfffffff0, where a TD starts, does not get the '
            f'file\'s last 16 bytes, but {got}: the file has bytes that do not '
            'belong to the image, or lacks some [reset-code]')


def apart(offset, shifted=False):
    """The descriptor's offset; shifted: the sections' data, too."""
    why = ': the sections\' data is not where it was when the image was built'
    return (f'warning: offset 0x{offset:x}: the TDX metadata is in the data '
            f'of no section that is measured{why if shifted else ""} '
            '[metadata-apart]')


LOCATING = [
    found('an image of td-shim before August 2022', td_shim(), LOCATOR),
    found('both locators agree', image(pointer=DESCRIPTOR)),
    found('no metadata GUID', image(guid=bytes(16)),
          f'warning: offset 0xe000: {NO_GUID}'),
    found('no room for a metadata GUID', image(at=0),
          f'warning: offset 0x0: {NO_GUID}', apart(0)),
    found('15 bytes for a metadata GUID', image(at=15),
          f'warning: offset 0xf: {NO_GUID}', apart(15)),
    found('metadata GUID swapped', image(guid=METADATA_SWAPPED),
          f'warning: offset 0xe000: {SWAPPED}'),
    found('metadata GUID swapped, td-shim', td_shim(guid=METADATA_SWAPPED),
          f'warning: offset 0xe000: {SWAPPED}', LOCATOR),
    found('locators differ',
          image(pointer=0x8000, patch=[(0x8000, b'TDVF')]),
          'warning: offset 0xffe0: the 32-bit offset leads to a '
          'TDVF_DESCRIPTOR at 0x8000, the GUIDed table to 0xe010; the table '
          'is used, as VMMs do [locators-differ]',
          args=['--image-format', 'tdvf']),
    found('a second TDX entry', image(entries=[TDX_ENTRY, tdx_entry(0x2000)]),
          'warning: offset 0xffa2: the GUIDed table has a second TDX metadata '
          'entry; the one nearest the end of the file is used, as VMMs do '
          '[second-tdx-entry]'),
    found('an entry of length 0 beyond the TDX entry',
          image(entries=[TDX_ENTRY, entry(OTHER, length=0)]),
          f'warning: offset 0xffa6: {REST}'),
    found('3 bytes beyond the TDX entry',
          image(entries=[TDX_ENTRY, b'123']),
          f'warning: offset 0xffb5: {REST}'),
]


def attributes(offset, section, value, wanted):
    return (f'warning: offset 0x{offset:x}: section {section}: Attributes '
            f'0x{value:x} is not {wanted}, as for this type {TABLE_3} '
            '[attributes]')


def qemu_type(offset, section):
    return (f'note: offset 0x{offset:x}: section {section}: mainline QEMU '
            'loads types 0 to 3 only, and refuses this image [qemu-type]')


def qemu_aug(offset, section):
    return (f'note: offset 0x{offset:x}: section {section}: mainline QEMU '
            'does not look at PAGE.AUG and adds these pages; its MRTD is not '
            'the specification\'s [qemu-aug]')


def made_up(offset, section):
    return (f'warning: offset 0x{offset:x}: section {section}: it is '
            'measured, and a VMM makes up its content at launch; here the '
            'content is what the file says [vmm-content]')


PERM_MEM_ADDED = ('section 4 (PermMem): Attributes 0x{} of a PermMem is '
                  'without PAGE.AUG (td-shim before June 2023): it is added '
                  f'here, some VMMs skip it {TABLE_3} [perm-mem-added]')
NOT_MEASURED = ('section 0 (BFV): Attributes 0x{} of a BFV is not 0x1: the '
                f'boot code is not measured {TABLE_3} [bfv-attributes]')

ATTRIBUTES = [
    found('a BFV that is not measured', changed(0, attributes=0),
          'warning: offset 0xe03c: ' + NOT_MEASURED.format(0)),
    found('a BFV with PAGE.AUG', changed(0, attributes=2),
          'warning: offset 0xe03c: ' + NOT_MEASURED.format(2),
          qemu_aug(0xe03c, '0 (BFV)')),
    found('a measured CFV', changed(1, attributes=1),
          'warning: offset 0xe05c: section 1 (CFV): Attributes 0x1 of a CFV '
          f'is not 0: the variables are part of the MRTD {TABLE_3} '
          '[cfv-measured]'),
    found('a CFV with PAGE.AUG', changed(1, attributes=2),
          'warning: offset 0xe05c: section 1 (CFV): Attributes 0x2 of a CFV '
          f'is not 0 {TABLE_3} [cfv-measured]',
          qemu_aug(0xe05c, '1 (CFV)')),
    found('a measured TempMem', changed(3, attributes=1),
          attributes(0xe09c, '3 (TempMem)', 1, '0')),
    found('a measured TD_HOB', changed(2, attributes=1),
          attributes(0xe07c, '2 (TD_HOB)', 1, '0'),
          made_up(0xe07c, '2 (TD_HOB)')),
    found('a TD_HOB with PAGE.AUG', changed(2, attributes=2),
          attributes(0xe07c, '2 (TD_HOB)', 2, '0'),
          qemu_aug(0xe07c, '2 (TD_HOB)')),
    found('a TempMem with PAGE.AUG, but without memory',
          changed(3, attributes=2, memory=0),
          attributes(0xe09c, '3 (TempMem)', 2, '0'),
          'note: offset 0xe090: section 3 (TempMem): MemoryDataSize is 0: '
          'nothing to add here, but KVM refuses to add no pages and the '
          'launch fails [no-memory]'),
    found('a Payload with PAGE.AUG', more(PAYLOAD._replace(attributes=2)),
          attributes(0xe0bc, '4 (Payload)', 2, '0 or 0x1'),
          qemu_type(0xe0b8, '4 (Payload)')),
    found('a measured PayloadParam',
          more(PAYLOAD, PARAM._replace(attributes=1)),
          attributes(0xe0dc, '5 (PayloadParam)', 1, '0'),
          qemu_type(0xe0b8, '4 (Payload)'),
          made_up(0xe0dc, '5 (PayloadParam)'),
          qemu_type(0xe0d8, '5 (PayloadParam)')),
    found('a measured PayloadParam on KVM v19',
          more(PAYLOAD, PARAM._replace(attributes=1)),
          attributes(0xe0dc, '5 (PayloadParam)', 1, '0'),
          qemu_type(0xe0b8, '4 (Payload)'),
          made_up(0xe0dc, '5 (PayloadParam)'),
          qemu_type(0xe0d8, '5 (PayloadParam)'), args=['--vmm', 'kvm-v19']),
    found('attributes of TD_INFO and TD_PARAMS',
          more(TD_INFO._replace(attributes=1),
               TD_PARAMS._replace(attributes=2)),
          attributes(0xe0bc, '4 (TD_INFO)', 1, '0'),
          attributes(0xe0dc, '5 (TD_PARAMS)', 2, '0'),
          qemu_type(0xe0b8, '4 (TD_INFO)'),
          qemu_type(0xe0d8, '5 (TD_PARAMS)')),
    found('a PermMem that is added', more(PERM_MEM._replace(attributes=0)),
          'warning: offset 0xe0bc: ' + PERM_MEM_ADDED.format(0),
          qemu_type(0xe0b8, '4 (PermMem)')),
    found('a PermMem that is measured', more(PERM_MEM._replace(attributes=1)),
          'warning: offset 0xe0bc: ' + PERM_MEM_ADDED.format(1),
          qemu_type(0xe0b8, '4 (PermMem)')),
    found('a PermMem as it should be', more(PERM_MEM),
          qemu_type(0xe0b8, '4 (PermMem)')),
]


def qemu_raw(offset, section, size):
    return (f'note: offset 0x{offset:x}: section {section}: mainline QEMU '
            f'refuses RawDataSize 0x{size:x} for this type [qemu-raw]')


def raw_zero(offset, section):
    return (f'warning: offset 0x{offset:x}: section {section}: RawDataSize '
            f'is 0; this type must have data {RULES} [raw-zero]')


def raw_nonzero(offset, section, size):
    return (f'warning: offset 0x{offset:x}: section {section}: RawDataSize '
            f'0x{size:x} is not 0; this type has no data in the file '
            f'{RULES} [raw-nonzero]')


def several(offset, section):
    return (f'warning: offset 0x{offset:x}: section {section}: a second '
            f'section of a type that may occur once {RULES} [several]')


DATA = [
    found('a BFV without data', changed(0, offset=0, raw=0),
          raw_zero(0xe024, '0 (BFV)'), reset_code('zeros'),
          qemu_raw(0xe024, '0 (BFV)', 0)),
    found('a CFV without data', changed(1, offset=0, raw=0),
          raw_zero(0xe044, '1 (CFV)'), qemu_raw(0xe044, '1 (CFV)', 0)),
    found('TD_INFO and TD_PARAMS without data',
          more(TD_INFO._replace(offset=0, raw=0),
               TD_PARAMS._replace(offset=0, raw=0)),
          raw_zero(0xe0a4, '4 (TD_INFO)'), raw_zero(0xe0c4, '5 (TD_PARAMS)'),
          qemu_type(0xe0b8, '4 (TD_INFO)'),
          qemu_type(0xe0d8, '5 (TD_PARAMS)')),
    found('a TD_HOB with data', changed(2, offset=0x5000, raw=0x800),
          raw_nonzero(0xe064, '2 (TD_HOB)', 0x800),
          qemu_raw(0xe064, '2 (TD_HOB)', 0x800)),
    found('a TempMem with data', changed(3, offset=0x5000, raw=0x1000),
          raw_nonzero(0xe084, '3 (TempMem)', 0x1000),
          qemu_raw(0xe084, '3 (TempMem)', 0x1000)),
    found('a PermMem with data', more(PERM_MEM._replace(raw=1)),
          raw_nonzero(0xe0a4, '4 (PermMem)', 1),
          qemu_type(0xe0b8, '4 (PermMem)')),
    found('an offset of no data', changed(3, offset=0xffffffff),
          'warning: offset 0xe080: section 3 (TempMem): DataOffset 0xffffffff '
          f'is not 0 although RawDataSize is 0 {TABLE_2} [offset-nonzero]'),
    found('a TD_INFO with memory',
          more(TD_INFO._replace(address=0x900000, memory=0x1000)),
          'warning: offset 0xe0a8: section 4 (TD_INFO): MemoryAddress '
          '0x900000 and MemoryDataSize 0x1000 are not 0; this type takes no '
          f'memory {RULES} [memory-nonzero]',
          qemu_type(0xe0b8, '4 (TD_INFO)')),
    found('a TD_PARAMS with an address',
          more(TD_PARAMS._replace(address=0x900000)),
          'warning: offset 0xe0a8: section 4 (TD_PARAMS): MemoryAddress '
          '0x900000 and MemoryDataSize 0x0 are not 0; this type takes no '
          f'memory {RULES} [memory-nonzero]',
          qemu_type(0xe0b8, '4 (TD_PARAMS)')),
    found('a TD_INFO outside the BFV', more(TD_INFO._replace(offset=0x2fc1)),
          'warning: offset 0xe0a0: section 4 (TD_INFO): its data '
          '0x2fc1-0x3000 is not inside a BFV\'s: it is not measured '
          f'{RULES} [outside-bfv]', qemu_type(0xe0b8, '4 (TD_INFO)')),
    found('a TD_INFO at the end of the BFV',
          more(TD_INFO._replace(offset=0xffc0)),
          qemu_type(0xe0b8, '4 (TD_INFO)')),
]

# The same file with bytes in front.
MOVED = [good._replace(data=bytes(count) + good.data)
         for good in [image()] for count in (1, SIZE)]


def moved_lines(count):
    yield reset_code('those at 0xfff0')
    if count % SIZE:
        yield QEMU_SIZE  # the metadata is still in the BFV
    else:
        yield apart(DESCRIPTOR + count, True)


WHOLE = [
    found('no BFV', image([CFV, TD_HOB, TEMP_MEM]),
          'warning: there is no BFV: no boot code is measured '
          f'{RULES} [no-bfv]'),
    found('a BFV elsewhere', changed(0, address=0xff000000),
          'warning: no BFV covers the reset vector at GPA 0xfffffff0 '
          f'{RULES} [reset-vector]'),
    found('a byte in front', MOVED[0], *moved_lines(1)),
    found('an image in front', MOVED[1], *moved_lines(SIZE)),
    found('the metadata before the BFV', image(at=0x5010), apart(0x5010)),
    found('the last section in front of the BFV', image(
        [BFV._replace(offset=0xe080, raw=0x1f80)] + list(GOOD[1:])),
          reset_code('zeros'), apart(0xe010, True)),
    found('the reset vector in the second BFV',
          image([BFV._replace(address=0xff000000), CFV, TD_HOB, BFV])),
    found('neither TD_HOB nor PermMem', image([BFV, CFV, TEMP_MEM]),
          'warning: there is neither a TD_HOB nor a PermMem section '
          f'{RULES} [no-hob]', QEMU_NO_HOB),
    found('several of each, and the second one is named',
          more(FREE._replace(type=2), FREE._replace(type=2, address=0x902000),
               PAYLOAD, PAYLOAD._replace(address=0x2004000), PARAM,
               PARAM._replace(address=0x3001000), TD_INFO, TD_INFO,
               TD_PARAMS, TD_PARAMS),
          several(0xe0b8, '4 (TD_HOB)'), several(0xe118, '7 (Payload)'),
          several(0xe158, '9 (PayloadParam)'),
          several(0xe198, '11 (TD_INFO)'),
          several(0xe1d8, '13 (TD_PARAMS)'),
          *(qemu_type(0xe020 + 32 * i + 24, f'{i} ({name})')
            for i, name in enumerate(
                ['Payload', 'Payload', 'PayloadParam', 'PayloadParam',
                 'TD_INFO', 'TD_INFO', 'TD_PARAMS', 'TD_PARAMS'], 6))),
    found('PayloadParam without Payload', more(PARAM),
          'warning: there is a PayloadParam section without a Payload '
          f'{RULES} [param-alone]', qemu_type(0xe0b8, '4 (PayloadParam)')),
    found('a measured Payload that is not in the file',
          more(PAYLOAD._replace(offset=0, raw=0)),
          'warning: offset 0xe0a4: section 4 (Payload): it is measured, but '
          'not in the file: zeros are hashed here, a VMM that loads a '
          'payload gives another MRTD [payload-absent]',
          qemu_type(0xe0b8, '4 (Payload)')),
]

# The four refusals that --permissive lifts keep code and text.
LIFTED = [
    found('reserved attributes', more(FREE._replace(attributes=0x80000005)),
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes '
          f'0x80000005 has reserved bits 0x80000004 {TABLE_3} '
          '[attr-reserved]',
          attributes(0xe0bc, '4 (TempMem)', 0x80000005, '0'),
          args=PERMISSIVE),
    # Bit 8 means something in sections of IGVM files only.
    found('a reserved attribute',
          more(FREE._replace(attributes=0x101)),
          'warning: offset 0xe0bc: section 4 (TempMem): Attributes '
          f'0x101 has reserved bits 0x100 {TABLE_3} [attr-reserved]',
          attributes(0xe0bc, '4 (TempMem)', 0x101, '0'), args=PERMISSIVE),
    found('AUG and EXTEND of a BFV', changed(0, attributes=3),
          'warning: offset 0xe03c: section 0 (BFV): Attributes 0x3 asks for '
          'both PAGE.AUG and MR.EXTEND, which the TDX module cannot do '
          f'{EXTEND} [attr-aug-extend]',
          'warning: offset 0xe03c: section 0 (BFV): Attributes 0x3 of a BFV '
          f'is not 0x1: it is measured, but not as specified {TABLE_3} '
          '[bfv-attributes]', qemu_aug(0xe03c, '0 (BFV)'), args=PERMISSIVE),
    found('AUG and EXTEND of a PermMem',
          more(PERM_MEM._replace(attributes=3)),
          'warning: offset 0xe0bc: section 4 (PermMem): Attributes 0x3 asks '
          'for both PAGE.AUG and MR.EXTEND, which the TDX module cannot do '
          f'{EXTEND} [attr-aug-extend]',
          attributes(0xe0bc, '4 (PermMem)', 3, '0x2'),
          qemu_type(0xe0b8, '4 (PermMem)'), args=PERMISSIVE),
    found('GPA to the last page of 64 bits',
          more(FREE._replace(address=0xfffffffffffff000)),
          'warning: offset 0xe0a8: section 4 (TempMem): MemoryAddress '
          '0xfffffffffffff000 + MemoryDataSize 0x1000 reaches past 2^51, '
          f'the end of private GPAs {ADD} [gpa-range]',
          'note: offset 0xe0a8: section 4 (TempMem): it reaches past 2^47, '
          'which a TD with GPAW 0 cannot map [gpaw]', args=PERMISSIVE),
    found('an overlap with each section before',
          more(FREE._replace(address=0x800000, memory=0x20000)),
          'warning: offset 0xe0a8: section 4 (TempMem): GPAs '
          '0x800000-0x81ffff overlap section 2 (0x809000-0x80afff); a page '
          f'is added once only {ADD} [overlap]', args=PERMISSIVE),
    found('nothing to lift', image(), args=PERMISSIVE),
]

CASES = LOCATING + ATTRIBUTES + DATA + WHOLE + LIFTED
