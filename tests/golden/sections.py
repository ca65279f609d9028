# SPDX-License-Identifier: Apache-2.0
"""Refused for a section, or for what was asked: limit, payload, VMM."""

from case import found, refused
from images import (BFV, CFV, GOOD, PARAM, PAYLOAD, PERM_MEM,
                    TD_HOB, TD_INFO, TEMP_MEM, VARS_SIZE, Section, changed,
                    image, joined, kernel, more, td_shim)

import shim

TABLE_2 = '(TD-Shim spec 0.7, table 1.1-2)'
TABLE_3 = '(TD-Shim spec 0.7, table 1.1-3)'
TABLE_4 = '(TD-Shim spec 0.7, table 1.1-4)'
ADD = '(TDX module, tdh_mem_page_add.c)'
EXTEND = '(TDX module, tdh_mr_extend.c)'
LIFT = '; --permissive computes the VMM\'s formula '

# Room for sections that a test adds.
FREE = TEMP_MEM._replace(address=0x900000)
# Room for a kernel, which is not in the MRTD.
ROOM = PAYLOAD._replace(offset=0, raw=0, attributes=0)


def one_more(name, field, line, **values):
    """A good image with a TempMem more, which has something wrong."""
    at = 0xe0a0 + {'offset': 0, 'raw': 4, 'address': 8, 'memory': 0x10,
                   'type': 0x18, 'attributes': 0x1c}[field]
    return refused(name, more(FREE._replace(**values)),
                   f'offset 0x{at:x}: section 4 {line}')


FIELDS = [
    one_more('type 9', 'type', f'(unknown type): Type 9 is not 0 to 8 '
             f'{TABLE_4} [type]', type=9),
    one_more('type 2^32 - 1', 'type', '(unknown type): Type 4294967295 is '
             f'not 0 to 8 {TABLE_4} [type]', type=0xffffffff),
    one_more('attribute bit 2', 'attributes', '(TempMem): Attributes 0x4 has '
             f'reserved bits 0x4 {TABLE_3}{LIFT}[attr-reserved]',
             attributes=4),
    one_more('attribute bit 31', 'attributes', '(TempMem): Attributes '
             '0x80000003 has reserved bits 0x80000000 '
             f'{TABLE_3}{LIFT}[attr-reserved]', attributes=0x80000003),
    one_more('AUG and EXTEND', 'attributes', '(TempMem): Attributes 0x3 asks '
             'for both PAGE.AUG and MR.EXTEND, which the TDX module cannot '
             f'do {EXTEND}{LIFT}[attr-aug-extend]', attributes=3),
    one_more('address not aligned', 'address', '(TempMem): MemoryAddress '
             f'0x900001 is not a multiple of 4096 {TABLE_2} '
             '[address-alignment]', address=0x900001),
    one_more('address aligned to 2 KiB', 'address', '(TempMem): '
             'MemoryAddress 0x900800 is not a multiple of 4096 '
             f'{TABLE_2} [address-alignment]', address=0x900800),
    one_more('size not aligned', 'memory', '(TempMem): MemoryDataSize 0x1001 '
             f'is not a multiple of 4096 {TABLE_2} [size-alignment]',
             memory=0x1001),
    refused('a TD_INFO whose address is not aligned',
            more(TD_INFO._replace(address=0x10)),
            'offset 0xe0a8: section 4 (TD_INFO): MemoryAddress 0x10 is not a '
            f'multiple of 4096 {TABLE_2} [address-alignment]'),
    refused('data larger than memory', changed(0, raw=0x2001),
            'offset 0xe024: section 0 (BFV): RawDataSize 0x2001 is larger '
            f'than MemoryDataSize 0x2000 {TABLE_2} [raw-size]'),
    refused('data without memory', changed(1, memory=0),
            'offset 0xe044: section 1 (CFV): RawDataSize 0x1000 is larger '
            f'than MemoryDataSize 0x0 {TABLE_2} [raw-size]'),
    refused('a TD_INFO with too little memory',
            more(TD_INFO._replace(address=0x900000, memory=0x1000,
                                  raw=0x1800)),
            'offset 0xe0a4: section 4 (TD_INFO): RawDataSize 0x1800 is '
            f'larger than MemoryDataSize 0x1000 {TABLE_2} [raw-size]'),
    refused('the first of two faults', more(
        FREE._replace(address=0x900800), FREE._replace(type=9)),
            'offset 0xe0a8: section 4 (TempMem): MemoryAddress 0x900800 is '
            f'not a multiple of 4096 {TABLE_2} [address-alignment]'),
    refused('in an image found by the 32-bit offset',
            td_shim(GOOD + (FREE._replace(type=9),)),
            'offset 0xe0b8: section 4 (unknown type): Type 9 is not 0 to 8 '
            f'{TABLE_4} [type]'),
]

CODE_HINT = (f': this is the CODE part of a split image, {VARS_SIZE} bytes '
             f'of VARS are missing in front {TABLE_2}; join them: '
             '--vars FILE, or cat VARS CODE >IMAGE [split-image]')

DATA = [
    refused('measured data past the end',
            more(Section(0xf000, 0x2000, 0x2000000, 0x2000, 5, 1)),
            'offset 0xe0a0: section 4 (Payload): DataOffset 0xf000 + '
            'RawDataSize 0x2000 is past the end of the file (0x10000) '
            f'{TABLE_2} [data-bounds]'),
    refused('data past the end, not measured', changed(1, offset=0xf001),
            'offset 0xe040: section 1 (CFV): DataOffset 0xf001 + '
            'RawDataSize 0x1000 is past the end of the file (0x10000) '
            f'{TABLE_2} [data-bounds]'),
    refused('TD_INFO past the end', more(TD_INFO._replace(offset=0xfffff)),
            'offset 0xe0a0: section 4 (TD_INFO): DataOffset 0xfffff + '
            'RawDataSize 0x40 is past the end of the file (0x10000) '
            f'{TABLE_2} [data-bounds]'),
    refused('data that wrap 32 bits', changed(0, offset=0xfffff000),
            'offset 0xe020: section 0 (BFV): DataOffset 0xfffff000 + '
            'RawDataSize 0x2000 is past the end of the file (0x10000) '
            f'{TABLE_2} [data-bounds]'),
    refused('an empty section past the end is none, but data are',
            image([BFV, CFV, TD_HOB,
                   TEMP_MEM._replace(offset=0xffffffff, raw=1)]),
            'offset 0xe080: section 3 (TempMem): DataOffset 0xffffffff + '
            'RawDataSize 0x1 is past the end of the file (0x10000) '
            f'{TABLE_2} [data-bounds]'),
    refused('CODE without VARS', joined().cut(start=VARS_SIZE),
            'offset 0xa020: section 0 (BFV): its data ends at 0x10000, the '
            'file at 0xc000' + CODE_HINT),
    refused('CODE cut by a byte', joined().cut(start=VARS_SIZE + 1),
            'offset 0xa01f: section 0 (BFV): DataOffset 0x4000 + RawDataSize '
            '0xc000 is past the end of the file (0xbfff) '
            f'{TABLE_2} [data-bounds]'),
    refused('VARS without CODE', joined().cut(end=VARS_SIZE),
            'no TDX metadata: neither a GUIDed table ends 0x20 bytes before '
            'the end of the file, nor does the 32-bit offset there lead to '
            '"TDVF"; not a TDX firmware image [no-table]'),
    *(refused(f'VARS that are too {what}', joined().cut(start=VARS_SIZE),
              f'offset {0xa020 + size:#x}: section 0 (BFV): DataOffset 0x4000 '
              '+ RawDataSize 0xc000 is past the end of the file '
              f'({0xc000 + size:#x}) {TABLE_2}; the file of --vars is too '
              'short, is it of the same build? [data-bounds]', '--vars',
              'vars', vars=bytes(size))
      for what, size in (('small', 0x1000), ('small by a byte', 0x3fff))),
    refused('VARS that are too large', joined().cut(start=VARS_SIZE),
            'with --vars vars the image has 69632 bytes, but its metadata '
            'describes 65536; give the CODE file and the VARS file of one '
            'build [vars-size]', '--vars', 'vars', vars=bytes(0x5000)),
    refused('VARS and the whole image', joined(),
            'with --vars vars the image has 81920 bytes, but its metadata '
            'describes 65536; give the CODE file and the VARS file of one '
            'build [vars-size]', '--vars', 'vars', vars=bytes(VARS_SIZE)),
]

MEMORY = [
    one_more('GPA wraps 64 bits', 'address', '(TempMem): MemoryAddress '
             '0xfffffffffffff000 + MemoryDataSize 0x2000 wraps 64 bits '
             f'{TABLE_2} [gpa-wrap]',
             address=0xfffffffffffff000, memory=0x2000),
    one_more('a size of almost 2^64', 'address', '(TempMem): MemoryAddress '
             '0x900000 + MemoryDataSize 0xfffffffffffff000 wraps 64 bits '
             f'{TABLE_2} [gpa-wrap]', memory=0xfffffffffffff000),
    one_more('GPA past 2^51', 'address', '(TempMem): MemoryAddress '
             '0x7fffffffff000 + MemoryDataSize 0x2000 reaches past 2^51, the '
             f'end of private GPAs {ADD}{LIFT}[gpa-range]',
             address=(1 << 51) - 0x1000, memory=0x2000),
    one_more('GPA past 2^51 without memory', 'address', '(TempMem): '
             'MemoryAddress 0x8000000001000 + MemoryDataSize 0x0 reaches '
             f'past 2^51, the end of private GPAs {ADD}{LIFT}[gpa-range]',
             address=(1 << 51) + 0x1000, memory=0),
    one_more('a page twice', 'address', '(TempMem): GPAs 0x810000-0x810fff '
             'overlap section 3 (0x810000-0x810fff); a page is added once '
             f'only {ADD}{LIFT}[overlap]', address=0x810000),
    one_more('a page of a larger section', 'address', '(TempMem): GPAs '
             '0xfffff000-0xffffffff overlap section 0 '
             '(0xffffe000-0xffffffff); a page is added once only '
             f'{ADD}{LIFT}[overlap]', address=0xfffff000),
    one_more('around another section', 'address', '(TempMem): GPAs '
             '0x808000-0x80bfff overlap section 2 (0x809000-0x80afff); a '
             f'page is added once only {ADD}{LIFT}[overlap]',
             address=0x808000, memory=0x4000),
    found('a page after another section',
          more(TEMP_MEM._replace(address=0x811000))),
]


def limit(hashed, most):
    return (f'the sections claim so much memory that {hashed} bytes would '
            f'be hashed, more than the limit of {most}; raise it with '
            '--limit SIZE [limit]')


CH = ('--vmm', 'cloud-hypervisor')
WITH_KERNEL = CH + ('--payload', 'kernel')
NEEDED = ('(Payload): it is measured, and cloud-hypervisor fills it from the '
          'kernel file, which is not given; give it with --payload FILE '
          '[payload-needed]')


def made_up(section, vmm):
    return (f'{section}: it is measured, and {vmm} makes up its content at '
            'launch; the MRTD cannot be predicted; --vmm spec computes the '
            'specification\'s formula [vmm-content]')


REQUESTS = [
    # 2 pages measured, 4 added.
    refused('a byte over --limit', image(), limit(13056, 13055),
            '--limit', '13055'),
    found('as much as --limit', image(), args=['--limit', '13056']),
    refused('over the default limit',
            more(FREE._replace(address=1 << 32, memory=1 << 40)),
            limit(13056 + (128 << 28), 16 << 30)),
    refused('over 2^64', more(FREE._replace(
        address=1 << 36, memory=0xffffffe000000000, attributes=1)),
            limit('more than 18446744073709551615', 16 << 30),
            '--permissive'),
    refused('a measured Payload without a kernel', more(PAYLOAD),
            'offset 0xe0bc: section 4 ' + NEEDED, *CH),
    refused('a kernel larger than its section', more(PAYLOAD),
            'offset 0xe0b0: section 4 (Payload): the payload\'s 16385 bytes '
            'do not fit into MemoryDataSize 16384 [payload-size]',
            *WITH_KERNEL, kernel=kernel(0x4001)),
    refused('an empty kernel', more(PAYLOAD),
            'the payload is empty [payload-size]',
            *WITH_KERNEL, kernel=b''),
    refused('a kernel for nothing', image(),
            'a payload is given, but the image has no Payload section '
            '[payload-unused]', *WITH_KERNEL, kernel=kernel()),
    refused('a payload of td-shim itself that RTMR1 is extended with',
            more(ROOM), "its Payload section has Attributes 0, and no room "
            'for a kernel of the VMM: td-shim extends RTMR1 with a part of its '
            'own volume, which is not predicted here [td-shim]',
            '--register', 'rtmr1'),
    refused('a key for the payload of td-shim itself',
            td_shim(patch=[(CFV.offset + 8, shim.TRUST_ANCHOR)]),
            'a key is enrolled in its CFV, by which td-shim verifies its '
            "payload: of that it measures the key into RTMR0 and the payload's "
            'SVN into RTMR1, which is not predicted here [td-shim]',
            '--register', 'rtmr1'),
    *(refused(f'two sections of td-shim: {part.type}',
              td_shim((*GOOD, ROOM, PARAM, part._replace(address=1 << 30))),
              f'offset 0xe0e0: two {name} sections, with which '
              'td-shim does not start [td-shim]', '--register', 'rtmr2')
      for part, name in ((TD_HOB, 'TD_HOB'), (ROOM, 'Payload'),
                         (PARAM, 'PayloadParam'))),
    refused('a TD HOB of another image', more(ROOM, PARAM),
            '!mrtd-calc: hob: offset 0x30: EfiEndOfHobList 0x80a0a0 is not '
            'the end of a list of 0x98 bytes at 0x809000, where the TD_HOB '
            'section is: it is of another image [td-hob]',
            '--register', 'rtmr0', '--td-hob', 'hob',
            hob=shim.small(TD_HOB.address + 0x1008)),
    refused('no list of HOBs', more(ROOM, PARAM),
            '!mrtd-calc: hob: offset 0x0: not a list of HOBs that td-shim '
            'takes: a HOB whose length is 0 or leads out of the TD_HOB '
            'section, or whose reserved field is not 0 [td-hob]',
            '--register', 'rtmr0', '--td-hob', 'hob', hob=bytes(64)),
    refused('a measured TD_HOB on Cloud Hypervisor',
            changed(2, attributes=1),
            'offset 0xe07c: section 2 '
            + made_up('(TD_HOB)', 'cloud-hypervisor'), *CH),
    refused('a measured PayloadParam on Cloud Hypervisor',
            more(PAYLOAD._replace(attributes=0),
                 PARAM._replace(attributes=1)),
            'offset 0xe0dc: section 5 '
            + made_up('(PayloadParam)', 'cloud-hypervisor'), *CH),
    refused('a measured TD_HOB on KVM v19', changed(2, attributes=1),
            'offset 0xe07c: section 2 ' + made_up('(TD_HOB)', 'kvm-v19'),
            '--vmm', 'kvm-v19'),
    found('a PermMem is not hashed against the limit',
          more(PERM_MEM._replace(address=1 << 40, memory=1 << 42)),
          'note: offset 0xe0b8: section 4 (PermMem): mainline QEMU loads '
          'types 0 to 3 only, and refuses this image [qemu-type]'),
]

CASES = FIELDS + DATA + MEMORY + REQUESTS
