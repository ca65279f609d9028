# SPDX-License-Identifier: Apache-2.0
"""Firmware images for the tests of the program, good and bad.

An image has a GUIDed table, or the 32-bit offset, or both, a TDVF_DESCRIPTOR
and sections; each part can be made wrong on its own. Layouts: edk2
OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm (GUIDed table) and TD-Shim
specification 0.7, tables 1.1-1 and 1.1-2 (descriptor, section).
"""

import functools
import struct
import uuid
from typing import NamedTuple

METADATA = uuid.UUID('e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae').bytes_le
# As td-shim wrote it before March 2023.
METADATA_SWAPPED = uuid.UUID('e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae').bytes
FOOTER = uuid.UUID('96b582de-1fb2-45f7-baea-a366c55a082d').bytes_le
TDX = uuid.UUID('e47a6535-984a-4798-865e-4685a7bf8ec2').bytes_le
SEV = uuid.UUID('dc886566-984a-4798-a75e-5585a7bf67cc').bytes_le
SEV_HASHES = uuid.UUID('7255371f-3a3b-4b04-927b-1da6efa8d454').bytes_le
SEV_SECRET = uuid.UUID('4c2eb361-7d9b-4cc3-8081-127c90d3d294').bytes_le
SEV_ES = uuid.UUID('00f771de-1a7e-4fcb-890e-68c77e2fb44e').bytes_le
IGVM = uuid.UUID('784fa70e-3176-4677-8a20-04b68699e374').bytes_le
OTHER = uuid.UUID('00112233-4455-6677-8899-aabbccddeeff').bytes_le

# Where things stand in an image that is not made otherwise.
SIZE = 0x10000
DESCRIPTOR = 0xe010
POINTER_FROM_END = 0x20
RESET_VECTOR = 0xfffffff0


class Section(NamedTuple):
    """A TDVF_SECTION."""
    offset: int  # DataOffset
    raw: int  # RawDataSize
    address: int  # MemoryAddress
    memory: int  # MemoryDataSize
    type: int
    attributes: int


# One good section of each type; no two of them share a page.
# The last of the file: the metadata and the reset code are in it.
BFV = Section(0xe000, 0x2000, 0xffffe000, 0x2000, 0, 1)
CFV = Section(0x3000, 0x1000, 0xffffd000, 0x1000, 1, 0)
TD_HOB = Section(0, 0, 0x809000, 0x2000, 2, 0)
TEMP_MEM = Section(0, 0, 0x810000, 0x1000, 3, 0)
PERM_MEM = Section(0, 0, 0x1000000, 0x4000, 4, 2)
PAYLOAD = Section(0x4000, 0x4000, 0x2000000, 0x4000, 5, 1)
PARAM = Section(0, 0, 0x3000000, 0x1000, 6, 0)
TD_INFO = Section(0xf100, 0x40, 0, 0, 7, 0)
TD_PARAMS = Section(0xf200, 0x40, 0, 0, 8, 0)
# All that a good image needs: nothing is to be said about it.
GOOD = (BFV, CFV, TD_HOB, TEMP_MEM)


class Image(NamedTuple):
    """A file, and the sections that stand in it."""
    data: bytes
    sections: tuple = ()
    size: int = 0  # of the file, where it is larger: the rest is a hole

    def write(self, path):
        with open(path, 'wb') as file:
            file.write(self.data)
            file.truncate(max(self.size, len(self.data)))

    def cut(self, start=0, end=None):
        """The bytes from start to end as a file of their own."""
        return Image(self.data[start:end], self.sections)


@functools.lru_cache(maxsize=4)
def pattern(size):
    """Bytes that differ from page to page and are hardly ever zero."""
    return bytes((i * 31 + (i >> 8)) & 255 or 1 for i in range(size))


def entry(guid, data=b'', length=None):
    """An entry of the GUIDed table."""
    if length is None:
        length = len(data) + 18
    return data + struct.pack('<H', length) + guid


def tdx_entry(from_end, length=None):
    """The entry that leads to the descriptor."""
    return entry(TDX, struct.pack('<I', from_end & 0xffffffff), length)


def table(entries, length=None):
    """A GUIDed table, the first entry nearest its end."""
    body = b''.join(reversed(entries))
    return body + entry(FOOTER, length=len(body) + 18 if length is None
                        else length)


def metadata(sections, guid=METADATA, signature=b'TDVF', length=None,
             version=1, count=None):
    """GUID, descriptor and sections."""
    if count is None:
        count = len(sections)
    if length is None:
        length = 16 + 32 * count
    return (guid + signature
            + struct.pack('<III', length & 0xffffffff, version, count)
            + b''.join(struct.pack('<IIQQII', *s) for s in sections))


def image(sections=GOOD, *, size=SIZE, at=DESCRIPTOR, entries=None,
          table_length=None, pointer=None, patch=(), **fields):
    """An image with the descriptor at an offset.

    entries are those of the GUIDed table (default: the TDX entry; none at
    all where that is an empty list and table_length is None too), pointer is
    the 32-bit offset. patch has pairs of an offset and bytes, written last.
    fields are those of metadata().
    """
    data = bytearray(pattern(SIZE) * (size // SIZE) + pattern(size % SIZE))

    def put(offset, value):
        data[offset:offset + len(value)] = value

    meta = metadata(sections, **fields)
    start = at - 16
    put(max(start, 0), meta[max(-start, 0):])
    if entries is None:
        entries = [tdx_entry(size - at)]
    if entries or table_length is not None:
        tail = table(entries, table_length)
        put(size - POINTER_FROM_END - len(tail), tail)
    if pointer is not None:
        put(size - POINTER_FROM_END, struct.pack('<I', pointer & 0xffffffff))
    put_reset_code(data, sections, size)
    for offset, value in patch:
        put(offset, value)
    return Image(bytes(data[:size]), tuple(sections))


def put_reset_code(data, sections, size):
    """Copies the file's end to where the reset vector gets its bytes from."""
    for s in sections:
        at = s.offset + RESET_VECTOR - s.address
        if s.type == 0 and s.offset <= at and at + 16 <= min(
                s.offset + s.raw, size - 16):
            data[at:at + 16] = data[size - 16:size]


def td_shim(sections=GOOD, *, at=DESCRIPTOR, pointer=None, **fields):
    """An image that is found by the 32-bit offset alone."""
    return image(sections, at=at, entries=[],
                 pointer=at if pointer is None else pointer, **fields)


def more(*sections, **fields):
    """A good image with more sections; the first of them has index 4."""
    return image(GOOD + sections, **fields)


def changed(index, **values):
    """A good image, one section of which is changed."""
    sections = list(GOOD)
    sections[index] = sections[index]._replace(**values)
    return image(sections)


# An OVMF: variables in front, code behind, both to the last byte data.
VARS_SIZE = 0x4000
SPLIT_SECTIONS = (
    Section(VARS_SIZE, SIZE - VARS_SIZE, 0xffff4000, SIZE - VARS_SIZE, 0, 1),
    Section(0, VARS_SIZE, 0xffff0000, VARS_SIZE, 1, 0), TD_HOB, TEMP_MEM)


def joined():
    """The whole of a firmware that may be split."""
    return image(SPLIT_SECTIONS)


def kernel(size=0x2000):
    """A file with the magic of a bzImage."""
    return pattern(0x202) + b'HdrS' + pattern(size - 0x206)


def find(data):
    """Where the descriptor of a good image stands, and which way led there."""
    end = len(data) - POINTER_FROM_END
    if data[end - 16:end] == FOOTER:
        length, = struct.unpack_from('<H', data, end - 18)
        start, at = end - length, end - 18
        while at > start:
            length, = struct.unpack_from('<H', data, at - 18)
            if data[at - 16:at] == TDX:
                at -= length
                from_end, = struct.unpack_from('<I', data, at)
                return 'guid-table', at, len(data) - from_end
            at -= length
    at, = struct.unpack_from('<I', data, end)
    return 'offset', end, at


def decode(data):
    """The sections of a good image."""
    at = find(data)[2]
    signature, _, _, count = struct.unpack_from('<4sIII', data, at)
    assert signature == b'TDVF'
    return [Section(*struct.unpack_from('<IIQQII', data, at + 16 + 32 * i))
            for i in range(count)]
