#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests of lint: every rule of every VMM, and what the VMM says.

For each rule there is an image that breaks it and nothing else of this
VMM, beside images just this side of it. What a VMM says stands here as its
source has it (docs/vmm.md), with the values of the image. Values of the MRTD
are computed by formula.py.
"""

import argparse
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
from typing import NamedTuple

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

import formula  # noqa: E402
import images  # noqa: E402
import lint_messages  # noqa: E402
from images import (DESCRIPTOR, PARAM, PAYLOAD, PERM_MEM, SEV, SIZE,  # noqa: E402
                    SPLIT_SECTIONS, TD_HOB, TD_INFO, TEMP_MEM, VARS_SIZE,
                    Section, entry, image, tdx_entry)

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'docs' / 'vmm.md'
BFV, CFV = SPLIT_SECTIONS[:2]
FREE = TEMP_MEM._replace(address=0x900000)
FOUR_GIB = 1 << 32
PROFILES = {'qemu': 'qemu', 'gce': 'qemu', 'migtd-qemu': 'migtd-qemu',
            'cloud-hypervisor': 'cloud-hypervisor'}
# Said of every image.
ALWAYS = {'gce': [('note', 'gce-hob-bug', None)]}
REFUSED, DIFFERS, UNDEFINED = 'refused', 'differs', 'undefined'


class Case(NamedTuple):
    """One image and one VMM."""
    vmm: str
    name: str
    image: images.Image
    verdict: str
    findings: tuple  # of (effect, code, what the VMM says)
    unpredictable: str = None  # code


def base(sections=SPLIT_SECTIONS, **fields):
    """Loaded by all: both locators, and volumes to the last byte."""
    fields.setdefault('pointer', DESCRIPTOR)
    return image(sections, **fields)


def plus(*sections):
    return base(SPLIT_SECTIONS + sections)


def alter(index, **values):
    sections = list(SPLIT_SECTIONS)
    sections[index] = sections[index]._replace(**values)
    return base(tuple(sections))


def without(*indexes):
    return base(tuple(s for i, s in enumerate(SPLIT_SECTIONS)
                      if i not in indexes))


def temp(**values):
    return alter(3, **values)


def loads(vmm, name, made, *findings, unpredictable=None):
    return Case(vmm, name, made, 'loads', findings, unpredictable)


def refuses(vmm, name, made, code, says):
    return Case(vmm, name, made, 'refuses', ((REFUSED, code, says),))


def unknown(vmm, name, made, code):
    """Not known what it does, or no image: the program refuses it."""
    return Case(vmm, name, made, None, ((None, code, None),))


# --- Images that several VMMs get -------------------------------------------

NO_TABLE = base(entries=[], pointer=0x123)
NO_TDX = base(entries=[entry(SEV, bytes(4))], pointer=0x123)
NO_TDX_FAR = base(entries=[entry(SEV, bytes(4))], pointer=0xfffffff0)
ELF = base(entries=[], pointer=0x123, patch=[(0, b'\x7fELF')])
BY_OFFSET = base(entries=[])
BY_OFFSET_VERSION = base(entries=[], version=2)
SHORT_TABLE = base(table_length=17)
LONG_TABLE = base(table_length=0xffe1)
ONLY_FOOTER = images.Image(images.FOOTER + bytes(32))
BAD_ENTRY = base(entries=[entry(SEV, length=17), tdx_entry(SIZE - DESCRIPTOR)])
ENTRY_0 = base(entries=[tdx_entry(0)])
ENTRY_FAR = base(entries=[tdx_entry(SIZE + 1)])
ENTRY_LONG = base(entries=[entry(images.TDX,
                                 struct.pack('<I', SIZE - DESCRIPTOR) + b'x')])
ENTRY_NEAR = base(entries=[tdx_entry(15)])
SIGNATURE = base(signature=b'TDVX')
VERSION = base(version=2)
NONE = base(count=0)
COUNT = base(count=1025)
LENGTH = base(length=17)
PAST_END = base(count=1024)
# A descriptor at the very end, of one section.
ONE_PAST_END = base((BFV,), at=SIZE - 16, pointer=SIZE - 16)
SWAPPED = base(guid=images.METADATA_SWAPPED)
NO_GUID = base(guid=bytes(16))
TYPE_9 = plus(FREE._replace(type=9))
UNALIGNED = temp(address=0x810800)
ODD_SIZE = temp(memory=0x800)
RAW_OVER = alter(0, memory=0xb000)
OUTSIDE = alter(1, offset=0xf000)
OVERLAP = plus(TEMP_MEM)
BEYOND = temp(address=1 << 51)
WRAPS = temp(address=(1 << 64) - 0x1000, memory=0x2000)
NO_MEMORY = temp(memory=0)
AUG = temp(attributes=2)
FIRST_AUG = base((TEMP_MEM._replace(attributes=2), BFV, CFV, TD_HOB))
HOB_MEASURED = alter(2, attributes=1)
# Half of the variables' memory is filled up, and measured.
FILLED = alter(1, raw=VARS_SIZE // 2, attributes=1)
# The same with nothing but zeros behind.
ZEROS = base((BFV, CFV._replace(raw=VARS_SIZE // 2, attributes=1), TD_HOB,
              TEMP_MEM), patch=[(VARS_SIZE // 2, bytes(VARS_SIZE // 2))])
NO_HOB = without(2)
TWO_HOBS = plus(TD_HOB._replace(address=0xa00000))
NO_BFV = base((CFV, Section(VARS_SIZE, SIZE - VARS_SIZE, 0xffff4000,
                            SIZE - VARS_SIZE, 1, 0), TD_HOB, TEMP_MEM))
UNALIGNED_DATA = base((BFV, CFV._replace(offset=0x800, raw=0x3000), TD_HOB,
                       TEMP_MEM))
HIGH = temp(address=0xff040000)
# Section 0: a page of the BFV's memory has no data.
FILLED_BFV = alter(0, raw=SIZE - VARS_SIZE - 0x1000)

CANNOT_FIND = 'Cannot find TDX_METADATA_OFFSET_GUID'
FAILED = 'failed to parse TDVF for TDX VM'
BYTE = 'MemoryDataSize 0x1 not page aligned'
UNWRAP = 'called `Option::unwrap()` on a `None` value'


ODD = (REFUSED, 'size-alignment', 'MemoryDataSize 0x1001 not page aligned')


def qemus(vmm, kvm, last):
    """Of mainline QEMU and Intel's."""
    def no(name, made, code, says):
        return refuses(vmm, name, made, code, says)

    return [
        loads(vmm, 'good', base()),
        loads(vmm, '128 KiB', base(size=2 * SIZE)),
        Case(vmm, 'a page, the least with a table',
             image(SPLIT_SECTIONS, size=0x1000, at=0x800, table_length=17),
             'refuses',
             ((REFUSED, 'table-length', 'OVMF table has invalid size -1'),
              (REFUSED, 'qemu-size', 'qemu: could not load PC BIOS'))),
        no('68 KiB', base(size=SIZE + 0x1000), 'qemu-size',
           'qemu: could not load PC BIOS'),
        unknown(vmm, 'no table', NO_TABLE, 'no-table'),
        no('no TDX entry', NO_TDX, 'no-tdx-entry', CANNOT_FIND),
        unknown(vmm, 'an ELF file', ELF, 'other-format'),
        no('the 32-bit offset alone', BY_OFFSET, 'qemu-locator', CANNOT_FIND),
        Case(vmm, 'the 32-bit offset alone, and another version',
             BY_OFFSET_VERSION, 'refuses',
             ((REFUSED, 'qemu-locator', CANNOT_FIND),
              (REFUSED, 'desc-version', FAILED))),
        no('a short table', SHORT_TABLE, 'table-length',
           'OVMF table has invalid size -1'),
        no('a long table', LONG_TABLE, 'table-length',
           'OVMF table has invalid size 65487'),
        Case(vmm, '48 bytes, only a footer', ONLY_FOOTER, 'refuses',
             ((REFUSED, 'table-length', CANNOT_FIND),
              (REFUSED, 'qemu-size', 'qemu: could not load PC BIOS'))),
        no('a bad entry', BAD_ENTRY, 'table-entry', CANNOT_FIND),
        no('TDX entry: 0', ENTRY_0, 'tdx-entry', FAILED),
        no('TDX entry: past the start', ENTRY_FAR, 'tdx-entry', FAILED),
        no('TDX entry: no room', ENTRY_NEAR, 'desc-bounds', FAILED),
        unknown(vmm, 'TDX entry: its length', ENTRY_LONG, 'tdx-entry'),
        no('signature', SIGNATURE, 'desc-signature',
           'Invalid TDVF signature in metadata!'),
        no('version', VERSION, 'desc-version', FAILED),
        no('no sections', NONE, 'desc-count',
           'Invalid number of fw entries (0) in TDVF Metadata'),
        no('a single section', base((TD_HOB,)), 'qemu-count',
           'Invalid number of fw entries (1) in TDVF Metadata'),
        loads(vmm, 'two sections', base((BFV, TD_HOB))),
        unknown(vmm, 'more sections than we read', COUNT, 'desc-count'),
        no('length', LENGTH, 'desc-length',
           'TDVF metadata len (0x11) mismatch, expected (0x90)'),
        no('sections past the end', PAST_END, 'desc-bounds', FAILED),
        no('type 9', TYPE_9, 'qemu-type',
           'TDVF contains unsupported section type 9'),
        # Sets of types have 32 bits.
        no('type 32', plus(FREE._replace(type=32, offset=0x800, raw=0x10)),
           'qemu-type', 'TDVF contains unsupported section type 32'),
        no('PayloadParam', plus(PARAM), 'qemu-type',
           'TDVF contains unsupported section type 6'),
        no('TD_INFO', plus(TD_INFO), 'qemu-type',
           'Broken metadata RawDataSize 0x40 MemoryDataSize 0x0'),
        no('data larger than memory', RAW_OVER, 'raw-size',
           'Broken metadata RawDataSize 0xc000 MemoryDataSize 0xb000'),
        no('address', UNALIGNED, 'address-alignment',
           'MemoryAddress 0x810800 not page aligned'),
        no('size', ODD_SIZE, 'size-alignment',
           'MemoryDataSize 0x800 not page aligned'),
        no('a CFV without data', alter(1, raw=0), 'qemu-raw',
           '1 section with RawDataSize == 0'),
        no('a TempMem with data', temp(raw=0x10), 'qemu-raw',
           '3 section with RawDataSize 0x10 != 0'),
        unknown(vmm, 'data outside the file', OUTSIDE, 'data-bounds'),
        unknown(vmm, 'data outside the file, filled up and measured',
                alter(1, offset=0xf000, raw=0x2000, attributes=1),
                'data-bounds'),
        Case(vmm, 'a byte at 2^47', temp(address=1 << 47, memory=1), 'refuses',
             ((REFUSED, 'size-alignment', BYTE), ('note', 'gpaw', None))),
        Case(vmm, 'a byte with PAGE.AUG', temp(attributes=2, memory=1),
             'refuses', ((REFUSED, 'size-alignment', BYTE),
                         (DIFFERS, 'qemu-aug', None))),
        no('no memory', NO_MEMORY, 'no-memory', kvm),
        no('overlap', OVERLAP, 'overlap', kvm),
        no('wraps', WRAPS, 'gpa-wrap', kvm),
        loads(vmm, 'up to 2^51', temp(address=(1 << 51) - 0x1000),
              ('note', 'gpaw', None)),
        Case(vmm, 'past 2^51', BEYOND, 'refuses',
             ((REFUSED, 'gpa-range', kvm), ('note', 'gpaw', None))),
        Case(vmm, 'a byte past 2^51', temp(address=(1 << 51) - 0xfff),
             'refuses', ((REFUSED, 'address-alignment',
                          'MemoryAddress 0x7fffffffff001 not page aligned'),
                         (REFUSED, 'gpa-range', kvm), ('note', 'gpaw', None))),
        Case(vmm, 'past 2^51, no memory', temp(address=(1 << 51) + 1,
                                               memory=0),
             'refuses', ((REFUSED, 'address-alignment',
                          'MemoryAddress 0x8000000000001 not page aligned'),
                         (REFUSED, 'gpa-range', kvm),
                         (REFUSED, 'no-memory', kvm))),
        Case(vmm, 'overlap by the last byte', plus(TEMP_MEM._replace(
            address=0x80f000, memory=0x1001)), 'refuses', (ODD, (
                REFUSED, 'overlap', kvm))),
        Case(vmm, 'overlap by the first byte', base(SPLIT_SECTIONS[:3] + (
            TEMP_MEM._replace(memory=0x1001),
            TEMP_MEM._replace(address=0x811000))), 'refuses', (ODD, (
                REFUSED, 'overlap', kvm))),
        no('data alignment', UNALIGNED_DATA, 'data-alignment', kvm),
        loads(vmm, 'PAGE.AUG', AUG, (DIFFERS, 'qemu-aug', None)),
        loads(vmm, 'PAGE.AUG in the first section', FIRST_AUG,
              (DIFFERS, 'qemu-aug', None)),
        loads(vmm, 'zero fill', FILLED, (DIFFERS, 'zero-fill', None)),
        loads(vmm, 'zero fill in the first section', FILLED_BFV,
              (DIFFERS, 'zero-fill', None)),
        loads(vmm, 'zero fill, zeros in the file', ZEROS),
        loads(vmm, 'zero fill, not measured',
              alter(1, raw=VARS_SIZE // 2)),
        loads(vmm, 'a measured TD_HOB', HOB_MEASURED,
              unpredictable='vmm-content'),
        loads(vmm, 'a measured fill past the end of the file',
              base((BFV._replace(address=0xfff00000, memory=0xd000), CFV,
                    TD_HOB, TEMP_MEM)),
              unpredictable='vmm-content'),
    ] + ([
        no('PermMem', plus(PERM_MEM), 'qemu-type',
           'TDVF contains unsupported section type 4'),
        no('Payload', plus(PAYLOAD), 'qemu-type',
           'TDVF contains unsupported section type 5'),
        no('no TD_HOB', NO_HOB, 'qemu-no-hob',
           'TDVF metadata doesn\'t specify TD_HOB location.'),
        no('no RAM there', HIGH, 'not-ram',
           'Failed to accept memory for TDVF section 3'),
        no('a page too high', temp(address=0xb0000000), 'not-ram',
           'Failed to accept memory for TDVF section 3'),
        no('the last page below 4 GiB',
           base((BFV._replace(address=0xffe00000),
                 CFV, TD_HOB._replace(address=FOUR_GIB - 0x2000), TEMP_MEM)),
           'not-ram', 'Failed to accept memory for TDVF section 2'),
        Case(vmm, 'a byte too high', temp(address=0xb0000000, memory=1),
             'refuses', ((REFUSED, 'size-alignment', BYTE),
                         (REFUSED, 'not-ram',
                          'Failed to accept memory for TDVF section 3'))),
        loads(vmm, 'the last page of low RAM', temp(address=0xaffff000)),
        loads(vmm, 'from 4 GiB', temp(address=FOUR_GIB)),
    ] if last == 3 else [
        loads(vmm, 'PermMem', plus(PERM_MEM)),
        loads(vmm, 'Payload', plus(PAYLOAD)),
        loads(vmm, 'a MigTD', base((BFV, PAYLOAD, CFV, TEMP_MEM, PERM_MEM))),
        loads(vmm, 'TempMem where the firmware is', HIGH),
        loads(vmm, 'PermMem without PAGE.AUG',
              plus(PERM_MEM._replace(attributes=0)),
              (DIFFERS, 'perm-skipped', None)),
        loads(vmm, 'PermMem without memory',
              plus(PERM_MEM._replace(memory=0, attributes=0))),
        Case(vmm, 'a byte of PermMem without PAGE.AUG',
             plus(PERM_MEM._replace(memory=1, attributes=0)), 'refuses',
             ((REFUSED, 'size-alignment', BYTE),
              (DIFFERS, 'perm-skipped', None))),
        no('PermMem with data', plus(PERM_MEM._replace(raw=0x10)), 'qemu-raw',
           '4 section with RawDataSize 0x10 != 0'),
        no('Payload without data', plus(PAYLOAD._replace(raw=0, offset=0)),
           'qemu-raw', '5 section with RawDataSize == 0'),
        no('PermMem where the firmware is',
           plus(PERM_MEM._replace(address=0xff000000)), 'not-ram',
           'Failed to reserve ram for TDVF section 4'),
    ])


def cloud_hypervisor():
    vmm = 'cloud-hypervisor'
    kvm = 'Error enabling TDX memory region'

    def no(name, made, code, says):
        return refuses(vmm, name, made, code, says)

    return [
        loads(vmm, 'good', base()),
        loads(vmm, 'any size', base(size=SIZE + 0x1000)),
        loads(vmm, 'the 32-bit offset alone', BY_OFFSET),
        unknown(vmm, 'no table', NO_TABLE, 'no-table'),
        no('no TDX entry, the offset leads out', NO_TDX_FAR, 'no-tdx-entry',
           'Failed read TDVF descriptor'),
        no('no TDX entry', NO_TDX, 'no-tdx-entry',
           'Invalid descriptor signature'),
        unknown(vmm, 'an ELF file', ELF, 'other-format'),
        no('a long table', LONG_TABLE, 'table-length',
           'Failed read GUID table'),
        unknown(vmm, 'a short table', SHORT_TABLE, 'table-length'),
        unknown(vmm, 'a bad entry', BAD_ENTRY, 'table-entry'),
        no('TDX entry: 0', ENTRY_0, 'tdx-entry',
           'Failed read TDVF descriptor'),
        no('TDX entry: past the start', ENTRY_FAR, 'tdx-entry',
           'Failed read TDVF descriptor'),
        no('TDX entry: no room', ENTRY_NEAR, 'desc-bounds',
           'Failed read TDVF descriptor'),
        unknown(vmm, 'TDX entry: its length', ENTRY_LONG, 'tdx-entry'),
        no('signature', SIGNATURE, 'desc-signature',
           'Invalid descriptor signature'),
        no('version', VERSION, 'desc-version', 'Invalid descriptor version'),
        no('length', LENGTH, 'desc-length', 'Invalid descriptor size'),
        no('no sections', NONE, 'desc-count', UNWRAP),
        unknown(vmm, 'more sections than we read', COUNT, 'desc-count'),
        no('sections past the end', PAST_END, 'desc-bounds',
           'Failed read TDVF descriptor'),
        no('no TD_HOB', NO_HOB, 'ch-no-hob', UNWRAP),
        no('as many sections as we read, no TD_HOB',
           base((BFV, CFV, *(FREE._replace(address=0x900000 + i * 0x1000)
                             for i in range(1022))),
                size=2 * SIZE, at=0x14010, pointer=0x14010),
           'ch-no-hob', UNWRAP),
        Case(vmm, 'no TD_HOB, a byte with PAGE.AUG',
             base((BFV, CFV, TEMP_MEM._replace(attributes=2, memory=1))),
             'refuses', ((REFUSED, 'ch-no-hob', UNWRAP),
                         (DIFFERS, 'ch-perm-mem', None))),
        Case(vmm, 'type 9', TYPE_9, 'undefined',
             ((UNDEFINED, 'ch-type', None),)),
        Case(vmm, 'type 7', plus(TD_INFO), 'undefined',
             ((UNDEFINED, 'ch-type', None),)),
        no('address', UNALIGNED, 'address-alignment', None),
        unknown(vmm, 'size', ODD_SIZE, 'size-alignment'),
        unknown(vmm, 'data larger than memory', RAW_OVER, 'raw-size'),
        unknown(vmm, 'data outside the file', OUTSIDE, 'data-bounds'),
        no('no memory', NO_MEMORY, 'no-memory', kvm),
        no('no memory, with PAGE.AUG', temp(attributes=2, memory=0),
           'no-memory', kvm),
        no('a PayloadParam without memory',
           plus(PAYLOAD._replace(attributes=0), PARAM._replace(memory=0)),
           'no-memory', kvm),
        no('overlap', OVERLAP, 'overlap', kvm),
        no('wraps', WRAPS, 'gpa-wrap', kvm),
        Case(vmm, 'past 2^51', BEYOND, 'refuses',
             ((REFUSED, 'gpa-range', kvm), ('note', 'gpaw', None))),
        loads(vmm, 'data alignment is of no matter', UNALIGNED_DATA),
        loads(vmm, 'RAM is anywhere', HIGH),
        loads(vmm, 'PermMem', plus(PERM_MEM),
              (DIFFERS, 'ch-perm-mem', None)),
        loads(vmm, 'PayloadParam', plus(PAYLOAD._replace(attributes=0),
                                        PARAM)),
        loads(vmm, 'a measured Payload', plus(PAYLOAD),
              unpredictable='payload-needed'),
        loads(vmm, 'attributes', temp(attributes=5),
              (DIFFERS, 'ch-attributes', None)),
        loads(vmm, 'zero fill', FILLED),
    ]


def gce():
    vmm = 'gce'
    no_hob = ('TDX metadata doesn\'t contain section for Trust Domain Handover '
              'Block (TD HOB)')
    no_block = ('TDX metadata offset GUID block not found: '
                'e47a6535-984a-4798-865e-4685a7bf8ec2')
    no_table = 'invalid firmware image without the GUIDed table.'
    twice = ('duplicate GUIDs in the table, repeated GUID: '
             'dc886566-984a-4798-a75e-5585a7bf67cc')
    total = ('total size of FVs doesn\'t add up to the fw size, total: 0x{:x}, '
             'expected: 0x{:x}').format

    def no(name, made, code, says):
        return refuses(vmm, name, made, code, says)

    def early(name, made, code, says):
        """Before the sections: nothing else is said."""
        return refuses(vmm + ' ', name, made, code, says)

    return [
        loads(vmm, 'good', base()),
        unknown(vmm, 'no table', NO_TABLE, 'no-table'),
        early('48 bytes, only a footer', ONLY_FOOTER, 'table-length',
              'firmware is too small: found size 0x30'),
        early('no TDX entry', NO_TDX, 'no-tdx-entry', no_block),
        unknown(vmm, 'an ELF file', ELF, 'other-format'),
        no('the 32-bit offset alone', BY_OFFSET, 'gce-locator', no_table),
        Case(vmm + ' ', 'the 32-bit offset alone, and another version',
             BY_OFFSET_VERSION, 'refuses',
             ((REFUSED, 'gce-locator', no_table),
              (REFUSED, 'desc-version', 'TDX metadata descriptor version '
               'mismatch. Got 0x2 want 0x1'))),
        early('a short table', SHORT_TABLE, 'table-length',
              'invalid GUIDed table size: found size 17 fw_size: 65536'),
        early('a long table', LONG_TABLE, 'table-length',
              'invalid GUIDed table size: found size 65505 fw_size: 65536'),
        early('a bad entry', BAD_ENTRY, 'table-entry',
              'failed to get GUID block map from OVMF: GUIDed table'),
        no('a bad entry beyond',
           base(entries=[tdx_entry(SIZE - DESCRIPTOR),
                         entry(SEV, length=17)]), 'table-rest',
           'failed to get GUID block map from OVMF: GUIDed table'),
        no('a GUID twice',
           base(entries=[entry(SEV), tdx_entry(SIZE - DESCRIPTOR),
                         entry(SEV)]), 'gce-duplicate', twice),
        no('a GUID twice, next to each other',
           base(entries=[entry(SEV), entry(SEV),
                         tdx_entry(SIZE - DESCRIPTOR)]), 'gce-duplicate',
           twice),
        no('a GUID twice, last',
           base(entries=[tdx_entry(SIZE - DESCRIPTOR), entry(SEV),
                         entry(SEV)]), 'gce-duplicate', twice),
        Case(vmm + ' ', 'a GUID twice, and no TDX entry',
             base(entries=[entry(SEV), entry(SEV)], pointer=0x123), 'refuses',
             ((REFUSED, 'gce-duplicate', twice),
              (REFUSED, 'no-tdx-entry', no_block))),
        loads(vmm, 'other GUIDs',
              base(entries=[entry(SEV), tdx_entry(SIZE - DESCRIPTOR),
                            entry(images.OTHER)])),
        early('TDX entry: 0', ENTRY_0, 'tdx-entry',
              'unexpected TDX metadata offset'),
        early('TDX entry: past the start', ENTRY_FAR, 'tdx-entry',
              'unexpected TDX metadata offset'),
        early('TDX entry: no room for it',
              base(entries=[entry(images.TDX, bytes(3))]), 'tdx-entry',
              'TDX metadata offset GUID block size too small'),
        unknown(vmm, 'TDX entry: its length', ENTRY_LONG, 'tdx-entry'),
        early('TDX entry: no room', ENTRY_NEAR, 'desc-bounds',
              'could not parse TDX metadata descriptor'),
        no('GUID', NO_GUID, 'metadata-guid', 'TDX metadata GUID mismatch.'),
        no('GUID swapped', SWAPPED, 'metadata-guid-swapped',
           'TDX metadata GUID mismatch.'),
        early('signature', SIGNATURE, 'desc-signature',
              'TDX metadata descriptor signature mismatch.'),
        early('version', VERSION, 'desc-version',
              'TDX metadata descriptor version mismatch. Got 0x2 want 0x1'),
        early('length', LENGTH, 'desc-length',
              'TDX metadata descriptor length mismatch. Got 0x11 want 0x90'),
        early('no sections', NONE, 'desc-count', no_hob),
        unknown(vmm, 'more sections than we read', COUNT, 'desc-count'),
        early('sections past the end', PAST_END, 'desc-bounds',
              'data too small for expected section count 1024'),
        early('a section past the end', ONE_PAST_END, 'desc-bounds',
              'data too small for expected section count 1'),
        no('type 4', plus(PERM_MEM), 'gce-type',
           'unsupported metadata section type: 4'),
        no('type 9', TYPE_9, 'gce-type',
           'unsupported metadata section type: 9'),
        no('no TD_HOB', NO_HOB, 'gce-hob', no_hob),
        no('two TD_HOBs', TWO_HOBS, 'gce-hob',
           'TDX metadata contains multiple TD HOB sections'),
        no('no BFV', NO_BFV, 'no-bfv',
           'TDX metadata doesn\'t contain section for boot firmware volume'),
        no('more memory than data',
           base((BFV, CFV._replace(address=0xfff00000, memory=2 * VARS_SIZE),
                 TD_HOB, TEMP_MEM)), 'gce-volume',
           'memory size: 0x8000 mismatch with raw data size: 0x4000'),
        Case(vmm, 'a CFV without data', alter(1, raw=0), 'refuses',
             ((REFUSED, 'gce-volume', 'invalid image offset/raw data size'),
              (REFUSED, 'gce-total', total(SIZE - VARS_SIZE, SIZE)))),
        Case(vmm, 'a CFV without data and memory', alter(1, raw=0, memory=0),
             'refuses',
             ((REFUSED, 'gce-volume', 'invalid image offset/raw data size'),
              (REFUSED, 'gce-total', total(SIZE - VARS_SIZE, SIZE)))),
        no('not all of the file', base(size=SIZE + 0x1000), 'gce-total',
           total(SIZE, SIZE + 0x1000)),
        no('data outside the file', OUTSIDE, 'data-bounds',
           'invalid image offset/raw data size, offset: 0xf000, size: 0x4000, '
           'firmware size: 0x10000'),
        Case(vmm, 'the CODE of a split image',
             images.joined().cut(start=VARS_SIZE), 'refuses',
             ((REFUSED, 'split-image', 'invalid image offset/raw data size, '
               'offset: 0x4000, size: 0xc000, firmware size: 0xc000'),
              (REFUSED, 'gce-total', total(SIZE, SIZE - VARS_SIZE)))),
        no('address', UNALIGNED, 'address-alignment',
           'gpr.Start 0x1000 is not page-aligned'),
        no('size', ODD_SIZE, 'size-alignment',
           'gpr.Length 0x800 is not page-aligned'),
        no('overlap', OVERLAP, 'overlap',
           'TDX metadata section overlapping with other section.'),
        no('a measured TempMem', temp(attributes=1), 'gce-measured',
           'gpr.Length 4096 does not match source data size 0'),
        loads(vmm, 'a measured TempMem without memory',
              temp(attributes=1, memory=0)),
        Case(vmm, 'a measured byte of TempMem', temp(attributes=1, memory=1),
             'refuses',
             ((REFUSED, 'size-alignment', 'gpr.Length 0x1 is not page-aligned'),
              (REFUSED, 'gce-measured',
               'gpr.Length 1 does not match source data size 0'))),
        loads(vmm, 'a measured CFV', alter(1, attributes=1)),
        loads(vmm, 'a measured TD_HOB', HOB_MEASURED,
              unpredictable='vmm-content'),
        loads(vmm, 'PAGE.AUG', AUG, (DIFFERS, 'gce-aug', None)),
        loads(vmm, 'past 2^47', temp(address=1 << 47),
              ('note', 'gpaw', None)),
        unknown(vmm, 'wraps', WRAPS, 'gpa-wrap'),
    ]


def td_shim():
    vmm = 'td-shim'
    sections = 'Invalid metadata sections.'
    debug = ('Invalid TDX Metadata Descriptor: TdxMetadataDescriptor {{ '
             'signature: 1180058708, length: {}, version: {}, '
             'number_of_section_entry: {} }}').format

    def no(name, made, *codes):
        return Case(vmm, name, made, 'refuses',
                    tuple((REFUSED, code, sections) for code in codes))

    def other(name, made, code, says):
        return Case(vmm, name, made, 'not-for-it', ((REFUSED, code, says),))

    return [
        loads(vmm, 'good', base()),
        loads(vmm, 'the 32-bit offset alone', BY_OFFSET),
        loads(vmm, 'the table is of no matter', BAD_ENTRY),
        loads(vmm, 'nor is where it leads', ENTRY_0),
        other('the offset leads somewhere', base(pointer=0x123),
              'desc-signature', 'Invalid TDX Metadata'),
        other('the offset leads out', base(pointer=SIZE - 15),
              'desc-bounds', 'Invalid TDX Metadata offset'),
        unknown(vmm, 'no table', NO_TABLE, 'no-table'),
        unknown(vmm, 'an ELF file', ELF, 'other-format'),
        refuses(vmm, 'sections past the end', PAST_END, 'desc-bounds',
                'Invalid TdxMetadata length'),
        refuses(vmm, 'a section past the end', ONE_PAST_END, 'desc-bounds',
                'Invalid TdxMetadata length'),
        refuses(vmm, 'GUID', NO_GUID, 'metadata-guid',
                'Invalid TDX Metadata GUID'),
        refuses(vmm, 'GUID swapped', SWAPPED, 'metadata-guid-swapped',
                'Invalid TDX Metadata GUID'),
        refuses(vmm, 'version', VERSION, 'desc-version', debug(144, 2, 4)),
        refuses(vmm, 'version, of one section', base((BFV,), version=2),
                'desc-version', debug(48, 2, 1)),
        refuses(vmm, 'length', LENGTH, 'desc-length', debug(17, 1, 4)),
        refuses(vmm, 'no sections', NONE, 'desc-count', debug(16, 1, 0)),
        unknown(vmm, 'more sections than we read', COUNT, 'desc-count'),
        no('type 9', TYPE_9, 'type'),
        no('address', UNALIGNED, 'address-alignment'),
        unknown(vmm, 'size', ODD_SIZE, 'size-alignment'),
        no('data larger than memory', RAW_OVER, 'raw-size'),
        unknown(vmm, 'data outside the file', OUTSIDE, 'data-bounds'),
        no('BFV attributes', alter(0, attributes=0), 'bfv-attributes'),
        no('a measured CFV', alter(1, attributes=1), 'cfv-measured'),
        no('a measured TempMem', temp(attributes=1), 'attributes'),
        no('reserved attributes', temp(attributes=4), 'attr-reserved',
           'attributes'),
        no('PAGE.AUG and MR.EXTEND', plus(PERM_MEM._replace(attributes=3)),
           'attr-aug-extend', 'attributes'),
        loads(vmm, 'a measured Payload', plus(PAYLOAD)),
        loads(vmm, 'PermMem', plus(PERM_MEM)),
        no('PermMem without PAGE.AUG', plus(PERM_MEM._replace(attributes=0)),
           'perm-mem-added'),
        no('a CFV without data', alter(1, raw=0), 'raw-zero'),
        no('a TempMem with data', temp(raw=0x10), 'raw-nonzero'),
        no('an offset without data', temp(offset=0x10), 'offset-nonzero'),
        loads(vmm, 'TD_INFO', plus(TD_INFO._replace(offset=0x5000))),
        no('TD_INFO outside the BFV', plus(TD_INFO._replace(offset=0x1100)), 'outside-bfv'),
        no('TD_INFO with memory',
           plus(TD_INFO._replace(offset=0x5000, memory=0x1000,
                                 address=0x900000)), 'memory-nonzero'),
        no('no BFV', NO_BFV, 'no-bfv'),
        no('no memory to be had', NO_HOB, 'no-hob'),
        loads(vmm, 'PermMem in place of a TD_HOB',
              base((BFV, CFV, PERM_MEM, TEMP_MEM))),
        no('two TD_HOBs', TWO_HOBS, 'several'),
        no('PayloadParam alone', plus(PARAM), 'param-alone'),
        loads(vmm, 'overlap is the VMM\'s matter', OVERLAP),
        loads(vmm, 'no memory is, too', NO_MEMORY),
    ]


def moved(made, count):
    """The image with bytes in front."""
    return made._replace(data=bytes(count) + made.data)


def does_not_run(vmm):
    """The data of the sections is not where the metadata believes it is."""
    stops = ('stops', 'reset-code', None), ('stops', 'metadata-apart', None)
    return [
        Case(vmm, 'a page in front', moved(base(), 0x1000), 'does not run',
             stops[:1]),
        Case(vmm, 'another image in front', moved(base(), SIZE),
             'does not run', stops),
        Case(vmm, 'a page behind the volumes, the reset code elsewhere',
             base(size=SIZE + 0x1000, patch=[(0xfff0, bytes(16))]),
             'does not run', stops[:1]),
    ]


CASES = (does_not_run('cloud-hypervisor') + qemus('qemu', 'TDX ioctl KVM_TDX_INIT_MEM_REGION failed', 3)
         + qemus('migtd-qemu', 'KVM_TDX_INIT_MEM_REGION failed', 5)
         + cloud_hypervisor() + gce() + td_shim())


# --- Running them -----------------------------------------------------------

def pages(sections, profile):
    """What the formula adds and extends."""
    added = extended = 0
    for s in sections:
        add, extend = formula.treatment(s, profile)
        added += s.memory // 4096 * add
        extended += s.memory // 4096 * extend
    return added, extended


def differences(case, vmm, document):
    """What is not as expected, as lines."""
    found, = document['vmms']
    always = [] if case.vmm.endswith(' ') else ALWAYS.get(vmm, [])
    wanted = sorted([*case.findings, *always], key=str)
    got = sorted(((f['effect'], f['code'], f['says'])
                  for f in found['findings']), key=str)
    if found['verdict'] != case.verdict:
        yield f'verdict {found["verdict"]}, not {case.verdict}'
    if got != wanted:
        yield f'findings {got}, not {wanted}'
    yield from lint_messages.described(found)
    yield from lint_messages.differences(vmm, case.name, found['findings'])
    if (document['verdict'] == 'loads') != (case.verdict == 'loads'):
        yield 'the verdict on the image'
    reason = found['unpredictable']
    if (reason and reason['code']) != case.unpredictable:
        yield f'unpredictable {reason}'
    plan = found['plan']
    profile = PROFILES.get(vmm)
    if bool(plan) != bool(case.verdict == 'loads' and profile
                          and not case.unpredictable):
        yield f'plan {plan}'
    if plan:
        mrtd = formula.mrtd(case.image.data, case.image.sections, profile)
        spec = formula.mrtd(case.image.data, case.image.sections)
        expected = (*pages(case.image.sections, profile), profile, mrtd,
                    mrtd == spec)
        values = (plan['added_pages'], plan['extended_pages'], plan['vmm'],
                  plan['mrtd'], plan['specified'])
        if values != expected:
            yield f'plan {values}, not {expected}'
        if document['mrtd'] != spec:
            yield 'the specification\'s MRTD'
        differs = any(f[0] == DIFFERS for f in case.findings)
        if differs == plan['specified']:
            yield 'specified, or not, without a reason'


def run(program, case):
    vmm = case.vmm.strip()
    done = subprocess.run([program, 'lint', '--json', '--vmm', vmm, 'fw'],
                          capture_output=True, check=False, timeout=60,
                          text=True)
    if case.verdict is None:
        code = case.findings[0][1]
        lines = done.stderr.splitlines()
        shown = json.loads(done.stdout)
        if (done.returncode, shown['schema'], shown['code'], len(lines)) != (
                3, 'mrtd-calc/error/1', code, 1) or \
                not lines[0].endswith(f'[{code}]'):
            yield f'not refused: {done}'
        return
    wanted = 0 if case.verdict == 'loads' else 1
    if done.returncode != wanted or done.stderr:
        yield f'exit status {done.returncode}, {done.stderr}'
        return
    yield from differences(case, vmm, json.loads(done.stdout))


def documented():
    """The texts of VMMs in docs/vmm.md, up to their first value."""
    spans = re.findall(r'``(.+?)``|`([^`\n]+)`',
                       PAGE.read_text(encoding='utf-8'))
    return [re.split(r'[%{]', a or b)[0] for a, b in spans]


def undocumented():
    """What VMMs say in the cases, but not in docs/vmm.md."""
    texts = [text for text in documented() if len(text) > 8]
    for says in sorted({says for case in CASES
                        for _, _, says in case.findings if says}):
        if re.match(r'\d section with RawDataSize', says):
            continue  # a value stands in front: looked for below
        if not any(says.startswith(text) or text.startswith(says)
                   for text in texts):
            yield f'{says!r} is not in {PAGE.name}'
    page = PAGE.read_text(encoding='utf-8')
    for text in ('`%d section with RawDataSize == 0`',
                 '`%d section with RawDataSize 0x%x != 0`'):
        if text not in page:
            yield f'{text} is not in {PAGE.name}'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    program = os.path.abspath(parser.parse_args().program)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for case in CASES:
            pathlib.Path('fw').write_bytes(case.image.data)
            found = list(run(program, case))
            failed += bool(found)
            if found:
                print(f'FAILED {case.vmm}: {case.name}', *found, sep='\n  ')
        os.chdir('/')
    for line in [*undocumented(), *lint_messages.missing(CASES)]:
        failed += 1
        print(f'FAILED {line}')
    print(f'{len(CASES) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
