# SPDX-License-Identifier: Apache-2.0
"""RTMR1 and RTMR2 of a TD that QEMU boots directly: -kernel, -append, -initrd.

A model, and files to try it with, good and bad. Written from public documents,
not from the program: Microsoft's PE format and "Windows Authenticode Portable
Executable Signature Format"; of edk2, OvmfPkg/Tcg/TdTcg2Dxe (the digest of a
PE image), OvmfPkg/Library/*QemuLoadImageLib (the command line) and
MdePkg/Library/BasePeCoffLib (which images are loaded); of QEMU,
x86_load_linux in hw/i386/x86-common.c; of Linux, Documentation/arch/x86/
boot.rst, arch/x86/boot/header.S and drivers/firmware/efi/libstub.
"""

import hashlib
import re
import struct
from typing import NamedTuple

APPLICATION, ACTION = 0x80000003, 0x80000007
SEPARATOR, TAG = 4, 6
CALLING = 'Calling EFI Application from Boot Option'
EXITING = 'Exit Boot Services Invocation'
EXITED = 'Exit Boot Services Returned with Success'

PE32, PE32_PLUS = 0x10b, 0x20b
SECURITY = 4  # Number of the data directory of the certificates.
HEADER, SECTION = 24, 40  # Sizes: signature with file header, table entry.
# Within the optional header, of both kinds.
SIZE_OF_HEADERS, CHECKSUM = 60, 64


class Bad(Exception):
    """The file, or what goes with it, is refused."""


def _get(data, at, size):
    if at + size > len(data):
        raise Bad(f'a field at {at:#x} of {len(data):#x} bytes')
    return int.from_bytes(data[at:at + size], 'little')


def _put(data, at, size, value):
    """A copy with that number in it."""
    return data[:at] + value.to_bytes(size, 'little') + data[at + size:]


# --- The digest of a PE image ----------------------------------------------

class Image(NamedTuple):
    """Where things are in a PE file."""
    pe: int
    optional: int
    directories: int
    entries: int  # How many directories.
    headers: int  # SizeOfHeaders.
    table: int
    count: int  # How many sections.

    @property
    def security(self):
        return self.directories + 8 * SECURITY

    @property
    def left_out(self):
        """What of the headers is not hashed: (offset, size)."""
        checksum = (self.optional + CHECKSUM, 4)
        return ((checksum, (self.security, 8)) if self.entries > SECURITY
                else (checksum,))


def layout(data):
    pe = _get(data, 0x3c, 4) if data[:2] == b'MZ' else 0
    if data[pe:pe + 4] != b'PE\0\0':
        raise Bad('no signature')
    optional = pe + HEADER
    magic = _get(data, optional, 2)
    if magic not in (PE32, PE32_PLUS):
        raise Bad('neither PE32 nor PE32+')
    directories = optional + (112 if magic == PE32_PLUS else 96)
    return Image(pe, optional, directories, _get(data, directories - 4, 4),
                 _get(data, optional + SIZE_OF_HEADERS, 4),
                 optional + _get(data, pe + 20, 2), _get(data, pe + 6, 2))


def _sections(data, image):
    """(PointerToRawData, SizeOfRawData), in the order of the table."""
    for at in range(image.table, image.table + SECTION * image.count, SECTION):
        _get(data, at, SECTION)
        yield _get(data, at + 20, 4), _get(data, at + 16, 4)


def authenticode(data: bytes, algorithm='sha384') -> bytes:
    image = layout(data)
    if not sum(image.left_out[-1]) <= image.headers <= len(data):
        raise Bad(f'SizeOfHeaders is {image.headers:#x}')
    hashed = hashlib.new(algorithm)
    at = 0
    for start, size in image.left_out:
        hashed.update(data[at:start])
        at = start + size
    hashed.update(data[at:image.headers])
    total = image.headers
    # Python's sort is stable, as edk2's is.
    for start, size in sorted(_sections(data, image), key=lambda s: s[0]):
        if size:
            if start + size > len(data):
                raise Bad(f'a section at {start:#x} of {size:#x} bytes')
            hashed.update(data[start:start + size])
            total += size
    if total > len(data):
        raise Bad('headers and sections overlap')
    if total < len(data):
        # It begins at the sum of the sizes, wherever the sections are.
        certificates = (_get(data, image.security + 4, 4)
                        if image.entries > SECURITY else 0)
        if certificates > len(data) - total:
            raise Bad(f'certificates of {certificates:#x} bytes')
        hashed.update(data[total:len(data) - certificates])
    return hashed.digest()


# --- The kernel as QEMU < 10.2 hands it over -------------------------------

def _video_mode(cmdline):
    """The value of the first 'vga=', as strtoul with base 0 reads it."""
    value = cmdline.partition(b'vga=')[2]
    for name, mode in ((b'normal', 0xffff), (b'ext', 0xfffe),
                       (b'ask', 0xfffd)):
        if value.startswith(name):
            return mode
    number = re.match(rb'[ \t\n\v\f\r]*([+-]?)'
                      rb'(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]{0,9})(?= |\Z)',
                      value)
    if not number:
        raise Bad('vga=')
    sign, digits = number.groups()
    # A leading 0 means octal here, too.
    mode = int(digits, 16 if digits[:2].lower() == b'0x'
               else 8 if digits[:1] == b'0' else 10)
    if mode > 0xffffffff:
        raise Bad('vga=')
    return (-mode if sign == b'-' else mode) & 0xffff


def _initrd_address(kernel, size, ram):
    if ram is None:
        raise Bad('where the initrd is depends on the size of the RAM')
    if _get(kernel, 0x206, 2) >= 0x20c and _get(kernel, 0x236, 2) & 2:
        highest = 0xffffffff  # XLF_CAN_BE_LOADED_ABOVE_4G
    elif _get(kernel, 0x206, 2) >= 0x203:
        highest = _get(kernel, 0x22c, 4)
    else:
        highest = 0x37ffffff
    below_4g = 0x80000000 if ram >= 0xb0000000 else ram
    # 0x28000 bytes are kept for the ACPI tables.
    highest = min(highest, below_4g - 0x28000 - 1)
    if size >= highest:
        raise Bad('the initrd does not fit')
    return (highest - size) & ~0xfff


def patched(kernel: bytes, cmdline: bytes, initrd_size=None,
            ram=None) -> bytes:
    """The file, with what x86_load_linux writes into its setup header."""
    if kernel[0x202:0x206] != b'HdrS':
        raise Bad('no Linux kernel')
    if ((kernel[0x1f1] or 4) + 1) * 512 > len(kernel):
        raise Bad('the setup is larger than the file')
    # From here on all fields are there: the setup has 1024 bytes or more.
    loadflags = kernel[0x211]
    if _get(kernel, 0x206, 2) < 0x202 or not loadflags & 1:
        raise Bad('an ancient kernel')
    made = _put(kernel, 0x228, 4, 0x20000)  # Where the command line is.
    if b'vga=' in cmdline:
        made = _put(made, 0x1fa, 2, _video_mode(cmdline))
    made = _put(made, 0x210, 1, 0xb0)  # The loader: QEMU.
    made = _put(made, 0x211, 1, loadflags | 0x80)  # CAN_USE_HEAP
    made = _put(made, 0x224, 2, 0x20000 - 0x10000 - 0x200)
    if initrd_size is not None:
        address = _initrd_address(kernel, initrd_size, ram)
        made = _put(made, 0x218, 4, address)
        made = _put(made, 0x21c, 4, initrd_size)
    return made


# --- What is measured ------------------------------------------------------

def sha384(data):
    return hashlib.sha384(data).digest()


def load_options(cmdline, initrd, initrd_last, final_cmdline):
    """The bytes that the kernel's stub measures."""
    line = cmdline
    if initrd and not final_cmdline:
        line = (line + b' initrd=initrd' if initrd_last
                else b'initrd=initrd ' + line)
    # Each byte becomes a unit, whatever it encodes; the NUL counts. edk2 has
    # no options at all for an empty line, and the stub does not measure them.
    return b''.join(bytes((byte, 0)) for byte in line + b'\0') if line else b''


def events(kernel=None, cmdline=None, initrd=None, *, patched_kernel=False,
           initrd_last=False, separator_rtmr0=False, silent_kernel=False,
           final_cmdline=False, ram=None):
    """(register, type, digest, text) of each; initrd: the file's bytes.

    patched_kernel: QEMU < 10.2 (10.0 and 10.1: only with edk2 < 202502).
    initrd_last: edk2 <= 202505. separator_rtmr0: edk2 <= 202408.
    silent_kernel: Linux < 6.9. final_cmdline: the line has edk2's
    initrd=initrd already. ram: in bytes; for patched_kernel with an initrd.
    """
    if b'\0' in (cmdline or b''):
        raise Bad('a NUL in the command line')
    made = []
    if kernel is not None:
        if patched_kernel:
            kernel = patched(kernel, cmdline or b'',
                             None if initrd is None else len(initrd), ram)
        made.append(('RTMR1', APPLICATION, authenticode(kernel), 'kernel'))
        made.append(('RTMR1', ACTION, sha384(CALLING.encode()), CALLING))
        if not separator_rtmr0:
            made.append(('RTMR1', SEPARATOR, sha384(bytes(4)), 'separator'))
        made += (('RTMR1', ACTION, sha384(text.encode()), text)
                 for text in (EXITING, EXITED))
    if cmdline is not None and not silent_kernel:
        options = load_options(cmdline, initrd, initrd_last, final_cmdline)
        if options:
            made.append(('RTMR2', TAG, sha384(options),
                         'LOADED_IMAGE::LoadOptions'))
        # edk2 treats an empty file as no initrd.
        if initrd:
            made.append(('RTMR2', TAG, sha384(initrd), 'Linux initrd'))
    return made


def replay(measured, register) -> bytes:
    value = bytes(48)
    for name, _, digest, _ in measured:
        if name == register:
            value = sha384(value + digest)
    return value


# --- Good files ------------------------------------------------------------

def _headers(rng, plus, size, directories, sections, alignment=0x1000):
    """From the signature to the end of the table: all that edk2 looks at."""
    table = b''.join(struct.pack('<8sIIIIIIHHI', name, length, 0x1000, length,
                                 start, 0, 0, 0, 0, 0x60500020)
                     for name, start, length in sections)
    word = 'Q' if plus else 'I'
    optional = struct.pack(
        '<HHIIIII' + ('Q' if plus else 'II') + '9I2H' + 4 * word + '2I',
        PE32_PLUS if plus else PE32, 0x1402, 0x2000, 0, 0, 0x1000, 0x1000,
        *((0,) if plus else (0x2000, 0)), alignment, alignment, 0, 0, 0, 0,
        0x10000000, size, rng.getrandbits(32), 10, 0, 0, 0, 0, 0, 0,
        len(directories))
    optional += b''.join(struct.pack('<II', *each) for each in directories)
    return struct.pack('<4sHHIIIHH', b'PE', 0x8664 if plus else 0x14c,
                       len(sections), rng.getrandbits(32), 0, 0, len(optional),
                       0x206) + optional + table


def _certificates(rng, size):
    """A WIN_CERTIFICATE of that size, 8 or more, with any contents."""
    return struct.pack('<IHH', size, 0x200, 2) + rng.randbytes(size - 8)


def pe(rng, *, plus=None, lfanew=None, directories=None, sections=None,
       gaps=None, trailing=None, certs=None, twins=None, inside=None):
    """A PE image that edk2 loads; what is not given is drawn.

    plus: PE32+. lfanew: 0 for no DOS header, or >= 0x40. directories: how
    many, sections: how many. gaps: whether there are any. trailing, certs:
    sizes (certs: 0, or 8 and more; > 0 needs more than 4 directories).
    twins: two sections begin at one place. inside: the directory names
    certificates where nothing is left for them, so that all is hashed.
    """
    def drawn(value, chance):
        return rng.random() < chance if value is None else value

    plus = drawn(plus, 0.6)
    if lfanew is None:
        lfanew = rng.choice((0, 0x40, 0x80, rng.randint(0x40, 0x180)))
    if directories is None:
        directories = (rng.randint(5, 16) if certs or inside
                       else rng.choice((4, 5, 6, 16, rng.randint(0, 16))))
    if sections is None:
        sections = rng.randint(0, 6)
    if inside or directories <= SECURITY:
        certs = 0
    elif certs is None:
        certs = rng.choice((0, 8, 8 * rng.randint(2, 40),
                            rng.randint(8, 300)))
    if trailing is None:
        trailing = rng.choice((0, 1, 8, rng.randint(2, 200)))
    gaps, twins = drawn(gaps, 0.4), drawn(twins, 0.2)
    if inside:
        gaps, twins, trailing = False, False, 0

    end = (lfanew + HEADER + (112 if plus else 96) + 8 * directories
           + SECTION * sections)
    # edk2 reads 264 bytes of header, and wants one after an empty table.
    size = max(end + rng.choice((not sections, 1, rng.randint(1, 300))),
               lfanew + 264)
    at = size
    placed = []
    for _ in range(sections):
        # An empty section may name any place.
        length = rng.choice((0, rng.randint(1, 8), rng.randint(1, 700),
                             rng.randint(1, 700)))
        at += rng.randint(0, 40) if gaps and length else 0
        placed.append((at if length else rng.choice((0, rng.getrandbits(32))),
                       length))
        at += length
    filled = [i for i, (_, length) in enumerate(placed) if length > 1]
    if twins and sections > 1 and filled:
        first = rng.choice(filled)
        other = rng.choice([i for i in range(sections) if i != first])
        # Its own bytes are now in no section, those of the first in two.
        placed[other] = (placed[first][0], rng.randint(1, placed[first][1]))
        trailing = max(trailing, placed[other][1])
    rng.shuffle(placed)

    total = size + sum(length for _, length in placed)
    ends = at + trailing
    security = (ends, certs) if certs else (0, 0)
    if directories > SECURITY and total == ends and not certs and drawn(
            inside, 0.3):
        security = (size - 8, 8)
    listed = [(rng.getrandbits(16), rng.getrandbits(16)) if i < 4 else
              security if i == SECURITY else (0, 0)
              for i in range(directories)]
    headers = _headers(rng, plus, size, listed,
                       [(rng.randbytes(8), *each) for each in placed])
    data = bytearray(rng.randbytes(ends))
    data[lfanew:end] = headers
    if lfanew:
        data[:2] = b'MZ'
        data[0x3c:0x40] = struct.pack('<I', lfanew)
    return bytes(data) + (_certificates(rng, certs) if certs else b'')


def bzimage(rng, version='6.12.3-test', protocol=0x20f, loadflags=1,
            xloadflags=0, setup_sects=None, *, initrd_max=0x7fffffff,
            old=None, trailing=0, certs=0):
    """A kernel with an EFI stub, as Linux's build lays it out.

    old: until 6.6, with headers of 512 bytes; later 4096, which needs
    setup_sects of 23, 31, 39 ... version: None for no such text. initrd_max:
    initrd_addr_max. trailing, certs: sizes of what comes after the image.
    """
    if setup_sects is None:
        setup_sects = rng.choice((23, 31, 39) if old is False
                                 else (0, 4, 27, 31, 39, rng.randint(4, 40)))
    # 0 means 4.
    setup = ((setup_sects or 4) + 1) * 512
    if old is None:
        old = setup < 0x3000 or setup % 0x1000 > 0 or rng.random() < 0.3
    text = 0x20 * rng.randint(16, 400) if old else 0x1000 * rng.randint(1, 3)
    if old:
        pe_at, size, alignment = 0x82, 0x200, 0x20
        parts = ((b'.setup', size, setup - 0x40 - size),
                 (b'.reloc', setup - 0x40, 0x20),
                 (b'.compat', setup - 0x20, 0x20),
                 (b'.text', setup, text))
    else:
        pe_at, size, alignment = 0x40, 0x1000, 0x1000
        parts = ((b'.setup', size, setup - 0x1000 - size),
                 (b'.compat', setup - 0x1000, 0x1000),
                 (b'.text', setup, text), (b'.data', setup + text, 0x1200))
    ends = parts[-1][1] + parts[-1][2]
    data = bytearray(rng.randbytes(ends + trailing))
    data[:0x40] = b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', pe_at)
    directories = [(0, 0)] * 6
    if certs:
        directories[SECURITY] = (ends + trailing, certs)
    headers = _headers(rng, True, size, directories, parts, alignment)
    data[pe_at:pe_at + len(headers)] = headers

    name_at = rng.randint(0x280, setup - 256)
    # boot.rst, "Details of Header Fields", from setup_sects to xloadflags.
    data[0x1f1:0x238] = struct.pack(
        '<BHIHHHHH4sHIHHBBHIIIIHBBIIIBBH', setup_sects, 1, text // 16, 0,
        0xffff, 0, 0xaa55, 0x6aeb, b'HdrS', protocol, 0, 0x1000,
        0 if version is None else name_at - 0x200, 0, loadflags, 0x8000,
        0x100000, 0, 0, 0, 0x5be0, 0, 0, 0, initrd_max, 0x200000, 1, 21,
        xloadflags)
    if version is not None:
        name = version.encode() + b' (builder@host) #1 SMP\0'
        data[name_at:name_at + len(name)] = name
    return bytes(data) + (_certificates(rng, certs) if certs else b'')


# --- Bad files -------------------------------------------------------------

def _bad_headers(rng, plus):
    """Fields of the headers, each with its first wrong value or a huge one."""
    good = pe(rng, plus=plus, lfanew=rng.randint(0x40, 0x100), directories=16,
              sections=3, trailing=5, certs=48)
    at = layout(good)
    for value in (len(good) - 3, len(good), 0xfffffffc, 0xffffffff):
        yield f'e_lfanew is {value:#x}', _put(good, 0x3c, 4, value)
    for end, what in ((at.pe + 3, 'the signature'),
                      (at.optional - 1, 'the file header'),
                      (at.optional + 1, 'the magic'),
                      (at.directories - 1, 'the optional header'),
                      (at.security + 7, 'the entry of the certificates')):
        yield (f'ends in {what}', _put(good, 0x3c, 4, len(good))
               + good[at.pe:end])
    for value in (0x4550 | 1 << 24, 0x454e, 0x6570, 0):
        yield f'the signature is {value:#x}', _put(good, at.pe, 4, value)
    for value in (0, 0x107, PE32 + 1, PE32_PLUS - 1, 0xffff):
        yield f'the magic is {value:#x}', _put(good, at.optional, 2, value)
    size_at = at.optional + SIZE_OF_HEADERS
    for value in (0, at.security + 7, len(good) + 1, 0xffffffff):
        yield f'SizeOfHeaders is {value:#x}', _put(good, size_at, 4, value)
    # Without an entry for certificates less is left out.
    yield ('SizeOfHeaders ends in CheckSum',
           _put(_put(good, at.directories - 4, 4, SECURITY), size_at, 4,
                at.optional + CHECKSUM + 3))
    room = len(good) - at.table
    for value in (room // SECTION + 1, 0xffff):
        yield f'{value} sections', _put(good, at.pe + 6, 2, value)
    value = len(good) - at.optional - 3 * SECTION + 1
    yield (f'SizeOfOptionalHeader is {value:#x}',
           _put(good, at.pe + 20, 2, value))
    yield 'ends in the table', good[:at.table + 3 * SECTION - 1]
    yield 'ends in the headers', good[:at.headers - 1]


def _bad_sections(rng, plus):
    def section_of(data):
        """Of one of 2 bytes or more: (where its entry is, place, size)."""
        image = layout(data)
        return max(((image.table + SECTION * i, *each)
                    for i, each in enumerate(_sections(data, image))),
                   key=lambda s: s[2])

    def filled(**options):
        while True:
            data = pe(rng, plus=plus, twins=False, inside=False, **options)
            if section_of(data)[2] > 1:
                return data

    good = filled(sections=4, directories=6, trailing=90, certs=64)
    entry, start, length = section_of(good)
    for value in (len(good) - length + 1, 2 ** 32 - length, 0xffffffff):
        yield (f'PointerToRawData is {value:#x}, of {length:#x}',
               _put(good, entry + 20, 4, value))
    for value in (len(good) - start + 1, 2 ** 32 - start, 0xffffffff):
        yield (f'SizeOfRawData is {value:#x}, at {start:#x}',
               _put(good, entry + 16, 4, value))
    left = len(good) - layout(good).headers - sum(
        length for _, length in _sections(good, layout(good)))
    for value in (left + 1, 0xffffffff):
        yield (f'certificates of {value:#x}, {left:#x} are left',
               _put(good, layout(good).security + 4, 4, value))

    # Nothing is left here, so that one byte more cannot be there.
    full = filled(sections=rng.randint(1, 6), directories=rng.randint(5, 16),
                  gaps=False, trailing=0, certs=0)
    at = layout(full)
    entry, start, length = section_of(full)
    yield 'a section overlaps by a byte', _put(
        _put(full, entry + 20, 4, start - 1), entry + 16, 4, length + 1)
    yield 'the headers overlap by a byte', _put(
        full, at.optional + SIZE_OF_HEADERS, 4, at.headers + 1)
    yield 'a section is the whole file', _put(
        _put(full, entry + 20, 4, 0), entry + 16, 4, len(full))
    yield 'certificates of 2, 1 is left', _put(
        full + b'\0', at.security + 4, 4, 2)
    yield 'ends in the last section', full[:-1]


def bad(rng):
    """(why, bytes) of files that are refused."""
    yield 'empty', b''
    yield 'one byte', b'M'
    yield 'only MZ', b'MZ'
    yield 'ends in e_lfanew', b'MZ' + bytes(0x3d)
    yield 'zeros', bytes(0x400)
    yield 'an ELF file', b'\x7fELF' + rng.randbytes(0x400)
    yield 'compressed', b'\x1f\x8b\x08' + rng.randbytes(0x400)
    yield 'a TE image', b'VZ\x64\x86' + rng.randbytes(0x400)
    for plus in (False, True):
        for why, data in (*_bad_headers(rng, plus),
                          *_bad_sections(rng, plus)):
            yield ('PE32+: ' if plus else 'PE32: ') + why, data
    kernel = bzimage(rng)
    at = layout(kernel)
    yield 'a kernel without EFI stub', b'\xea\x05' + kernel[2:]
    yield 'a kernel without PE header', _put(kernel, at.pe, 2, 0)
    yield 'a kernel\'s first sector', kernel[:512]
    yield 'a kernel\'s setup only', kernel[:((kernel[0x1f1] or 4) + 1) * 512]
    yield 'a kernel, one byte short', kernel[:-1]
    signed = bzimage(rng, certs=1472)
    yield 'a signed kernel, cut', signed[:-1]
    yield 'a signed kernel, certificates of one byte more', _put(
        signed, layout(signed).security + 4, 4, 1473)
