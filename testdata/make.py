#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the images of this folder (see MANIFEST.md); --check compares."""

import pathlib
import struct
import sys
import uuid

HERE = pathlib.Path(__file__).resolve().parent
FOOTER = uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d").bytes_le
TDX = uuid.UUID("e47a6535-984a-4798-865e-4685a7bf8ec2").bytes_le
METADATA = uuid.UUID("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae").bytes_le
CONTENT = bytes(i & 255 for i in range(0x2000))
BFV, TEMP_MEM = 0, 3

# DataOffset, RawDataSize, MemoryAddress, MemoryDataSize, Type, Attributes
IMAGES = {
    "added-page-0.bin": [(0, 0, 0, 0x1000, TEMP_MEM, 0)],
    "zero-page.bin": [(0, 0, 0xff000000, 0x1000, BFV, 1)],
    "two-pages.bin": [(0, 0x2000, 0xffffe000, 0x2000, BFV, 1)],
    "added-and-measured.bin": [(0, 0, 0x1000, 0x1000, TEMP_MEM, 0),
                               (0, 0x1000, 0xfffff000, 0x1000, BFV, 1)],
}


def make(sections):
    """8 KiB of content, the metadata, and a GUIDed table at the end."""
    metadata = b"".join(struct.pack("<IIQQII", *s) for s in sections)
    metadata = METADATA + struct.pack(
        "<4sIII", b"TDVF", 16 + len(metadata), 1, len(sections)) + metadata
    size = 0x3000
    entry = struct.pack("<IH", size - len(CONTENT) - 16, 22) + TDX
    footer = struct.pack("<H", len(entry) + 18) + FOOTER
    head = CONTENT + metadata
    tail = entry + footer + bytes(0x20)
    return head + bytes(size - len(head) - len(tail)) + tail


def main():
    for name, sections in IMAGES.items():
        if "--check" in sys.argv[1:]:
            if (HERE / name).read_bytes() != make(sections):
                sys.exit(f"{name} is not what make.py makes")
        else:
            (HERE / name).write_bytes(make(sections))


if __name__ == "__main__":
    main()
