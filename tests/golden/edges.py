# SPDX-License-Identifier: Apache-2.0
"""Limits of TDVF images: exactly there, and a step to either side."""

import struct

from case import found, refused
from images import (BFV, CFV, DESCRIPTOR, GOOD, PERM_MEM, SIZE, TD_HOB,
                    TD_INFO, TEMP_MEM, Image, Section, changed, image, more,
                    td_shim)
from warned import apart, reset_code

TABLE_2 = '(TD-Shim spec 0.7, table 1.1-2)'
RULES = '(TD-Shim spec 0.7, rules for the TDVF_SECTION)'
ADD = '(TDX module, tdh_mem_page_add.c)'
LIFT = "; --permissive computes the VMM's formula "

FREE = TEMP_MEM._replace(address=0x900000)
LOCATOR = ('note: mainline QEMU finds the metadata by the GUIDed table only, '
           'and refuses this image [qemu-locator]')
NO_MEMORY = ('MemoryDataSize is 0: nothing to add here, but KVM refuses to '
             'add no pages and the launch fails [no-memory]')
RESET = ('warning: no BFV covers the reset vector at GPA 0xfffffff0 '
         f'{RULES} [reset-vector]')


def qemu_type(index, name):
    return (f'note: offset 0x{0xe038 + 32 * index:x}: section {index} '
            f'({name}): mainline QEMU loads types 0 to 3 only, and refuses '
            'this image [qemu-type]')


def outside_bfv(offset):
    return (f'warning: offset 0xe0a0: section 4 (TD_INFO): its data '
            f'0x{offset:x}-0x{offset + 0x3f:x} is not inside a BFV\'s: it is '
            f'not measured {RULES} [outside-bfv]')


# The last section ends with the file: its DataOffset is the 32-bit offset.
LAST = SIZE - 16 - 4 * 32

PLACES = [
    found('16 bytes for a metadata GUID', image(at=16), apart(16)),
    found('16 bytes that are no metadata GUID',
          image(at=16, guid=bytes(16)),
          'warning: offset 0x0: the metadata GUID '
          'e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae is not before the '
          'TDVF_DESCRIPTOR; some VMMs refuse the image [metadata-guid]',
          apart(16)),
    found('sections to the end of the file',
          td_shim(GOOD[:3] + (TEMP_MEM._replace(offset=LAST),), at=LAST),
          f'warning: offset 0xffe0: section 3 (TempMem): DataOffset '
          f'0x{LAST:x} is not 0 although RawDataSize is 0 {TABLE_2} '
          '[offset-nonzero]', LOCATOR),
    refused('a descriptor in a file of 32 bytes',
            Image(struct.pack('<I4s24x', 4, b'TDVF')), 'offset 0xc: '
            'TDVF_DESCRIPTOR: Version 0 is not 1 [desc-version]'),
    found('data to the end of the file', changed(1, offset=0xf000)),
]

MEMORY = [
    found('a page before another section', more(
        TEMP_MEM._replace(address=0x80f000))),
    refused('around the whole of another section', more(
        TEMP_MEM._replace(address=0x80f000, memory=0x2000)),
            'offset 0xe0a8: section 4 (TempMem): GPAs 0x80f000-0x810fff '
            'overlap section 3 (0x810000-0x810fff); a page is added once '
            f'only {ADD}{LIFT}[overlap]'),
    found('no memory at 2^51',
          more(FREE._replace(address=1 << 51, memory=0)),
          f'note: offset 0xe0b0: section 4 (TempMem): {NO_MEMORY}'),
    found('no memory in another section',
          more(FREE._replace(address=0x809000, memory=0)),
          f'note: offset 0xe0b0: section 4 (TempMem): {NO_MEMORY}'),
    found('no memory at the end of a section from GPA 0',
          more(FREE._replace(address=0, memory=0x2000),
               FREE._replace(address=0x1000, memory=0)),
          f'note: offset 0xe0d0: section 5 (TempMem): {NO_MEMORY}'),
    refused('an address that is not aligned, permissive',
            more(FREE._replace(address=0x900800)),
            'offset 0xe0a8: section 4 (TempMem): MemoryAddress 0x900800 is '
            f'not a multiple of 4096 {TABLE_2} [address-alignment]',
            '--permissive'),
    refused('a size of the last page of 64 bits',
            more(FREE._replace(address=0x1000, memory=0xfffffffffffff000)),
            'offset 0xe0a8: section 4 (TempMem): MemoryAddress 0x1000 + '
            'MemoryDataSize 0xfffffffffffff000 reaches past 2^51, the end of '
            f'private GPAs {ADD}{LIFT}[gpa-range]'),
    found('a TD_INFO with memory and no address', more(
        TD_INFO._replace(memory=0x1000)),
          'warning: offset 0xe0a8: section 4 (TD_INFO): MemoryAddress 0x0 and '
          'MemoryDataSize 0x1000 are not 0; this type takes no memory '
          f'{RULES} [memory-nonzero]', qemu_type(4, 'TD_INFO')),
    found('a BFV above the reset vector', changed(0, address=1 << 32), RESET),
    found('a BFV to the page of the reset vector',
          changed(0, address=0xffff1000), RESET),
    found('a BFV to beyond the reset vector', changed(0, address=0xfffff000)),
    found('another type at the reset vector',
          image([BFV._replace(address=0xff000000), CFV._replace(
              address=0xfffff000), TD_HOB, TEMP_MEM]), RESET,
          reset_code('those at 0x3ff0')),
]

DATA = [
    found('a TD_INFO at the start of the BFV',
          more(TD_INFO._replace(offset=0xe000)), qemu_type(4, 'TD_INFO')),
    found('a TD_INFO a byte before the BFV',
          more(TD_INFO._replace(offset=0xdfff)),
          outside_bfv(0xdfff), qemu_type(4, 'TD_INFO')),
    found('a TD_INFO in what is no BFV',
          more(TD_INFO._replace(offset=0x3000)),
          outside_bfv(0x3000), qemu_type(4, 'TD_INFO')),
    found('a TD_INFO before its BFV',
          image([TD_INFO, CFV, TD_HOB, TEMP_MEM, BFV]),
          qemu_type(0, 'TD_INFO')),
    found('a TD_INFO in the second BFV',
          more(BFV._replace(offset=0x8000, address=0xffff0000),
               TD_INFO._replace(offset=0x8000)), qemu_type(5, 'TD_INFO')),
]

# VARS in front of CODE, which is HALF of the file, and all data.
HALF = SIZE // 2
CODE = Section(HALF, HALF, 0xffff8000, HALF, 0, 1)
VARS = Section(0, HALF, 0xffff0000, HALF, 1, 0)


def code(name, *lines, start=HALF, sections=(CODE, VARS, TD_HOB, TEMP_MEM),
         make=image):
    """The image from start on; refused."""
    return refused(name, make(sections).cut(start=start), *lines)


def split(size, missing):
    return (f'offset {0xe020 - missing:#x}: section 0 (BFV): its data ends at '
            f'0x10000, the file at {size:#x}: this is the CODE part of a '
            f'split image, {missing} bytes of VARS are missing in front '
            f'{TABLE_2}; join them: --vars FILE, or cat VARS CODE >IMAGE [split-image]')


def no_split(index, name, section, missing=HALF):
    return (f'offset {0xe020 + 32 * index - missing:#x}: section {index} '
            f'({name}): DataOffset {section.offset:#x} + RawDataSize '
            f'{section.raw:#x} is past the end of the file '
            f'({SIZE - missing:#x}) {TABLE_2} [data-bounds]')


SMALLER = CODE._replace(offset=0x9000, raw=0x7000, address=0xffff9000,
                        memory=0x7000)
ACROSS = FREE._replace(offset=HALF - 1, raw=2)
SHORT = CODE._replace(raw=HALF - 1)
TO_END = Section(0xf000, 0x1000, 0xff000000, 0x1000, 5, 1)
LOW = CODE._replace(address=0xffff7000)
WITHIN = Section(0x4800, 0xb800, 0xffff4000, 0xc000, 0, 1)

SPLIT = [
    code('VARS as large as CODE', split(HALF, HALF)),
    code('VARS a page larger than CODE', no_split(0, 'BFV', SMALLER, 0x9000),
         sections=(SMALLER, VARS, TD_HOB, TEMP_MEM), start=0x9000),
    code('data across VARS and CODE', no_split(0, 'BFV', CODE),
         sections=(CODE, VARS, TD_HOB, ACROSS)),
    code('data to the end of VARS', split(HALF, HALF),
         sections=(CODE, VARS, TD_HOB, FREE._replace(offset=HALF - 2, raw=2))),
    code('data behind the BFV', no_split(0, 'BFV', SHORT),
         sections=(SHORT, VARS, TD_HOB, TO_END)),
    code('a BFV that ends before 4 GiB', no_split(0, 'BFV', LOW),
         sections=(LOW, VARS, TD_HOB, TEMP_MEM)),
    code('CODE that is no BFV', no_split(0, 'Payload', CODE._replace(type=5)),
         sections=(CODE._replace(type=5), VARS, TD_HOB, TEMP_MEM)),
    code('a BFV that is the last byte below 4 GiB',
         split(HALF, HALF).replace('BFV', 'Payload'),
         sections=(CODE._replace(type=5, address=0x10000),
                   Section(0xf000, 0x1000, 0xffffffff, 1, 0, 1))),
    code('VARS that end within a page', no_split(0, 'BFV', WITHIN, 0x4800),
         sections=(WITHIN, CFV._replace(offset=0), TD_HOB, TEMP_MEM),
         start=0x4800),
    code('CODE that is found by the 32-bit offset', no_split(0, 'BFV', CODE),
         make=lambda sections: td_shim(sections, pointer=DESCRIPTOR - HALF)),
]

OTHERS = [
    found('a PermMem does not need data', image([BFV, CFV, TD_HOB, PERM_MEM]),
          qemu_type(3, 'PermMem')),
    found('a TempMem of one byte of data', changed(3, raw=1),
          f'warning: offset 0xe084: section 3 (TempMem): RawDataSize 0x1 is '
          f'not 0; this type has no data in the file {RULES} [raw-nonzero]',
          'note: offset 0xe084: section 3 (TempMem): mainline QEMU refuses '
          'RawDataSize 0x1 for this type [qemu-raw]'),
    found('an offset of 1 and no data', changed(3, offset=1),
          'warning: offset 0xe080: section 3 (TempMem): DataOffset 0x1 is not '
          f'0 although RawDataSize is 0 {TABLE_2} [offset-nonzero]'),
]

CASES = PLACES + MEMORY + DATA + SPLIT + OTHERS
