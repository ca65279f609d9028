# SPDX-License-Identifier: Apache-2.0
"""The MRTD, as TD-Shim specification 0.7 part III and the TDX module have it.

Written from the documents (see docs/formats.md), not from the program: what
the program prints is compared with this.
"""

import hashlib

PAGE = 4096
CHUNK = 256
AUG, EXTEND = 2, 1
PERM_MEM = 4
# The VMMs whose launch of a TDVF image is known here.
VMMS = ('spec', 'kvm-v19', 'cloud-hypervisor', 'qemu', 'migtd-qemu', 'gce')
# They hand KVM a pointer into the file, and know no PAGE.AUG.
QEMU = ('qemu', 'migtd-qemu', 'gce')

ADD_BLOCK = b'MEM.PAGE.ADD' + bytes(4)
EXTEND_BLOCK = b'MR.EXTEND' + bytes(7)
BLOCK_REST = bytes(104)


def add(gpa):
    """What TDH.MEM.PAGE.ADD hashes."""
    return ADD_BLOCK + gpa.to_bytes(8, 'little') + BLOCK_REST


def extend(gpa, chunk):
    """What TDH.MR.EXTEND hashes."""
    return EXTEND_BLOCK + gpa.to_bytes(8, 'little') + BLOCK_REST + chunk


def extend_page(gpa, page):
    return b''.join(extend(gpa + i, page[i:i + CHUNK])
                    for i in range(0, PAGE, CHUNK))


def treatment(section, vmm):
    """Is the section added, is it extended?"""
    if vmm not in VMMS:
        raise ValueError(f'{vmm}: how it launches is not known here')
    if vmm == 'cloud-hypervisor':
        return True, section.attributes == EXTEND
    if vmm == 'migtd-qemu' and section.type == PERM_MEM:
        return False, False
    if vmm in QEMU:
        return True, bool(section.attributes & EXTEND)
    return not section.attributes & AUG, bool(section.attributes & EXTEND)


def content(image, section, vmm, payload):
    """The section's data; what its memory has beyond them is zeros."""
    if vmm == 'cloud-hypervisor' and section.type > 1:
        return payload if section.type == 5 else b''
    if vmm in QEMU and section.raw > 0:
        return image[section.offset:section.offset + section.memory]
    return image[section.offset:section.offset + section.raw]


def stream(image, section, vmm='spec', payload=b''):
    """What is hashed for a section, piece by piece."""
    added, extended = treatment(section, vmm)
    data = content(image, section, vmm, payload) if extended else b''
    pages = range(section.address, section.address + section.memory, PAGE)
    if added and (not extended or vmm == 'kvm-v19'):
        for first in range(0, len(pages), 4096):
            yield b''.join(map(add, pages[first:first + 4096]))
    if extended:
        for gpa in pages:
            start = gpa - section.address
            page = data[start:start + PAGE].ljust(PAGE, b'\0')
            if added and vmm != 'kvm-v19':
                yield add(gpa)
            yield extend_page(gpa, page)


def running(image, sections, vmm='spec', payload=b''):
    """The SHA-384 after each section, in hexadecimal."""
    digest = hashlib.sha384()
    for section in sections:
        for piece in stream(image, section, vmm, payload):
            digest.update(piece)
        yield digest.hexdigest()


def mrtd(image, sections, vmm='spec', payload=b''):
    """The MRTD in hexadecimal."""
    return list(running(image, sections, vmm, payload))[-1]
