#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images that are made to take time and memory: the worst known of each kind.

Each function makes two files of size bytes, and of what their metadata needs,
for diff; the other commands take the first. mrtd-bench --hostile runs the program on them, and
tests/cli/test_work.py counts its steps.

As a program: hostile.py KIND SIZE A B writes the two files.
"""

import os
import struct
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))

import firmware as fw  # noqa: E402
import images  # noqa: E402

PAGE = 0x1000
MIB = 1 << 20
# MRTD_MAX_IGVM_REGIONS
MOST_RUNS = 1 << 20
# Room at the end for the metadata: 1024 sections and the GUIDed table.
TAIL = 0xa000
# VOLUME_MAX_UNPACKED and its parts, mrtd-calc(1), LIMITS.
UNPACKED_BASE, UNPACKED_TIMES, UNPACKED_MOST = 32 * MIB, 16, 256 * MIB


# --- TDVF images ----------------------------------------------------------------

def tdvf(size, body, sections=None, measured=0):
    """An image whose body, if nothing else is said, is one measured section.

    sections are pairs of an offset and a length; one of them is measured.
    """
    assert len(body) <= size, (len(body), size)
    if sections is None:
        sections = [(0, size)]
    place, parts = 1 << 33, []
    for i, (offset, length) in enumerate(sections):
        is_bfv = i == measured
        address = (1 << 32) - length if is_bfv else place
        parts.append(images.Section(offset, length, address, length,
                                    int(not is_bfv), int(is_bfv)))
        place += length
    at = size + 0x100
    size += TAIL
    image = bytearray(size)
    image[:len(body)] = body
    metadata = images.metadata(parts)
    image[at - 16:at - 16 + len(metadata)] = metadata
    table = images.table([images.tdx_entry(size - at)])
    image[size - 0x20 - len(table):size - 0x20] = table
    return bytes(image)


def alternating(size, value):
    return (b'\0' + bytes([value])) * (size // 2)


def many_modules(size, value):
    """A volume of 4095 modules of 32 bytes, and bytes that follow them."""
    count = min(4095, size // 256)
    files = [fw.file(str(fw.uuid.UUID(int=i + 1)), fw.RAW, bytes(8))
             for i in range(count)]
    front = b''.join(files) + b'\xff' * 24
    rest = size - 72 - len(front)
    return fw.volume([front + alternating(rest, value)])[:size]


def modules(size):
    """Every second byte differs, after thousands of modules."""
    return [tdvf(size, many_modules(size, value)) for value in (1, 2)]


def section_count(size):
    """As many as there may be, fewer where the image is small."""
    return min(1024, size // 1024)


def sections(size):
    """The same bytes in many sections."""
    whole = [(0, size)] * section_count(size)
    return [tdvf(size, many_modules(size, value), whole)
            for value in (1, 2)]


def shifted(size):
    """Each section pairs the bytes of the two images in another way."""
    count = section_count(size)
    data = size // 2
    data -= data % PAGE
    step = (size - data) // count
    return [tdvf(size, alternating(size, value),
                 [(i * value * step // 2, data) for i in range(count)])
            for value in (1, 2)]


def signatures(size):
    """What looks like a volume's header at every second step."""
    body = (struct.pack('<Q', 0x100) + b'_FVH\0\0\0\0') * (size // 16)
    return [tdvf(size, body[:-1] + bytes([value])) for value in (1, 2)]


def nested(size):
    """Volumes in volumes, all of them searched for further ones."""
    body = (struct.pack('<Q', 0x100) + b'_FVH\0\0\0\0') * (
        (size - 0x1000) // 16)
    for _ in range(7):
        body = fw.volume([fw.file(
            fw.DXE, fw.VOLUME_IMAGE,
            fw.align(fw.section(fw.VOLUME, body, large=True), 8),
            large=True)], system=fw.FFS3)
    return [tdvf(size, body[:-40] + bytes([value]) + body[-39:])
            for value in (1, 2)]


def unpacked_limit(size):
    return min(UNPACKED_BASE + UNPACKED_TIMES * size, UNPACKED_MOST)


def driver(*parts):
    """A volume with a file of any size."""
    return fw.volume([fw.file(fw.DXE, fw.DRIVER, fw.sections(*parts),
                              large=True)], system=fw.FFS3)


def packed(size, content):
    """Each content in a compressed section."""
    return tdvf(size, driver(*[fw.guided(fw.LZMA, fw.pack(one, preset=0))
                               for one in content]))


def unpack(size):
    """Small sections that unpack to all that is allowed."""
    part = fw.section(fw.VOLUME, bytes(unpacked_limit(size) // 16 - 64),
                      large=True)
    return [packed(size, [part[:-1] + bytes([value])] + [part] * 14)
            for value in (1, 2)]


def debug_image(length, value):
    """A PE image whose debug directory leads 16 times to one record, which is
    nearly all of it."""
    entries, record = 0x700, 0x1000
    directory = b''.join(
        struct.pack('<IIHHIIII', 0, value, 0, 0, 2, length - record - 16,
                    record, record) for _ in range(16))
    opt, table = fw.COFF_AT + 24, fw.TABLE_AT
    patches = ((opt + 112 + 6 * 8, struct.pack('<II', entries,
                                               len(directory))),
               (opt + 24, struct.pack('<Q', value << 24)),
               # The first section is the whole file.
               (table + 8, struct.pack('<IIII', length, 0, length, 0)),
               (entries, directory))
    image = bytearray(fw.pe().ljust(length, b'\0'))
    for at, bytes_of in patches:
        image[at:at + len(bytes_of)] = bytes_of
    image[record:record + 4] = b'NB10'
    return bytes(image)


def plain_debug(size):
    """The same without compression."""
    length = size - 0x200
    return [tdvf(size, driver(fw.section(
        fw.PE32, debug_image(length, value), large=True)))
            for value in (1, 2)]


def debug(size):
    """Compressed, as much of it as may be."""
    length = unpacked_limit(size) - 64
    return [packed(size, [fw.section(fw.PE32, debug_image(length, value),
                                     large=True)]) for value in (1, 2)]


def claims(size):
    """Of 12 KiB, 16 times size is measured as zeros."""
    return [images.image([images.Section(0, PAGE, 0xfffff000, PAGE, 0, 1),
                          images.Section(0, 0, 1 << 33, 16 * size, 3, 1)],
                         size=3 * PAGE, at=0x2010, patch=[(0, value)]).data
            for value in (b'\1', b'\2')]


# --- IGVM files -----------------------------------------------------------------

def igvm(directives, data=b''):
    """A file for TDX with directives that are encoded already."""
    headers = struct.pack('<IIIBBHQ', 1, 16, 1, 0, 3, 1, 0) + directives
    total = 24 + len(headers) + len(data)
    front = struct.pack('<4sIIII', b'IGVM', 1, 24, len(headers), total)
    checksum = zlib.crc32(headers, zlib.crc32(front + bytes(4)))
    return front + struct.pack('<I', checksum) + headers + data


def page(gpa, offset=0, flags=0):
    """PAGE_DATA."""
    return struct.pack('<IIQIIIHH', 0x302, 24, gpa, 1, offset, flags, 0, 0)


def apart(count, flags=0):
    """Pages of zeros, no two of which make one run."""
    return b''.join(page(2 * PAGE * i, flags=flags) for i in range(count))


def runs(size):
    """As many runs as there may be; the last page is another one."""
    count = min((size - 48) // 32, MOST_RUNS) - 1
    head = apart(count)
    return [igvm(head + page(2 * PAGE * (count + value))) for value in (1, 2)]


def shared(size):
    """The data of one page for every page."""
    count = min((size - 48 - PAGE) // 32, MOST_RUNS)
    pages = b''.join(page(PAGE * i, 48 + 32 * count) for i in range(count))
    return [igvm(pages, alternating(PAGE, value)) for value in (1, 2)]


def gaps(size):
    """Many runs, and gaps of a byte between the data of others."""
    holes = size // 2 // (PAGE + 1 + 32)
    count = min((size - 48 - holes * (PAGE + 1 + 32)) // 32, MOST_RUNS - holes)
    start = 48 + 32 * (count + holes)
    pages = apart(count, flags=2) + b''.join(
        page(2 * PAGE * (count + i), start + (PAGE + 1) * i, flags=2)
        for i in range(holes))
    data = bytes((PAGE + 1) * holes)
    return [igvm(pages, data[:-1] + bytes([value])) for value in (1, 2)]


KINDS = {kind.__name__: kind for kind in (
    modules, sections, shifted, signatures, nested, unpack, debug,
    plain_debug, claims,
    runs, shared, gaps)}


def write(kind, size, *names):
    for name, data in zip(names, KINDS[kind](size)):
        with open(name, 'wb') as file:
            file.write(data)


if __name__ == '__main__':
    write(sys.argv[1], int(sys.argv[2]), *sys.argv[3:5])
