# SPDX-License-Identifier: Apache-2.0
"""The MRTD of an IGVM file, read from its bytes.

Written from microsoft/igvm (igvm_defs/src/lib.rs, igvm/src/measurement/
tdx.rs) and td-shim's build_igvmmrtd, neither from the program nor from the
writer in igvm.py. Files are taken for well-formed.
"""

import hashlib
import struct

from formula import add, extend_page

PAGE = 4096
UNMEASURED, SHARED = 2, 4
TDX = 3


def structures(data):
    at, size = struct.unpack_from('<II', data, 8)
    end = at + size
    while at < end:
        kind, length = struct.unpack_from('<II', data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += 8 + -(-length // 8) * 8


def stream(data, td_shim=False):
    """What is hashed, piece by piece."""
    tdx, areas = 0, {}
    for kind, body in structures(data):
        if kind == 0x1 and body[5] == TDX:
            tdx = struct.unpack_from('<I', body)[0]
        elif kind == 0x301:
            size, index = struct.unpack_from('<QI', body)
            areas[index] = size
        elif kind == 0x302:
            gpa, mask, offset, flags = struct.unpack_from('<QIII', body)
            if flags & SHARED or not (td_shim or mask & tdx):
                continue
            yield add(gpa)
            if not flags & UNMEASURED and (offset or not td_shim):
                page = data[offset:offset + PAGE] if offset else bytes(PAGE)
                yield extend_page(gpa, page)
        elif kind == 0x303 and not td_shim:
            gpa, mask, index = struct.unpack_from('<QII', body)
            if mask & tdx:
                yield from map(add, range(gpa, gpa + areas[index], PAGE))


def mrtd(data, vmm='spec'):
    digest = hashlib.sha384()
    for piece in stream(data, vmm == 'td-shim-igvm'):
        digest.update(piece)
    return digest.hexdigest()


def has_page(data, gpa):
    """Does a TD of Hyper-V have a page there?"""
    return add(gpa) in stream(data)
