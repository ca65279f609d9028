# SPDX-License-Identifier: Apache-2.0
"""dm-verity and partition tables, from cryptsetup's and UEFI's text: a second
implementation, which keeps whole levels of the tree."""

import hashlib
import struct
import uuid
import zlib
from typing import NamedTuple

NAMES = {'blake2b-512': 'blake2b', 'blake2s-256': 'blake2s'}


class Verity(NamedTuple):
    """Parameters, by the names of veritysetup."""
    hash_type: int = 1
    algorithm: str = 'sha256'
    data_block: int = 4096
    hash_block: int = 4096
    salt: bytes = b''
    blocks: int = 0  # 0: all whole ones

    def digest(self, block):
        parts = ((self.salt, block) if self.hash_type == 1
                 else (block, self.salt))
        name = NAMES.get(self.algorithm, self.algorithm)
        return hashlib.new(name.replace('sha3-', 'sha3_'),
                           b''.join(parts)).digest()


def blocks_of(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def tree(data, v):
    """The root hash, and the tree as it is stored: from the top down."""
    count = v.blocks or len(data) // v.data_block
    below = blocks_of(data[:count * v.data_block], v.data_block)
    assert len(below) == count and below
    levels = []
    while len(below) > 1:
        digests = [v.digest(block) for block in below]
        size = len(digests[0])
        room = 1 << ((v.hash_block // size).bit_length() - 1)
        slot = 1 << (size - 1).bit_length() if v.hash_type == 1 else size
        below = [b''.join(d.ljust(slot, b'\0')
                          for d in digests[i:i + room]).ljust(
                              v.hash_block, b'\0')
                 for i in range(0, len(digests), room)]
        levels.insert(0, b''.join(below))
    return v.digest(below[0]), b''.join(levels)


def superblock(v, blocks, ident=bytes(range(16))):
    return struct.pack('<8sII16s32sIIQH6x256s168x', b'verity', 1, v.hash_type,
                       ident, v.algorithm.encode(), v.data_block, v.hash_block,
                       blocks, len(v.salt), v.salt)


def device(data, v, at=0, has_superblock=True):
    """A hash device: superblock and tree at that offset."""
    root, stored = tree(data, v)
    blocks = v.blocks or len(data) // v.data_block
    if not has_superblock:
        start = at - at % v.hash_block
        return root, bytes(start) + stored
    start = -(-(at + 512) // v.hash_block) * v.hash_block
    return root, (bytes(at) + superblock(v, blocks)).ljust(
        start, b'\0') + stored


# --- Partition tables ------------------------------------------------------

def mbr(*partitions):
    """Sectors 0: (first sector, number of sectors[, type])."""
    records = b''
    for first, count, *kind in partitions:
        records += struct.pack('<4xB3xII', *(kind or [0x83]), first, count)
    return bytes(446) + records.ljust(64, b'\0') + b'\x55\xaa'


def gpt(partitions, sector=512, entries=128):
    """Protective record, header and entries: (first, last, GUID), or None of
    one that is not used."""
    array = b''
    used = [part for part in partitions if part]
    for part in partitions:
        if not part:
            array += bytes(128)
            continue
        first, last, ident = part
        array += struct.pack('<16s16sQQ8x72s', bytes(range(1, 17)),
                             ident.bytes_le, first, last, b'')
    array = array.ljust(entries * 128, b'\0')
    usable = max((last for _, last, _ in used), default=6)

    def header(crc):
        return struct.pack('<8sIIIIQQQQ16sQIII', b'EFI PART', 0x10000, 92, crc,
                           0, 1, 0, 6, usable, bytes(16), 2, entries, 128,
                           zlib.crc32(array))
    return (mbr((1, 0xffffffff, 0xee)).ljust(sector, b'\0')
            + header(zlib.crc32(header(0))).ljust(sector, b'\0') + array)


def guids_of(root):
    """Of the data and of the tree, as systemd makes them of a root hash."""
    return (uuid.UUID(bytes=root[:16]), uuid.UUID(bytes=root[-16:]))
