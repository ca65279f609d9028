# SPDX-License-Identifier: Apache-2.0
"""Firmware images for SEV, SEV-ES and SEV-SNP, good and bad.

An image has a GUIDed table, SEV metadata and sections, and TDX metadata, too,
where that is asked for; each part can be made wrong on its own. Layouts: edk2
OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm (table) and OvmfPkg/ResetVector/
X64/OvmfSevMetadata.asm (metadata, types of sections).
"""

import struct
import uuid
from typing import NamedTuple

import images
from images import Image, entry

SVSM_INFO = uuid.UUID('a789a612-0597-4c4b-a49f-cbb1fe9d1ddd').bytes_le

SEC_MEM, SECRETS, CPUID, SVSM_CAA, KERNEL_HASHES = 1, 2, 3, 4, 0x10
PAGE = 4096
TOP = 1 << 32
# Where the metadata is in an image that is not made otherwise.
FROM_END = 0xc00
RESET_EIP = 0x80b004
HASHES = (0x810c00, 0x400)
SECRET = (0x80e000 + 0xc00, 0x400)


class Section(NamedTuple):
    """A section of the SEV metadata."""
    gpa: int
    size: int
    type: int


# As in edk2's OvmfPkgX64 and AmdSevX64 of 2025, in their order.
GOOD = (Section(0x800000, 0x9000, SEC_MEM), Section(0x80a000, 0x3000, SEC_MEM),
        Section(0x80d000, PAGE, SECRETS), Section(0x80e000, PAGE, CPUID),
        Section(0x80f000, PAGE, SVSM_CAA),
        Section(0x811000, 0x1f000, SEC_MEM),
        Section(0x810000, PAGE, KERNEL_HASHES))


def metadata(sections=GOOD, signature=b'ASEV', length=None, version=1,
             count=None):
    if count is None:
        count = len(sections)
    if length is None:
        length = 16 + 12 * count
    return signature + struct.pack('<III', length & 0xffffffff, version,
                                   count) + b''.join(
        struct.pack('<III', *section) for section in sections)


def metadata_entry(from_end=FROM_END, length=None):
    return entry(images.SEV, struct.pack('<I', from_end & 0xffffffff), length)


def reset_entry(eip=RESET_EIP, length=None):
    """The SEV-ES reset block: where an AP starts."""
    return entry(images.SEV_ES, struct.pack('<I', eip), length)


def hashes_entry(gpa=HASHES[0], size=HASHES[1], length=None):
    """Where the table of kernel hashes goes; 0: nowhere."""
    return entry(images.SEV_HASHES, struct.pack('<II', gpa, size), length)


def secret_entry(gpa=SECRET[0], size=SECRET[1]):
    return entry(images.SEV_SECRET, struct.pack('<II', gpa, size))


def svsm_entry(offset):
    """The launch offset in an SVSM's file."""
    return entry(SVSM_INFO, struct.pack('<I', offset))


ENTRIES = (metadata_entry(), reset_entry(), hashes_entry(), secret_entry())


def image(sections=GOOD, *, size=images.SIZE, from_end=FROM_END,
          entries=ENTRIES, table_length=None, tdx=None, patch=(), **fields):
    """An image whose table has the entries; sections may be None: without
    metadata. With tdx, sections of a TDVF_DESCRIPTOR, it is for TDX, too.
    patch has pairs of an offset and bytes, written last. fields are those of
    metadata().
    """
    written = [] if sections is None else [(size - from_end, metadata(
        sections, **fields))]
    if tdx is not None:
        lead = images.tdx_entry(size - images.DESCRIPTOR)
        return images.image(tdx, size=size, entries=[lead, *entries],
                            table_length=table_length,
                            patch=[*written, *patch])
    if entries or table_length is not None:
        tail = images.table(entries, table_length)
        written.append((size - images.POINTER_FROM_END - len(tail), tail))
    data = bytearray((images.pattern(images.SIZE)
                      * -(-size // images.SIZE))[:size])
    for offset, value in [*written, *patch]:
        data[offset:offset + len(value)] = value
    return Image(bytes(data), tuple(sections or ()))


def svsm(sections=(Section(0x808000, PAGE, CPUID),
                   Section(0x809000, PAGE, SECRETS)), *, size=0x8000,
         offset=0x100, **more):
    """An SVSM's file, as sev-snp-measure's snp:svsm takes it."""
    return image(sections, size=size,
                 entries=[metadata_entry(), svsm_entry(offset)], **more)


def clean_example(size=PAGE):
    """CleanExample of google/gce-tcb-verifier (74582c0), from its description
    in testing/fakeovmf and ovmf/abi."""
    sections = (Section(0xff001000, PAGE, SEC_MEM),
                Section(0xff003000, PAGE, CPUID),
                Section(0xff004000, PAGE, SECRETS))
    tdx = (images.Section(0x20000, 0x1e0000, 0xffe20000, 0x1e0000, 0, 1),
           images.Section(0, 0x20000, 0xffe00000, 0x20000, 1, 0),
           images.Section(0, 0, 0x810000, 0x10000, 3, 0),
           images.Section(0, 0, 0x80b000, 0x2000, 3, 0),
           images.Section(0, 0, 0x809000, 0x2000, 2, 0),
           images.Section(0, 0, 0x800000, 0x6000, 3, 0))
    data = bytearray(size)
    table = images.table([reset_entry(0xff0000ff), metadata_entry(size),
                          images.tdx_entry(size - 0x110)])
    end = size - images.POINTER_FROM_END
    for at, value in ((0, metadata(sections)), (0x100, images.metadata(tdx)),
                      (0x800, b'LGTM' * 4), (0xa00, b'LGTM' * 4),
                      (end - len(table), table)):
        data[at:at + len(value)] = value
    return bytes(data)


# --- Images that are refused -------------------------------------------------

def _instead(kind, **values):
    """GOOD, the first section of a type changed."""
    sections = list(GOOD)
    index = [section.type for section in sections].index(kind)
    sections[index] = sections[index]._replace(**values)
    return sections


def _without(kind):
    return [section for section in GOOD if section.type != kind]


def _table(*changed):
    """ENTRIES; an entry of the same GUID is put in instead of each."""
    entries = {value[-16:]: value for value in (*ENTRIES, *changed)}
    return list(entries.values())


def bad():
    """(code, name, image): refused whatever is asked for."""
    yield 'size', 'empty', Image(b'')
    yield 'size', 'half a page too many', Image(image().data + bytes(2048))
    yield 'no-table', 'a file of zeros', Image(bytes(PAGE))
    yield 'table-length', 'shorter than its footer', image(table_length=17)
    yield 'table-length', 'longer than the file', image(
        size=PAGE, table_length=PAGE)
    yield 'table-entry', 'of length 0', image(
        entries=_table(secret_entry()[:8] + bytes(2) + images.SEV_SECRET))
    yield 'table-entry', 'of length 17', image(
        entries=_table(reset_entry(length=17)))
    yield 'table-entry', 'beyond the table', image(
        entries=[*ENTRIES, entry(images.OTHER, b'', 19)])
    yield 'table-entry', 'a rest of 17 bytes', image(
        table_length=len(images.table(ENTRIES)) + 17)
    yield 'table-duplicate', 'two reset blocks', image(
        entries=[*ENTRIES, reset_entry(0x1000)])
    yield 'table-duplicate', 'two pointers to metadata', image(
        entries=[*ENTRIES, metadata_entry()])
    yield 'table-duplicate', 'two hash tables', image(
        entries=[*ENTRIES, hashes_entry()])
    yield 'entry-length', 'metadata: 3 bytes', image(
        entries=_table(entry(images.SEV, bytes(3))))
    yield 'entry-length', 'reset block: 3 bytes', image(
        entries=_table(entry(images.SEV_ES, bytes(3))))
    yield 'entry-length', 'hash table: 7 bytes', image(
        entries=_table(entry(images.SEV_HASHES, bytes(7))))
    yield 'no-reset-block', 'an empty table', image(
        None, entries=[], table_length=18)
    yield 'no-reset-block', 'none', image(
        entries=[metadata_entry(), hashes_entry()])
    yield 'reset-address', '0', image(entries=_table(reset_entry(0)))
    for name, from_end in (('0', 0), ('15', 15), ('beyond the file',
                                                  images.SIZE + 1)):
        yield 'metadata-offset', name, image(
            entries=_table(metadata_entry(from_end)))
    yield 'metadata-signature', 'TDVF', image(signature=b'TDVF')
    yield 'metadata-version', '0', image(version=0)
    yield 'metadata-version', '2', image(version=2)
    yield 'metadata-length', 'one byte short', image(
        length=16 + 12 * len(GOOD) - 1)
    yield 'metadata-length', 'beyond the file', image(length=FROM_END + 1)
    yield 'metadata-length', 'a count that wraps', image(
        length=16 + 12 * len(GOOD), count=0x20000000)
    yield 'metadata-length', 'a count of all ones', image(
        length=FROM_END, count=0xffffffff)
    for kind in (0, 5, 0xf, 0x11, 0x100, 0xffffffff):
        yield 'section-type', f'{kind:#x}', image(_instead(SVSM_CAA,
                                                           type=kind))
    yield 'section-align', 'GPA', image(_instead(SEC_MEM, gpa=0x800800))
    yield 'section-align', 'size', image(_instead(SEC_MEM, size=0x8800))
    yield 'section-range', 'beyond 4 GiB', image(
        _instead(SEC_MEM, gpa=TOP - PAGE, size=2 * PAGE))
    yield 'section-size', 'SECRETS: two pages', image(
        [Section(0x80b000, 2 * PAGE, SECRETS)])
    yield 'section-size', 'CPUID: none', image(_instead(CPUID, size=0))
    yield 'overlap', 'of two sections', image(_instead(SECRETS, gpa=0x808000))
    yield 'overlap', 'with the firmware', image(
        _instead(SECRETS, gpa=TOP - images.SIZE))


def bad_for_kernel():
    """(code, name, image): refused with a kernel, for SEV-SNP."""
    yield 'no-hash-table', 'no entry', image(
        entries=[metadata_entry(), reset_entry()])
    yield 'no-hash-table', 'GPA 0', image(entries=_table(hashes_entry(0, 0)))
    yield 'hash-table-size', '175 bytes', image(
        entries=_table(hashes_entry(size=175)))
    yield 'no-hash-page', 'no section', image(_without(KERNEL_HASHES))
    yield 'no-hash-page', 'no metadata', image(
        None, entries=[reset_entry(), hashes_entry()])
    yield 'hash-page-size', 'none', image(_instead(KERNEL_HASHES, size=0))
    yield 'hash-table-place', 'the page before', image(
        entries=_table(hashes_entry(0x80ffff)))
    yield 'hash-table-place', 'another page', image(
        entries=_table(hashes_entry(0x820c00)))
    yield 'hash-table-place', 'across the end', image(
        entries=_table(hashes_entry(0x811000 - 0xa0)))


def bad_for_gce():
    """(code, name, image): GCE's own rules (gce-tcb-verifier, ovmf/abi)."""
    yield 'section-count', 'no SECRETS', image(_without(SECRETS))
    yield 'section-count', 'no CPUID', image(_without(CPUID))
    yield 'section-count', 'two CPUID', image(
        [*GOOD, Section(0x900000, PAGE, CPUID)])
    yield 'section-empty', 'SEC_MEM', image(_instead(SEC_MEM, size=0))
