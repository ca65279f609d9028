# SPDX-License-Identifier: Apache-2.0
"""RTMR0 and RTMR1 of a TD that td-shim starts.

A model, and lists of HOBs to try it with, good and bad. Written from public
documents, not from the program: of confidential-containers/td-shim 125eeab,
td-shim/src/bin/td-shim/main.rs and shim_info.rs, td-shim/src/event_log.rs and
lib.rs, td-shim-interface/src/td_uefi_pi/hob.rs and pi/hob.rs,
cc-measurement/src/log.rs; of Cloud Hypervisor ae44c29, populate_tdx_sections
in vmm/src/vm.rs and TdHob in arch/src/x86_64/tdx/mod.rs (what a VMM writes
into the regions); UEFI Platform Initialization 1.8, volume 3, 5 (HOBs).
"""

import hashlib
import struct
import uuid
from typing import NamedTuple

SEPARATOR, CONFIG, BLOB2 = 0x4, 0xa, 0x8000000a
CFV, TD_HOB, PERM_MEM, PAYLOAD, PARAM = 1, 2, 4, 5, 6  # Types of sections.
# A file of this name in the CFV is the key of payloads of td-shim's own.
TRUST_ANCHOR = uuid.UUID('77a2742e-9340-4ac9-8f85-b7b978580021').bytes_le

# HOBs: their types, and the sizes of those that have only one.
PHIT, RESOURCE, GUID, END = 1, 3, 4, 0xffff
HEADER = 8
SIZES = {PHIT: 56, RESOURCE: 48}
# check_hob_integrity() takes these, and parse_td_hob() none of them.
OTHERS = {2: 48, 5: 24, 6: 16, 9: 56, 12: 64}
MOST_RESOURCES, ATTRIBUTES = 8, 0x07ffffff
# Memory, in the ways that VMMs have called it.
MEMORY = (0, 5, 7)
PAYLOAD_INFO = uuid.UUID('b96fa412-461f-4be3-8c0d-ad805a497ac0').bytes_le
ACPI_TABLE = uuid.UUID('6a0c5870-d4ed-44f4-a135-dd238b6f0c8d').bytes_le
# ImageType: ExecutablePayload, BzImage, RawVmLinux.
EXECUTABLE, BZIMAGE, VMLINUX = 0, 1, 2


class Bad(Exception):
    """td-shim does not start so, or what it measures is not known."""


def sha384(data):
    return hashlib.sha384(data).digest()


# --- The image -------------------------------------------------------------

def section(sections, kind):
    """The only section of a type; or None."""
    found = [s for s in sections if s.type == kind]
    if len(found) > 1:
        raise Bad(f'{len(found)} sections of Type {kind}')
    return found[0] if found else None


def takes_kernel(sections):
    """Is there room for a kernel, and for the VMM to say that it is there?
    What the file has for Payload is a payload of td-shim's own."""
    payload = section(sections, PAYLOAD)
    return bool(payload and not payload.raw and section(sections, PARAM)
                and section(sections, TD_HOB))


def has_trust_anchor(data, sections):
    """Files begin at multiples of 8 of their volume, with their name."""
    return any(TRUST_ANCHOR == data[at:at + 16]
               for s in sections if s.type == CFV
               for at in range(s.offset, s.offset + s.raw - 15, 8))


# --- The TD HOB ------------------------------------------------------------

class Hob(NamedTuple):
    at: int
    type: int
    body: bytes  # From its header to its length; what fills it up is not in it.


def hobs(data):
    """Those of check_hob_integrity(), whose list is all of data."""
    at = 0
    while True:
        if at + HEADER > len(data):
            raise Bad(f'{at:#x}: no room for a header')
        kind, length, reserved = struct.unpack_from('<HHI', data, at)
        if not 0 < length <= len(data) - at or reserved:
            raise Bad(f'{at:#x}: length {length}, reserved {reserved:#x}')
        hob = Hob(at, kind, data[at:at + length])
        yield hob
        if kind == END:
            return
        # align_to_next_hob_offset()
        if length > 0xffff - 7:
            raise Bad(f'{at:#x}: length {length}')
        at += (length + 7) // 8 * 8
        if at >= len(data):
            raise Bad(f'{at:#x}: no end')


def check_hob(hob):
    """What check_hob_integrity() and parse_td_hob() ask of one."""
    if hob.type in SIZES and len(hob.body) != SIZES[hob.type]:
        raise Bad(f'{hob.at:#x}: length {len(hob.body)}')
    if hob.type == PHIT:
        top, = struct.unpack_from('<Q', hob.body, 16)
        if top % 0x1000:
            raise Bad(f'EfiMemoryTop is {top:#x}')
    elif hob.type == RESOURCE:
        kind, attributes, start, length = struct.unpack_from(
            '<IIQQ', hob.body, 24)
        if kind >= MOST_RESOURCES or attributes & ~ATTRIBUTES:
            raise Bad(f'resource {kind:#x}, attributes {attributes:#x}')
        if start + length >= 1 << 64:
            raise Bad(f'resource at {start:#x} of {length:#x} bytes')
    elif hob.type == GUID:
        if len(hob.body) < 24:
            raise Bad(f'{hob.at:#x}: length {len(hob.body)}')
    elif hob.type != END:
        raise Bad(f'{hob.at:#x}: type {hob.type:#x}')


class Announced(NamedTuple):
    """What td-shim takes from the region."""
    data: bytes  # The list with its end: what it measures.
    image_type: int | None  # Of the payload; None: nothing is said of one.


def read_list(given, region):
    """What td-shim takes from a region into which the VMM wrote that."""
    if len(given) > region.memory:
        raise Bad(f'{len(given):#x} bytes in {region.memory:#x}')
    # Memory that was not written to is zero.
    data = given + bytes(region.memory - len(given))
    image_type = None
    for hob in hobs(data):
        check_hob(hob)
        if hob.at == 0 and hob.type != PHIT:
            raise Bad('the first is no PHIT')
        if hob.type == GUID and hob.body[8:24] == PAYLOAD_INFO:
            if len(hob.body) < 24 + 16:
                raise Bad('no whole PayloadInfo')
            image_type, = struct.unpack_from('<I', hob.body, 24)
    if hob.at + HEADER > len(given):
        # Zeros would be right, but that is a file that was cut.
        raise Bad('the list is longer than the file')
    end, = struct.unpack_from('<Q', data, 48)
    if end != region.address + hob.at + HEADER:
        raise Bad(f'EfiEndOfHobList is {end:#x}')
    if (image_type or 0) > VMLINUX:
        raise Bad(f'ImageType {image_type:#x}')
    # td-shim does not look at what follows. Nobody writes anything there.
    if any(data[hob.at + HEADER:]):
        raise Bad('something after the end')
    return Announced(data[:hob.at + HEADER], image_type)


# --- What is measured ------------------------------------------------------

def events(image, kernel=None, cmdline=None, td_hob=None):
    """(register, type, digest, text) of each, in the order of td-shim's log.

    image: images.Image. kernel, cmdline: bytes, where the VMM has loaded
    them; td_hob: what it wrote, or None, where RTMR0 is not wanted.
    """
    region = section(image.sections, TD_HOB)
    announced = None
    if td_hob is not None:
        if region is None:
            raise Bad('no TD_HOB')
        announced = read_list(td_hob, region)
        # The model knows of files only where a VMM copies them whole.
        wanted = BZIMAGE if takes_kernel(image.sections) else None
        if announced.image_type != wanted:
            raise Bad(f'ImageType {announced.image_type}, not {wanted}')
    separators = [(name, SEPARATOR, sha384(bytes(4)), 'separator')
                  for name in ('RTMR0', 'RTMR1')]
    made = [('RTMR0', CONFIG, sha384(announced.data), 'td_hob')
            ] if announced else []
    if takes_kernel(image.sections):
        return made + separators + linux(image.sections, kernel, cmdline)
    payload = section(image.sections, PAYLOAD)
    if payload and payload.attributes == 0:
        raise Bad('a payload of its own is measured')
    if has_trust_anchor(image.data, image.sections):
        raise Bad('a payload of its own is verified')
    return made + separators


def linux(sections, kernel, cmdline):
    """What boot_linux_kernel() measures after the separators."""
    payload = section(sections, PAYLOAD)
    parameter = section(sections, PARAM)
    made = []
    if payload.attributes == 0 and kernel is not None:
        check_kernel(kernel)
        made.append(('RTMR1', BLOB2, sha384(filled(kernel, payload.memory)),
                     'td_payload'))
    if cmdline is not None:
        if b'\0' in cmdline:
            raise Bad('a NUL in the command line')
        made.append(('RTMR1', CONFIG,
                     sha384(filled(cmdline + b'\0', parameter.memory)),
                     'td_payload_info'))
    return made


def filled(data, size):
    if len(data) > size:
        raise Bad(f'{len(data):#x} bytes in {size:#x}')
    return data + bytes(size - len(data))


def check_kernel(kernel):
    """As Cloud Hypervisor does, which copies the file, and td-shim later."""
    if len(kernel) < 0x238 or kernel[0x202:0x206] != b'HdrS':
        raise Bad('no Linux kernel')
    if kernel[0x207] < 2 or not kernel[0x211] & 1:
        raise Bad('an ancient kernel')


# --- Lists of HOBs ---------------------------------------------------------

def hob(kind, body=b'', *, length=None, reserved=0, fill=b'\0'):
    """A HOB, filled up to a multiple of 8 bytes."""
    if length is None:
        length = HEADER + len(body)
    made = struct.pack('<HHI', kind, length, reserved) + body
    return made + fill * (-len(made) % 8)


def phit(end, top=0, version=9):
    return hob(PHIT, struct.pack('<IIQQQQQ', version, 0, top, 0, 0, 0, end))


def resource(kind, start, length, attributes=7, owner=bytes(16)):
    return hob(RESOURCE, owner + struct.pack('<IIQQ', kind, attributes, start,
                                             length))


def guid(name, data, **more):
    return hob(GUID, name + data, **more)


def payload_info(image_type=BZIMAGE, entry=0x901000, **more):
    return guid(PAYLOAD_INFO, struct.pack('<IIQ', image_type, 0, entry),
                **more)


def table(name, size, rng):
    """A GUID HOB with an ACPI table, as Cloud Hypervisor makes it."""
    body = struct.pack('<4sI', name, size) + rng.randbytes(size - 8)
    return guid(ACPI_TABLE, body + bytes(-size % 8))


def joined(address, parts, end=None, **fields):
    """A list of these at an address, with its PHIT before and its end after.
    fields are those of phit()."""
    end = hob(END) if end is None else end
    body = b''.join(parts)
    return phit(address + 56 + len(body) + HEADER, **fields) + body + end


def good_parts(rng, kernel=True):
    """What a VMM says, as Cloud Hypervisor does, in sizes that are drawn."""
    parts = [resource(rng.choice((0, 7)), 0, 0x1000 * rng.randint(1, 1 << 20))]
    parts += (resource(rng.choice(MEMORY), 0xff000000 + 0x1000 * i, 0x1000)
              for i in range(rng.randrange(3)))
    parts += (resource(1, start, 0x1000000, 0x403)
              for start in (0xc0000000, 1 << 32)[:rng.randrange(3)])
    parts += (table(name, rng.choice((36, 40, rng.randint(37, 900))), rng)
              for name in (b'DSDT', b'FACP', b'APIC')[:rng.randrange(4)])
    if rng.random() < 0.3:
        # One that td-shim has no name for, of any length and filling.
        parts.append(guid(rng.randbytes(16),
                          rng.randbytes(rng.randint(0, 40)), fill=b'\xa5'))
    if kernel:
        parts.append(payload_info(entry=rng.getrandbits(64)))
    if rng.random() < 0.3:
        rng.shuffle(parts)
    return parts


def good(rng, address, kernel=True):
    return joined(address, good_parts(rng, kernel),
                  top=rng.choice((0, 0x1000 * rng.getrandbits(52))),
                  version=rng.choice((9, rng.getrandbits(32))))


def small(address, kernel=True):
    """The least that says all."""
    return joined(address, [resource(7, 0, 1 << 30),
                            *([payload_info()] if kernel else [])])


def bad(address, kernel=True):
    """(why, bytes) of lists that are refused, for a region at an address."""
    info = [payload_info()] if kernel else []
    memory = resource(7, 0, 1 << 30)
    right = joined(address, [memory, *info])
    for size in (1, 7, 8, 55, 56, 63, 64, len(right) - HEADER,
                 len(right) - 1):
        yield f'{size} bytes of it', right[:size]
        yield f'{size} bytes of it and a 1', right[:size] + b'\1'
    yield from _bad_phits(address, right)
    yield from _bad_resources(address, info)
    yield from _bad_guids(address, memory, info)
    yield from _bad_others(address, memory, info)
    yield 'more after it', right + bytes(7) + b'\1'
    yield 'a second list after it', right + right


def _bad_phits(address, right):
    for end in (0, address, address + len(right) - HEADER,
                address + len(right) - 1, address + len(right) + 1,
                address + len(right) + HEADER, len(right),
                address + len(right) + (1 << 32), (1 << 64) - 1):
        yield f'EfiEndOfHobList {end:#x}', phit(end) + right[56:]
    for top in (1, 0xfff, 0x1001, (1 << 64) - 1):
        yield (f'EfiMemoryTop {top:#x}',
               phit(address + len(right), top) + right[56:])
    for length in (0, 8, 48, 55, 57, 64):
        yield (f'PHIT of {length}', struct.pack('<HH', PHIT, length)
               + right[4:])
    yield 'PHIT with a reserved field', right[:4] + b'\1' + right[5:]
    for kind in (0, 3, 4, 6, 0x100, 0x101):
        yield f'type {kind:#x} first', struct.pack('<H', kind) + right[2:]
    yield 'no PHIT', right[56:]
    yield 'another PHIT with a wrong top', joined(
        address, [phit(0, 1), right[56:-HEADER]])


def _bad_resources(address, info):
    for kind in (8, 0x100, 0x80000000, 0xffffffff):
        yield f'resource type {kind:#x}', joined(
            address, [resource(kind, 0, 1), *info])
    for bits in (0x08000000, 0x80000007, 0xffffffff):
        yield f'attributes {bits:#x}', joined(
            address, [resource(7, 0, 1, bits), *info])
    for start, length in ((1, (1 << 64) - 1), ((1 << 64) - 1, 1),
                          (1 << 63, 1 << 63)):
        yield f'resource at {start:#x} of {length:#x}', joined(
            address, [resource(7, start, length), *info])
    for length in (1, 40, 47, 49, 56):
        yield f'resource of {length}', joined(
            address, [hob(RESOURCE, bytes(max(length, 48) - HEADER),
                          length=length), *info])


def _bad_guids(address, memory, info):
    for length in (8, 16, 23):
        yield f'GUID HOB of {length}', joined(
            address, [memory, hob(GUID, bytes(16), length=length), *info])
    for size in (0, 8, 12, 15):
        # Cloud Hypervisor writes 12 since abb88cf47, of January 2025.
        yield f'PayloadInfo of {size}', joined(
            address, [memory, guid(PAYLOAD_INFO,
                                   struct.pack('<IIQ', 1, 0, 2)[:size])])
    for length in (0xfff9, 0xffff):
        yield f'GUID HOB of {length:#x}', joined(
            address, [guid(bytes(16), bytes(0x10000 - 24), length=length),
                      *info])
    yield 'a GUID HOB longer than the rest', joined(
        address, [memory, *info, hob(GUID, bytes(16), length=0xf000)])


def _bad_others(address, memory, info):
    for kind, size in OTHERS.items():
        yield f'type {kind}', joined(
            address, [memory, hob(kind, bytes(size - HEADER)), *info])
    for kind in (0, 7, 8, 10, 11, 13, 0x103, 0xfffe):
        yield f'type {kind:#x}', joined(
            address, [memory, hob(kind, bytes(16)), *info])
    yield 'a reserved field', joined(
        address, [memory, hob(GUID, bytes(16), reserved=1 << 31), *info])
    yield 'a length of 0', joined(address, [
        memory, hob(GUID, bytes(16), length=0), *info])
    for length, reserved in ((0, 0), (8, 1)):
        yield f'end of {length}, {reserved}', joined(
            address, [memory, *info],
            hob(END, length=length, reserved=reserved))
    yield 'no end', joined(address, [memory, *info], b'')
