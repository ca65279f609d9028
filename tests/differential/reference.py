#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A slow MRTD calculator, written from the specifications and not from the C.

Its value is that it shares no code and no structure with mrtd-calc: it reads
the whole image, collects *every* broken rule instead of stopping at the first,
and builds the complete stream before it hashes.

Sources: TD-Shim specification 0.7, tables 1.1-1 to 1.1-4 and "Rules for the
TDVF_SECTION" (metadata); edk2 OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc
(GUIDed table); intel/tdx-module tdh_mem_page_add.c and tdh_mr_extend.c (what
is hashed); cloud-hypervisor vmm/src/vm.rs (how it launches); QEMU
target/i386/kvm/tdx.c, of mainline and of wei-w-wang/tdx-mig-qemu-share (the
VMMs qemu, as which gce launches, and migtd-qemu).
"""

import argparse
import collections
import hashlib
import pathlib
import struct
import uuid

FOOTER = uuid.UUID('96b582de-1fb2-45f7-baea-a366c55a082d')
TDX_ENTRY = uuid.UUID('e47a6535-984a-4798-865e-4685a7bf8ec2')
METADATA = uuid.UUID('e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae')

BFV, CFV, TD_HOB, TEMP_MEM, PERM_MEM, PAYLOAD, PARAM, TD_INFO, TD_PARAMS = \
    range(9)
ONCE = (TD_HOB, PAYLOAD, PARAM, TD_INFO, TD_PARAMS)
LIFTED = {'attr-reserved', 'attr-aug-extend', 'gpa-range', 'overlap'}
PAGE = 4096
LIMIT = 16 << 30
# The VMMs whose launch of a TDVF image is known here.
PROFILES = ('spec', 'kvm-v19', 'cloud-hypervisor', 'qemu', 'migtd-qemu', 'gce')
QEMUS = {'qemu', 'migtd-qemu', 'gce'}
# What they put into a TD_HOB is not known before the launch.
HOB_MAKERS = {'kvm-v19', *QEMUS}
# Longer streams are not worth the time in Python.
SKIP = 64 << 20

Section = collections.namedtuple(
    'Section', 'offset raw address size type attributes')


class Refused(Exception):
    """Carries the set of refusal codes that apply."""

    def __init__(self, *codes):
        super().__init__(codes)
        self.codes = set(codes)


class Skipped(Exception):
    """The stream is within the limit, but too long to build here."""


def find_tdx_entry(image):
    """The GUIDed table: (there is one, data of the first TDX entry or None,
    warnings)."""
    end = len(image) - 0x20
    if end < 16 or image[end - 16:end] != FOOTER.bytes_le:
        return False, None, set()
    if end < 18:
        raise Refused('table-length')
    length, = struct.unpack_from('<H', image, end - 18)
    if not 18 <= length <= end:
        raise Refused('table-length')
    table = image[end - length:end - 18]
    found, warnings = None, set()
    while table:
        entry_length = (struct.unpack_from('<H', table, len(table) - 18)[0]
                        if len(table) >= 18 else 0)
        if not 18 <= entry_length <= len(table):
            if found is None:
                raise Refused('table-entry')
            warnings.add('table-rest')
            break
        entry = table[len(table) - entry_length:]
        table = table[:len(table) - entry_length]
        if entry[-16:] == TDX_ENTRY.bytes_le:
            if found is None:
                found = entry[:-18]
            else:
                warnings.add('second-tdx-entry')
    return True, found, warnings


def locate(image):
    """The offset of the TDVF_DESCRIPTOR, and warnings."""
    if not image:
        raise Refused('empty')
    if image[:4] == b'IGVM':
        raise Refused('igvm-header')  # no generated file goes on as one
    table, entry, warnings = find_tdx_entry(image)
    pointed = None
    if len(image) >= 0x20:
        pointer, = struct.unpack_from('<I', image, len(image) - 0x20)
        if image[pointer:pointer + 4] == b'TDVF':
            pointed = pointer
    if entry is None:
        if pointed is not None:
            return pointed, warnings
        raise Refused('no-tdx-entry' if table else 'no-table')
    if len(entry) != 4:
        raise Refused('tdx-entry')
    from_end, = struct.unpack('<I', entry)
    if not 0 < from_end <= len(image):
        raise Refused('tdx-entry')
    offset = len(image) - from_end
    if pointed is not None and pointed != offset:
        raise Refused('ambiguous-format')
    return offset, warnings


def decode(image):
    """The sections, warnings, and the metadata's range in the file."""
    offset, warnings = locate(image)
    if offset + 16 > len(image):
        raise Refused('desc-bounds')
    signature, length, version, count = struct.unpack_from(
        '<4sIII', image, offset)
    broken = set()
    if signature != b'TDVF':
        broken.add('desc-signature')
    if version != 1:
        broken.add('desc-version')
    if not 1 <= count <= 1024:
        broken.add('desc-count')
    if length != 16 + 32 * count:
        broken.add('desc-length')
    if offset + 16 + 32 * count > len(image):
        broken.add('desc-bounds')
    if broken:
        raise Refused(*broken)
    guid = image[offset - 16:offset] if offset >= 16 else b''
    if guid == METADATA.bytes:
        warnings.add('metadata-guid-swapped')
    elif guid != METADATA.bytes_le:
        warnings.add('metadata-guid')
    sections = [Section(*struct.unpack_from('<IIQQII', image,
                                            offset + 16 + 32 * i))
                for i in range(count)]
    return sections, warnings, range(offset, offset + 16 + 32 * count)


def refusals(sections, file_size):
    """Every refusal code that applies to the sections."""
    codes = set()
    for index, s in enumerate(sections):
        end = s.address + s.size
        codes |= {code for code, broken in {
            'type': s.type > 8,
            'attr-reserved': s.attributes & ~3,
            'attr-aug-extend': s.attributes & 3 == 3,
            'address-alignment': s.address % PAGE,
            'size-alignment': s.size % PAGE,
            'raw-size': s.raw > s.size and not (
                s.type in (TD_INFO, TD_PARAMS) and s.size == 0),
            'data-bounds': s.raw and s.offset + s.raw > file_size,
            'gpa-wrap': end > 1 << 64,
            'gpa-range': 1 << 51 < end <= 1 << 64,
        }.items() if broken}
        for other in sections[:index]:
            if s.size and other.size and end <= 1 << 64 \
                    and other.address + other.size <= 1 << 64 \
                    and s.address < other.address + other.size \
                    and other.address < end:
                codes.add('overlap')
    return codes


def warned(sections):
    """What the specification forbids but a VMM may launch."""
    codes = set()
    volumes = [s for s in sections if s.type == BFV]
    for s in sections:
        data_types = (BFV, CFV, TD_INFO, TD_PARAMS)
        zero_types = (TD_HOB, TEMP_MEM, PERM_MEM)
        extra = s.type in (TD_INFO, TD_PARAMS)
        wrong_attributes = {
            TD_HOB: s.attributes, TEMP_MEM: s.attributes,
            PARAM: s.attributes, TD_INFO: s.attributes,
            TD_PARAMS: s.attributes, PAYLOAD: s.attributes & ~1,
            PERM_MEM: s.attributes & 2 and s.attributes != 2,
        }.get(s.type, 0)
        codes |= {code for code, broken in {
            'bfv-attributes': s.type == BFV and s.attributes != 1,
            'cfv-measured': s.type == CFV and s.attributes != 0,
            'perm-mem-added': s.type == PERM_MEM and not s.attributes & 2,
            'attributes': wrong_attributes,
            'raw-zero': s.type in data_types and s.raw == 0,
            'raw-nonzero': s.type in zero_types and s.raw != 0,
            'offset-nonzero': s.raw == 0 and s.offset != 0,
            'memory-nonzero': extra and (s.address or s.size),
            'outside-bfv': extra and s.raw and not any(
                b.offset <= s.offset
                and s.offset + s.raw <= b.offset + b.raw for b in volumes),
        }.items() if broken}
    types = [s.type for s in sections]
    codes |= {code for code, broken in {
        'no-bfv': not volumes,
        'reset-vector': volumes and not any(
            b.size and b.address <= 0xfffffff0
            and b.address + b.size >= 1 << 32 for b in volumes),
        'no-hob': TD_HOB not in types and PERM_MEM not in types,
        'several': any(types.count(t) > 1 for t in ONCE),
        'param-alone': PARAM in types and PAYLOAD not in types,
    }.items() if broken}
    return codes


def add(gpa):
    """The block that TDH.MEM.PAGE.ADD hashes."""
    return b'MEM.PAGE.ADD'.ljust(16, b'\0') + struct.pack('<Q', gpa) + \
        bytes(104)


def extend(gpa, page):
    """What 16 TDH.MR.EXTEND hash for a page."""
    return b''.join(
        b'MR.EXTEND'.ljust(16, b'\0') + struct.pack('<Q', gpa + at)
        + bytes(104) + page[at:at + 256] for at in range(0, PAGE, 256))


def treatment(s, profile):
    """(added, extended) of a section."""
    if s.size == 0:
        return False, False
    if profile == 'cloud-hypervisor':
        return True, s.attributes == 1
    if profile in QEMUS:
        extended = bool(s.attributes & 1)
        skipped = profile == 'migtd-qemu' and s.type == PERM_MEM
        return not skipped, extended and not skipped
    return not s.attributes & 2, bool(s.attributes & 1)


def plan_checks(sections, file_size, profile, payload):
    """Raises what the VMM cannot compute; returns its warnings."""
    broken, warnings = set(), set()
    chv = profile == 'cloud-hypervisor'
    for s in sections:
        extended = treatment(s, profile)[1]
        if chv and s.type == PAYLOAD:
            if payload is not None and len(payload) > s.size:
                broken.add('payload-size')
            if payload is None and extended:
                broken.add('payload-needed')
        if extended and s.type in (TD_HOB, PARAM):
            if chv or (profile in HOB_MAKERS and s.type == TD_HOB):
                broken.add('vmm-content')
            else:
                warnings.add('vmm-content')
        if (extended and profile in QEMUS and s.raw
                and s.offset + s.size > file_size):
            broken.add('vmm-content')
        if extended and not chv and s.type == PAYLOAD and s.raw == 0:
            warnings.add('payload-absent')
    if payload is not None and not any(s.type == PAYLOAD for s in sections):
        broken.add('payload-unused')
    hashed = sum(s.size // PAGE * (128 * a + 6144 * e) for s in sections
                 for a, e in [treatment(s, profile)])
    if hashed > LIMIT:
        broken.add('limit')
    if broken:
        raise Refused(*broken)
    if hashed > SKIP:
        raise Skipped
    return warnings


def content(s, image, profile, payload):
    """The section's memory, zero-filled."""
    data = image[s.offset:s.offset + s.raw]
    if profile == 'cloud-hypervisor' and s.type not in (BFV, CFV):
        data = payload if s.type == PAYLOAD and payload else b''
    if profile in QEMUS and s.raw:
        data = image[s.offset:s.offset + s.size]
    return data.ljust(s.size, b'\0')


def moved(sections, image, profile, metadata):
    """Warnings where the data is not where the metadata believes it to be."""
    start = next((s for s in sections if s.address <= 0xfffffff0
                  and s.address + s.size >= 1 << 32 and s.size), None)
    codes = set()
    if start:
        # A kernel that is loaded is not the image's.
        data = image[start.offset:start.offset + start.raw]
        if profile in QEMUS and start.raw:
            data = image[start.offset:]
        at = 0xfffffff0 - start.address
        if data[at:at + 16].ljust(16, b'\0') != image[-16:]:
            codes.add('reset-code')
    measured = [range(s.offset, s.offset + s.raw) for s in sections
                if s.attributes & 1 and s.raw]
    if measured and not any(metadata[0] in m and metadata[-1] in m
                            for m in measured):
        codes.add('metadata-apart')
    return codes


def stream(sections, image, profile, payload):
    """All bytes that the TDX module hashes."""
    parts = []
    for s in sections:
        added, extended = treatment(s, profile)
        memory = content(s, image, profile, payload) if extended else b''
        gpas = range(s.address, s.address + s.size, PAGE)
        adds = [add(g) if added else b'' for g in gpas] \
            if added or extended else []
        extends = [extend(g, memory[g - s.address:g - s.address + PAGE])
                   if extended else b'' for g in gpas] \
            if added or extended else []
        if profile == 'kvm-v19':
            parts += adds + extends
        else:
            parts += [part for pair in zip(adds, extends) for part in pair]
    return b''.join(parts)


Result = collections.namedtuple('Result', 'mrtd refused warnings skipped')


def evaluate(image, profile='spec', permissive=False, payload=None):
    """The MRTD in hexadecimal, or the set of refusal codes that apply."""
    if profile not in PROFILES:
        raise ValueError(f'{profile}: how it launches is not known here')
    try:
        sections, warnings, where = decode(image)
        broken = refusals(sections, len(image))
        if permissive:
            warnings |= broken & LIFTED
            broken -= LIFTED
        if broken:
            raise Refused(*broken)
        warnings |= warned(sections)
        warnings |= plan_checks(sections, len(image), profile, payload)
        warnings |= moved(sections, image, profile, where)
        digest = hashlib.sha384(stream(sections, image, profile, payload))
        return Result(digest.hexdigest(), set(), warnings, False)
    except Refused as refused:
        return Result(None, refused.codes, set(), False)
    except Skipped:
        return Result(None, set(), set(), True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--vmm', default='spec', choices=PROFILES)
    parser.add_argument('--permissive', action='store_true')
    parser.add_argument('--payload', type=pathlib.Path)
    parser.add_argument('file', type=pathlib.Path)
    o = parser.parse_args()
    result = evaluate(o.file.read_bytes(), o.vmm, o.permissive,
                      o.payload.read_bytes() if o.payload else None)
    print(result.mrtd or f'refused: {sorted(result.refused)}')


if __name__ == '__main__':
    main()
